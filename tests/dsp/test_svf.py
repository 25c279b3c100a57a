"""Filters against the cookbook's biquads in scipy's float64."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from telharmonic.dsp import filter_design, svf
from telharmonic.dsp.lanes import BANK, LANES

Samples = NDArray[np.float32]
KINDS = ("low_pass", "high_pass", "peak", "low_shelf", "high_shelf")


def cookbook(kind: str, freq_hz: float, gain_db: float, q: float, rate: float) -> NDArray[np.float64]:
    """One second-order section of the Audio EQ Cookbook (W3C Note 2021), normalised."""
    a, w = 10 ** (gain_db / 40), 2 * math.pi * freq_hz / rate
    c, alpha = math.cos(w), math.sin(w) / (2 * q)
    root = 2 * math.sqrt(a) * alpha
    sections = {
        "low_pass": ((1 - c) / 2, 1 - c, (1 - c) / 2, 1 + alpha, -2 * c, 1 - alpha),
        "high_pass": ((1 + c) / 2, -(1 + c), (1 + c) / 2, 1 + alpha, -2 * c, 1 - alpha),
        "peak": (1 + alpha * a, -2 * c, 1 - alpha * a, 1 + alpha / a, -2 * c, 1 - alpha / a),
        "low_shelf": (
            a * ((a + 1) - (a - 1) * c + root),
            2 * a * ((a - 1) - (a + 1) * c),
            a * ((a + 1) - (a - 1) * c - root),
            (a + 1) + (a - 1) * c + root,
            -2 * ((a - 1) + (a + 1) * c),
            (a + 1) + (a - 1) * c - root,
        ),
        "high_shelf": (
            a * ((a + 1) + (a - 1) * c + root),
            -2 * a * ((a - 1) + (a + 1) * c),
            a * ((a + 1) + (a - 1) * c - root),
            (a + 1) - (a - 1) * c + root,
            2 * ((a - 1) - (a + 1) * c),
            (a + 1) - (a - 1) * c - root,
        ),
    }
    section = np.array(sections[kind])
    return (section / section[3])[None]


def design(kind: str, freq_hz: float, gain_db: float, q: float, rate: float) -> filter_design.Design:
    if kind in ("low_pass", "high_pass"):
        return getattr(filter_design, kind)(freq_hz, q, rate)  # type: ignore[no-any-return]
    return getattr(filter_design, kind)(freq_hz, gain_db, q, rate)  # type: ignore[no-any-return]


def noise(frames: int, width: int, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).uniform(-1, 1, frames * width).astype(np.float32)


def in_float64(x: NDArray[np.float64], designs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Simper's recursion as published, with a design for each frame: `designs` (frames, 6)."""
    y, ic1, ic2 = np.zeros(len(x)), 0.0, 0.0
    for frame, (d1, a2, a3, m0, m1, m2) in enumerate(designs):
        v0 = x[frame]
        v1 = (1 - d1) * ic1 + a2 * (v0 - ic2)
        v2 = ic2 + a2 * ic1 + a3 * (v0 - ic2)
        ic1, ic2 = 2 * v1 - ic1, 2 * v2 - ic2
        y[frame] = m0 * v0 + m1 * v1 + m2 * v2
    return y


def bank_of(designs: list[filter_design.Design], lanes: range = range(LANES)) -> Samples:
    coef = np.zeros(len(designs) * svf.STAGE_COEFFICIENTS, np.float32)
    for stage, one in enumerate(designs):
        for lane in range(LANES):
            svf.put_bank(coef, stage, lane, one if lane in lanes else filter_design.FLAT)
    return coef


def states(stages: int) -> Samples:
    return np.zeros(stages * svf.STAGE_STATES, np.float32)


CORNERS = [
    (kind, freq_hz, gain_db, q, rate)
    for kind in KINDS
    for freq_hz, gain_db, q, rate in (
        (20.0, 18.0, 18.0, 48_000.0),
        (20.0, 18.0, 0.7071, 96_000.0),
        (100.0, -18.0, 0.1, 48_000.0),
        (1000.0, 6.0, 1.0, 44_100.0),
        (16_000.0, 18.0, 4.0, 48_000.0),
        (20_000.0, -18.0, 0.7071, 44_100.0),
    )
]


@pytest.mark.parametrize(("kind", "freq_hz", "gain_db", "q", "rate"), CORNERS)
def test_agrees_with_the_cookbook_in_float64_on_noise(
    kind: str, freq_hz: float, gain_db: float, q: float, rate: float
) -> None:
    x = noise(24_000, BANK)
    y = np.empty_like(x)
    svf.svf_bank(x, y, bank_of([design(kind, freq_hz, gain_db, q, rate)]), states(1), 1, 24_000)
    expected = signal.sosfilt(cookbook(kind, freq_hz, gain_db, q, rate), x.reshape(-1, BANK).astype(float), axis=0)
    scale = max(1.0, float(np.abs(expected).max()))  # a resonance of 18 dB is 8 times as loud, and so is its rounding
    assert np.abs(y.reshape(-1, BANK) - expected).max() < 1e-5 * scale


@pytest.mark.parametrize(("kind", "freq_hz", "gain_db", "q", "rate"), CORNERS)
def test_magnitude_is_within_a_twentieth_of_a_decibel_up_to_16_khz(
    kind: str, freq_hz: float, gain_db: float, q: float, rate: float
) -> None:
    frames = 1 << (19 if q > 10 and freq_hz < 100 else 16)  # until the ringing has died away
    click = np.zeros(frames * BANK, np.float32)
    click[:BANK] = 1.0
    svf.svf_bank(click, click, bank_of([design(kind, freq_hz, gain_db, q, rate)]), states(1), 1, frames)
    hz = np.geomspace(20, 16_000, 60)
    bins = np.round(hz * frames / rate).astype(int)
    measured = np.abs(np.fft.rfft(click.reshape(-1, BANK)[:, 3].astype(float)))[bins]
    _, response = signal.sosfreqz(cookbook(kind, freq_hz, gain_db, q, rate), bins * rate / frames, fs=rate)
    audible = np.abs(response) > 1e-4  # below -80 dB float32's own rounding, not the filter, is measured
    difference_db = 20 * np.log10(measured[audible] / np.abs(response[audible]))
    assert np.abs(difference_db).max() < 0.05


def test_five_stages_of_eight_different_channels_agree_with_scipy() -> None:
    rate, frames = 48_000.0, 12_000
    coef = np.zeros(5 * svf.STAGE_COEFFICIENTS, np.float32)
    sections = []
    for lane in range(LANES):
        rows = (
            ("high_pass", 40.0 + 40 * lane, 0.0, 0.7071),
            ("low_shelf", 60.0 + 30 * lane, 2.0 * lane - 7, 0.7071),
            ("peak", 200.0 * (lane + 1), 9.0 - 2 * lane, 0.5 + lane),
            ("peak", 1000.0 + 900 * lane, 3.0 * lane - 12, 1.0 + lane / 2),
            ("high_shelf", 4000.0 + 1500 * lane, 6.0 - lane, 0.9),
        )
        for stage, row in enumerate(rows):
            svf.put_bank(coef, stage, lane, design(*row, rate))
        sections.append(np.concatenate([cookbook(*row, rate) for row in rows]))
    x = noise(frames, BANK)
    y = np.empty_like(x)
    svf.svf_bank(x, y, coef, states(5), 5, frames)
    wide = x.reshape(-1, BANK).astype(float)
    for side in range(BANK):
        expected = signal.sosfilt(sections[side % LANES], wide[:, side])
        assert np.abs(y.reshape(-1, BANK)[:, side] - expected).max() < 1e-5


def test_a_flat_bank_leaves_every_bit_and_forgets_its_states() -> None:
    x, state = noise(120, BANK), np.ones(2 * svf.STAGE_STATES, np.float32)
    y = np.empty_like(x)
    svf.svf_bank(x, y, bank_of([filter_design.FLAT, filter_design.peak(1000.0, 0.0, 1.0, 48_000.0)]), state, 2, 120)
    assert np.array_equal(x, y)
    assert not state.any()


def test_a_channel_that_is_flat_is_exact_beside_one_that_is_not() -> None:
    x = noise(480, BANK)
    y = np.empty_like(x)
    svf.svf_bank(x, y, bank_of([filter_design.peak(800.0, 12.0, 2.0, 48_000.0)], range(1)), states(1), 1, 480)
    assert np.array_equal(y.reshape(-1, BANK)[:, 1:8], x.reshape(-1, BANK)[:, 1:8])
    assert not np.array_equal(y.reshape(-1, BANK)[:, 0], x.reshape(-1, BANK)[:, 0])


def line(start: filter_design.Design, end: filter_design.Design, frames: int) -> NDArray[np.float64]:
    """The ideal ramp: a design for each frame, straight from `start` towards `end`."""
    along = np.arange(frames)[:, None] / frames
    return np.array(start) * (1 - along) + np.array(end) * along


RAMPS: list[Callable[[], tuple[filter_design.Design, filter_design.Design]]] = [
    lambda: (filter_design.peak(1000.0, -18.0, 1.0, 48_000.0), filter_design.peak(1000.0, 18.0, 1.0, 48_000.0)),
    lambda: (filter_design.peak(200.0, 12.0, 8.0, 48_000.0), filter_design.peak(1500.0, 12.0, 8.0, 48_000.0)),
    lambda: (filter_design.low_shelf(100.0, 0.0, 0.7, 48_000.0), filter_design.low_shelf(100.0, 18.0, 0.7, 48_000.0)),
    lambda: (
        filter_design.blend(filter_design.high_pass(80.0, 0.7071, 48_000.0), 0.0),
        filter_design.blend(filter_design.high_pass(80.0, 0.7071, 48_000.0), 1.0),
    ),
]


@pytest.mark.parametrize("ends", RAMPS)
def test_a_ramp_follows_the_ideal_one(ends: Callable[[], tuple[filter_design.Design, filter_design.Design]]) -> None:
    start, end = ends()
    frames = 480
    x = noise(frames, BANK)
    y = np.empty_like(x)
    coef, target = bank_of([start]), bank_of([end])
    delta = ((target.astype(float) - coef) / frames).astype(np.float32)
    svf.svf_bank_ramp(x, y, coef, delta, states(1), 1, frames)
    for side in (0, 5, 15):
        expected = in_float64(x.reshape(-1, BANK)[:, side].astype(float), line(start, end, frames))
        assert np.abs(y.reshape(-1, BANK)[:, side] - expected).max() < 5e-5  # 480 additions to a coefficient round
    assert coef == pytest.approx(target, rel=2e-5, abs=1e-6)


def test_a_stage_that_wakes_moves_no_faster_than_one_that_never_slept() -> None:
    """A low tone through a shelf raised by 18 dB in 10 ms, against the ideal ramp with 100 ms behind it."""
    frames, before = 480, 4800
    start, end = filter_design.low_shelf(100.0, 0.0, 0.7, 48_000.0), filter_design.low_shelf(100.0, 18.0, 0.7, 48_000.0)
    tone = np.sin(2 * np.pi * 50 * np.arange(before + frames) / 48_000 + 1.2)
    designs = np.concatenate([np.tile(start, (before, 1)), line(start, end, frames)])
    ideal = in_float64(tone, designs)[before:]
    x = np.repeat(tone[before:], BANK).astype(np.float32)
    y = np.empty_like(x)
    coef, target = bank_of([start]), bank_of([end])
    svf.svf_bank_ramp(x, y, coef, ((target - coef) / frames).astype(np.float32), states(1), 1, frames)
    assert y[0] == x[0]
    assert np.abs(np.diff(y[::BANK])).max() < 1.25 * np.abs(np.diff(ideal)).max()


@pytest.mark.parametrize("cut", [1, 7, 24, 119])
def test_any_cut_gives_the_same_bits(cut: int) -> None:
    frames = 360
    rows = [filter_design.high_pass(80.0, 0.7, 48_000.0), filter_design.peak(900.0, 7.0, 3.0, 48_000.0)]
    x = noise(frames, BANK)
    whole, parts = np.empty_like(x), np.empty_like(x)
    svf.svf_bank(x, whole, bank_of(rows), states(2), 2, frames)
    coef, state = bank_of(rows), states(2)
    for start in range(0, frames, cut):
        n = min(cut, frames - start)
        svf.svf_bank(x[start * BANK :], parts[start * BANK :], coef, state, 2, n)
    assert np.array_equal(whole, parts)


def test_clearing_a_lane_forgets_one_channel_only() -> None:
    state = np.ones(2 * svf.STAGE_STATES, np.float32)
    svf.clear_lane(state, 2, 3)
    cleared = np.flatnonzero(state.reshape(-1, BANK)[0] == 0)
    assert list(cleared) == [3, 11]
    assert np.array_equal(state.reshape(-1, BANK), np.tile(state[:BANK], (4, 1)))


def test_loudest_settings_on_loud_noise_stay_finite() -> None:
    rows = [filter_design.peak(20.0 * 10**decade, 18.0, 18.0, 48_000.0) for decade in (0, 1, 2, 2.9)]
    x = np.float32(100.0) * noise(48_000, BANK)
    svf.svf_bank(x, x, bank_of(rows), states(4), 4, 48_000)
    assert np.isfinite(x).all()
