import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from telharmonic.commands.sound_file import SoundFileWriter, check_name
from telharmonic.errors import AssetError, ParameterError

RATE_HZ = 48_000


def music(frames: int = 12_345) -> np.ndarray:
    return (0.2 * np.random.default_rng(1).standard_normal((2, frames))).astype(np.float32)


def write(path, samples, depth=None) -> np.ndarray:
    with SoundFileWriter(path, RATE_HZ, depth) as file:
        for start in range(0, samples.shape[1], 1000):
            file.write(samples[:, start : start + 1000])
    back, rate_hz = soundfile.read(path, dtype="float64", always_2d=True)
    assert rate_hz == RATE_HZ
    return back.T


def test_float_files_hold_every_bit(tmp_path):
    samples = music()
    assert np.array_equal(write(tmp_path / "a.wav", samples), samples.astype(np.float64))


@pytest.mark.parametrize(
    ("name", "depth", "bits"), [("a.wav", "16", 16), ("a.wav", "24", 24), ("a.flac", None, 24), ("a.flac", "16", 16)]
)
def test_integer_files_are_within_two_steps(tmp_path, name, depth, bits):
    samples = music()
    error = write(tmp_path / name, samples, depth) - samples
    assert np.abs(error).max() <= 1.5 / 2 ** (bits - 1)  # half a step of rounding, one of dither
    assert soundfile.info(tmp_path / name).subtype == f"PCM_{bits}"


def test_ogg_is_vorbis_and_sounds_alike(tmp_path):
    time_s = np.arange(RATE_HZ) / RATE_HZ
    sine = np.tile(0.5 * np.sin(2 * np.pi * 440.0 * time_s), (2, 1)).astype(np.float32)
    back = write(tmp_path / "a.ogg", sine)
    assert back.shape == sine.shape
    assert np.sqrt(np.mean((back - sine) ** 2)) < 0.02
    assert soundfile.info(tmp_path / "a.ogg").subtype == "VORBIS"


def test_a_file_that_fails_leaves_nothing_and_keeps_the_old_one(tmp_path):
    path = tmp_path / "a.wav"
    path.write_text("old")

    def fail() -> None:
        with SoundFileWriter(path, RATE_HZ) as file:
            file.write(music())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_folders_are_made(tmp_path):
    write(tmp_path / "stems" / "a.wav", music(10))


@pytest.mark.parametrize(
    ("name", "depth", "says"),
    [
        ("a.mp3", None, ".wav, .flac, .ogg"),
        ("a", None, ".wav"),
        ("a.flac", "float", "24 or 16"),
        ("a.ogg", "16", "float"),
    ],
)
def test_what_the_format_cannot_hold_is_refused(tmp_path, name, depth, says):
    with pytest.raises(ParameterError, match=says):
        check_name(tmp_path / name, depth)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(AssetError, match="cannot be written"):
        SoundFileWriter(tmp_path / "file" / "a.wav", RATE_HZ)
    with pytest.raises(AssetError, match="cannot be written: No such file"):
        SoundFileWriter(Path("/proc/a.wav"), RATE_HZ)


def test_a_folder_in_the_way_is_named_and_nothing_is_left(tmp_path):
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(AssetError, match="cannot be written: Is a directory"):
        write(tmp_path / "a.wav", music(10))
    assert [each.name for each in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(("free_bytes", "says"), [(4096, "no space left on device"), (1 << 30, "System error")])
def test_a_full_disk_is_said_although_libsndfile_does_not(tmp_path, monkeypatch, free_bytes, says):
    def fail(_):
        raise soundfile.LibsndfileError(2)  # SF_ERR_SYSTEM, what comes of ENOSPC

    def write_broken(path, broken) -> None:
        with SoundFileWriter(path, RATE_HZ) as file, monkeypatch.context() as patches:
            patches.setattr(file._file, "write", broken)
            file.write(music(10))

    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free_bytes))
    with pytest.raises(AssetError, match=says):
        write_broken(tmp_path / "a.wav", fail)
    assert list(tmp_path.iterdir()) == []
