"""Designs of second-order filter stages: what a frequency, a gain and a Q mean as coefficients.

A **design** is the tuple ``(d1, a2, a3, m0, m1, m2)`` of Simper's trapezoidal state-variable filter, which
`dsp.svf` runs. It has the same transfer function as the bilinear biquads of the RBJ cookbook. With the integrator gain
``g = tan(pi freq / rate)`` and the damping k, ``a1 = 1 / (1 + g (g + k))``, ``a2 = g a1``, ``a3 = g a2``. Simper
keeps a1; we keep ``d1 = 1 - a1``, because at low frequencies a1 is so near 1 that float32 loses the damping: a peak of
18 dB, Q 18, at 20 Hz missed float64 by 3e-5 with a1 and misses it by 1e-7 with d1.

All functions may be called from Python and from kernels, and check nothing: frequencies (Hz) above 0, Q above
0, `rate` frames a second. A frequency above `MAXIMUM_OF_RATE` of the rate is held there. Any straight mixture
of two designs is a stable filter too, so coefficients may be ramped linearly.

References
----------
A. Simper, "Linear Trapezoidal Integrated State Variable Filter With Low Noise Optimisation", Cytomic 2013;
R. Bristow-Johnson, "Audio EQ Cookbook", W3C Note 2021.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

from telharmonic.dsp.compile import kernel

Design = tuple[float, float, float, float, float, float]

FLAT: Design = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
MAXIMUM_OF_RATE = 0.49  # tan() ends at one half

_DESIGN = "UniTuple(float64, 6)"


@kernel("float64(float64, float64)")
def _warp(freq_hz, rate):
    """The integrator gain of a frequency: the bilinear transform's warping."""
    return math.tan(math.pi * min(freq_hz / rate, MAXIMUM_OF_RATE))


@kernel(f"{_DESIGN}(float64, float64, float64, float64, float64)")
def _design(g, k, m0, m1, m2):
    a1 = 1.0 / (1.0 + g * (g + k))
    return (g * (g + k) * a1, g * a1, g * g * a1, m0, m1, m2)


@kernel(f"{_DESIGN}(float64, float64, float64)")
def low_pass(freq_hz, q, rate):
    """Second-order low-pass, 12 dB an octave; `q` 0.7071 is Butterworth. Equals the cookbook's LPF."""
    return _design(_warp(freq_hz, rate), 1.0 / q, 0.0, 0.0, 1.0)


@kernel(f"{_DESIGN}(float64, float64, float64)")
def high_pass(freq_hz, q, rate):
    """Second-order high-pass, 12 dB an octave; `q` 0.7071 is Butterworth. Equals the cookbook's HPF."""
    k = 1.0 / q
    return _design(_warp(freq_hz, rate), k, 1.0, -k, -1.0)


@kernel(f"{_DESIGN}(float64, float64, float64, float64)")
def peak(freq_hz, gain_db, q, rate):
    """Bell of `gain_db` at `freq_hz`. Equals the cookbook's peakingEQ."""
    a = 10.0 ** (gain_db / 40.0)
    k = 1.0 / (q * a)
    return _design(_warp(freq_hz, rate), k, 1.0, k * (a * a - 1.0), 0.0)


@kernel(f"{_DESIGN}(float64, float64, float64, float64)")
def low_shelf(freq_hz, gain_db, q, rate):
    """Shelf of `gain_db` below `freq_hz`. Equals the cookbook's lowShelf with alpha from Q."""
    a = 10.0 ** (gain_db / 40.0)
    k = 1.0 / q
    return _design(_warp(freq_hz, rate) / math.sqrt(a), k, 1.0, k * (a - 1.0), a * a - 1.0)


@kernel(f"{_DESIGN}(float64, float64, float64, float64)")
def high_shelf(freq_hz, gain_db, q, rate):
    """Shelf of `gain_db` above `freq_hz`. Equals the cookbook's highShelf with alpha from Q."""
    a = 10.0 ** (gain_db / 40.0)
    k = 1.0 / q
    return _design(_warp(freq_hz, rate) * math.sqrt(a), k, a * a, k * (1.0 - a) * a, 1.0 - a * a)


@kernel(f"{_DESIGN}(float64, float64)")
def one_pole_low_pass(freq_hz, rate):
    """First-order low-pass, 6 dB an octave, as a stage: (s + 1) / (s + 1)^2, its pole and zero cancelling."""
    return _design(_warp(freq_hz, rate), 2.0, 0.0, 1.0, 1.0)


@kernel(f"{_DESIGN}(float64, float64)")
def one_pole_high_pass(freq_hz, rate):
    """First-order high-pass, 6 dB an octave, as a stage: s (s + 1) / (s + 1)^2."""
    return _design(_warp(freq_hz, rate), 2.0, 1.0, -1.0, -1.0)


@kernel(f"{_DESIGN}({_DESIGN}, float64)")
def blend(design, amount):
    """`design` cross-faded with the flat stage: 0 leaves the sound exactly as it is, 1 is the whole filter."""
    d1, a2, a3, m0, m1, m2 = design
    return (d1, a2, a3, 1.0 + amount * (m0 - 1.0), amount * m1, amount * m2)
