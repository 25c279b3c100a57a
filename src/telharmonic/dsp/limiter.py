"""A look-ahead limiter for true peaks: what a converter makes of its output stays under the ceiling.

For every frame the peak between the samples (`dsp.true_peak`) says how much the gain must fall. That need is
held for the length of the look-ahead, recovers exponentially, and is smoothed by two running means (a
triangle) that reach the need just when the peak leaves the delay. Reductions are whole numbers of 2^-40, so
the running sums never drift: when nothing needs limiting the gain is exactly 1 and sound is only delayed.
Switching off blends the gain to 1; the delay stays.

============  ==================================================================================
`now`         `LIMITER_PARAMETERS` float32: the values at the first frame, see the names below
`delta`       the same, what each gains per frame; a call advances `now`
`state`       reduction, the meter's reduction, peaks and needs of a chunk, needs waiting, the delayed
              sound, the state of `dsp.true_peak`
`ints`        places, the look-ahead's lengths and sums, frames of the waiting needs, the two means' pasts
============  ==================================================================================
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp import true_peak
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.copying import copy_floats
from telharmonic.dsp.line import advance
from telharmonic.dsp.true_peak import DELAY_FRAMES, inter_sample_peaks

CEILING, RELEASE, ON = range(3)  # linear; part of the way back per frame; 0 off to 1 on
LIMITER_PARAMETERS = 4

REDUCTION, METER = range(2)
CHUNK = 120
_RING = 512  # a power of two that holds the latency at 96 kHz and a chunk
_PEAKS = 8
_WAITING = _PEAKS + CHUNK
_SOUND = _WAITING + _RING
_TRUE_PEAK = _SOUND + 2 * _RING

FRAME, OLDEST, NEWEST, HOLD, FIRST_MEAN, SECOND_MEAN, FIRST_SUM, SECOND_SUM = range(8)
_FRAMES = 8
_FIRST_PAST = _FRAMES + _RING
_SECOND_PAST = _FIRST_PAST + _RING
_INTS = _SECOND_PAST + _RING

LOOK_AHEAD_S = 0.001333  # where none is asked for: 64 frames at 48 kHz; with the peak meter's own delay 1.6 ms
SHORTEST_S, LONGEST_S = 0.0001, 0.003  # 4 frames at 44.1 kHz; what `_RING` holds at 96 kHz
_MARGIN = np.float32(0.994)  # 0.05 dB: interpolators differ by so much, the one of BS.1770 ripples by 0.13 dB
_SCALE = float(1 << 40)

WEIGHTS = true_peak.WEIGHTS


def limiter_latency(sample_rate_hz: int, look_ahead_s: float = LOOK_AHEAD_S) -> int:
    """Frames by which the sound is delayed, on or off: 77 at 48 kHz unless told otherwise."""
    return round(look_ahead_s * sample_rate_hz) + DELAY_FRAMES


def limiter_state_size() -> tuple[int, int]:
    """Numbers in `state` (float32) and `ints` (int64)."""
    return _TRUE_PEAK + true_peak.STATE_SIZE, _INTS


def limiter_init(
    state: NDArray[np.float32], ints: NDArray[np.int64], sample_rate_hz: int, look_ahead_s: float = LOOK_AHEAD_S
) -> None:
    """Lay out and silence a limiter whose gain takes `look_ahead_s` (`SHORTEST_S` to `LONGEST_S`) to fall."""
    state[:] = 0
    ints[:] = 0
    ahead = round(look_ahead_s * sample_rate_hz)
    ints[HOLD] = ahead + 2  # one frame to each side: a top lies between two samples
    ints[FIRST_MEAN] = ahead // 2
    ints[SECOND_MEAN] = ahead + 1 - ahead // 2


@kernel("void(float32[::1], float64, float64, float64, float64)")
def limiter_put(row, ceiling_gain, release_s, on, rate):
    """Write parameters in their units (linear gain, seconds, 0 to 1) into a row of `LIMITER_PARAMETERS`."""
    row[CEILING] = ceiling_gain
    row[RELEASE] = -math.expm1(-1.0 / (release_s * rate))
    row[ON] = on


@kernel()
def _hold(need, state, ints):
    """The largest need of the last `HOLD` frames: a queue of falling needs."""
    mask = _RING - 1
    frame, oldest, newest = ints[FRAME], ints[OLDEST], ints[NEWEST]
    while newest != oldest and state[_WAITING + ((newest - 1) & mask)] <= need:
        newest -= 1
    state[_WAITING + (newest & mask)] = need
    ints[_FRAMES + (newest & mask)] = frame
    newest += 1
    if frame - ints[_FRAMES + (oldest & mask)] >= ints[HOLD]:
        oldest += 1
    ints[OLDEST], ints[NEWEST] = oldest, newest
    return state[_WAITING + (oldest & mask)]


@kernel()
def _smooth(reduction, ints):
    """Two running means of the reduction, as a sum of whole numbers."""
    frame, mask = ints[FRAME], _RING - 1
    past = ints[_FIRST_PAST + ((frame - ints[FIRST_MEAN]) & mask)]
    value = math.ceil(float(reduction) * _SCALE)
    ints[_FIRST_PAST + (frame & mask)] = value
    first = ints[FIRST_SUM] + value - past
    past = ints[_SECOND_PAST + ((frame - ints[SECOND_MEAN]) & mask)]
    ints[_SECOND_PAST + (frame & mask)] = first
    second = ints[SECOND_SUM] + first - past
    ints[FIRST_SUM], ints[SECOND_SUM] = first, second
    return second


@kernel()
def _limit(sound, now, delta, state, ints, frames):
    """Reduce `frames` frames whose peaks are in `state`."""
    mask = _RING - 1
    latency = ints[HOLD] - 2 + DELAY_FRAMES
    scale = 1.0 / (_SCALE * ints[FIRST_MEAN] * ints[SECOND_MEAN])
    ceiling, release, on = now[CEILING], now[RELEASE], now[ON]
    reduction, meter = state[REDUCTION], state[METER]
    for frame in range(frames):
        peak = state[_PEAKS + frame]
        need = np.float32(1.0) - ceiling * _MARGIN / peak if peak > ceiling else np.float32(0.0)
        held = _hold(need, state, ints)
        reduction = held if held > reduction else reduction + release * (held - reduction)
        reduction = reduction if reduction > np.float32(1e-7) else np.float32(0.0)  # -140 dB: back at rest
        amount = on * np.float32(_smooth(reduction, ints) * scale)
        meter = max(meter, amount)
        to, at = 2 * frame, _SOUND + 2 * (ints[FRAME] & mask)
        state[at], state[at + 1] = sound[to], sound[to + 1]
        at = _SOUND + 2 * ((ints[FRAME] - latency) & mask)
        sound[to] = state[at] - amount * state[at]
        sound[to + 1] = state[at + 1] - amount * state[at + 1]
        ints[FRAME] += 1
        ceiling, release, on = ceiling + delta[CEILING], release + delta[RELEASE], on + delta[ON]
    state[REDUCTION], state[METER] = reduction, meter


@kernel()
def _is_at_rest(state, ints):
    """Whether nothing that was heard reduces anything any more."""
    waiting = ints[NEWEST] != ints[OLDEST] and state[_WAITING + (ints[OLDEST] & (_RING - 1))] != np.float32(0.0)
    return not waiting and ints[FIRST_SUM] == 0 and ints[SECOND_SUM] == 0 and state[REDUCTION] == np.float32(0.0)


@kernel()
def _clear_past(ints, past, place, frames):
    for frame in range(frames):
        ints[past + ((place + frame) & (_RING - 1))] = 0


@kernel()
def _delay(sound, state, ints, frames):
    """What `_limit` comes to where nothing needs reducing: sound is delayed."""
    mask, place = _RING - 1, ints[FRAME]
    only = ints[OLDEST] & mask
    state[_WAITING + only], ints[_FRAMES + only] = np.float32(0.0), place + frames - 1
    ints[NEWEST] = ints[OLDEST] + 1
    _clear_past(ints, _FIRST_PAST, place, frames)
    _clear_past(ints, _SECOND_PAST, place, frames)
    to, at = place & mask, (place - ints[HOLD] + 2 - DELAY_FRAMES) & mask
    part = min(frames, _RING - to)
    copy_floats(sound, 0, state, _SOUND + 2 * to, 2 * part)
    copy_floats(sound, 2 * part, state, _SOUND, 2 * (frames - part))
    part = min(frames, _RING - at)
    copy_floats(state, _SOUND + 2 * at, sound, 0, 2 * part)
    copy_floats(state, _SOUND, sound, 2 * part, 2 * (frames - part))
    ints[FRAME] = place + frames


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64[::1], float32[::1], int64)")
def limiter_segment(sound, now, delta, state, ints, weights, n):
    """Limit `n` frames of interleaved stereo `sound` in place, `limiter_latency` frames late.

    Parameters
    ----------
    sound : float32 (2 n,)
    now, delta, state, ints : as in the module's table
        ``state[METER]`` keeps the largest reduction (0 to 1; a gain of ``1 - METER``) until the caller, who
        has read it, sets it to 0.
    weights : `WEIGHTS`
    n : frames, any number
    """
    for first in range(0, n, CHUNK):
        frames = min(CHUNK, n - first)
        part = sound[2 * first : 2 * (first + frames)]
        lowest = min(now[CEILING], now[CEILING] + delta[CEILING] * np.float32(frames))
        needed = inter_sample_peaks(part, weights, state[_TRUE_PEAK:], state[_PEAKS:_WAITING], lowest, frames)
        if needed or not _is_at_rest(state, ints):
            _limit(part, now, delta, state, ints, frames)
        else:
            _delay(part, state, ints, frames)
        advance(now, delta, LIMITER_PARAMETERS, frames)
