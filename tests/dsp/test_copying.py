"""Copying against numpy's slices."""

import numpy as np
import pytest

from telharmonic.dsp.copying import clear, copy_floats, is_below, take_apart


@pytest.mark.parametrize(("first", "at", "count"), [(0, 0, 0), (0, 3, 1), (5, 0, 8), (7, 2, 93), (1, 1, 99)])
def test_copies_the_stretch_and_nothing_else(first, at, count):
    source, target = np.arange(100, dtype=np.float32), np.full(100, -1, np.float32)
    wanted = target.copy()
    wanted[at : at + count] = source[first : first + count]
    copy_floats(source, first, target, at, count)
    assert np.array_equal(target, wanted)


def test_copies_within_one_array():
    samples = np.arange(20, dtype=np.float32)
    copy_floats(samples, 0, samples, 10, 10)
    assert np.array_equal(samples[10:], np.arange(10))


@pytest.mark.parametrize(("at", "count"), [(0, 0), (3, 1), (5, 16), (7, 93)])
def test_clears_the_stretch_and_nothing_else(at, count):
    target, wanted = np.ones(100, np.float32), np.ones(100, np.float32)
    wanted[at : at + count] = 0
    clear(target, at, count)
    assert np.array_equal(target, wanted)


@pytest.mark.parametrize("frames", [0, 1, 16, 33])
def test_takes_stereo_apart(frames):
    sound, target = np.arange(1, 101, dtype=np.float32), np.zeros(100, np.float32)
    assert take_apart(sound, 4, target, 3, 50, frames, 1e-9) == (frames > 0)
    wanted = np.zeros(100)
    wanted[3 : 3 + frames], wanted[50 : 50 + frames] = sound[4:][::2][:frames], sound[5:][::2][:frames]
    assert np.array_equal(target, wanted)


@pytest.mark.parametrize("value", [0.1, -0.1, np.inf, np.nan])
@pytest.mark.parametrize("at", [0, 31, 64, 69])
def test_hears_a_single_number_and_a_nan(at, value):
    sound = np.full(70, 0.01, np.float32)
    assert is_below(sound, 70, 0.05)
    assert not take_apart(sound, 0, np.zeros(70, np.float32), 0, 35, 35, 0.05)
    sound[at] = value
    assert not is_below(sound, 70, 0.05)
    assert is_below(sound, at, 0.05)
    assert take_apart(sound, 0, np.zeros(70, np.float32), 0, 35, 35, 0.05)
