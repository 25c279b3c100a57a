"""Stereo width: how much the sides differ, from one sound in the middle (0) to twice the difference (2)."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.dsp.compile import kernel

WIDTH = 0
WIDTH_PARAMETERS = 1

_HALF = np.float32(0.5)


@kernel("void(float32[::1], float32[::1], float32[::1], int64)")
def width_segment(sound, now, delta, n):
    """Scale the difference of the sides: ``left = middle + width side, right = middle - width side``.

    Parameters
    ----------
    sound : float32 (2 n,), interleaved stereo, in place
        middle = (left + right) / 2, side = (left - right) / 2.
    now, delta : float32 (WIDTH_PARAMETERS,)
        Width at the first frame (0 to 2) and what it gains per frame; `now` is advanced. A width of exactly
        1 that stands still leaves every sample as it is.
    """
    width, step = now[WIDTH], delta[WIDTH]
    if width == np.float32(1.0) and step == np.float32(0.0):
        return
    for frame in range(n):
        left, right = sound[2 * frame], sound[2 * frame + 1]
        # (width - 1) side added to what is there: nothing is lost at width 1
        change = _HALF * (width + step * np.float32(frame) - np.float32(1.0)) * (left - right)
        sound[2 * frame] = left + change
        sound[2 * frame + 1] = right - change
    now[WIDTH] = width + step * np.float32(n)
