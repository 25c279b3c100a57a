"""An impulse response cut into partitions and transformed once, to be shared by every session that uses it.

The response is cut at 960 and 15 360 frames: its first part into partitions of 120 frames (one quantum),
the second of 960, the rest of 15 360. Small partitions make the sound come without delay, large ones make
a long tail cheap. A level of partitions of P frames begins P frames into the response, so what it makes of
one period is first heard in the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import QUANTUM_FRAMES, Block
from telharmonic.dsp.aligned import aligned_floats
from telharmonic.dsp.lanes import BANK
from telharmonic.errors import ParameterError

PARTITIONS = (QUANTUM_FRAMES, 8 * QUANTUM_FRAMES, 128 * QUANTUM_FRAMES)  # frames to a partition of each level
SIZES = (256, 2048, 32_768)  # points to its transforms: the power of two that holds two partitions
STARTS = (0, PARTITIONS[1], PARTITIONS[2])  # frame of the response at which each level begins
MAXIMUM_FRAMES = 960_000  # 10 s at 96 kHz


def partition_count(level: int, frames: int) -> int:
    """How many partitions of `level` a response of `frames` has."""
    end = frames if level + 1 == len(STARTS) else min(frames, STARTS[level + 1])
    return max(0, -(-(end - STARTS[level]) // PARTITIONS[level]))


def bins(level: int) -> int:
    """Numbers kept for the real (or imaginary) half of one spectrum: 0 to size / 2, padded to whole wide values."""
    return SIZES[level] // 2 + BANK


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Impulse:
    """The spectra of one response, read-only; `dsp.convolution` plays it.

    Parameters
    ----------
    spectra : float32, flat
        ``[level][partition][channel][re bins, im bins]``, already divided by the transform's size.
    frames : int
        Length of the response.
    channels : int
        1: both sides hear the same response; 2: left and right.
    """

    spectra: NDArray[np.float32]
    frames: int
    channels: int

    def offset(self, level: int) -> int:
        """Where the spectra of `level` begin."""
        return sum(partition_count(k, self.frames) * self.channels * 2 * bins(k) for k in range(level))


def prepare_impulse(response: Block) -> Impulse:
    """Transform a response (channels, frames), at the session's sample rate, into its shared spectra.

    Raises
    ------
    ParameterError
        If it has not 1 or 2 channels, is empty, longer than `MAXIMUM_FRAMES`, or holds a NaN or infinity.
    """
    if response.ndim != 2 or response.shape[0] not in (1, 2):
        raise ParameterError("impulse response shape", response.shape, "(1 or 2 channels, frames)")
    channels, frames = response.shape
    if not 1 <= frames <= MAXIMUM_FRAMES:
        raise ParameterError("impulse response length", frames, f"1 to {MAXIMUM_FRAMES} frames")
    if not np.isfinite(response).all():
        raise ParameterError("impulse response", "NaN or infinity", "finite samples")
    parts = [_level_spectra(response, level) for level in range(len(PARTITIONS))]
    spectra = aligned_floats(sum(len(part) for part in parts))
    np.concatenate(parts, out=spectra)
    return Impulse(spectra=spectra, frames=frames, channels=channels)


def _level_spectra(response: Block, level: int) -> NDArray[np.float32]:
    channels, frames = response.shape
    count, length = partition_count(level, frames), PARTITIONS[level]
    parts = np.zeros((count, channels, 2, bins(level)), np.float32)
    for k in range(count):
        first = STARTS[level] + k * length
        last = min(first + length, frames)
        spectrum = np.fft.rfft(response[:, first:last].astype(np.float64), SIZES[level]) / SIZES[level]
        parts[k, :, 0, : spectrum.shape[1]] = spectrum.real
        parts[k, :, 1, : spectrum.shape[1]] = spectrum.imag
    return parts.reshape(-1)
