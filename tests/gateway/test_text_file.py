"""Files that somebody names, and what else lies in a folder."""

import os
from pathlib import Path

import pytest

from telharmonic.gateway.text_file import read_text_file


def test_text_is_read_as_utf_8(tmp_path):
    (tmp_path / "song.toml").write_text("name = 'Été'", encoding="utf-8")
    assert read_text_file(tmp_path / "song.toml") == "name = 'Été'"


def test_a_pipe_that_nobody_writes_to_and_a_device_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(OSError, match="not a regular file") as caught:
            read_text_file(path)
        assert caught.value.strerror == "it is not a regular file"


def test_a_folder_is_called_one(tmp_path):
    with pytest.raises(IsADirectoryError):
        read_text_file(tmp_path)


def test_what_is_no_utf_8_is_told(tmp_path):
    (tmp_path / "latin").write_bytes(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        read_text_file(tmp_path / "latin")
