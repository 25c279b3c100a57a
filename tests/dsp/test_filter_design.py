"""Designs against the transfer functions of the cookbook and of scipy, in float64 and in closed form."""

from __future__ import annotations

import itertools
import math
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from telharmonic.dsp import filter_design
from telharmonic.dsp.filter_design import Design

HZ = np.geomspace(10, 20_000, 200)
SETTINGS = [
    pytest.param(freq_hz, gain_db, q, rate, id=f"{freq_hz:g} Hz {gain_db:g} dB Q {q:g} at {rate:g} Hz")
    for freq_hz, gain_db, q, rate in (
        (20.0, 18.0, 18.0, 96_000.0),
        (80.0, -18.0, 0.1, 48_000.0),
        (1000.0, 6.0, 0.7071, 44_100.0),
        (20_000.0, 12.0, 2.0, 44_100.0),
    )
]


def response(design: Design, rate: float, hz: NDArray[np.float64] = HZ) -> NDArray[np.complex128]:
    """Transfer function of one stage, from its recursion written as ``s' = A s + B x``, ``y = C s + D x``."""
    d1, a2, a3, m0, m1, m2 = design
    a = np.array([[1 - 2 * d1, -2 * a2], [2 * a2, 1 - 2 * a3]])
    b = np.array([2 * a2, 2 * a3])
    c = np.array([m1 * (1 - d1) + m2 * a2, -m1 * a2 + m2 * (1 - a3)])
    d = m0 + m1 * a2 + m2 * a3
    z = np.exp(2j * np.pi * hz / rate)
    return np.array([c @ np.linalg.solve(one * np.eye(2) - a, b) + d for one in z])


def analogue(kind: str, gain_db: float, q: float, s: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """The cookbook's prototypes, at ``s = j tan(w / 2) / tan(w0 / 2)``: what the bilinear transform makes exact."""
    a = 10 ** (gain_db / 40)
    root = math.sqrt(a) / q
    fractions = {
        "low_pass": (np.ones_like(s), s * s + s / q + 1),
        "high_pass": (s * s, s * s + s / q + 1),
        "peak": (s * s + s * (a / q) + 1, s * s + s / (a * q) + 1),
        "low_shelf": (a * (s * s + root * s + a), a * s * s + root * s + 1),
        "high_shelf": (a * (a * s * s + root * s + 1), s * s + root * s + a),
    }
    top, bottom = fractions[kind]
    return cast(NDArray[np.complex128], top / bottom)


@pytest.mark.parametrize("kind", ["low_pass", "high_pass", "peak", "low_shelf", "high_shelf"])
@pytest.mark.parametrize(("freq_hz", "gain_db", "q", "rate"), SETTINGS)
def test_the_transfer_function_is_the_cookbooks(
    kind: str, freq_hz: float, gain_db: float, q: float, rate: float
) -> None:
    design_of = getattr(filter_design, kind)
    design = design_of(freq_hz, q, rate) if kind.endswith("pass") else design_of(freq_hz, gain_db, q, rate)
    s = 1j * np.tan(np.pi * HZ / rate) / math.tan(math.pi * freq_hz / rate)
    assert response(design, rate) == pytest.approx(analogue(kind, gain_db, q, s), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_first_order_filters_are_butterworth(rate: int) -> None:
    for design_of, kind in ((filter_design.one_pole_low_pass, "low"), (filter_design.one_pole_high_pass, "high")):
        section = signal.butter(1, 300, kind, fs=rate, output="sos")
        expected = signal.sosfreqz(section, HZ, fs=rate)[1]
        assert response(design_of(300.0, float(rate)), rate) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("kind", ["low_pass", "high_pass"])
def test_it_is_3_db_down_at_its_frequency(kind: str) -> None:
    design = getattr(filter_design, kind)(440.0, math.sqrt(0.5), 48_000.0)
    assert 20 * math.log10(abs(response(design, 48_000.0, np.array([440.0]))[0])) == pytest.approx(-3.0103, abs=1e-4)


@pytest.mark.parametrize("kind", ["low_shelf", "peak", "high_shelf"])
def test_a_band_of_0_db_is_exactly_flat(kind: str) -> None:
    assert getattr(filter_design, kind)(1234.0, 0.0, 3.0, 48_000.0)[3:] == filter_design.FLAT[3:]


def test_a_frequency_above_half_the_rate_is_held_below_it() -> None:
    held = filter_design.peak(0.49 * 44_100, 6.0, 1.0, 44_100.0)
    assert filter_design.peak(30_000.0, 6.0, 1.0, 44_100.0) == pytest.approx(held)


def test_blend_cross_fades_the_bare_sound_and_the_filter() -> None:
    whole = filter_design.high_pass(80.0, 0.7071, 48_000.0)
    assert filter_design.blend(whole, 0.0)[3:] == filter_design.FLAT[3:]
    assert filter_design.blend(whole, 1.0) == pytest.approx(whole)
    mixed = response(filter_design.blend(whole, 0.25), 48_000.0)
    assert mixed == pytest.approx(0.75 + 0.25 * response(whole, 48_000.0), abs=1e-12)


def test_any_straight_mixture_of_two_designs_is_stable() -> None:
    """Both poles stay inside the unit circle all the way between extremes."""
    extremes = [
        filter_design.peak(freq_hz, gain_db, q, 44_100.0)
        for freq_hz, gain_db, q in itertools.product((20.0, 600.0, 20_000.0), (-18.0, 18.0), (0.1, 18.0))
    ]
    for start, end in itertools.combinations(extremes, 2):
        for way in np.linspace(0, 1, 21):
            d1, a2, a3, *_ = (1 - way) * np.array(start) + way * np.array(end)
            poles = np.linalg.eigvals(np.array([[1 - 2 * d1, -2 * a2], [2 * a2, 1 - 2 * a3]]))
            assert np.abs(poles).max() < 1
