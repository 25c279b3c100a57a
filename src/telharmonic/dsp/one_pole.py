"""Coefficients of the gentle filters of reverb and delay: 6 dB an octave, wholly out of the way at their ends.

====================  ================================================================================
low cut               ``low = z + g (x - z); z += 2 g (x - z); y = x - amount low`` (bilinear high-pass)
high cut              ``z = p x + (1 - p) z; y = z``
====================  ================================================================================

The low cut at 20 Hz and the high cut at 20 kHz (the ends of their ranges) are off: they leave every sample
as it is. Full strength is reached at 21 Hz and 18 kHz.

References
----------
V. Zavalishin, "The Art of VA Filter Design" (2018), chapter 3; J. O. Smith, "Introduction to Digital Filters".
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

from telharmonic.dsp.compile import kernel

LOWEST_HZ, LOW_FULL_HZ = 20.0, 21.0
HIGHEST_HZ, HIGH_FULL_HZ = 20_000.0, 18_000.0


@kernel("float64(float64, float64)")
def low_cut_coefficient(freq_hz, rate):
    """`g` of the high-pass that is 3 dB down at `freq_hz`."""
    warped = math.tan(math.pi * min(freq_hz / rate, 0.49))
    return warped / (1.0 + warped)


@kernel("float64(float64)")
def low_cut_amount(freq_hz):
    """`amount` of the high-pass: 0 at 20 Hz, 1 from 21 Hz on."""
    return min(1.0, max(0.0, (freq_hz - LOWEST_HZ) / (LOW_FULL_HZ - LOWEST_HZ)))


@kernel("float64(float64, float64)")
def high_cut_coefficient(freq_hz, rate):
    """`p` of the low-pass that is 3 dB down at `freq_hz` (up to 18 kHz), 1 (no filter) at 20 kHz."""
    b = 1.0 - math.cos(2.0 * math.pi * min(freq_hz / rate, 0.5))
    p = math.sqrt(b * b + 2.0 * b) - b
    return p + (1.0 - p) * min(1.0, max(0.0, (freq_hz - HIGH_FULL_HZ) / (HIGHEST_HZ - HIGH_FULL_HZ)))
