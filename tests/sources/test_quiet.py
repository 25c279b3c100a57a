"""What C libraries print, kept from stderr while they are called."""

import os

import numpy as np
import pytest
import soundfile

from telharmonic.errors import AssetError
from telharmonic.sources.decode import read_sound
from telharmonic.sources.quiet import quiet


def test_stderr_is_itself_again_afterwards_and_after_an_error(capfd):
    with quiet():
        os.write(2, b"not heard\n")
    with pytest.raises(ZeroDivisionError), quiet():
        1 / 0  # noqa: B018
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"


def test_a_broken_mp3_is_one_error_and_not_a_screen_of_mpg123s(tmp_path, capfd):
    path = tmp_path / "broken.mp3"
    time_s = np.arange(96_000) / 48_000
    soundfile.write(path, 0.1 * np.sin(2 * np.pi * 440 * time_s), 48_000, format="MP3")
    sound = bytearray(path.read_bytes())
    chance = np.random.default_rng(1)
    for place in chance.integers(2000, len(sound), 300):
        sound[place] = chance.integers(256)
    path.write_bytes(sound)
    soundfile.read(path)
    assert "mpg123" in capfd.readouterr().err  # or this test shows nothing
    with pytest.raises(AssetError, match=r"broken\.mp3"):
        read_sound(path, 48_000)
    assert capfd.readouterr().err == ""
