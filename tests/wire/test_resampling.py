"""Resampling against closed forms: a sine stays that sine, and what does not fit disappears."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import ParameterError
from telharmonic.wire.resampling import Resampler


def sine(hz: float, rate_hz: int, frames: int) -> np.ndarray:
    wave = np.sin(2 * np.pi * hz * np.arange(frames) / rate_hz).astype(np.float32)
    return np.stack((wave, -wave), axis=1)


def residue_db(sound: np.ndarray, hz: float) -> tuple[float, float]:
    """What is not this sine at 48 kHz, against it, in decibels; and the sine's amplitude."""
    time = 2 * np.pi * hz * np.arange(len(sound)) / 48_000
    basis = np.stack((np.sin(time), np.cos(time)), axis=1)
    fit, *_ = np.linalg.lstsq(basis, sound, rcond=None)
    rest = sound - basis @ fit
    return float(10 * np.log10(np.sum(rest**2) / np.sum((basis @ fit) ** 2))), float(np.hypot(*fit))


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
@pytest.mark.parametrize("hz", [100.0, 1000.0, 10_000.0, 18_000.0])
def test_a_sine_stays_itself(rate_hz, hz):
    out = Resampler(rate_hz).process(sine(hz, rate_hz, rate_hz))[2400:45_000]
    noise_db, amplitude = residue_db(out[:, 0].astype(np.float64), hz)
    assert noise_db < -75
    assert 20 * np.log10(amplitude) == pytest.approx(0, abs=0.1)
    np.testing.assert_allclose(out[:, 1], -out[:, 0], atol=1e-6)


@pytest.mark.parametrize("hz", [26_500.0, 30_000.0, 40_000.0])
def test_what_48_khz_cannot_hold_disappears_instead_of_folding_back(hz):
    out = Resampler(96_000).process(sine(hz, 96_000, 96_000))[2400:45_000]
    assert 20 * np.log10(np.std(out) * np.sqrt(2)) < -70


def test_the_output_is_as_far_behind_as_it_says():
    resampler = Resampler(44_100)
    clicks = np.zeros((44_100, 2), np.float32)
    clicks[22_050] = 1
    peak = np.argmax(np.abs(resampler.process(clicks)[:, 0]))
    assert peak / 48_000 == pytest.approx(0.5 + resampler.delay_s, abs=1 / 48_000)
    assert resampler.delay_s < 0.0005


@given(st.lists(st.integers(0, 700), max_size=30), st.sampled_from([44_100, 96_000]))
def test_any_block_sizes_give_the_same_sound(sizes, rate_hz):
    sound = np.random.default_rng(1).standard_normal((sum(sizes), 2)).astype(np.float32)
    resampler, at, parts = Resampler(rate_hz), 0, [np.zeros((0, 2), np.float32)]
    for size in sizes:
        parts.append(resampler.process(sound[at : at + size]))
        at += size
    np.testing.assert_allclose(np.concatenate(parts), Resampler(rate_hz).process(sound), atol=1e-6)


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_a_second_gives_a_second(rate_hz):
    resampler = Resampler(rate_hz)
    frames = sum(len(resampler.process(np.zeros((rate_hz // 100, 2), np.float32))) for _ in range(1000))
    assert frames == 480_000


def test_after_a_reset_it_is_as_new():
    resampler, sound = Resampler(44_100), sine(440, 44_100, 3000)
    first = resampler.process(sound)
    resampler.reset()
    np.testing.assert_array_equal(resampler.process(sound), first)


def test_a_constant_keeps_its_value():
    out = Resampler(44_100).process(np.full((4000, 2), 0.5, np.float32))
    np.testing.assert_allclose(out[100:], 0.5, atol=1e-5)


@pytest.mark.parametrize(
    ("rates", "words"),
    [((0, 48_000), "from_hz is 0"), ((48_000, 200_000), "to_hz is 200000"), ((44_101, 48_000), "ratio")],
)
def test_rates_out_of_range_are_named(rates, words):
    with pytest.raises(ParameterError, match=words):
        Resampler(*rates)
