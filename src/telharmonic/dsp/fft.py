"""Fast Fourier transform in lanes: complex, split into real and imaginary float32, sizes 64 to 65536.

Stockham's self-sorting form, four points a stage (and a last stage of two where the size asks for it), so
that no bit reversal is needed and every stage reads and writes sixteen neighbours at a time. Two real
signals (left and right) are transformed at once as the real and the imaginary part.

References
----------
C. Van Loan, "Computational Frameworks for the Fast Fourier Transform" (1992), section 1.7.
"""

from __future__ import annotations

import numpy as np

from telharmonic.dsp.aligned import aligned_floats
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.fft_stages import (
    Floats,
    first_stage,
    last_eight,
    last_pair,
    later_stage,
    second_stage,
    two_later_stages,
)
from telharmonic.errors import ParameterError

SMALLEST, LARGEST = 64, 65_536
_IN_FIRST_CACHE = 2048  # points: up to here a pass over memory costs less than what it takes to save one


def twiddles(size: int) -> Floats:
    """The table that `fft` of `size` points reads: about ``3.2 * size`` float32.

    Raises
    ------
    ParameterError
        If `size` is not a power of two from `SMALLEST` to `LARGEST`.
    """
    if size < SMALLEST or size > LARGEST or size & (size - 1):
        raise ParameterError("FFT size", size, f"a power of two, {SMALLEST} to {LARGEST}")
    parts = []
    points, stride = size, 1
    while points >= 4:
        turns = np.arange(points // 4)[None, :] * np.array([[1], [2], [3]]) / points
        factors = np.exp(-2j * np.pi * turns)
        rows = np.stack([factors.real, factors.imag], axis=1).reshape(6, -1)  # 1 re, 1 im, 2 re, ...
        if stride == 1:
            parts.append(rows.reshape(-1))
        elif stride == 4:
            parts.append(np.repeat(rows, 4, axis=1).reshape(-1))
        else:
            parts.append(rows.T.reshape(-1))
        points //= 4
        stride *= 4
    count = sum(len(part) for part in parts)
    table = aligned_floats(-(-count // 16) * 16)  # whole cache lines: tables may follow one another
    table[:count] = np.concatenate(parts)
    return table


@kernel()
def _further_stages(
    real: Floats, imag: Floats, work_real: Floats, work_imag: Floats, size: int, table: Floats, at: int
) -> int:
    """All stages but the first, whose results are in `work_real` and `work_imag`."""
    at = second_stage(work_real, work_imag, real, imag, size, table, at)
    points, stride, flip = size >> 4, 16, 0
    while points >= 16 and size > _IN_FIRST_CACHE:
        if flip == 0:
            at = two_later_stages(real, imag, work_real, work_imag, points, stride, table, at)
        else:
            at = two_later_stages(work_real, work_imag, real, imag, points, stride, table, at)
        points, stride, flip = points >> 4, stride << 4, flip ^ 1
    if points == 8 and size > _IN_FIRST_CACHE:
        if flip == 0:
            last_eight(real, imag, work_real, work_imag, stride, table, at)
        else:
            last_eight(work_real, work_imag, real, imag, stride, table, at)
        return flip ^ 1
    while points >= 4:
        if flip == 0:
            at = later_stage(real, imag, work_real, work_imag, points, stride, table, at)
        else:
            at = later_stage(work_real, work_imag, real, imag, points, stride, table, at)
        points, stride, flip = points >> 2, stride << 2, flip ^ 1
    if points == 2:
        if flip == 0:
            last_pair(real, imag, work_real, work_imag, stride)
        else:
            last_pair(work_real, work_imag, real, imag, stride)
        flip ^= 1
    return flip


@kernel("int64(float32[::1], float32[::1], float32[::1], float32[::1], int64, float32[::1])")
def fft(real: Floats, imag: Floats, work_real: Floats, work_imag: Floats, size: int, table: Floats) -> int:
    """Transform `size` complex points; not normalised (numpy's `fft.fft`).

    The result is in `real` and `imag` if 0 is returned, in `work_real` and `work_imag` if 1 is; the other
    pair is spent. Exchange real and imaginary arguments (and read the result so) for ``size`` times the
    inverse. `table` comes from `twiddles(size)`. Arrays from `aligned_floats` make it a third faster.
    """
    at = first_stage(real, imag, 0, size - 1, work_real, work_imag, size, table)
    flip: int = _further_stages(real, imag, work_real, work_imag, size, table, at)
    return flip


@kernel(
    "int64(float32[::1], float32[::1], int64, int64, float32[::1], float32[::1], float32[::1], float32[::1],"
    " int64, float32[::1])"
)
def fft_of_ring(
    left: Floats, right: Floats, begin: int, ring: int, real: Floats, imag: Floats,
    work_real: Floats, work_imag: Floats, size: int, table: Floats,
) -> int:  # fmt: skip
    """Like `fft`, of ``left + i right`` from `begin` on in two rings of `ring` frames (a power of two), read in place.

    Sixteen more numbers stand behind the end of each ring: its first sixteen again.
    """
    at = first_stage(left, right, begin, ring - 1, work_real, work_imag, size, table)
    flip: int = _further_stages(real, imag, work_real, work_imag, size, table, at)
    return flip
