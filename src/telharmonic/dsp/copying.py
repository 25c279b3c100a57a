"""Copy and clear stretches of samples inside kernels: assigning to slices takes six times as long in Numba."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, absolute, load_wide, maximum_across, shuffle, splat_wide, store, where_greater

_ZERO = np.float32(0.0)
_lefts, _rights = shuffle(list(range(0, 2 * BANK, 2))), shuffle(list(range(1, 2 * BANK, 2)))


@kernel("void(float32[::1], int64, float32[::1], int64, int64)")
def copy_floats(source, first, target, at, count):
    """``target[at : at + count] = source[first : first + count]``; the stretches may not overlap."""
    whole = count & ~(BANK - 1)
    for k in range(0, whole, BANK):
        store(target, at + k, load_wide(source, first + k))
    for k in range(whole, count):
        target[at + k] = source[first + k]


@kernel("void(float32[::1], int64, int64)")
def clear(target, at, count):
    """``target[at : at + count] = 0``."""
    whole = count & ~(BANK - 1)
    for k in range(0, whole, BANK):
        store(target, at + k, splat_wide(_ZERO))
    for k in range(whole, count):
        target[at + k] = _ZERO


@kernel("boolean(float32[::1], int64, float32[::1], int64, int64, int64, float32)")
def take_apart(sound, first, target, left, right, frames, quiet):
    """Write `frames` frames of stereo from ``sound[first]`` on as rows ``target[left:]``, ``target[right:]``.

    Returns
    -------
    Whether anything in them is not below `quiet`; a NaN is not.
    """
    whole, one = frames & ~(BANK - 1), splat_wide(np.float32(1.0))
    found, limit = splat_wide(_ZERO), splat_wide(quiet)
    for frame in range(0, whole, BANK):
        a, b = load_wide(sound, first + 2 * frame), load_wide(sound, first + 2 * frame + BANK)
        store(target, left + frame, _lefts(a, b))
        store(target, right + frame, _rights(a, b))
        found = where_greater(limit, absolute(a), found, one)
        found = where_greater(limit, absolute(b), found, one)
    heard = maximum_across(found) > _ZERO
    for frame in range(whole, frames):
        a, b = sound[first + 2 * frame], sound[first + 2 * frame + 1]
        target[left + frame], target[right + frame] = a, b
        heard |= not (abs(a) < quiet and abs(b) < quiet)
    return heard


@kernel("boolean(float32[::1], int64, float32)")
def is_below(sound, count, quiet):
    """Whether the first `count` numbers are all below `quiet` in magnitude; a NaN is not."""
    whole, one = count & ~(BANK - 1), splat_wide(np.float32(1.0))
    found, limit = splat_wide(_ZERO), splat_wide(quiet)
    for at in range(0, whole, BANK):
        found = where_greater(limit, absolute(load_wide(sound, at)), found, one)
    below = maximum_across(found) == _ZERO
    for at in range(whole, count):
        below &= abs(sound[at]) < quiet
    return below
