"""Copy stretches of samples inside kernels: an assignment of slices takes six times as long in Numba."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

from telharmonic.dsp.compile import kernel


@kernel("void(float32[::1], int64, float32[::1], int64, int64)")
def copy_floats(source, first, target, at, count):
    """``target[at : at + count] = source[first : first + count]``; the stretches may not overlap."""
    there, here = source[first : first + count], target[at : at + count]
    for k in range(count):  # from 0 on: Numba then knows that no index is negative, and uses SIMD
        here[k] = there[k]
