"""Blocks into a WAV, FLAC or Ogg file; it gets its name only when it is whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType

import numpy as np
import soundfile

from telharmonic.audio.block import Block
from telharmonic.dsp.dither import Dither
from telharmonic.errors import AssetError, ParameterError

# suffix -> libsndfile's format, and the bit depths it takes, the usual one first
FORMATS = {
    ".wav": ("WAV", ("float", "24", "16")),
    ".flac": ("FLAC", ("24", "16")),
    ".ogg": ("OGG", ("float",)),
}
SUBTYPES = {"float": "FLOAT", "24": "PCM_24", "16": "PCM_16"}
FULL_BYTES = 1 << 20  # a disk with less free was full for us
PIECE_FRAMES = 4096  # frames written at once; libsndfile's Vorbis encoder overflows its stack on very long pieces


def check_name(path: Path, bit_depth: str | None) -> str:
    """The bit depth that the file will have.

    Raises
    ------
    ParameterError
        If the suffix is unknown, or its format cannot have that depth.
    """
    if path.suffix.lower() not in FORMATS:
        raise ParameterError("OUT", str(path), f"a name that ends in {', '.join(FORMATS)}")
    _, depths = FORMATS[path.suffix.lower()]
    if bit_depth is not None and bit_depth not in depths:
        raise ParameterError("--bit-depth", bit_depth, f"{' or '.join(depths)} for {path.suffix.lower()}")
    return bit_depth or depths[0]


class SoundFileWriter:
    """A stereo file that grows block by block; use it as a context manager.

    Integer samples are dithered. When the body of the ``with`` fails, nothing is left behind.

    Parameters
    ----------
    path : Path
        Its suffix says which format; an existing file is replaced at the end.
    sample_rate_hz : int
        Of the blocks.
    bit_depth : str, optional
        ``16``, ``24`` or ``float``; the format's usual one without.

    Raises
    ------
    ParameterError
        As `check_name`.
    AssetError
        If the file cannot be written.
    """

    def __init__(self, path: Path, sample_rate_hz: int, bit_depth: str | None = None) -> None:
        depth = check_name(path, bit_depth)
        container, _ = FORMATS[path.suffix.lower()]
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._dither = Dither(int(depth)) if depth != "float" else None
        self._shift = 16 if depth == "16" else 8  # libsndfile wants 32-bit numbers, high bits first
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._part.open("wb").close()  # libsndfile would not say why it cannot
            self._file = soundfile.SoundFile(
                self._part,
                "w",
                sample_rate_hz,
                2,
                format=container,
                subtype="VORBIS" if container == "OGG" else SUBTYPES[depth],
            )
        except (OSError, soundfile.LibsndfileError) as error:
            raise self._failure(error) from error

    def write(self, block: Block) -> None:
        """Append a block (2, frames).

        Raises
        ------
        AssetError
            If it cannot be written, as on a full disk.
        """
        samples = self._dither.quantise(block) << self._shift if self._dither else block
        interleaved = np.ascontiguousarray(samples.T)
        try:
            for start in range(0, len(interleaved), PIECE_FRAMES):
                self._file.write(interleaved[start : start + PIECE_FRAMES])
        except (OSError, soundfile.LibsndfileError) as error:
            raise self._failure(error) from error

    def __enter__(self) -> SoundFileWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            if kind is None:
                self._part.replace(self._path)
        except (OSError, soundfile.LibsndfileError) as error:
            raise self._failure(error) from error
        finally:
            self._part.unlink(missing_ok=True)

    def _failure(self, error: OSError | soundfile.LibsndfileError) -> AssetError:
        if isinstance(error, OSError):
            reason = error.strerror
        elif shutil.disk_usage(self._path.parent).free < FULL_BYTES:  # libsndfile knows only of a "system error"
            reason = "no space left on device"
        else:
            reason = error.error_string
        return AssetError(f"{self._path} cannot be written: {reason}")
