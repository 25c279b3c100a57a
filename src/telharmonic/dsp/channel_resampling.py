"""Many channels read at one speed that may change from block to block: the inner loop of `audio.speed`, compiled.

The channels are the inner axis, so that each of the 32 weights is worked out once for all of them and the sums run in
SIMD lanes: 64 channels take 2 % of a core.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.speed import PHASES, SpeedResampler
from telharmonic.dsp.compile import kernel


@kernel("void(float32[:, ::1], float64, float64, float32[:, ::1], float32[:, ::1])")
def read_channels(sound, position, step, table, out):
    """Fill `out` (n, channels) with `sound` (frames, channels) as it is at `position`, ``position + step``, ...

    ``taps / 2 - 1`` frames before and ``taps / 2`` after each point must be there.
    """
    taps, channels = table.shape[1], out.shape[1]
    for frame in range(out.shape[0]):
        at = position + frame * step
        whole = math.floor(at)
        phase = (at - whole) * PHASES
        row = int(phase)
        mix = np.float32(phase - row)
        first = whole - taps // 2 + 1
        for channel in range(channels):
            out[frame, channel] = np.float32(0.0)
        for tap in range(taps):
            weight = table[row, tap] + mix * (table[row + 1, tap] - table[row, tap])
            for channel in range(channels):
                out[frame, channel] += weight * sound[first + tap, channel]


class ChannelResampler(SpeedResampler):
    """A `SpeedResampler` whose sums are a kernel's."""

    def _read(self, sound: NDArray[np.float32], position: float, step: float, out: NDArray[np.float32]) -> None:
        read_channels(sound, position, step, self._table, out)


class Straight:
    """Takes a resampler's place and lets the frames pass as they are."""

    ratio = 1.0
    pending_frames = 0.0

    def reset(self) -> None:
        """Nothing is remembered."""

    def process(self, frames: NDArray[np.float32], step: float) -> NDArray[np.float32]:  # noqa: ARG002 - a resampler's
        """The same frames."""
        return frames
