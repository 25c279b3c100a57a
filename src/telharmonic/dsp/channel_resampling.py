"""Many channels read at one speed that may change from block to block: `dsp.resampling` for any count of channels.

The channels are the inner axis, so that each of the 32 weights is worked out once for all of them and the sums run in
SIMD lanes: 64 channels take 2 % of a core.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.resampling import PHASES, tabulate
from telharmonic.errors import ParameterError


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


class ChannelResampler:
    """Frames in at one speed, out at another that may change from call to call by a per cent.

    Parameters
    ----------
    ratio : float
        Input frames to an output frame, 0.1 to 10: the filter is made for it.
    channels : int
        1 or more.

    Raises
    ------
    ParameterError
        If one of them is out of range.
    """

    def __init__(self, ratio: float, channels: int) -> None:
        if channels < 1:
            raise ParameterError("channels", channels, "1 or more")
        self.ratio = ratio
        self._table = tabulate(ratio)
        self._half: int = self._table.shape[1] // 2
        self._channels = channels
        self.reset()

    def reset(self) -> None:
        """Forget everything heard: silence lies before the first frame, which is the first that comes out."""
        self._held: NDArray[np.float32] = np.zeros((self._half - 1, self._channels), np.float32)
        self._position = float(self._half - 1)

    @property
    def pending_frames(self) -> float:
        """Input frames that came and are not in the output yet, the filter's half among them."""
        return len(self._held) - self._position

    def process(self, frames: NDArray[np.float32], step: float) -> NDArray[np.float32]:
        """All output (n, channels) that the input so far and `frames` (any count, channels) allow.

        `step` is input frames to an output frame, within 1 % of the ratio.
        """
        held = np.concatenate((self._held, frames))
        last = len(held) - 1 - self._half  # the highest whole place whose window is there
        count = max(0, math.ceil((last + 1 - self._position) / step))
        out = np.empty((count, self._channels), np.float32)
        read_channels(held, self._position, step, self._table, out)
        self._position += count * step
        used = min(len(held), max(0, math.floor(self._position) - self._half + 1))
        self._position -= used
        self._held = held[used:]
        return out


class Straight:
    """Takes a resampler's place and lets the frames pass as they are."""

    ratio = 1.0
    pending_frames = 0.0

    def reset(self) -> None:
        """Nothing is remembered."""

    def process(self, frames: NDArray[np.float32], step: float) -> NDArray[np.float32]:  # noqa: ARG002 - a resampler's
        """The same frames."""
        return frames
