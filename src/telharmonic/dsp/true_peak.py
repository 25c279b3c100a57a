"""The peak of the sound between its samples: what a converter, a codec or a resampler will make of them.

Four points are interpolated for each frame, two channels at once in the eight lanes (left in 0 to 3,
right in 4 to 7), and a parabola through each local extremum and its neighbours finds the top between
the points: four points alone miss up to 0.7 dB just under half the sample rate, with the parabola
0.06 dB. The meter and the limiter use this same kernel, so a ceiling reads as itself.

State is one flat float32 array of `STATE_SIZE` numbers, all zero at the start: first the history (the
last ``TAPS - 1`` frames, then room for a chunk; a frame is ``L L L L R R R R``), then the points (those
of the last two frames, then room for a chunk).

References
----------
ITU-R BS.1770-5 Annex 2 (true peak by 4x oversampling); EBU Tech 3341 table 1, cases 15 to 23.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import absolute, load, maximum, maximum_across, shuffle, splat, store, where_greater

POINTS = 4  # interpolated points to a frame
TAPS = 24  # frames that each point is made of: flat within 0.02 dB to 20 kHz at 48 kHz
KAISER_BETA = 6.0  # images 60 dB down
DELAY_FRAMES = TAPS // 2 + 1  # what entry f of `inter_sample_peaks` says is about frames f - 13 to f - 12

_CHUNK = 120  # frames worked on at a time: the two work areas stay in the first-level cache
_GROUP = 4  # frames whose points are summed together, so that each weight is loaded once for four
_HISTORY = 0
_POINTS = _HISTORY + (TAPS - 1 + _CHUNK + _GROUP) * 8
STATE_SIZE = _POINTS + (2 + _CHUNK + _GROUP) * 8

_previous_points = shuffle([3, 8, 9, 10, 7, 12, 13, 14])  # (before, now): the point left of each
_next_points = shuffle([1, 2, 3, 8, 5, 6, 7, 12])  # (now, after): the point right of each
_left_lanes = shuffle([0, 1, 2, 3, 0, 1, 2, 3])
_right_lanes = shuffle([4, 5, 6, 7, 4, 5, 6, 7])
_left_right = shuffle([0, 0, 0, 0, 8, 8, 8, 8])


def interpolator() -> NDArray[np.float32]:
    """Windowed-sinc weights, flat (TAPS * 8,): ``[tap][lane]``, oldest frame first, lanes as in the state."""
    tap = np.arange(TAPS)[:, None]
    distance = tap - (TAPS // 2 - 1) - np.arange(POINTS)[None, :] / POINTS  # frames from the point, about 0
    window = np.i0(KAISER_BETA * np.sqrt(np.maximum(0.0, 1 - (distance / (TAPS / 2)) ** 2))) / np.i0(KAISER_BETA)
    weights = np.sinc(distance) * window
    weights /= weights.sum(axis=0)
    return np.ascontiguousarray(np.tile(weights, 2).astype(np.float32)).reshape(-1)


WEIGHTS = interpolator()


@kernel()
def _take(sound, start, state, frames):
    """Spread `frames` frames of interleaved stereo behind the history."""
    for frame in range(frames):
        at = 2 * (start + frame)
        spread = _left_right(splat(sound[at]), splat(sound[at + 1]))
        store(state, _HISTORY + (TAPS - 1 + frame) * 8, spread)


@kernel()
def _interpolate(state, weights, frames):
    """Four points for each side of each frame; up to three frames more are computed and never read."""
    zero = splat(np.float32(0.0))
    for frame in range(0, frames, _GROUP):
        a, b, c, d = zero, zero, zero, zero
        at = _HISTORY + frame * 8
        first, second, third = load(state, at), load(state, at + 8), load(state, at + 16)
        for tap in range(TAPS):
            weight = load(weights, tap * 8)
            fourth = load(state, at + tap * 8 + 24)
            a = a + first * weight
            b = b + second * weight
            c = c + third * weight
            d = d + fourth * weight
            first, second, third = second, third, fourth
        out = _POINTS + (2 + frame) * 8
        store(state, out, a)
        store(state, out + 8, b)
        store(state, out + 16, c)
        store(state, out + 24, d)


@kernel()
def _keep(state, frames):
    """Move the last frames and points to the front for the next chunk."""
    for frame in range(TAPS - 1):
        store(state, _HISTORY + frame * 8, load(state, _HISTORY + (frames + frame) * 8))
    for frame in range(2):
        store(state, _POINTS + frame * 8, load(state, _POINTS + (frames + frame) * 8))


@kernel()
def _tops(before, now, after):
    """Magnitude of each point, or of the parabola's top where the point is a local extremum."""
    left, right = _previous_points(before, now), _next_points(now, after)
    size = absolute(now)
    slope = (right - left) * splat(np.float32(0.5))
    bend = left + right - now - now
    top = absolute(now - splat(np.float32(0.5)) * slope * slope * bend / (bend * bend + splat(np.float32(1e-30))))
    higher = maximum(absolute(left), absolute(right))
    return maximum(size, where_greater(higher, size, size, top))


@kernel()
def _tops_at(state, frame):
    at = _POINTS + frame * 8
    return _tops(load(state, at), load(state, at + 8), load(state, at + 16))


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64)")
def inter_sample_peaks(sound, weights, state, peaks, n):
    """Write the stereo-linked true peak of each frame of `sound` to `peaks`, `DELAY_FRAMES` late.

    Parameters
    ----------
    sound : float32 (2 n,), interleaved stereo
    weights : float32, `WEIGHTS`
    state : float32 (STATE_SIZE,)
    peaks : float32 (n,), written
        Entry f: the largest magnitude of either side from frame ``f - DELAY_FRAMES`` until just before
        the next frame, the samples themselves included.
    n : frames
    """
    for start in range(0, n, _CHUNK):
        frames = min(_CHUNK, n - start)
        _take(sound, start, state, frames)
        _interpolate(state, weights, frames)
        for frame in range(frames):
            peaks[start + frame] = maximum_across(_tops_at(state, frame))
        _keep(state, frames)


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64)")
def true_peak(sound, weights, state, held, n):
    """Raise ``held[0]`` (left) and ``held[1]`` (right) to the true peaks of `sound` (interleaved stereo, n frames).

    The caller sets `held` to zero when it has read it. `weights` and `state` as in `inter_sample_peaks`.
    """
    highest = splat(np.float32(0.0))
    for start in range(0, n, _CHUNK):
        frames = min(_CHUNK, n - start)
        _take(sound, start, state, frames)
        _interpolate(state, weights, frames)
        for frame in range(frames):
            highest = maximum(_tops_at(state, frame), highest)
        _keep(state, frames)
    # a side is four lanes: spread it over all eight, then reduce
    held[0] = max(held[0], maximum_across(_left_lanes(highest, highest)))
    held[1] = max(held[1], maximum_across(_right_lanes(highest, highest)))


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
