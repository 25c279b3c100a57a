"""One quantum of the effects on auxes.

Their parameters go straight from quantum to quantum (the return level, which belongs to the master's segments, is
exact to the frame), so that a convolution always works on whole quanta.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.delay_line import DELAY_PARAMETERS, MAXIMUM_TIME_S, delay_put, delay_segment
from telharmonic.dsp.reverb import REVERB_PARAMETERS, reverb_put, reverb_segment
from telharmonic.engine.arena import (
    AUX_DELTA,
    AUX_INTS,
    AUX_NEXT,
    AUX_NOW,
    AUX_ROWS,
    AUX_STATE,
    AUXES,
    BUS,
    CHANNELS,
    DIRTY,
    FRAME,
    RAMPS,
    RATE,
    STRIPS,
    VALUE,
    section,
)
from telharmonic.engine.channel_parameters import begin_segment, end_segment
from telharmonic.engine.events import advance, frames_until_event, take_events
from telharmonic.engine.places import AUX_SIZE, DELAY_ROW, EFFECT, REVERB_ROW, SENDS, TEMPO
from telharmonic.engine.ramps import EFFECTS

AUX_PARAMETERS = max(REVERB_PARAMETERS, DELAY_PARAMETERS)
AUX_ROW, IS_DELAY, STATE_AT, STATE_END, INTS_AT, INTS_END = 5, 0, 1, 2, 3, 4  # of AUX_ROWS

_QUANTUM = QUANTUM_FRAMES
_PREDELAY, _LOW_DAMP, _HIGH_DAMP = REVERB_ROW["predelay"], REVERB_ROW["low_damp"], REVERB_ROW["high_damp"]
_TIME, _SYNC, _BEATS = DELAY_ROW["time"], DELAY_ROW["sync"], DELAY_ROW["beats"]
_FEEDBACK, _CROSS = DELAY_ROW["feedback"], DELAY_ROW["cross"]
_LOW_CUT, _HIGH_CUT = DELAY_ROW["low_cut"], DELAY_ROW["high_cut"]


@kernel("float64(float64[::1], int64, float64)")
def delay_time(values, base, tempo):
    """Seconds between two echoes, in the range that the line holds; follows the tempo if it is told to."""
    free, synced = math.exp(values[base + _TIME]), math.exp(values[base + _BEATS]) * 60.0 / tempo
    sync = values[base + _SYNC]
    return min(max((1.0 - sync) * free + sync * synced, 0.001), MAXIMUM_TIME_S)


@kernel("void(float64[::1], int64, boolean, float64, float32[::1], float64)")
def derive_effect(values, base, is_delay, tempo, row, rate):
    """Write an aux's effect parameters; ``values[base]`` is the aux's first value."""
    if is_delay:
        time_s, feedback, cross = delay_time(values, base, tempo), values[base + _FEEDBACK], values[base + _CROSS]
        low, high = math.exp(values[base + _LOW_CUT]), math.exp(values[base + _HIGH_CUT])
        delay_put(row, time_s, feedback, cross, low, high, 1.0, rate)
    else:
        low, high = math.exp(values[base + _LOW_DAMP]), math.exp(values[base + _HIGH_DAMP])
        reverb_put(row, values[base + _PREDELAY], low, high, 1.0, rate)


@kernel("void(float32[::1], int64[::1], float64[::1])")
def derive_effects(floats, ints, doubles):
    """Write the next parameters of every effect of which something moved, the tempo included."""
    values, dirty, rows = section(doubles, ints, VALUE), section(ints, ints, DIRTY), section(ints, ints, AUX_ROWS)
    first = ints[CHANNELS] * (SENDS + 2 * ints[AUXES])
    tempo = values[first + ints[AUXES] * AUX_SIZE + TEMPO]
    session = ints[CHANNELS] + ints[AUXES] + 1
    for aux in range(ints[AUXES]):
        bits = (dirty[ints[CHANNELS] + aux] | dirty[session]) & EFFECT
        dirty[ints[CHANNELS] + aux] &= ~EFFECT
        if bits != 0:
            row = section(floats, ints, AUX_NEXT)[aux * AUX_PARAMETERS : (aux + 1) * AUX_PARAMETERS]
            is_delay = rows[aux * AUX_ROW + IS_DELAY] != 0
            derive_effect(values, first + aux * AUX_SIZE, is_delay, tempo, row, float(ints[RATE]))
    dirty[session] = 0


@kernel("boolean(int64[::1], float64[::1])")
def _move_values(ints, doubles):
    """Bring the effects' values to the quantum's end; whether any moved."""
    moved, frame, end = False, ints[FRAME], ints[FRAME] + _QUANTUM
    while frame < end:
        take_events(ints, doubles, EFFECTS, frame)
        n = frames_until_event(ints, EFFECTS, frame, end - frame)
        if ints[RAMPS + EFFECTS] > 0:
            advance(ints, doubles, EFFECTS, frame + n)
            moved = True
        frame += n
    return moved


@kernel("void(float32[::1], int64[::1], float64[::1], float32[::1], float32[::1])")
def auxes_quantum(floats, ints, doubles, scratch, tables):
    """Replace 120 frames of every aux's bus by what its effect makes of them."""
    now, delta, after = (
        section(floats, ints, AUX_NOW),
        section(floats, ints, AUX_DELTA),
        section(floats, ints, AUX_NEXT),
    )
    moving = _move_values(ints, doubles)
    if moving:
        derive_effects(floats, ints, doubles)
        begin_segment(now, delta, after, _QUANTUM)
    for aux in range(ints[AUXES]):
        row = section(ints, ints, AUX_ROWS)[aux * AUX_ROW : (aux + 1) * AUX_ROW]
        first = (1 + ints[CHANNELS] - ints[STRIPS] + aux) * 2 * _QUANTUM
        sound = section(floats, ints, BUS)[first : first + 2 * _QUANTUM]
        state = section(floats, ints, AUX_STATE)[row[STATE_AT] : row[STATE_END]]
        own = section(ints, ints, AUX_INTS)[row[INTS_AT] : row[INTS_END]]
        part = aux * AUX_PARAMETERS
        if row[IS_DELAY] != 0:
            delay_segment(sound, now[part:], delta[part:], state, own, _QUANTUM)
        else:
            reverb_segment(sound, now[part:], delta[part:], state, own, scratch, tables, _QUANTUM)
    if moving:
        end_segment(now, delta, after)
