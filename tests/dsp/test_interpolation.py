"""Sound between its samples, against sines in closed form and against scipy's resampling."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.interpolation import (
    FASTEST,
    FILTER_SIZE,
    FILTERS,
    GUARD,
    HALVING_TAPS,
    ONE,
    PHASES,
    TAPS,
    filter_of,
    halve,
    halving_weights,
    mirror_ends,
    read_eight,
    reading_table,
)
from telharmonic.dsp.lanes import store

RATE = 48_000


@kernel("void(float32[::1], float32[::1], int64, int64, int64, float32[::1])")
def _read(sound, table, first, position, step, out):
    for frame in range(0, len(out), 8):
        at = position + frame * step
        value = read_eight(
            sound,
            table,
            first,
            at,
            at + step,
            at + 2 * step,
            at + 3 * step,
            at + 4 * step,
            at + 5 * step,
            at + 6 * step,
            at + 7 * step,
        )
        store(out, frame, value)


def read(sound, speed, frames=4000, start=1000.3):
    """`sound` at ``start + speed * n``."""
    guarded = np.pad(np.asarray(sound, np.float32), GUARD)
    out = np.zeros(frames, np.float32)
    first = filter_of(speed) * FILTER_SIZE
    _read(guarded, reading_table(), first, round(start * ONE), round(speed * ONE), out)
    return out


def decibels(wanted, found):
    return 10 * np.log10(np.mean(np.square(wanted)) / np.mean(np.square(found - wanted)))


@pytest.mark.parametrize(("hz", "least_db"), [(100, 88), (1000, 88), (10_000, 85), (16_000, 78)])
def test_a_sine_between_its_samples_keeps_85_db_to_10_khz_and_78_at_16(hz, least_db):
    wave = np.sin(2 * np.pi * hz / RATE * np.arange(8000))
    at = 1000.3 + 0.7310 * np.arange(4000)
    assert decibels(np.sin(2 * np.pi * hz / RATE * at), read(wave, 0.7310)) > least_db


def test_whole_frames_at_the_recorded_speed_are_the_recording_itself():
    noise = np.random.default_rng(1).uniform(-1, 1, 6000).astype(np.float32)
    np.testing.assert_allclose(read(noise, 1.0, start=1000.0), noise[1000:5000], atol=2e-7)


@pytest.mark.parametrize("speed", FASTEST[1:])
def test_what_is_read_faster_does_not_fold_into_the_lower_half(speed):
    """A tone above the new half rate by so much that it would fold to below 12 kHz: 50 dB down, the rest passes."""
    high = np.sin(2 * np.pi * (RATE - 11_000) / speed / RATE * np.arange(16_000))
    if (RATE - 11_000) / speed < RATE / 2:
        assert np.sqrt(np.mean(np.square(read(high, speed)))) < np.sqrt(0.5) * 10 ** (-50 / 20)
    low = np.sin(2 * np.pi * 5000 / speed / RATE * np.arange(16_000))
    assert np.sqrt(np.mean(np.square(read(low, speed)))) == pytest.approx(np.sqrt(0.5), rel=0.03)


def test_each_speed_has_the_first_filter_that_serves_it():
    assert [filter_of(speed) for speed in (0.1, 1.0, 1.01, 1.25, 1.4, 1.74, 1.76, 2.0)] == [0, 0, 1, 1, 2, 3, 4, 4]


def test_the_weights_of_a_phase_add_up_to_one():
    rows = reading_table().reshape(FILTERS, PHASES + 1, TAPS)
    np.testing.assert_allclose(rows.sum(axis=2), 1.0, atol=1e-6)


def test_halving_is_scipys_filter_and_every_second_frame():
    noise = np.random.default_rng(2).uniform(-1, 1, 2001).astype(np.float32)
    guarded = np.pad(noise, GUARD)
    mirror_ends(guarded, len(noise))
    out = np.zeros(1001 + 2 * GUARD, np.float32)
    halve(guarded, len(noise), halving_weights(), out)
    reflected = np.pad(noise, HALVING_TAPS // 2, mode="reflect").astype(np.float64)
    wanted = scipy.signal.fftconvolve(reflected, halving_weights(), mode="valid")[::2]
    np.testing.assert_allclose(out[GUARD:-GUARD], wanted, atol=1e-6)
    np.testing.assert_array_equal(out[:GUARD], out[GUARD + 1 : 2 * GUARD + 1][::-1])
    np.testing.assert_array_equal(out[-GUARD:], out[-2 * GUARD - 1 : -GUARD - 1][::-1])


def test_halving_stops_what_would_fold_by_70_db():
    frequencies, response = scipy.signal.freqz(halving_weights(), worN=4096)
    gains = np.abs(response)
    assert gains[frequencies < 0.4 * np.pi] == pytest.approx(1.0, abs=1e-3)
    assert gains[frequencies > 0.6 * np.pi].max() < 10 ** (-70 / 20)
