"""How alike left and right are: +1 mono, 0 unrelated (or silent), -1 opposite.

State is a float64 array of `STATE_SIZE`, zero at the start: smoothed products left·left, right·right, left·right.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel

STATE_SIZE = 3
WINDOW_S = 0.3  # time constant of the smoothing
_FLOOR = 1e-12  # mean square, -120 dB: below it a side is silent


def smoothing(sample_rate_hz: float) -> float:
    """Share of a new frame in the smoothed products."""
    return 1.0 - math.exp(-1.0 / (WINDOW_S * sample_rate_hz))


@kernel("void(float32[::1], float64[::1], float64, int64)")
def measure_correlation(sound, state, share, n):
    """Listen to n frames of interleaved stereo; `share` from `smoothing`."""
    keep = 1.0 - share
    ll, rr, lr = state[0], state[1], state[2]
    for frame in range(n):
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
