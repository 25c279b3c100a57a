"""Peak and power of a stereo sound since someone last looked.

A meter is a float32 array of `METER_SIZE`: peak left, peak right, sum of squares left, right. Whoever reads it
sets it to zero and knows how many frames that was.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import math

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import (
    BANK,
    absolute,
    load,
    load_wide,
    maximum,
    maximum_across,
    shuffle,
    splat,
    splat_wide,
    sum_across,
    where_greater,
)

METER_SIZE = 4
PEAK_LEFT, PEAK_RIGHT, SQUARES_LEFT, SQUARES_RIGHT = 0, 1, 2, 3
FLOOR_DB = -120.0

_evens = shuffle([0, 8, 2, 8, 4, 8, 6, 8])  # left sides of four frames, zeros of the second value between
_odds = shuffle([1, 8, 3, 8, 5, 8, 7, 8])


@kernel("void(float32[::1], float32[::1], int64)")
def measure(sound, meter, n):
    """Raise the peaks and add the squares of n frames of interleaved stereo; what is no number has no peak."""
    zero = splat(np.float32(0.0))
    peaks, squares = zero, zero
    whole = n // 4 * 4
    for at in range(0, 2 * whole, 8):
        values = load(sound, at)
        sizes = absolute(values)
        peaks = where_greater(sizes, peaks, sizes, peaks)
        squares = squares + values * values
    meter[PEAK_LEFT] = max(meter[PEAK_LEFT], maximum_across(_evens(peaks, zero)))
    meter[PEAK_RIGHT] = max(meter[PEAK_RIGHT], maximum_across(_odds(peaks, zero)))
    meter[SQUARES_LEFT] += sum_across(_evens(squares, zero))
    meter[SQUARES_RIGHT] += sum_across(_odds(squares, zero))
    for frame in range(whole, n):
        for side in range(2):
            value = sound[2 * frame + side]
            if abs(value) > meter[side]:
                meter[side] = abs(value)
            meter[2 + side] += value * value


@kernel("float32(float32[::1], int64, int64)")
def largest(sound, first, count):
    """The largest magnitude among `count` numbers (a multiple of 16) from ``sound[first]`` on."""
    most = splat_wide(np.float32(0.0))
    for at in range(first, first + count, BANK):
        most = maximum(absolute(load_wide(sound, at)), most)
    return maximum_across(most)


def peak_db(peak: float) -> float:
    """Decibels of full scale, not below `FLOOR_DB`."""
    return max(FLOOR_DB, 20.0 * math.log10(peak)) if peak > 0 else FLOOR_DB


def rms_db(squares: float, frames: int) -> float:
    """Decibels of full scale (a full-scale sine reads -3.01), not below `FLOOR_DB`."""
    return max(FLOOR_DB, 10.0 * math.log10(squares / frames)) if squares > 0 and frames > 0 else FLOOR_DB
