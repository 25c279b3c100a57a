"""The limiter on blocks."""

import math

import numpy as np
import pytest
from scipy.signal import resample_poly

from telharmonic.audio.block import AudioFormat
from telharmonic.effects.limiter import Limiter
from telharmonic.errors import ParameterError


def _noise(level, frames=24_000):
    return (level * np.random.default_rng(4).standard_normal((2, frames))).astype(np.float32)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("ceiling_db", [-12.0, -1.0, 0.0])
def test_holds_true_peaks_under_the_ceiling_at_every_rate(rate_hz, ceiling_db):
    block = np.pad(_noise(2.0), ((0, 0), (0, 1000)))
    Limiter(AudioFormat(sample_rate_hz=rate_hz), ceiling=ceiling_db).process(block)
    peak = np.abs(resample_poly(block.astype(float), 8, 1, axis=1)).max()
    assert 20 * np.log10(peak) < ceiling_db + 0.1


def test_quiet_sound_is_only_delayed():
    limiter, sound = Limiter(), _noise(0.1)
    block = sound.copy()
    limiter.process(block)
    assert np.array_equal(block[:, limiter.latency_frames :], sound[:, : -limiter.latency_frames])


def test_the_largest_reduction_is_told_once():
    limiter = Limiter(ceiling=-6.0)
    assert limiter.take_reduction_db() == 0.0
    limiter.process(np.tile(np.sin(np.linspace(0, 20 * np.pi, 24_000)), (2, 1)).astype(np.float32))
    assert limiter.take_reduction_db() == pytest.approx(6.05, abs=0.05)
    assert limiter.take_reduction_db() == 0.0


def test_switching_keeps_the_latency_and_makes_no_step():
    frames, hz = 48_000, 50.0
    tone = 2.0 * np.sin(2 * np.pi * hz * np.arange(frames) / 48_000)
    limiter, block = Limiter(ceiling=0.0, release=2.0), np.tile(tone, (2, 1)).astype(np.float32)
    for at, on in ((0, True), (12_000, False), (24_000, True), (36_000, False)):
        limiter.set(limiter_on=on)
        limiter.process(block[:, at : at + 12_000])
    slope = 2.0 * 2 * np.pi * hz / 48_000
    # the tone's own slope, the limiter's window (1 over 64 frames, a triangle), and the fade (1 over 480)
    assert np.abs(np.diff(block[0])).max() < slope + 2 / 64 + 1 / 480
    late = limiter.latency_frames
    assert np.array_equal(block[0, 14_000:24_000], tone.astype(np.float32)[14_000 - late : 24_000 - late])


def test_a_shorter_look_ahead_delays_less():
    limiter, sound = Limiter(look_ahead_s=0.0001), _noise(0.1)
    block = sound.copy()
    limiter.process(block)
    assert limiter.latency_frames == 18 < Limiter().latency_frames
    assert np.array_equal(block[:, 18:], sound[:, :-18])


@pytest.mark.parametrize("look_ahead_s", [0.0, 0.00005, 0.0031, math.nan])
def test_a_look_ahead_out_of_range_is_refused(look_ahead_s):
    with pytest.raises(ParameterError, match=r"look_ahead_s is .*allowed: 0\.0001 to 0\.003"):
        Limiter(look_ahead_s=look_ahead_s)
