"""The peak of the sound between its samples: what a converter, a codec or a resampler will make of them.

Four points are interpolated for each frame, and a parabola through each local extremum and its neighbours
finds the top between the points: four points alone miss up to 0.7 dB just under half the sample rate, with
the parabola 0.06 dB. The meter and the limiter use this same kernel, so a ceiling reads as itself.

Nearly all sound is far below what it would have to pass, the peak held or the ceiling. An interpolated point
lies near the straight line between its samples: no farther than a share of the largest second difference
around it. Where even that bound cannot pass, nothing is interpolated. What can pass is always exact.

State is one flat float32 array of `STATE_SIZE` numbers, all zero at the start: the last `_KEPT` frames of
interleaved stereo, then room for a chunk.

References
----------
ITU-R BS.1770-5 Annex 2 (true peak by 4x oversampling); EBU Tech 3341 table 1, cases 15 to 23.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import (
    BANK,
    absolute,
    load_pair,
    load_wide,
    maximum,
    maximum_across,
    multiply_add,
    shuffle,
    splat_wide,
    store,
    where_greater,
)

POINTS = 4  # interpolated points to a frame
TAPS = 24  # frames that each point is made of: flat within 0.02 dB to 20 kHz at 48 kHz
KAISER_BETA = 6.0  # images 60 dB down
DELAY_FRAMES = TAPS // 2 + 1  # what entry f of `inter_sample_peaks` says is about frames f - 13 to f - 12

_HALF_TAPS = TAPS // 2
_CHUNK = 120  # frames worked on at a time
_GROUP = BANK // 2  # frames in the lanes of a wide value, left and right in turn
_KEPT = TAPS + 2  # frames: a window, and for the first difference, the top's neighbour and its delay one each
_LAST_PEAKS = 2 * (_KEPT + _CHUNK + _GROUP)  # room for a group's peaks of which not all are wanted
STATE_SIZE = _LAST_PEAKS + _GROUP
_NUMBERS = 3 * _HALF_TAPS  # where in `WEIGHTS` each lane's frame stands

_f = np.float32
_HALF, _TWO, _TINY = _f(0.5), _f(2.0), _f(1e-30)
_PARABOLA = _f(1.2501)  # no top is higher than 5/4 of its extremum, whose neighbours are no higher

_one_later = shuffle([14, 15, *range(16, 30)])  # (group before, group): each frame's neighbour on the left
_turn_8, _turn_4, _turn_2 = (shuffle([(lane + turn) % 16 for lane in range(16)]) for turn in (8, 4, 2))
_sides = shuffle([0, 1] * 8)
_swap = shuffle([1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14])
_lefts = shuffle([0, 2, 4, 6, 8, 10, 12, 14])
_first_pair = shuffle([0, 1])


def interpolator() -> NDArray[np.float64]:
    """Windowed-sinc weights (TAPS, POINTS), oldest frame first; point 0 is frame ``TAPS / 2 - 1`` itself."""
    tap = np.arange(TAPS)[:, None]
    distance = tap - (TAPS // 2 - 1) - np.arange(POINTS)[None, :] / POINTS  # frames from the point, about 0
    window = np.i0(KAISER_BETA * np.sqrt(np.maximum(0.0, 1 - (distance / (TAPS / 2)) ** 2))) / np.i0(KAISER_BETA)
    weights = np.sinc(distance) * window
    return np.asarray(weights / weights.sum(axis=0))


def _folded() -> NDArray[np.float32]:
    """The weights as the kernels read them.

    Points 1 and 3 mirror one another and point 2 itself: of the sums and differences of two mirrored frames, the
    sums make half of points 1 and 3 and all of point 2, the differences the other half.
    """
    weights = interpolator()[:_HALF_TAPS]
    halves = [(weights[:, 1] + weights[:, 3]) / 2, (weights[:, 1] - weights[:, 3]) / 2, weights[:, 2]]
    return np.concatenate([*halves, np.repeat(np.arange(_GROUP), 2)]).astype(np.float32)


def _bounds() -> tuple[float, float]:
    """How far a top may lie above the samples, as shares of the largest first and second difference."""
    points = interpolator()
    lines = np.zeros((TAPS, POINTS))
    lines[_HALF_TAPS - 1], lines[_HALF_TAPS] = 1 - np.arange(POINTS) / POINTS, np.arange(POINTS) / POINTS
    first = np.cumsum(points - lines, axis=0)  # summed by parts: the weights of the first differences ...
    second = np.abs(np.cumsum(first, axis=0)[:-1]).sum(axis=0).max()  # ... and of the second ones
    moment = np.abs(first.sum(axis=0)).max()
    # a parabola adds an eighth of the step between two points, which is a quarter of a line's and twice the above
    return 1.001 * (1.25 * moment + 1 / 32), 1.001 * 1.25 * second


WEIGHTS = _folded()
_FIRST_SHARE, _SECOND_SHARE = (_f(share) for share in _bounds())


@kernel()
def _take(sound, start, state, frames):
    """Put `frames` frames behind those kept."""
    whole = 2 * frames // BANK * BANK
    for at in range(0, whole, BANK):
        store(state, 2 * _KEPT + at, load_wide(sound, 2 * start + at))
    for at in range(whole, 2 * frames, 2):
        store(state, 2 * _KEPT + at, load_pair(sound, 2 * start + at))


@kernel()
def _keep(state, frames):
    """Move the last frames to the front for the next chunk."""
    for at in range(0, 2 * _KEPT, BANK):
        store(state, at, load_wide(state, 2 * frames + at))


@kernel()
def _fold(a):
    """The largest of each side, in every lane of that side."""
    a = maximum(a, _turn_8(a, a))
    a = maximum(a, _turn_4(a, a))
    return maximum(a, _turn_2(a, a))


@kernel()
def _bound(state, frames):
    """What no top of a chunk can pass, for each side. Reads a little more than it needs, never less."""
    zero = splat_wide(_f(0.0))
    size, slope, bend = zero, zero, zero
    end = 2 * (_KEPT + frames)
    for begin in range(0, end, BANK):
        at = min(begin, end - BANK - 4)
        a, b, c = load_wide(state, at), load_wide(state, at + 2), load_wide(state, at + 4)
        step = c - b
        size, slope = maximum(absolute(a), size), maximum(absolute(step), slope)
        bend = maximum(absolute(step - (b - a)), bend)
    last = load_wide(state, end - BANK)
    size = maximum(absolute(last), size)
    return _fold(size) + splat_wide(_FIRST_SHARE) * _fold(slope) + splat_wide(_SECOND_SHARE) * _fold(bend)


@kernel()
def _points(state, weights, at):
    """Points 1 to 3 of eight frames; ``state[at:]`` is where the first one's window begins."""
    even, odd, middle = splat_wide(_f(0.0)), splat_wide(_f(0.0)), splat_wide(_f(0.0))
    for tap in range(_HALF_TAPS):
        a, b = load_wide(state, at + 2 * tap), load_wide(state, at + 2 * (TAPS - 1 - tap))
        even = multiply_add(a + b, splat_wide(weights[tap]), even)
        odd = multiply_add(a - b, splat_wide(weights[_HALF_TAPS + tap]), odd)
        middle = multiply_add(a + b, splat_wide(weights[2 * _HALF_TAPS + tap]), middle)
    return even + odd, middle, even - odd


@kernel()
def _top(left, now, right):
    """Magnitude of a point, or of the parabola's top where the point is a local extremum."""
    size = absolute(now)
    slope = (right - left) * splat_wide(_HALF)
    bend = left + right - now - now
    top = absolute(now - splat_wide(_HALF) * slope * slope * bend / (bend * bend + splat_wide(_TINY)))
    higher = maximum(absolute(left), absolute(right))
    return maximum(size, where_greater(higher, size, size, top))


@kernel()
def _tops(state, entry, points, before, passing):
    """The highest top of each of eight frames from `entry` on; exact where it passes `passing`."""
    first, second, third = points
    left = _one_later(before, third)
    now, after = load_wide(state, 2 * (entry + _HALF_TAPS + 1)), load_wide(state, 2 * (entry + _HALF_TAPS + 2))
    most = maximum(maximum(absolute(now), absolute(first)), maximum(absolute(second), absolute(third)))
    if maximum_across(most * splat_wide(_PARABOLA) - passing) > _f(0.0):
        tops = maximum(_top(left, now, first), _top(now, first, second))
        return maximum(tops, maximum(_top(first, second, third), _top(second, third, after)))
    return most


@kernel()
def _first_neighbour(state, weights):
    """The point left of the first frame's, where `_tops` looks for it."""
    third = _points(state, weights, 2)[2]
    return _turn_2(third, third)


@kernel("boolean(float32[::1], float32[::1], float32[::1], float32[::1], float32, int64)")
def inter_sample_peaks(sound, weights, state, peaks, passing, n):
    """Write the stereo-linked true peak of each frame of `sound` to `peaks`, `DELAY_FRAMES` late.

    Parameters
    ----------
    sound : float32 (2 n,), interleaved stereo
    weights : float32, `WEIGHTS`
    state : float32 (STATE_SIZE,)
    peaks : float32 (n,), written
        Entry f: the largest magnitude of either side from frame ``f - DELAY_FRAMES`` until just before
        the next frame, the samples themselves included. Exact where it is larger than `passing`, else some
        number that is not.
    passing : 0 or more
    n : frames

    Returns
    -------
    Whether any peak may be larger than `passing`.
    """
    passed, limits = False, splat_wide(passing)
    for start in range(0, n, _CHUNK):
        frames = min(_CHUNK, n - start)
        _take(sound, start, state, frames)
        if not maximum_across(_bound(state, frames)) > passing:
            for frame in range(start, start + frames):
                peaks[frame] = _f(0.0)
            _keep(state, frames)
            continue
        passed, before = True, _first_neighbour(state, weights)
        for entry in range(0, frames, _GROUP):
            points = _points(state, weights, 2 * (entry + 2))
            tops = _tops(state, entry, points, before, limits)
            before = points[2]
            linked = maximum(tops, _swap(tops, tops))
            if entry + _GROUP <= frames:
                store(peaks, start + entry, _lefts(linked, linked))
            else:
                store(state, _LAST_PEAKS, _lefts(linked, linked))
                for frame in range(entry, frames):
                    peaks[start + frame] = state[_LAST_PEAKS + frame - entry]
        _keep(state, frames)
    return passed


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64)")
def true_peak(sound, weights, state, held, n):
    """Raise ``held[0]`` (left) and ``held[1]`` (right) to the true peaks of `sound` (interleaved stereo, n frames).

    The caller sets `held` to zero when it has read it. `weights` and `state` as in `inter_sample_peaks`.
    """
    zero = splat_wide(_f(0.0))
    for start in range(0, n, _CHUNK):
        frames = min(_CHUNK, n - start)
        _take(sound, start, state, frames)
        pair = load_pair(held, 0)
        highest = _sides(pair, pair)
        if maximum_across(_bound(state, frames) - highest) > _f(0.0):
            before = _first_neighbour(state, weights)
            for entry in range(0, frames, _GROUP):
                points = _points(state, weights, 2 * (entry + 2))
                tops = _tops(state, entry, points, before, highest)
                before = points[2]
                wanted = splat_wide(_f(frames - entry))
                highest = maximum(where_greater(wanted, load_wide(weights, _NUMBERS), tops, zero), highest)
            highest = _fold(highest)
            store(held, 0, _first_pair(highest, highest))
        _keep(state, frames)


class TruePeak:
    """True peak of a mono or stereo signal, block by block.

    Parameters
    ----------
    channels : int
        1 or 2.
    """

    def __init__(self, channels: int = 2) -> None:
        self._channels = channels
        self._state = np.zeros(STATE_SIZE, np.float32)
        self._held = np.zeros(2, np.float32)

    def reset(self) -> None:
        """Forget everything heard."""
        self._state[:] = 0
        self._held[:] = 0

    def process(self, block: NDArray[np.float32]) -> None:
        """Listen to `block` (channels, frames); it is not changed."""
        sound = np.empty(2 * block.shape[1], np.float32)
        sound[0::2] = block[0]
        sound[1::2] = block[-1]
        true_peak(sound, WEIGHTS, self._state, self._held, block.shape[1])

    @property
    def peaks(self) -> NDArray[np.float32]:
        """Linear true peak of each channel since the start or `reset` (channels,)."""
        return self._held[: self._channels].copy()
