"""Audio files of every kind, made on the spot."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

SOUNDFILE_KINDS = {"wav": "FLOAT", "flac": "PCM_24", "aiff": "PCM_24"}
FFMPEG_KINDS = {
    "ogg": ["-c:a", "libvorbis", "-q:a", "8"],
    "opus": ["-c:a", "libopus", "-b:a", "256k"],
    "mp3": ["-c:a", "libmp3lame", "-b:a", "256k"],
    "m4a": ["-c:a", "aac"],
}
MakeFile = Callable[..., Path]


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Write a sound (frames, channels) as a file of the kind that the name's suffix says."""

    def make(name: str, sound: NDArray[np.float32], rate_hz: int = 48_000) -> Path:
        path = tmp_path / name
        kind = path.suffix[1:]
        if kind in SOUNDFILE_KINDS:
            soundfile.write(path, sound, rate_hz, subtype=SOUNDFILE_KINDS[kind])
            return path
        if shutil.which("ffmpeg") is None:
            pytest.skip("ffmpeg, which makes this kind of file, is not installed")
        source = tmp_path / f"{path.stem}-source.wav"
        soundfile.write(source, sound, rate_hz, subtype="FLOAT")
        command = ["ffmpeg", "-loglevel", "error", "-y", "-i", str(source), *FFMPEG_KINDS[kind], str(path)]
        subprocess.run(command, check=True)
        return path

    return make
