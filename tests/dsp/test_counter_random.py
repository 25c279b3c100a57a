"""Counted random numbers against SplitMix64's published sequence."""

from __future__ import annotations

import numpy as np

from telharmonic.dsp.counter_random import counted_bits, counted_uniform, key_of

# the sequence from the state 1234567, as https://rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64 gives it
PUBLISHED = (
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
)


def test_numbers_are_splitmix64s_in_any_order():
    for number in (5, 1, 3, 2, 4):
        assert counted_bits(np.uint64(1234567), np.uint64(number)) == PUBLISHED[number - 1]


def test_uniform_numbers_fill_the_unit_interval_evenly():
    drawn = np.array([counted_uniform(key_of(7), np.uint64(number)) for number in range(20_000)])
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0
    counts, _ = np.histogram(drawn, 20, (0, 1))
    chi_square = ((counts - 1000) ** 2 / 1000).sum()
    assert chi_square < 43.8  # 0.1 % of truly random sequences lie above it (19 degrees of freedom)


def test_neighbouring_seeds_have_nothing_in_common():
    a, b = ([counted_uniform(key_of(seed), np.uint64(number)) for number in range(4000)] for seed in (1, 2))
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.05
    assert not set(a) & set(b)
