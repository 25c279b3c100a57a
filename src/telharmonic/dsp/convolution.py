"""Convolve stereo sound with a long response, without added delay: non-uniform partitions.

Every level of partitions (`dsp.impulse`) keeps the spectra of what it has heard, its slots. At the end of
a period the newest sound is transformed, multiplied with the first partition, added to the products of the
older slots, and transformed back into the output of the next period. Those older products are known a period
ahead and are spread over its quanta, so that a ten-second response has no heavy quantum. The first level
works on the quantum being played; a call that ends inside a quantum transforms what is there so far.

Private state is one float32 and one int64 array, the spectra of responses are reached by address. A new
response is cross-faded in level by level, over eight quanta in the first and one period in the others.

=============================  ======================================================================
`state`                        ring of sound (planar), then for each level: slots, output, two totals
`ints[:HEADER]`                `QUANTUM_AT` frames into the quantum, ring position and length, quiet frames,
                               frames of quiet after which nothing sounds, levels
`ints[HEADER + ROW * level:]`  the row of a level, see the names below
`scratch`                      `SCRATCH_SIZE` float32 that any number of convolvers share in one thread
`TABLES`                       twiddle factors of all levels
=============================  ======================================================================

References
----------
W. G. Gardner, "Efficient Convolution without Input-Output Delay", JAES 43 (1995).
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp.aligned import aligned_floats
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.copying import copy_floats
from telharmonic.dsp.fft import fft, twiddles
from telharmonic.dsp.impulse import PARTITIONS, SIZES, Impulse, bins, partition_count
from telharmonic.dsp.lanes import load, shuffle, splat, store
from telharmonic.dsp.memory import floats_at

TABLES = aligned_floats(sum(len(twiddles(size)) for size in SIZES))
np.concatenate([twiddles(size) for size in SIZES], out=TABLES)
SCRATCH_SIZE = 4 * SIZES[-1]

# header
QUANTUM_AT, RING_AT, RING, QUIET, MEMORY, LEVELS = range(6)
HEADER = 8
# row of a level: what never changes ...
PARTITION, SIZE, BINS, SLOTS, SPECTRA, OUTPUT, TOTAL, TOTAL_NEXT, TABLE, PERIOD, FADES = range(11)
# ... what moves: quanta into the period, newest slot, periods of a cross-fade done ...
AT, NEWEST, FADE = range(11, 14)
# ... and three responses: the one heard, the one being faded in, the one that waits
NOW, NEXT, PENDING = 14, 18, 22
ADDRESS, COUNT, STRIDE, PRESENT = range(4)  # of one response: first partition, partitions, from left to right
ROW = 26

QUIET_PEAK = np.float32(1e-9)  # -180 dB: below this, sound counts as silence when we decide to sleep
FADE_QUANTA = 8  # 20 ms at 48 kHz: the cross-fade of the first level

_QUANTUM = QUANTUM_FRAMES
_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)
_reverse = shuffle([7, 6, 5, 4, 3, 2, 1, 0])
_weave_low = shuffle([0, 8, 1, 9, 2, 10, 3, 11])
_weave_high = shuffle([4, 12, 5, 13, 6, 14, 7, 15])


def convolver_levels(frames: int) -> int:
    """Levels that a response of `frames` needs, 1 to 3."""
    return sum(1 for level in range(len(SIZES)) if level == 0 or partition_count(level, frames) > 0)


def convolver_state_size(frames: int) -> tuple[int, int]:
    """Numbers in `state` (float32) and `ints` (int64) of a convolver for responses of up to `frames`."""
    levels = convolver_levels(frames)
    floats = 2 * SIZES[levels - 1] + sum(sum(_level_sizes(level, frames)) for level in range(levels))
    return floats, HEADER + ROW * levels


def _level_sizes(level: int, frames: int) -> tuple[int, int, int, int]:
    """Numbers for the slots, the output and the two totals."""
    spectrum = 4 * bins(level)
    slots = max(1, partition_count(level, frames) - 1)
    return slots * spectrum, 2 * PARTITIONS[level], spectrum, spectrum


def convolver_init(
    state: NDArray[np.float32], ints: NDArray[np.int64], frames: int, phase: float = 0.0, impulse: Impulse | None = None
) -> None:
    """Lay out and silence a convolver for responses of up to `frames`.

    Parameters
    ----------
    state, ints : arrays of `convolver_state_size(frames)`
    frames : the longest response it will ever play
    phase : float
        0 to 1: where in its periods it begins. Convolvers of one process with different phases do not do
        their heavy quanta together.
    impulse : the first response, without a cross-fade; without one it is silent
    """
    state[:] = 0
    ints[:] = 0
    levels = convolver_levels(frames)
    ints[RING], ints[LEVELS] = SIZES[levels - 1], levels
    top = levels - 1
    ints[MEMORY] = (partition_count(top, frames) + 3) * PARTITIONS[top] + SIZES[top]
    place, table = 2 * SIZES[top], 0
    for level in range(levels):
        row = ints[HEADER + ROW * level : HEADER + ROW * (level + 1)]
        slots, output, total, total_next = _level_sizes(level, frames)
        row[PARTITION], row[SIZE], row[BINS], row[TABLE] = PARTITIONS[level], SIZES[level], bins(level), table
        row[SLOTS], row[PERIOD] = slots // (4 * bins(level)), PARTITIONS[level] // _QUANTUM
        row[SPECTRA], row[OUTPUT], row[TOTAL] = place, place + slots, place + slots + output
        row[TOTAL_NEXT], row[FADES] = place + slots + output + total, FADE_QUANTA if level == 0 else 1
        # half a period of the level below apart, so that two levels never end their periods together
        row[AT] = (round(phase * 64) + 4 * max(0, level - 1)) % row[PERIOD]
        place, table = place + slots + output + total + total_next, table + len(twiddles(SIZES[level]))
        if impulse is not None:
            _write_response(row, NOW, impulse, level)


def offer_impulse(ints: NDArray[np.int64], impulse: Impulse) -> None:
    """Cross-fade to `impulse`, from the next quantum on; the caller keeps it alive as long as the convolver.

    It must not be longer than the `frames` of `convolver_init`. May be called between any two blocks.
    """
    for level in range(int(ints[LEVELS])):
        _write_response(ints[HEADER + ROW * level : HEADER + ROW * (level + 1)], PENDING, impulse, level)


def is_settled(ints: NDArray[np.int64]) -> bool:
    """Whether no cross-fade to another response is under way or waiting."""
    rows = ints[HEADER:].reshape(-1, ROW)
    return not (rows[:, NEXT + PRESENT].any() or rows[:, PENDING + PRESENT].any())


def is_asleep(ints: NDArray[np.int64]) -> bool:
    """Whether the input has been silent for so long that nothing sounds (and nothing is computed)."""
    return bool(ints[QUIET] >= ints[MEMORY])


def _write_response(row: NDArray[np.int64], where: int, impulse: Impulse, level: int) -> None:
    row[where + ADDRESS] = impulse.spectra.ctypes.data + 4 * impulse.offset(level)
    row[where + COUNT] = partition_count(level, impulse.frames)
    row[where + STRIDE] = 2 * bins(level) if impulse.channels == 2 else 0
    row[where + PRESENT] = 1
    assert row[where + COUNT] <= row[SLOTS] + 1, "a response longer than the convolver was made for"


@kernel()
def _keep(sound, left, right, frames):
    """Write `frames` frames of interleaved `sound` apart; returns whether any of them is to be heard."""
    heard = False
    for frame in range(frames):
        a, b = sound[2 * frame], sound[2 * frame + 1]
        left[frame], right[frame] = a, b
        heard |= not (abs(a) <= QUIET_PEAK and abs(b) <= QUIET_PEAK)  # a NaN is not quiet
    return heard


@kernel()
def _hear(sound, first, state, ints, frames):
    """Put `frames` frames into the ring and count how long it has been quiet."""
    ring, at = ints[RING], ints[RING_AT]
    part = min(frames, ring - at)
    heard = _keep(sound[2 * first :], state[at:ring], state[ring + at : 2 * ring], part)
    heard |= _keep(sound[2 * (first + part) :], state[:ring], state[ring : 2 * ring], frames - part)
    ints[RING_AT] = (at + frames) & (ring - 1)
    ints[QUIET] = 0 if heard else ints[QUIET] + frames


@kernel()
def _window(state, ints, known, size, real, imag):
    """The last `size` frames up to the quantum's end, of which only `known` are there; the others are 0."""
    ring = ints[RING]
    count = size - _QUANTUM + known
    begin = (ints[RING_AT] - count) & (ring - 1)
    part = min(count, ring - begin)
    copy_floats(state, begin, real, 0, part)
    copy_floats(state, ring + begin, imag, 0, part)
    copy_floats(state, 0, real, part, count - part)
    copy_floats(state, ring, imag, part, count - part)
    real[count:size] = _ZERO
    imag[count:size] = _ZERO


@kernel()
def _split(zr, zi, size, x, m):
    """Spectra of left (``x[:2 m]``) and right (``x[2 m:]``) from that of left + i right."""
    half = splat(_HALF)
    for k in range(1, (size >> 1) + 1, 8):
        a, b = load(zr, k), load(zi, k)
        c, d = load(zr, size - k - 7), load(zi, size - k - 7)
        c, d = _reverse(c, c), _reverse(d, d)
        store(x, k, half * (a + c))
        store(x, m + k, half * (b - d))
        store(x, 2 * m + k, half * (b + d))
        store(x, 3 * m + k, half * (c - a))
    x[0], x[m], x[2 * m], x[3 * m] = zr[0], _ZERO, zi[0], _ZERO


@kernel()
def _newest(row):
    """Where in `state` the spectra of the period being played go: into the oldest slot, whose use is over."""
    slot = row[NEWEST] + 1 if row[NEWEST] + 1 < row[SLOTS] else 0
    return row[SPECTRA] + slot * 4 * row[BINS]


@kernel()
def _transform(state, ints, row, known, scratch, tables):
    """Spectra of the newest sound, into their slot."""
    size, m = row[SIZE], row[BINS]
    a, b, c, d = scratch[:size], scratch[size : 2 * size], scratch[2 * size : 3 * size], scratch[3 * size : 4 * size]
    slot = _newest(row)
    x = state[slot : slot + 4 * m]
    _window(state, ints, known, size, a, b)
    if fft(a, b, c, d, size, tables[row[TABLE] :]) == 0:
        _split(a, b, size, x, m)
    else:
        _split(c, d, size, x, m)


@kernel()
def _join(x, h, stride, total, m, size, zr, zi):
    """left + i right of ``total + x h``, as one complex spectrum of `size` points."""
    for k in range(1, (size >> 1) + 1, 8):
        xr, xi, yr, yi = load(x, k), load(x, m + k), load(x, 2 * m + k), load(x, 3 * m + k)
        hr, hi, gr, gi = load(h, k), load(h, m + k), load(h, stride + k), load(h, stride + m + k)
        lr, li = load(total, k) + xr * hr - xi * hi, load(total, m + k) + xr * hi + xi * hr
        rr, ri = load(total, 2 * m + k) + yr * gr - yi * gi, load(total, 3 * m + k) + yr * gi + yi * gr
        mirror_r, mirror_i = lr + ri, rr - li
        store(zr, size - k - 7, _reverse(mirror_r, mirror_r))
        store(zi, size - k - 7, _reverse(mirror_i, mirror_i))
        store(zr, k, lr - ri)
        store(zi, k, li + rr)
    zr[0] = total[0] + x[0] * h[0]
    zi[0] = total[2 * m] + x[2 * m] * h[stride]


@kernel()
def _back(state, row, which, total, scratch, tables):
    """The period's sound of response `which`: where in `scratch` it is, left; right lies `size` behind."""
    size, m = row[SIZE], row[BINS]
    a, b, c, d = scratch[:size], scratch[size : 2 * size], scratch[2 * size : 3 * size], scratch[3 * size : 4 * size]
    h = floats_at(row[which + ADDRESS], 4 * m)
    slot = _newest(row)
    _join(state[slot : slot + 4 * m], h, row[which + STRIDE], state[total : total + 4 * m], m, size, a, b)
    flip = fft(b, a, d, c, size, tables[row[TABLE] :])  # real and imaginary exchanged: the inverse
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
        state[out : out + 2 * frames] = _ZERO
    if row[NEXT + PRESENT] == 0:
        return
    step = _ONE / np.float32(frames * row[FADES])
    done = np.float32(row[FADE] * frames)
    if row[NEXT + COUNT] > 0:
        at = _back(state, row, NEXT, row[TOTAL_NEXT], scratch, tables)
        left, right = state[out : out + frames], state[out + frames : out + 2 * frames]
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
def _turn(state, row):
    """End a period: the newest spectra are kept, the totals cleared, a cross-fade goes on."""
    m = row[BINS]
    row[NEWEST] = row[NEWEST] + 1 if row[NEWEST] + 1 < row[SLOTS] else 0
    state[row[TOTAL] : row[TOTAL] + 4 * m] = _ZERO
    _turn_fade(row)
    if row[NEXT + PRESENT] == 1:
        state[row[TOTAL_NEXT] : row[TOTAL_NEXT] + 4 * m] = _ZERO


@kernel()
def _turn_fade(row):
    if row[NEXT + PRESENT] == 1:
        row[FADE] += 1
        if row[FADE] == row[FADES]:
            row[NOW : NOW + 4] = row[NEXT : NEXT + 4]
            row[NEXT + PRESENT] = 0
            row[FADE] = 0
    if row[NEXT + PRESENT] == 0 and row[PENDING + PRESENT] == 1:
        row[NEXT : NEXT + 4] = row[PENDING : PENDING + 4]
        row[PENDING + PRESENT] = 0


@kernel()
def _add_products(state, total, x, h, h_step, count, m):
    """``total += sum of x[-k] h[k]`` over `count` partitions, one side: re in `m` numbers, then im.

    `total` and `x` are places in `state`; slots lie ``4 m`` apart, `x` going down while `h` goes up.
    """
    for bin_ in range(0, m, 8):
        re, im = load(state, total + bin_), load(state, total + m + bin_)
        for k in range(count):
            at, to = x - 4 * m * k + bin_, h_step * k + bin_
            xr, xi, hr, hi = load(state, at), load(state, at + m), load(h, to), load(h, to + m)
            re = re + xr * hr - xi * hi
            im = im + xr * hi + xi * hr
        store(state, total + bin_, re)
        store(state, total + m + bin_, im)


@kernel()
def _accumulate(state, row, which, total, quantum):
    """The share of one quantum of the older partitions' products, for the next turn."""
    m, older, newest = row[BINS], row[which + COUNT] - 1, row[NEWEST]
    parts = max(1, row[PERIOD] - 1)  # the last quantum has the transforms to do
    begin, end = older * quantum // parts, min(older, older * (quantum + 1) // parts)
    stride = row[which + STRIDE]
    step = 4 * m if stride > 0 else 2 * m
    while begin < end:
        slot = newest - begin if begin <= newest else newest - begin + row[SLOTS]
        count = min(end - begin, slot + 1)  # until the slots wrap around
        h = floats_at(row[which + ADDRESS] + 4 * (begin + 1) * step, count * step)
        x = row[SPECTRA] + slot * 4 * m
        _add_products(state, total, x, h, step, count, m)
        _add_products(state, total + 2 * m, x + 2 * m, h[stride:], step, count, m)
        begin += count


@kernel()
def _share(state, row, quantum):
    _accumulate(state, row, NOW, row[TOTAL], quantum)
    if row[NEXT + PRESENT] == 1:
        _accumulate(state, row, NEXT, row[TOTAL_NEXT], quantum)


@kernel()
def _end_quantum(state, ints, scratch, tables):
    """Everything that waits for a whole quantum."""
    row = ints[HEADER : HEADER + ROW]
    _turn(state, row)
    _share(state, row, 0)
    for level in range(1, ints[LEVELS]):
        row = ints[HEADER + ROW * level : HEADER + ROW * (level + 1)]
        _share(state, row, row[AT])
        row[AT] += 1
        if row[AT] == row[PERIOD]:
            row[AT] = 0
            _transform(state, ints, row, _QUANTUM, scratch, tables)
            _produce(state, row, scratch, tables)
            _turn(state, row)


@kernel()
def _end_quiet_quantum(ints):
    for level in range(ints[LEVELS]):
        row = ints[HEADER + ROW * level : HEADER + ROW * (level + 1)]
        row[AT] = row[AT] + 1 if row[AT] + 1 < row[PERIOD] else 0
        _turn_fade(row)


@kernel()
def _emit(sound, first, state, ints, frames):
    """Add up the levels' outputs of this part of the quantum."""
    for level in range(ints[LEVELS]):
        row = ints[HEADER + ROW * level : HEADER + ROW * (level + 1)]
        at = row[OUTPUT] + row[AT] * _QUANTUM + ints[QUANTUM_AT]
        whole = frames & ~7
        for frame in range(0, whole, 8):
            left, right = load(state, at + frame), load(state, at + row[PARTITION] + frame)
            low, high = _weave_low(left, right), _weave_high(left, right)
            to = 2 * (first + frame)
            if level > 0:
                low, high = low + load(sound, to), high + load(sound, to + 8)
            store(sound, to, low)
            store(sound, to + 8, high)
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
            sound[2 * done : 2 * (done + frames)] = _ZERO
        else:
            row = ints[HEADER : HEADER + ROW]
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
