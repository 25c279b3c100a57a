"""A stereo pair's filters against scipy's float64, and against themselves however they are cut and grouped."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from telharmonic.dsp import filter_design, svf_stereo

Samples = NDArray[np.float32]
RATE = 48_000.0

ROWS = (
    filter_design.high_pass(60.0, 0.7071, RATE),
    filter_design.low_shelf(80.0, -9.0, 0.7, RATE),
    filter_design.peak(500.0, -9.0, 3.0, RATE),
    filter_design.peak(900.0, 7.0, 3.0, RATE),
    filter_design.high_shelf(9000.0, 12.0, 0.7, RATE),
)


def noise(frames: int, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).uniform(-1, 1, frames * 2).astype(np.float32)


def section(design: filter_design.Design) -> NDArray[np.float64]:
    """The biquad that the state-space matrices of a stage come to."""
    d1, a2, a3, m0, m1, m2 = design
    step = np.array([[1 - 2 * d1, -2 * a2], [2 * a2, 1 - 2 * a3]])
    into, out = np.array([[2 * a2], [2 * a3]]), np.array([[m1 * (1 - d1) + m2 * a2, m2 * (1 - a3) - m1 * a2]])
    b, a = signal.ss2tf(step, into, out, np.array([[m0 + m1 * a2 + m2 * a3]]))
    return np.concatenate([b[0], a])[None]


def coefficients(rows: tuple[filter_design.Design, ...]) -> Samples:
    coef = np.zeros(6 * len(rows), np.float32)
    for stage, row in enumerate(rows):
        svf_stereo.put_stereo(coef, stage, row)
    return coef


def states(stages: int) -> Samples:
    return np.zeros(stages * svf_stereo.STEREO_STATES, np.float32)


@pytest.mark.parametrize("stages", [1, 2, 3, 4, 5])
def test_any_number_of_stages_agrees_with_scipy(stages: int) -> None:
    x = noise(20_000)
    y = x.copy()
    svf_stereo.svf_stereo(y, coefficients(ROWS[:stages]), states(stages), stages, 20_000)
    sections = np.concatenate([section(row) for row in ROWS[:stages]])
    expected = signal.sosfilt(sections, x.reshape(-1, 2).astype(float), axis=0)
    assert np.abs(y.reshape(-1, 2) - expected).max() < 1e-5 * max(1.0, float(np.abs(expected).max()))


@pytest.mark.parametrize("stages", [2, 4, 5])
@pytest.mark.parametrize("cut", [1, 3, 6, 7, 24, 119])
def test_any_cut_gives_the_same_bits(cut: int, stages: int) -> None:
    frames, coef = 360, coefficients(ROWS[:stages])
    whole = noise(frames)
    parts, state = whole.copy(), states(stages)
    svf_stereo.svf_stereo(whole, coef, states(stages), stages, frames)
    for start in range(0, frames, cut):
        svf_stereo.svf_stereo(parts[2 * start :], coef, state, stages, min(cut, frames - start))
    assert np.array_equal(whole, parts)


@pytest.mark.parametrize("active", [(), (2,), (0, 3), (1, 2, 3)])
def test_flat_stages_leave_every_bit_and_forget_their_states(active: tuple[int, ...]) -> None:
    rows = tuple(ROWS[stage] if stage in active else filter_design.FLAT for stage in range(4))
    x, state = noise(120), states(4)
    alone, grouped = x.copy(), x.copy()
    for stage in range(4):
        if stage not in active:
            state[4 * stage : 4 * stage + 4] = 1.0
    svf_stereo.svf_stereo(grouped, coefficients(rows), state, 4, 120)
    for stage in active:
        svf_stereo.svf_stereo(alone, coefficients((rows[stage],)), states(1), 1, 120)
    assert np.abs(grouped - alone).max() < 2e-6  # the sums are taken in another order
    assert active or np.array_equal(grouped, x)
    assert all((state[4 * stage : 4 * stage + 4] != 0).any() == (stage in active) for stage in range(4))


def test_a_ramp_ends_where_the_stages_that_stand_go_on() -> None:
    """10 ms from flat to a boost, then 100 ms of it: the sound is that of the boost alone."""
    start, end, frames = filter_design.FLAT, ROWS[3], 480
    coef, state = coefficients((start,)), states(1)
    delta = ((np.array(end) - np.array(start)) / frames).astype(np.float32)
    x = noise(frames + 4800)
    ramped, steady = x.copy(), x.copy()
    svf_stereo.svf_stereo_ramp(ramped, coef, delta, state, 1, frames)
    assert coef == pytest.approx(coefficients((end,)), rel=2e-5, abs=1e-6)
    svf_stereo.svf_stereo(ramped[2 * frames :], coefficients((end,)), state, 1, 4800)
    svf_stereo.svf_stereo(steady, coefficients((end,)), states(1), 1, frames + 4800)
    assert ramped[-2 * 2400 :] == pytest.approx(steady[-2 * 2400 :], abs=1e-5)


def test_a_ramp_of_nothing_is_the_stage_that_stands() -> None:
    x = noise(480)
    ramped, steady = x.copy(), x.copy()
    svf_stereo.svf_stereo_ramp(ramped, coefficients(ROWS), np.zeros(30, np.float32), states(5), 5, 480)
    svf_stereo.svf_stereo(steady, coefficients(ROWS), states(5), 5, 480)
    assert ramped == pytest.approx(steady, abs=1e-5)
