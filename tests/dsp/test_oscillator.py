"""Test signals against closed forms and scipy."""

import numpy as np
import pytest
from scipy.signal import welch

from telharmonic.dsp import oscillator

RATE_HZ = 48_000


def _render(generator, frames, *arguments, step=1):
    out = np.zeros(frames * step, np.float32)
    generator(out, 0, step, *arguments, frames)
    return out[::step]


@pytest.mark.parametrize("frequency_hz", [1.0, 440.0, 1000.0, 19_999.0])
def test_sine_is_the_closed_form(frequency_hz):
    state = np.zeros(oscillator.SINE_STATE)
    oscillator.start_sine(state, frequency_hz, RATE_HZ)
    heard = _render(oscillator.sine, 480_000, state, 0.5)
    wanted = 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(480_000) / RATE_HZ)
    np.testing.assert_allclose(heard, wanted, atol=1e-7)


def test_sine_keeps_its_size_and_phase_for_an_hour():
    state = np.zeros(oscillator.SINE_STATE)
    oscillator.start_sine(state, 997.0, RATE_HZ)
    for _ in range(36):
        heard = _render(oscillator.sine, 100 * RATE_HZ, state, 1.0)
    frames = np.arange(3500 * RATE_HZ, 3600 * RATE_HZ, dtype=np.int64)
    wanted = np.sin(2 * np.pi * ((997 * frames) % RATE_HZ) / RATE_HZ)
    np.testing.assert_allclose(heard, wanted, atol=1e-6)


def _noise(seed):
    state = np.zeros(1, np.uint64)
    oscillator.start_noise(state, seed)
    return state


def test_white_noise_is_flat_uniform_and_seeded():
    heard = _render(oscillator.white_noise, 1 << 20, _noise(1), 0.5)
    assert np.abs(heard).max() <= 0.5
    assert heard.std() == pytest.approx(0.5 / np.sqrt(3), rel=0.005)
    assert abs(heard.mean()) < 0.001
    _, power = welch(heard, RATE_HZ, nperseg=1024)
    assert np.ptp(10 * np.log10(power[2:-2])) < 1.5
    np.testing.assert_array_equal(heard, _render(oscillator.white_noise, 1 << 20, _noise(1), 0.5))
    assert np.abs(np.corrcoef(heard, _render(oscillator.white_noise, 1 << 20, _noise(2), 0.5))[0, 1]) < 0.01


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_pink_noise_falls_3_db_an_octave_within_half_a_decibel(rate_hz):
    table = oscillator.pink_coefficients(rate_hz)
    zeros, poles = table[:-1:2], table[1::2]
    hz = np.geomspace(20, 16_000, 400)
    turn = np.exp(-2j * np.pi * hz / rate_hz)[:, None]
    level = 20 * np.log10(np.abs(np.prod((1 - zeros * turn) / (1 - poles * turn), axis=1)))
    error = level + 10 * np.log10(hz)
    assert np.ptp(error) < 1.0  # +-0.5 dB


def test_pink_noise_has_the_stated_power():
    table, state = oscillator.pink_coefficients(RATE_HZ), np.zeros(oscillator.PINK_STATE)
    heard = _render(oscillator.pink_noise, 1 << 21, _noise(3), state, table, 1.0)
    assert heard.std() == pytest.approx(1 / oscillator.PINK_CREST, rel=0.1)
    assert np.mean(np.abs(heard) > 1) < 1e-3


def _sweep_state():
    state = np.zeros(oscillator.SWEEP_STATE)
    oscillator.start_sweep(state, RATE_HZ)
    return state


def test_sweep_is_the_closed_form_of_farina():
    frames, edge = round(oscillator.SWEEP_S * RATE_HZ), 480.0
    heard = _render(oscillator.sweep, frames, _sweep_state(), 1.0, edge)
    ratio = np.log(20_000 / 20)
    # the sum of a geometric series of phase steps: the closed form of the sampled sweep
    growth = np.exp(ratio / frames)
    phase = 20 / RATE_HZ * (growth ** np.arange(frames) - 1) / (growth - 1)
    wanted = np.sin(2 * np.pi * phase)
    inside = slice(480, frames - 480)
    np.testing.assert_allclose(heard[inside], wanted[inside], atol=1e-5)
    np.testing.assert_allclose(20 * frames / RATE_HZ / ratio * (np.exp(ratio) - 1), phase[-1], rtol=1e-4)


def test_sweep_begins_again_without_a_click():
    frames = round(oscillator.SWEEP_S * RATE_HZ)
    heard = _render(oscillator.sweep, frames + 4800, _sweep_state(), 1.0, 480.0)
    np.testing.assert_array_equal(heard[frames:], heard[:4800])
    assert abs(heard[frames - 1]) < 1e-4


def test_any_division_gives_the_same_samples():
    def run(generator, make, division):
        state = make()
        return np.concatenate([_render(generator, frames, *state) for frames in division])

    table = oscillator.pink_coefficients(RATE_HZ)
    sine = np.zeros(oscillator.SINE_STATE)
    oscillator.start_sine(sine, 440.0, RATE_HZ)
    for generator, make in [
        (oscillator.sine, lambda: (sine.copy(), 0.3)),
        (oscillator.white_noise, lambda: (_noise(5), 0.3)),
        (oscillator.pink_noise, lambda: (_noise(5), np.zeros(oscillator.PINK_STATE), table, 0.3)),
        (oscillator.sweep, lambda: (_sweep_state(), 0.3, 480.0)),
    ]:
        np.testing.assert_array_equal(run(generator, make, [1, 7, 120, 352]), run(generator, make, [480]))


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_the_pings_envelope_is_20_ms_with_smooth_edges(rate_hz):
    edge = oscillator.ping_edge(rate_hz)
    assert len(edge) == round(0.02 * rate_hz)
    assert edge[0] > 0
    assert edge.max() == 1.0
    np.testing.assert_array_equal(edge, edge[::-1])
    # raised cosine of 1 ms: nowhere steeper than pi/2 in a millisecond
    assert np.abs(np.diff(edge, prepend=0, append=0)).max() < 1.01 * np.pi / 2 * 1000 / rate_hz
