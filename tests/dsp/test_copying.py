"""Copying against numpy's slices."""

import numpy as np
import pytest

from telharmonic.dsp.copying import copy_floats


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
