"""A recording as grains read it: one channel, and the same at half, a quarter and an eighth of the rate.

A grain is a point that is heard at its own place, so a stereo recording is read as the mean of its two sides. Grains
that read faster than twice the recorded speed read one of the halved copies, so that nothing folds over.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import weakref

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.aligned import aligned_floats
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.interpolation import GUARD, halve, halving_weights, mirror_ends, reading_table
from telharmonic.dsp.memory import float_at
from telharmonic.errors import AssetError
from telharmonic.sources.sound import Sound

LEVELS = 4  # speeds below 2, 4, 8 and 16
SHORTEST_S, LONGEST_S = 0.05, 300.0

# a recording's row of numbers for the kernels: where the reading table lies, then address and frames of each level
RECORDING_TABLE, RECORDING_LEVELS = 0, 1
RECORDING_INTS = RECORDING_LEVELS + 2 * LEVELS


@kernel("void(int64, int64, int64, int64, float32[::1])")
def _mean_of_channels(address, channels, first, frames, out):
    """One channel of what lies at `address`, from frame `first` on, behind the guard."""
    share = np.float32(1.0) / np.float32(channels)
    for frame in range(frames):
        at = (first + frame) * channels
        value = float_at(address, at)
        if channels == 2:
            value += float_at(address, at + 1)
        out[GUARD + frame] = value * share
    mirror_ends(out, frames)


class Recording:
    """A stretch of a sound, prepared for grains: 7.5 bytes a frame.

    Parameters
    ----------
    sound : Sound
    first_frame, frames : int
        The stretch, inside the sound.
    name : str
        What an error calls it.

    Attributes
    ----------
    row : int64 (RECORDING_INTS,)
        For the kernels; valid while this object lives.

    Raises
    ------
    AssetError
        If the stretch is shorter than `SHORTEST_S` or longer than `LONGEST_S`.
    """

    def __init__(self, sound: Sound, first_frame: int, frames: int, name: str) -> None:
        length_s = frames / sound.sample_rate_hz
        if not SHORTEST_S <= length_s <= LONGEST_S:
            allowed = f"{SHORTEST_S:g} to {LONGEST_S:g} s"
            raise AssetError(f"grains would read {length_s:.3g} s of {name}; allowed: {allowed}")
        self.frames = frames
        self._levels: list[NDArray[np.float32]] = [aligned_floats(frames + 2 * GUARD)]
        _mean_of_channels(sound.address, sound.channels, first_frame, frames, self._levels[0])
        self.row = np.zeros(RECORDING_INTS, np.int64)
        self._table = reading_table()
        self.row[RECORDING_TABLE] = self._table.ctypes.data
        for level in range(LEVELS):
            if level > 0:
                self._levels.append(aligned_floats((frames + 1) // 2 + 2 * GUARD))
                halve(self._levels[-2], frames, halving_weights(), self._levels[-1])
                frames = (frames + 1) // 2
            self.row[RECORDING_LEVELS + 2 * level] = self._levels[-1].ctypes.data
            self.row[RECORDING_LEVELS + 2 * level + 1] = frames


_prepared: weakref.WeakKeyDictionary[Sound, dict[tuple[int, int], weakref.ref[Recording]]] = weakref.WeakKeyDictionary()


def recording_of(sound: Sound, first_frame: int, frames: int, name: str) -> Recording:
    """The stretch as every session shares it: prepared when first asked for, kept while somebody holds it.

    Raises
    ------
    AssetError
        As `Recording`.
    """
    known = _prepared.setdefault(sound, {})
    reference = known.get((first_frame, frames))
    recording = reference() if reference is not None else None
    if recording is None:
        recording = Recording(sound, first_frame, frames, name)
        known[first_frame, frames] = weakref.ref(recording)
    return recording
