"""Copy stretches of samples inside kernels: an assignment of slices takes six times as long in Numba."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, load_wide, store


@kernel("void(float32[::1], int64, float32[::1], int64, int64)")
def copy_floats(source, first, target, at, count):
    """``target[at : at + count] = source[first : first + count]``; the stretches may not overlap."""
    whole = count & ~(BANK - 1)
    for k in range(0, whole, BANK):
        store(target, at + k, load_wide(source, first + k))
    for k in range(whole, count):
        target[at + k] = source[first + k]
