"""Random numbers that are counted instead of drawn: number n of a seed is the same whoever asks for it, and when.

SplitMix64 without its state: its n-th number is a function of ``key + n * GOLDEN`` alone, so a grain's own
numbers follow from the seed and from which grain it is, not from what was drawn before.

References
----------
G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import numpy as np

from telharmonic.dsp.compile import kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-53


@kernel("uint64(uint64, uint64)")
def counted_bits(key, number):
    """Number `number` (from 1) of the sequence that SplitMix64 gives from the state `key`: 64 bits."""
    z = key + number * _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


@kernel("float64(uint64, uint64)")
def counted_uniform(key, number):
    """The same as a number in [0, 1)."""
    return float(counted_bits(key, number) >> np.uint64(11)) * _TO_UNIT


@kernel("uint64(int64)")
def key_of(seed):
    """A key far from those of neighbouring seeds, whose sequences would else be one another's, shifted."""
    return counted_bits(np.uint64(seed), np.uint64(1))
