"""The relay's file from disk."""

import pytest

from telharmonic.commands.relay_file import read_relay_file
from telharmonic.errors import SessionFileError


def test_without_a_file_there_are_no_rules():
    assert read_relay_file(None) is None


def test_rules_are_read(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('[[host]]\nname = "a"\ntarget = "session"\n')
    assert read_relay_file(path).hosts[0].name == "a"


@pytest.mark.parametrize("content", [b"\xff", b"x", b"[[host]]\n"])
def test_a_wrong_file_is_named(tmp_path, content):
    path = tmp_path / "rules.toml"
    path.write_bytes(content)
    with pytest.raises(SessionFileError, match=r"rules\.toml"):
        read_relay_file(path)
    with pytest.raises(SessionFileError, match="No such file"):
        read_relay_file(tmp_path / "none.toml")
