"""What a waveform is drawn from: lowest sample, highest sample and RMS of stretches of a sound.

A peaks file holds `HEADER`, then level by level ``low`` (int8), ``high`` (int8) and ``rms`` (uint8), each of
``ceil(frames / bin)`` numbers. The bins of level 0 are `BASE_FRAMES` long, those of each next level twice as long,
until one bin holds all. 127 (low, high) and 255 (rms) are full scale; low is rounded down and high up, so that what is
drawn never lies inside of what is heard. Both channels are taken together. An hour at 48 kHz takes 16 MB.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from telharmonic.sources.sound import Sound

N = TypeVar("N", np.int8, np.float32)

BASE_FRAMES = 64
FULL, RMS_FULL = 127, 255
HEADER = struct.Struct("<8sQ")  # mark, frames
_MARK = b"TELPKS1\n"
_CHUNK_BINS = 4096  # 1.4 s of sound at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The bins of one length: int8, int8 and uint8 (bins,)."""

    low: NDArray[np.int8]
    high: NDArray[np.int8]
    rms: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """All levels of a sound of `frames`, shortest bins first."""

    frames: int
    levels: tuple[Level, ...]

    def level(self, doublings: int) -> Level:
        """Bins of ``BASE_FRAMES * 2 ** doublings`` frames; the last level stands for all longer ones."""
        return self.levels[min(doublings, len(self.levels) - 1)]


def measure(sound: Sound) -> bytes:
    """The peaks file of a sound."""
    low, high, mean_square = _base(sound)
    parts: list[bytes] = [HEADER.pack(_MARK, sound.frames)]
    while True:
        rms = np.minimum(np.rint(np.sqrt(mean_square) * RMS_FULL), RMS_FULL).astype(np.uint8)
        parts += [low.tobytes(), high.tobytes(), rms.tobytes()]
        if len(low) == 1:
            return b"".join(parts)
        low, high = _pairs(low, np.minimum), _pairs(high, np.maximum)
        # the last bin may be shorter than the others; that its mean counts as much as theirs changes one pixel
        mean_square = _pairs(mean_square, np.add) * np.float32(0.5)


def _pairs(values: NDArray[N], join: np.ufunc) -> NDArray[N]:
    """Neighbours joined; an odd last one with itself."""
    if len(values) % 2:
        values = np.append(values, values[-1:])
    joined: NDArray[N] = join(values[0::2], values[1::2])
    return joined


def _base(sound: Sound) -> tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.float32]]:
    """Low, high and mean square of level 0."""
    bins = -(-sound.frames // BASE_FRAMES)
    low, high, mean_square = np.zeros(bins, np.int8), np.zeros(bins, np.int8), np.zeros(bins, np.float32)
    for first in range(0, bins, _CHUNK_BINS):
        piece = sound.samples[first * BASE_FRAMES : (first + _CHUNK_BINS) * BASE_FRAMES]
        count = -(-len(piece) // BASE_FRAMES)
        if len(piece) < count * BASE_FRAMES:
            piece = np.pad(piece, ((0, count * BASE_FRAMES - len(piece)), (0, 0)), mode="edge")
        rows = piece.reshape(count, -1)
        part = slice(first, first + count)
        low[part] = np.clip(np.floor(rows.min(axis=1) * FULL), -FULL, FULL)
        high[part] = np.clip(np.ceil(rows.max(axis=1) * FULL), -FULL, FULL)
        mean_square[part] = np.einsum("bs,bs->b", rows, rows) / rows.shape[1]
    return low, high, mean_square


def open_peaks(path: Path) -> Peaks | None:
    """The peaks file, mapped; None if there is none, or a broken one."""
    try:
        with path.open("rb") as file:
            mapping = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    except (FileNotFoundError, ValueError):  # ValueError: it is empty
        return None
    if len(mapping) < HEADER.size:
        return None
    mark, frames = HEADER.unpack_from(mapping)
    counts = _counts(frames)
    if mark != _MARK or len(mapping) != HEADER.size + 3 * sum(counts):
        return None
    levels, at = [], HEADER.size
    for count in counts:
        low = np.frombuffer(mapping, np.int8, count, at)
        high = np.frombuffer(mapping, np.int8, count, at + count)
        rms = np.frombuffer(mapping, np.uint8, count, at + 2 * count)
        levels.append(Level(low=low, high=high, rms=rms))
        at += 3 * count
    return Peaks(frames=frames, levels=tuple(levels))


def _counts(frames: int) -> list[int]:
    """Bins of each level."""
    counts = [-(-frames // BASE_FRAMES)]
    while counts[-1] > 1:
        counts.append(-(-counts[-1] // 2))
    return counts
