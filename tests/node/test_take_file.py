"""A take's file, read by libsndfile."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from telharmonic.errors import NodeError
from telharmonic.node.take_file import FRAME_BYTES, TakeFile, pcm_24


def ramp(frames: int) -> np.ndarray:
    return np.linspace(-1.0, 1.0, 2 * frames, dtype=np.float32).reshape(-1, 2)


@pytest.mark.parametrize("cut_frames", [0, 7])
def test_sound_and_rests_are_read_as_they_were_written(tmp_path, cut_frames):
    file = TakeFile(tmp_path / "take.wav", 44_100)
    assert file.is_open
    assert file.write(pcm_24(ramp(100)))
    assert file.rest(50_000)
    assert file.write(pcm_24(ramp(30)))
    file.close(50_130 - cut_frames, cut_frames)
    assert not file.is_open
    sound, rate_hz = soundfile.read(file.path, dtype="float32")
    whole = np.concatenate([ramp(100), np.zeros((50_000, 2), np.float32), ramp(30)])
    np.testing.assert_allclose(sound, whole[cut_frames:], atol=1 / 2**23)
    assert (rate_hz, soundfile.info(file.path).subtype) == (44_100, "PCM_24")
    assert [each.name for each in tmp_path.iterdir()] == ["take.wav"]
    file.remove()
    assert not file.path.exists()


def test_what_is_no_number_is_silent_and_what_is_too_loud_the_loudest():
    data = pcm_24(np.array([[np.nan, 3.0], [-np.inf, 1.0]], np.float32))
    assert data == b"\0\0\0" + b"\xff\xff\x7f" + b"\x01\x00\x80" + b"\xff\xff\x7f"
    assert len(data) == 2 * FRAME_BYTES


def test_a_folder_that_is_not_there_is_an_error_that_says_so(tmp_path):
    with pytest.raises(NodeError, match="No such file"):
        TakeFile(tmp_path / "nowhere" / "take.wav", 48_000)


def test_a_full_disk_is_told():
    file = TakeFile.__new__(TakeFile)
    with Path("/dev/full").open("wb", buffering=0) as full:  # Linux: every write fails for want of room
        file._file = full
        assert not file.write(b"x")
