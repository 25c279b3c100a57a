"""Reading at addresses, against numpy indexing."""

import mmap

import numba
import numpy as np

from telharmonic.dsp.lanes import sum_across
from telharmonic.dsp.memory import address_of, float_at, floats_at, lanes_at, touch, view, words_at


@numba.njit
def _read(address, index):
    return float_at(address, index), sum_across(lanes_at(address, index)), floats_at(address, 20)[index]


@numba.njit
def _address(array):
    return address_of(array)


def test_reads_what_lies_at_an_address():
    numbers = np.random.default_rng(0).standard_normal(100).astype(np.float32)
    for index in range(12):
        one, eight, same = _read(numbers.ctypes.data, index)
        assert one == same == numbers[index]
        np.testing.assert_allclose(eight, numbers[index : index + 8].sum(), rtol=1e-5, atol=1e-6)


def test_knows_the_address_of_a_slice():
    numbers = np.zeros(100, np.float32)
    assert _address(numbers[7:]) == numbers.ctypes.data + 28


@numba.njit
def _write_through(array, first, end, value):
    piece = view(array, first, end)
    piece[1] = value
    return len(piece), piece[2:].sum()


def test_a_view_is_the_slice_itself():
    for kind in (np.float32, np.int64, np.float64):
        numbers = np.arange(20, dtype=kind)
        length, rest = _write_through(numbers, 5, 9, 100)
        assert length == 4
        assert rest == 7 + 8
        assert numbers[6] == 100


def test_touch_reads_every_page_of_a_range():
    pages = mmap.mmap(-1, 20 * mmap.PAGESIZE)
    numbers = np.frombuffer(pages, np.float32)
    numbers[5 * mmap.PAGESIZE // 4] = 3.0
    assert touch(numbers.ctypes.data, mmap.PAGESIZE, 10 * mmap.PAGESIZE) == 3.0


@numba.njit
def _add_to_word(address, length, index):
    words = words_at(address, length)
    words[index] += 5
    return words[index - 1], len(words)


def test_words_at_an_address_are_read_and_written():
    words = np.arange(10)
    assert _add_to_word(words.ctypes.data, 10, 3) == (2, 10)
    assert words[3] == 8
