"""Peak and power against numpy."""

import math

import numpy as np
import pytest

from telharmonic.dsp.meters import FLOOR_DB, METER_SIZE, largest, measure, peak_db, rms_db


def _meter(sound, division):
    meter, at = np.zeros(METER_SIZE, np.float32), 0
    flat = np.ascontiguousarray(sound.T).reshape(-1)
    for frames in division:
        measure(flat[2 * at : 2 * (at + frames)], meter, frames)
        at += frames
    return meter


@pytest.mark.parametrize("division", [[960], [120] * 8, [1, 2, 3, 4, 5, 945]])
def test_agrees_with_numpy(division):
    sound = np.random.default_rng(0).uniform(-1, 1, (2, 960)).astype(np.float32) * np.float32([[1], [0.3]])
    meter = _meter(sound, division)
    np.testing.assert_array_equal(meter[:2], np.abs(sound).max(axis=1))
    np.testing.assert_allclose(meter[2:], (sound.astype(np.float64) ** 2).sum(axis=1), rtol=1e-5)


def test_a_peak_is_found_at_every_place():
    for frame in range(13):
        for side in range(2):
            sound = np.zeros((2, 13), np.float32)
            sound[side, frame] = -0.5
            meter = _meter(sound, [13])
            assert meter[side] == 0.5
            assert meter[1 - side] == 0


def test_a_full_scale_sine_reads_0_db_peak_and_minus_3_rms():
    sine = np.sin(2 * np.pi * np.arange(4800) / 48).astype(np.float32)
    meter = _meter(np.stack([sine, sine]), [4800])
    assert peak_db(meter[0]) == pytest.approx(0, abs=0.01)
    assert rms_db(meter[2], 4800) == pytest.approx(-3.01, abs=0.01)


def test_silence_reads_the_floor():
    meter = _meter(np.zeros((2, 120), np.float32), [120])
    assert (peak_db(meter[0]), rms_db(meter[2], 120), rms_db(0.0, 0)) == (FLOOR_DB,) * 3


def test_what_is_no_number_has_no_peak():
    sound = np.full((2, 9), 0.25, np.float32)
    sound[0, 3] = sound[1, 8] = math.nan
    np.testing.assert_array_equal(_meter(sound, [9])[:2], 0.25)


def test_finds_the_largest_magnitude_of_a_stretch():
    sound = np.random.default_rng(1).standard_normal(96).astype(np.float32)
    for first in range(0, 64, 7):
        assert largest(sound, first, 32) == np.abs(sound[first : first + 32]).max()
    assert largest(sound, 0, 0) == 0
