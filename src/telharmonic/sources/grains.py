"""The grain cloud: a recording stretched, frozen and scattered by thousands of short windows of it.

Grain k is born when the sum of all densities so far reaches k plus its own share of `jitter`, wherever that lies
between two frames. At its birth everything about it is settled: where in the recording it begins, how fast it reads,
how long it lasts, how it opens and closes, where it is heard. A change of a setting is therefore heard in the grains
that are born after it, and no grain is ever cut. What is random in grain k follows from the seed and from k alone
(`dsp.counter_random`).

A grain that comes to an end of the recording reads back from there, which makes no step in the sound. Its window is
the smooth step ``3u^2 - 2u^3``, of which two that cross add up to 1: grains that overlap evenly at the recorded speed
give the recording back.

Memory of one cloud, by sections of flat arrays: `CLOUD_DOUBLES` and `CLOUD_INTS` for the cloud itself,
`GRAIN_DOUBLES` and `GRAIN_INTS` for each grain it has room for. Settings are `SETTINGS` float64 in the order of the
names below.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import math

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.counter_random import counted_uniform, key_of
from telharmonic.dsp.interpolation import (
    FILTER_SIZE,
    FILTERS,
    GUARD,
    ONE,
    filter_of,
    read_eight,
)
from telharmonic.dsp.lanes import BANK, LANES, load, maximum, minimum, splat, store
from telharmonic.dsp.memory import floats_at
from telharmonic.sources.recording import LEVELS, RECORDING_INTS, RECORDING_LEVELS, RECORDING_TABLE

MOST_GRAINS = 4096  # of one cloud: 2000 a second for 2 s, and some
WORK = 2 * 128 + LANES  # float32 numbers that `play_cloud` works in: both sides of a segment, and 0 to 7

# settings, in these units: gain; 1/s; s; ratio; share of the ratio; exponent; share of the recording (2); 0 to 1;
# recorded seconds a second; 0 to 0.9; -0.9 to 0.9; 0 to 1 (2); a whole number
(
    GAIN,
    DENSITY,
    DURATION,
    PITCH,
    PITCH_SPREAD,
    PITCH_SHAPE,
    POSITION,
    POSITION_SPREAD,
    POSITION_MIX,
    SPEED,
    PLATEAU,
    SKEW,
    WIDTH,
    JITTER,
    SEED,
) = range(15)
SETTINGS = 15

CLOUD_DOUBLES, PHASE, SCAN, GAIN_NOW = 3, 0, 1, 2
# grains that sound; the next one's number; how many found no room; which recording those to come read
CLOUD_INTS, COUNT, NUMBER, SHED, CHOSEN = 4, 0, 1, 2, 3
GRAIN_DOUBLES, AGE, LIFE, RISE, FALL, LEFT, RIGHT = 6, 0, 1, 2, 3, 4, 5
GRAIN_INTS, AT, STEP, LEVEL, FILTER, RECORDING = 5, 0, 1, 2, 3, 4

DRAWS, _ONSET, _SPEED, _PLACE, _PAN = 4, 1, 2, 3, 4  # random numbers to a grain
FASTEST = 15.9  # frames a frame: what the last halved copy serves

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_TWO, _THREE = np.float32(2.0), np.float32(3.0)


@kernel("float64(uint64, int64, int64)")
def drawn(key, grain, draw):
    """Random number `draw` (1 to `DRAWS`) of grain number `grain`, in [0, 1)."""
    return counted_uniform(key, np.uint64(grain * DRAWS + draw))


@kernel("float64(float64, float64)")
def spread_out(uniform, exponent):
    """A number in [-1, 1) from one in [0, 1), with the density ``|x| ** (1 / exponent - 1)``.

    An exponent of 1 is uniform, above it gathers in the middle, below it at the edges: Csound's ``kfrpow`` where
    that is positive.
    """
    x = 2.0 * uniform - 1.0
    return x if exponent == 1.0 else math.copysign(abs(x) ** exponent, x)


@kernel("float64(float64[::1], float64, uint64, int64)")
def begin_at(settings, scan, key, grain):
    """Where in the recording (0 to 1) a grain begins while the scan is at `scan`; what leaves it comes back in."""
    mix = settings[POSITION_MIX]
    place = mix * settings[POSITION] + (1.0 - mix) * scan
    place = abs(place + settings[POSITION_SPREAD] * (2.0 * drawn(key, grain, _PLACE) - 1.0))
    return max(0.0, 2.0 - place if place > 1.0 else place)


@kernel("void(float64[::1], float64[::1], int64[::1], int64[::1], uint64, int64, float64, float64, float64)")
def _be_born(settings, doubles, ints, recording, key, grain, delay, scan, rate):
    """Settle everything about one grain that begins `delay` frames from now."""
    ratio = settings[PITCH] * (
        1.0 + settings[PITCH_SPREAD] * spread_out(drawn(key, grain, _SPEED), settings[PITCH_SHAPE])
    )
    ratio = min(max(ratio, 0.0), FASTEST)
    level, share = 0, 1.0
    while level < LEVELS - 1 and ratio * share >= 2.0:
        level, share = level + 1, 0.5 * share
    frames = recording[RECORDING_LEVELS + 1]
    start = begin_at(settings, scan, key, grain) * (frames - 1)
    ints[AT] = math.floor((start - ratio * delay) * share * ONE + 0.5)
    ints[STEP] = math.floor(ratio * share * ONE + 0.5)
    ints[LEVEL], ints[FILTER] = level, filter_of(ratio * share)
    life = settings[DURATION] * rate
    slope = life * (1.0 - settings[PLATEAU])
    doubles[AGE], doubles[LIFE] = -delay, life
    doubles[RISE] = 1.0 / (slope * (0.5 + 0.5 * settings[SKEW]))
    doubles[FALL] = 1.0 / (slope * (0.5 - 0.5 * settings[SKEW]))
    loud = 1.0 / math.sqrt(max(1.0, settings[DENSITY] * settings[DURATION]))
    turn = 0.25 * math.pi * (1.0 + settings[WIDTH] * (2.0 * drawn(key, grain, _PAN) - 1.0))
    doubles[LEFT], doubles[RIGHT] = loud * math.cos(turn), loud * math.sin(turn)


@kernel("void(float64[::1], float64[::1], int64[::1], float64[::1], int64[::1], int64[::1], int64, float64, int64)")
def bear_grains(settings, cloud, counts, doubles, ints, recordings, salt, rate, n):
    """Let the grains of the next n frames be born, and move the scan on."""
    recording = recordings[counts[CHOSEN] * RECORDING_INTS : (counts[CHOSEN] + 1) * RECORDING_INTS]
    room = len(ints) // GRAIN_INTS
    key = key_of(int(settings[SEED]) + (salt << 32))
    growth, slide = settings[DENSITY] / rate, settings[SPEED] / (recording[RECORDING_LEVELS + 1] - 1)
    while growth > 0.0:
        onset = settings[JITTER] * drawn(key, counts[NUMBER], _ONSET)
        delay = max(0.0, (onset - cloud[PHASE]) / growth)
        if delay >= n:
            break
        if counts[COUNT] < room:
            at = counts[COUNT]
            born, place = doubles[at * GRAIN_DOUBLES :], ints[at * GRAIN_INTS :]
            scan = cloud[SCAN] + slide * delay
            _be_born(settings, born, place, recording, key, counts[NUMBER], delay, scan - math.floor(scan), rate)
            place[RECORDING] = counts[CHOSEN]
            counts[COUNT] += 1
        else:
            counts[SHED] += 1
        counts[NUMBER] += 1
        cloud[PHASE] -= 1.0
    cloud[PHASE] += growth * n
    cloud[SCAN] += slide * n
    cloud[SCAN] -= math.floor(cloud[SCAN])


@kernel()
def _folded(position, last):
    """A position that left the recording, as far inside as it is outside."""
    position %= 2 * last
    return min(position, 2 * last - position)


@kernel()
def _read(sound, table, first, last, position, step):
    """Eight frames of the recording from `position` on."""
    end = position + 7 * step
    p0, p1, p2, p3 = position, position + step, position + 2 * step, position + 3 * step
    p4, p5, p6, p7 = position + 4 * step, position + 5 * step, position + 6 * step, end
    if position < 0 or end > last:
        p0, p1, p2, p3 = _folded(p0, last), _folded(p1, last), _folded(p2, last), _folded(p3, last)
        p4, p5, p6, p7 = _folded(p4, last), _folded(p5, last), _folded(p6, last), _folded(p7, last)
    return read_eight(sound, table, first, p0, p1, p2, p3, p4, p5, p6, p7)


@kernel("void(float32[::1], float64[::1], int64[::1], int64[::1], int64)")
def _add_grain(work, doubles, ints, recordings, n):
    """Add n frames of one grain to both sides, eight at a time; its window is 0 before and behind it."""
    recording = recordings[ints[RECORDING] * RECORDING_INTS : (ints[RECORDING] + 1) * RECORDING_INTS]
    level = RECORDING_LEVELS + 2 * ints[LEVEL]
    frames = recording[level + 1]
    sound = floats_at(recording[level], frames + 2 * GUARD)
    table = floats_at(recording[RECORDING_TABLE], FILTERS * FILTER_SIZE)
    last, filter_at = (frames - 1) << 32, ints[FILTER] * FILTER_SIZE
    age, step, numbers = doubles[AGE], ints[STEP], load(work, 256)
    rise, fall, life = splat(np.float32(doubles[RISE])), splat(np.float32(doubles[FALL])), np.float32(doubles[LIFE])
    left, right = splat(np.float32(doubles[LEFT])), splat(np.float32(doubles[RIGHT]))
    first = max(0, int(-age)) // LANES * LANES
    end = min(n, int(doubles[LIFE] - age) + 1)
    position = ints[AT] + first * step
    if end > first and (position < 0 or position + (end - first) * step > last):  # far outside, come back once
        position %= 2 * last
    for frame in range(first, end, LANES):
        ages = splat(np.float32(age + frame)) + numbers
        u = minimum(ages * rise, (splat(life) - ages) * fall)
        u = minimum(maximum(u, splat(_ZERO)), splat(_ONE))
        value = _read(sound, table, filter_at, last, position, step)
        value = value * (u * u * (splat(_THREE) - splat(_TWO) * u))
        store(work, frame, load(work, frame) + left * value)
        store(work, 128 + frame, load(work, 128 + frame) + right * value)
        position += LANES * step


@kernel("void(int64[::1], float64[::1], int64[::1], int64)")
def _grow_older(counts, doubles, ints, n):
    """Move every grain n frames on and forget those that have ended."""
    grain = 0
    while grain < counts[COUNT]:
        at, place = grain * GRAIN_DOUBLES, grain * GRAIN_INTS
        doubles[at + AGE] += n
        ints[place + AT] += n * ints[place + STEP]
        if doubles[at + AGE] < doubles[at + LIFE]:
            grain += 1
            continue
        counts[COUNT] -= 1
        last = counts[COUNT]
        for number in range(GRAIN_DOUBLES):
            doubles[at + number] = doubles[last * GRAIN_DOUBLES + number]
        for number in range(GRAIN_INTS):
            ints[place + number] = ints[last * GRAIN_INTS + number]


@kernel(
    "void(float32[::1], int64, float32[::1], float64[::1], float64[::1], int64[::1], float64[::1], int64[::1],"
    " int64[::1], int64, float64, boolean, int64)"
)
def play_cloud(bank, lane, work, settings, cloud, counts, doubles, ints, recordings, salt, rate, playing, n):
    """Fill both lanes of one channel of a bank with n frames of a cloud.

    Parameters
    ----------
    bank : float32 (16 n,), ``[frame][lane]``
    lane : 0 to 7
    work : float32, `WORK` or more; written
    settings : float64 (SETTINGS,); the gain is reached at the end of these frames
    cloud, counts, doubles, ints : the cloud's memory, zero at first
    recordings : int64, one `Recording.row` behind the other; ``counts[CHOSEN]`` says which is read
    salt : tells clouds of the same seed apart
    rate : frames a second
    playing : whether grains are born and the scan goes on; those that sound end as they would
    n : 1 to 120
    """
    if playing:
        bear_grains(settings, cloud, counts, doubles, ints, recordings, salt, rate, n)
    for at in range(256):
        work[at] = _ZERO
    for number in range(LANES):
        work[256 + number] = np.float32(number)
    for grain in range(counts[COUNT]):
        _add_grain(work, doubles[grain * GRAIN_DOUBLES :], ints[grain * GRAIN_INTS :], recordings, n)
    _grow_older(counts, doubles, ints, n)
    gain, step = cloud[GAIN_NOW], (settings[GAIN] - cloud[GAIN_NOW]) / n
    for frame in range(n):
        gain += step
        bank[frame * BANK + lane] = np.float32(gain) * work[frame]
        bank[frame * BANK + lane + LANES] = np.float32(gain) * work[128 + frame]
    cloud[GAIN_NOW] = settings[GAIN]
