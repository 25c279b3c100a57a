"""Audio files into float32 at the session's rate, piece by piece, with limits that a hostile file meets first."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from telharmonic.errors import AssetError
from telharmonic.sources.container import is_whole, mp3_states_its_length
from telharmonic.sources.quiet import quiet
from telharmonic.sources.sound import Sound

Progress = Callable[[float], None]  # called with the part that is done, 0 to 1
Pieces = Iterator[NDArray[np.float32]]

CHUNK_FRAMES = 32_768
FORMATS = {"WAV": "WAV", "WAVEX": "WAV", "RF64": "WAV", "FLAC": "FLAC", "OGG": "Ogg", "MP3": "MP3", "AIFF": "AIFF"}
ALLOWED = "WAV, FLAC, Ogg Vorbis, Opus, MP3 or AIFF"
SOURCE_RATES_HZ = (4_000, 768_000)  # outside these a header is wrong, or wants to be blown up by resampling
_MP3_FRAME = 1152


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a file may be: seconds of sound, and channels."""

    duration_s: float = 4 * 3600.0
    channels: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundInfo:
    """What a file says of itself; an MP3 file without a length header only guesses its `frames`."""

    container: str
    encoding: str
    channels: int
    frames: int
    sample_rate_hz: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate_hz

    def frames_at(self, sample_rate_hz: int) -> int:
        """Its length in frames when resampled."""
        return round(self.frames * sample_rate_hz / self.sample_rate_hz)


def probe(path: str | os.PathLike[str], limits: Limits | None = None) -> SoundInfo:
    """Look at a file's header.

    Raises
    ------
    AssetError
        If it is missing, no audio file, of another kind than `ALLOWED`, cut off, or over the limits.
    """
    with _opened(Path(path)) as file:
        return _checked_info(file, Path(path).name, limits or Limits())


def decode(
    path: str | os.PathLike[str],
    sample_rate_hz: int,
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Pieces:
    """The file's sound at `sample_rate_hz`, in pieces (frames, channels) of float32, never all of it at once.

    Other rates are converted by soxr at its best quality; the first frame stays the first.

    Raises
    ------
    AssetError
        As `probe`; and while decoding if the file is broken or cut off, holds no sound, holds samples that
        are not numbers, or goes on past the limit.
    """
    limits = limits or Limits()
    with _opened(Path(path)) as file:
        info = _checked_info(file, Path(path).name, limits)
        pieces = _source_pieces(file, info, Path(path).name, limits, progress)
        if info.sample_rate_hz != sample_rate_hz:
            pieces = _resampled(pieces, info, sample_rate_hz)
        yield from pieces


def read_sound(
    path: str | os.PathLike[str],
    sample_rate_hz: int,
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Sound:
    """The whole file in memory: for short things such as impulse responses. Raises as `decode`."""
    pieces = list(decode(path, sample_rate_hz, limits=limits, progress=progress))
    return Sound(np.ascontiguousarray(np.concatenate(pieces)), sample_rate_hz)


@contextmanager
def _opened(path: Path) -> Iterator[soundfile.SoundFile]:
    """The file open in libsndfile; whatever it may be besides a sound becomes an AssetError."""
    name = path.name
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "not a file name"
        raise AssetError(f"cannot read {name!r}: {reason}") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise AssetError(f"{name!r} is not a regular file")
        with quiet():
            file = soundfile.SoundFile(descriptor, closefd=False)
        with file:
            file.descriptor = descriptor
            yield file
    except soundfile.LibsndfileError as error:
        raise AssetError(f"{name!r} is not a sound that can be read ({_reason(error)}); allowed: {ALLOWED}") from error
    finally:
        os.close(descriptor)


def _reason(error: soundfile.LibsndfileError) -> str:
    """libsndfile's sentence without prefix and full stop."""
    return str(error.error_string).removeprefix("Error : ").rstrip(". ").lower()


def _checked_info(file: soundfile.SoundFile, name: str, limits: Limits) -> SoundInfo:
    if file.format not in FORMATS:
        raise AssetError(f"{name!r} is a file of type {file.format}; allowed: {ALLOWED}")
    info = SoundInfo(
        container=FORMATS[file.format],
        encoding=file.subtype,
        channels=file.channels,
        frames=file.frames,
        sample_rate_hz=file.samplerate,
    )
    if not 1 <= info.channels <= limits.channels:
        raise AssetError(f"{name!r} has {info.channels} channels; allowed: 1 to {limits.channels}")
    lowest, highest = SOURCE_RATES_HZ
    if not lowest <= info.sample_rate_hz <= highest:
        raise AssetError(f"{name!r} has a rate of {info.sample_rate_hz} Hz; allowed: {lowest} to {highest} Hz")
    if info.duration_s > limits.duration_s:
        raise _too_long(name, f"lasts {info.duration_s:.0f} s", limits)
    if not is_whole(file.descriptor):
        raise AssetError(f"{name!r} is cut off: its end is missing")
    return info


def _too_long(name: str, what: str, limits: Limits) -> AssetError:
    return AssetError(f"{name!r} {what}; allowed: up to {limits.duration_s:g} s")


def _source_pieces(
    file: soundfile.SoundFile, info: SoundInfo, name: str, limits: Limits, progress: Progress | None
) -> Pieces:
    """Pieces at the file's own rate, checked."""
    frames = 0
    while True:
        with quiet() if info.container == "MP3" else nullcontext():
            piece = file.read(CHUNK_FRAMES, dtype="float32", always_2d=True)
        if len(piece) == 0:
            break
        frames += len(piece)
        if frames > limits.duration_s * info.sample_rate_hz:
            raise _too_long(name, "lasts longer than it says", limits)
        if not np.isfinite(piece).all():
            raise AssetError(f"{name!r} holds samples that are not numbers")
        if progress is not None:
            progress(min(1.0, frames / max(1, info.frames)))
        yield piece
    if frames == 0:
        raise AssetError(f"{name!r} holds no sound")
    if frames < info.frames - _MP3_FRAME and (info.container != "MP3" or mp3_states_its_length(file.descriptor)):
        raise AssetError(f"{name!r} is cut off after {frames / info.sample_rate_hz:.1f} of {info.duration_s:.1f} s")


def _resampled(pieces: Pieces, info: SoundInfo, sample_rate_hz: int) -> Pieces:
    """Pieces at another rate."""
    stream = soxr.ResampleStream(info.sample_rate_hz, sample_rate_hz, info.channels, dtype="float32", quality="VHQ")
    for piece in pieces:
        converted = stream.resample_chunk(piece)
        if len(converted):
            yield converted
    rest = stream.resample_chunk(np.zeros((0, info.channels), np.float32), last=True)
    if len(rest):
        yield rest
