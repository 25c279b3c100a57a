"""Convolve stereo sound with a long response, without added delay: non-uniform partitions.

Every level of partitions (`dsp.impulse`) keeps the spectra of what it has heard, its slots. At the end of
a period the newest sound is transformed, multiplied with the first partition, added to the products of the
older slots, and transformed back into the output of the next period. Those older products are known a period
ahead and are spread over its quanta (`dsp.convolver_sums`), so that a ten-second response has no heavy quantum. The
first level works on the quantum being played; a call that ends inside a quantum transforms what is there so far.

A new response is cross-faded in level by level, over eight quanta in the first and one period in the others.

`scratch` is `SCRATCH_SIZE` float32 that any number of convolvers share in one thread, `TABLES` holds the twiddle
factors of all levels; the private arrays are laid out in `dsp.convolver_layout`.

References
----------
W. G. Gardner, "Efficient Convolution without Input-Output Delay", JAES 43 (1995).
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp.aligned import aligned_floats
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.convolver_layout import (
    ADDRESS,
    AT,
    BINS,
    COUNT,
    FADE,
    FADES,
    HEADER,
    LEVELS,
    MEMORY,
    NEWEST,
    NEXT,
    NOW,
    OUTPUT,
    PARTITION,
    PERIOD,
    PRESENT,
    QUANTUM_AT,
    QUIET,
    RING,
    RING_AT,
    ROW,
    SIZE,
    SLOTS,
    SPECTRA,
    STRIDE,
    TABLE,
    TOTAL,
    TOTAL_NEXT,
)
from telharmonic.dsp.convolver_sums import share, turn, turn_fade
from telharmonic.dsp.copying import clear, copy_floats, take_apart
from telharmonic.dsp.fft import fft, fft_of_ring, twiddles
from telharmonic.dsp.impulse import SIZES
from telharmonic.dsp.lanes import BANK, load_wide, store, weave_high, weave_low
from telharmonic.dsp.memory import floats_at, view
from telharmonic.dsp.stereo_spectra import join_sides, split_sides

TABLES = aligned_floats(sum(len(twiddles(size)) for size in SIZES))
np.concatenate([twiddles(size) for size in SIZES], out=TABLES)
SCRATCH_SIZE = 4 * SIZES[-1]

QUIET_PEAK = np.float32(1e-9)  # -180 dB: below this, sound counts as silence when we decide to sleep

_QUANTUM = QUANTUM_FRAMES
_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


@kernel()
def _hear(sound, first, state, ints, frames):
    """Put `frames` frames into the ring and count how long it has been quiet."""
    ring, at = ints[RING], ints[RING_AT]
    part, right = min(frames, ring - at), ring + BANK
    heard = take_apart(sound, 2 * first, state, at, right + at, part, QUIET_PEAK)
    heard |= take_apart(sound, 2 * (first + part), state, 0, right, frames - part, QUIET_PEAK)
    store(state, ring, load_wide(state, 0))
    store(state, right + ring, load_wide(state, right))
    ints[RING_AT] = (at + frames) & (ring - 1)
    ints[QUIET] = 0 if heard else ints[QUIET] + frames


@kernel()
def _window(state, ints, known, size, real, imag):
    """The last `size` frames up to the quantum's end, of which only `known` are there; the others are 0."""
    ring = ints[RING]
    right, count = ring + BANK, size - _QUANTUM + known
    begin = (ints[RING_AT] - count) & (ring - 1)
    part = min(count, ring - begin)
    copy_floats(state, begin, real, 0, part)
    copy_floats(state, right + begin, imag, 0, part)
    copy_floats(state, 0, real, part, count - part)
    copy_floats(state, right, imag, part, count - part)
    clear(real, count, size - count)
    clear(imag, count, size - count)


@kernel()
def _newest(row):
    """Where in `state` the spectra of the period being played go: into the oldest slot, whose use is over."""
    slot = row[NEWEST] + 1 if row[NEWEST] + 1 < row[SLOTS] else 0
    return row[SPECTRA] + slot * 4 * row[BINS]


@kernel()
def _transform(state, ints, row, known, scratch, tables):
    """Spectra of the newest sound, into their slot."""
    size, m = row[SIZE], row[BINS]
    a, b = view(scratch, 0, size), view(scratch, size, 2 * size)
    c, d = view(scratch, 2 * size, 3 * size), view(scratch, 3 * size, 4 * size)
    slot = _newest(row)
    x, table = view(state, slot, slot + 4 * m), view(tables, row[TABLE], len(tables))
    if known == _QUANTUM:
        ring = ints[RING]
        left, right = view(state, 0, ring + BANK), view(state, ring + BANK, 2 * (ring + BANK))
        flip = fft_of_ring(left, right, (ints[RING_AT] - size) & (ring - 1), ring, a, b, c, d, size, table)
    else:
        _window(state, ints, known, size, a, b)
        flip = fft(a, b, c, d, size, table)
    if flip == 0:
        split_sides(a, b, size, x, m)
    else:
        split_sides(c, d, size, x, m)


@kernel()
def _back(state, row, which, total, scratch, tables):
    """The period's sound of response `which`: where in `scratch` it is, left; right lies `size` behind."""
    size, m = row[SIZE], row[BINS]
    a, b = view(scratch, 0, size), view(scratch, size, 2 * size)
    c, d = view(scratch, 2 * size, 3 * size), view(scratch, 3 * size, 4 * size)
    h = floats_at(row[which + ADDRESS], 4 * m)
    slot = _newest(row)
    x, sums = view(state, slot, slot + 4 * m), view(state, total, total + 4 * m)
    join_sides(x, h, row[which + STRIDE], sums, m, size, a, b)
    flip = fft(b, a, d, c, size, view(tables, row[TABLE], len(tables)))  # real and imaginary exchanged: the inverse
    return (2 * flip + 1) * size - row[PARTITION]


@kernel()
def _produce(state, row, scratch, tables):
    """Write the output of one period, cross-faded while a new response comes in."""
    frames, size, out = row[PARTITION], row[SIZE], row[OUTPUT]
    if row[NOW + COUNT] > 0:
        at = _back(state, row, NOW, row[TOTAL], scratch, tables)
        copy_floats(scratch, at, state, out, frames)
        copy_floats(scratch, at + size, state, out + frames, frames)
    else:
        clear(state, out, 2 * frames)
    if row[NEXT + PRESENT] == 0:
        return
    step = _ONE / np.float32(frames * row[FADES])
    done = np.float32(row[FADE] * frames)
    if row[NEXT + COUNT] > 0:
        at = _back(state, row, NEXT, row[TOTAL_NEXT], scratch, tables)
        left, right = view(state, out, out + frames), view(state, out + frames, out + 2 * frames)
        for frame in range(frames):
            weight = (done + np.float32(frame)) * step
            left[frame] += weight * (scratch[at + frame] - left[frame])
            right[frame] += weight * (scratch[at + size + frame] - right[frame])
    else:
        for frame in range(frames):
            weight = _ONE - (done + np.float32(frame)) * step
            state[out + frame] *= weight
            state[out + frames + frame] *= weight


@kernel()
def _end_quantum(state, ints, scratch, tables):
    """Everything that waits for a whole quantum."""
    row = view(ints, HEADER, HEADER + ROW)
    turn(state, row)
    share(state, row, 0)
    for level in range(1, ints[LEVELS]):
        row = view(ints, HEADER + ROW * level, HEADER + ROW * (level + 1))
        share(state, row, row[AT])
        row[AT] += 1
        if row[AT] == row[PERIOD]:
            row[AT] = 0
            _transform(state, ints, row, _QUANTUM, scratch, tables)
            _produce(state, row, scratch, tables)
            turn(state, row)


@kernel()
def _end_quiet_quantum(ints):
    for level in range(ints[LEVELS]):
        row = view(ints, HEADER + ROW * level, HEADER + ROW * (level + 1))
        row[AT] = row[AT] + 1 if row[AT] + 1 < row[PERIOD] else 0
        turn_fade(row)


@kernel()
def _emit(sound, first, state, ints, frames):
    """Add up the levels' outputs of this part of the quantum."""
    for level in range(ints[LEVELS]):
        row = view(ints, HEADER + ROW * level, HEADER + ROW * (level + 1))
        at = row[OUTPUT] + row[AT] * _QUANTUM + ints[QUANTUM_AT]
        whole = frames & ~(BANK - 1)
        for frame in range(0, whole, BANK):
            left, right = load_wide(state, at + frame), load_wide(state, at + row[PARTITION] + frame)
            low, high = weave_low(left, right), weave_high(left, right)
            to = 2 * (first + frame)
            if level > 0:
                low, high = low + load_wide(sound, to), high + load_wide(sound, to + BANK)
            store(sound, to, low)
            store(sound, to + BANK, high)
        for frame in range(whole, frames):
            to = 2 * (first + frame)
            if level == 0:
                sound[to], sound[to + 1] = _ZERO, _ZERO
            sound[to] += state[at + frame]
            sound[to + 1] += state[at + row[PARTITION] + frame]


@kernel("void(float32[::1], float32[::1], int64[::1], float32[::1], float32[::1], int64)")
def convolve(sound, state, ints, scratch, tables, n):
    """Replace `n` frames of interleaved stereo `sound` by their convolution.

    Any `n` will do; calls that end on whole quanta give bit-identical sound however they are cut, others
    differ in the last bit (and cost a small transform each). `scratch` and `TABLES` see above.
    """
    done = 0
    while done < n:
        frames = min(n - done, _QUANTUM - ints[QUANTUM_AT])
        _hear(sound, done, state, ints, frames)
        asleep = ints[QUIET] >= ints[MEMORY]
        if asleep:
            clear(sound, 2 * done, 2 * frames)
        else:
            row = view(ints, HEADER, HEADER + ROW)
            _transform(state, ints, row, ints[QUANTUM_AT] + frames, scratch, tables)
            _produce(state, row, scratch, tables)
            _emit(sound, done, state, ints, frames)
        ints[QUANTUM_AT] += frames
        if ints[QUANTUM_AT] == _QUANTUM:
            ints[QUANTUM_AT] = 0
            if asleep:
                _end_quiet_quantum(ints)
            else:
                _end_quantum(state, ints, scratch, tables)
        done += frames
