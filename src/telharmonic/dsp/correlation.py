"""How alike left and right are: +1 mono, 0 unrelated (or silent), -1 opposite.

State is a float64 array of `STATE_SIZE`, zero at the start: smoothed products left·left, right·right, left·right.
Eight frames go at a time: each lane decays by the eighth power, and what the lanes hold is put together at the end.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, load_wide, maximum_across, shuffle, splat_wide

STATE_SIZE = 3
WINDOW_S = 0.3  # time constant of the smoothing
_FLOOR = 1e-12  # mean square, -120 dB: below it a side is silent


def smoothing(sample_rate_hz: float) -> float:
    """Share of a new frame in the smoothed products."""
    return 1.0 - math.exp(-1.0 / (WINDOW_S * sample_rate_hz))


_GROUP = BANK // 2  # frames to a wide value
_swap = shuffle([1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14])
_later_4, _later_2, _later_1 = (shuffle([(lane - turn) % BANK for lane in range(BANK)]) for turn in (8, 4, 2))
_newest_left, _newest_right = shuffle([14] * 8), shuffle([15] * 8)


@kernel()
def _together(sums, keep):
    """In the last frame's lanes: each frame's sum, decayed to the last frame."""
    keep_2 = keep * keep
    sums = sums + splat_wide(np.float32(keep_2 * keep_2)) * _later_4(sums, sums)
    sums = sums + splat_wide(np.float32(keep_2)) * _later_2(sums, sums)
    return sums + splat_wide(np.float32(keep)) * _later_1(sums, sums)


@kernel("void(float32[::1], float64[::1], float64, int64)")
def measure_correlation(sound, state, share, n):
    """Listen to n frames of interleaved stereo; `share` from `smoothing`."""
    keep = 1.0 - share
    whole, decay = n // _GROUP * _GROUP, 1.0
    keep_4 = keep * keep * keep * keep
    fall = splat_wide(np.float32(keep_4 * keep_4))
    squares, products = splat_wide(np.float32(0.0)), splat_wide(np.float32(0.0))
    for at in range(0, 2 * whole, BANK):
        values = load_wide(sound, at)
        squares = squares * fall + values * values
        products = products * fall + values * _swap(values, values)
        decay *= keep_4 * keep_4
    squares, products = _together(squares, keep), _together(products, keep)
    ll = decay * state[0] + share * maximum_across(_newest_left(squares, squares))
    rr = decay * state[1] + share * maximum_across(_newest_right(squares, squares))
    lr = decay * state[2] + share * maximum_across(_newest_left(products, products))
    for frame in range(whole, n):
        left, right = np.float64(sound[2 * frame]), np.float64(sound[2 * frame + 1])
        ll = keep * ll + share * (left * left)
        rr = keep * rr + share * (right * right)
        lr = keep * lr + share * (left * right)
    state[0], state[1], state[2] = ll, rr, lr


@kernel("float64(float64[::1])")
def correlation(state):
    """The reading, -1 to 1."""
    if not (state[0] > _FLOOR and state[1] > _FLOOR):
        return 0.0
    return max(-1.0, min(1.0, state[2] / math.sqrt(state[0] * state[1])))


class Correlation:
    """Correlation of a stereo signal, block by block."""

    def __init__(self, sample_rate_hz: int = 48_000) -> None:
        self._share = smoothing(sample_rate_hz)
        self._state = np.zeros(STATE_SIZE)

    def reset(self) -> None:
        """Forget everything heard."""
        self._state[:] = 0

    def process(self, block: NDArray[np.float32]) -> None:
        """Listen to `block` (2, frames)."""
        measure_correlation(np.ascontiguousarray(block.T).reshape(-1), self._state, self._share, block.shape[1])

    @property
    def value(self) -> float:
        """The reading, -1 to 1."""
        return float(correlation(self._state))
