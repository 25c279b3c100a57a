"""One quantum of the master: aux returns, equaliser, width, fader, ping, limiter.

Its parameters are one row of `MASTER_SIZE` float32, gliding as a bank's do: four stages of equaliser, width, fader, the
limiter's, and the return gain of every aux.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.limiter import limiter_put, limiter_segment
from telharmonic.dsp.meters import METER_SIZE, measure
from telharmonic.dsp.svf import COEFFICIENTS
from telharmonic.dsp.svf_stereo import STEREO_STATES, put_stereo, svf_stereo, svf_stereo_ramp
from telharmonic.dsp.width import width_segment
from telharmonic.engine.analyser import analyse_auxes
from telharmonic.engine.arena import (
    ANALYSES,
    AUX_METER,
    AUXES,
    BUS,
    CHANNELS,
    DIRTY,
    FRAME,
    LIMITER_INTS,
    LIMITER_STATE,
    MASTER_DELTA,
    MASTER_NEXT,
    MASTER_NOW,
    MASTER_STATE,
    PEAK_WEIGHTS,
    PING_EDGE,
    PING_STATE,
    RAMPS,
    RATE,
    STRIPS,
    VALUE,
    section,
)
from telharmonic.engine.channel_parameters import begin_segment, end_segment, equaliser_band
from telharmonic.engine.events import advance, frames_until_end, frames_until_event, take_events
from telharmonic.engine.places import (
    AUX_SIZE,
    EQ_LOW,
    LEVEL,
    LIMITER,
    MASTER_FADER,
    MASTER_ROW,
    REVERB_ROW,
    SENDS,
    WIDTH,
)
from telharmonic.engine.ramps import BUSSES, SEGMENT_FRAMES, gain_of
from telharmonic.sources.ping import PING_STATE as PING_INTS
from telharmonic.sources.ping import add_ping_stereo

STAGES = 4
WIDTH_AT = STAGES * COEFFICIENTS
FADER_AT = WIDTH_AT + 1
LIMITER_AT = WIDTH_AT + 4
RETURNS_AT = WIDTH_AT + 8
MASTER_SIZE = RETURNS_AT + 8
MASTER_STATES = STAGES * STEREO_STATES
PING_PEAK = 0.5

_QUANTUM = QUANTUM_FRAMES
_EQ_ON, _WIDTH, _FADER = MASTER_ROW["eq_on"], MASTER_ROW["width"], MASTER_ROW["fader"]
_ON, _CEILING, _RELEASE = MASTER_ROW["limiter_on"], MASTER_ROW["ceiling"], MASTER_ROW["release"]
_LEVEL, _MUTE = REVERB_ROW["level"], REVERB_ROW["mute"]  # the same rows in a delay
_ZERO, _PING = np.float32(0.0), np.float32(PING_PEAK)
_RUNAWAY = np.float32(1e9)


@kernel("void(float64[::1], int64, int64, float32[::1], float64)")
def derive_master(values, base, bits, row, rate):
    """Write what `bits` name of the master into its parameters; ``values[base]`` is its first value."""
    for band in range(STAGES):
        if bits & (EQ_LOW << band):
            put_stereo(row, band, equaliser_band(values, base + _EQ_ON, band, rate))
    if bits & WIDTH:
        row[WIDTH_AT] = values[base + _WIDTH]
    if bits & MASTER_FADER:
        row[FADER_AT] = gain_of(values[base + _FADER])
    if bits & LIMITER:
        ceiling, release = 10.0 ** (values[base + _CEILING] / 20.0), np.exp(values[base + _RELEASE])
        limiter_put(row[LIMITER_AT:RETURNS_AT], ceiling, release, values[base + _ON], rate)


@kernel("void(float32[::1], int64[::1], float64[::1])")
def derive_busses(floats, ints, doubles):
    """Write the master's next parameters, the returns of the auxes among them."""
    values, dirty, row = section(doubles, ints, VALUE), section(ints, ints, DIRTY), section(floats, ints, MASTER_NEXT)
    first = ints[CHANNELS] * (SENDS + 2 * ints[AUXES])
    for aux in range(ints[AUXES]):
        if dirty[ints[CHANNELS] + aux] & LEVEL:
            base = first + aux * AUX_SIZE
            row[RETURNS_AT + aux] = gain_of(values[base + _LEVEL]) * (1.0 - values[base + _MUTE])
            dirty[ints[CHANNELS] + aux] &= ~LEVEL
    master = ints[CHANNELS] + ints[AUXES]
    if dirty[master] != 0:
        derive_master(values, first + ints[AUXES] * AUX_SIZE, dirty[master], row, float(ints[RATE]))
        dirty[master] = 0


@kernel("void(float32[::1], int64[::1], int64, int64)")
def _add_returns(floats, ints, start, n):
    """Scale every aux by its return, meter it and add it to the master."""
    bus, meters = section(floats, ints, BUS), section(floats, ints, AUX_METER)
    now, delta = section(floats, ints, MASTER_NOW), section(floats, ints, MASTER_DELTA)
    master = bus[2 * start : 2 * (start + n)]
    for aux in range(ints[AUXES]):
        first = ((1 + ints[CHANNELS] - ints[STRIPS] + aux) * _QUANTUM + start) * 2
        sound = bus[first : first + 2 * n]
        gain, step = now[RETURNS_AT + aux], delta[RETURNS_AT + aux]
        if gain == _ZERO and step == _ZERO:
            continue
        for frame in range(n):
            level = gain + step * np.float32(frame)
            sound[2 * frame] *= level
            sound[2 * frame + 1] *= level
        for at in range(2 * n):
            master[at] += sound[at]
        measure(sound, meters[aux * METER_SIZE : (aux + 1) * METER_SIZE], n)


@kernel("void(float32[::1], float32, float32, int64)")
def _fade(sound, gain, step, n):
    for frame in range(n):
        level = gain + step * np.float32(frame)
        sound[2 * frame] *= level
        sound[2 * frame + 1] *= level


@kernel("void(float32[::1], float32[::1], int64)")
def _mend(sound, state, n):
    """Silence a segment that is no sound any more and forget what the filters were playing."""
    total = _ZERO
    for at in range(2 * n):
        total += sound[at] * sound[at]
    if not total < _RUNAWAY * _RUNAWAY:
        sound[: 2 * n] = _ZERO
        state[:] = _ZERO


@kernel("void(float32[::1], int64[::1], int64, int64, boolean)")
def _master_segment(floats, ints, start, n, moving):
    now, delta = section(floats, ints, MASTER_NOW), section(floats, ints, MASTER_DELTA)
    state, edge = section(floats, ints, MASTER_STATE), section(floats, ints, PING_EDGE)
    sound = section(floats, ints, BUS)[2 * start : 2 * (start + n)]
    _add_returns(floats, ints, start, n)
    if moving:
        svf_stereo_ramp(sound, now, delta, state, STAGES, n)
    else:
        svf_stereo(sound, now, state, STAGES, n)
    width_segment(sound, now[WIDTH_AT:], delta[WIDTH_AT:], n)
    _fade(sound, now[FADER_AT], delta[FADER_AT], n)
    _mend(sound, state, n)
    add_ping_stereo(sound, section(ints, ints, PING_STATE)[:PING_INTS], edge, _PING, n)
    limits, steps = now[LIMITER_AT:RETURNS_AT], delta[LIMITER_AT:RETURNS_AT]
    own, places = section(floats, ints, LIMITER_STATE), section(ints, ints, LIMITER_INTS)
    limiter_segment(sound, limits, steps, own, places, section(floats, ints, PEAK_WEIGHTS), n)


@kernel("void(float32[::1], int64[::1], float64[::1])")
def master_quantum(floats, ints, doubles):
    """Turn the master's bus of 120 frames, with the auxes' effects behind it, into what is heard."""
    now, delta = section(floats, ints, MASTER_NOW), section(floats, ints, MASTER_DELTA)
    after = section(floats, ints, MASTER_NEXT)
    if ints[ANALYSES] > 0:
        analyse_auxes(floats, ints)
    start = 0
    while start < _QUANTUM:
        frame = ints[FRAME] + start
        take_events(ints, doubles, BUSSES, frame)
        n = frames_until_event(ints, BUSSES, frame, _QUANTUM - start)
        moving = ints[RAMPS + BUSSES] > 0
        if moving:
            n = frames_until_end(ints, BUSSES, frame, min(n, SEGMENT_FRAMES))
            advance(ints, doubles, BUSSES, frame + n)
            derive_busses(floats, ints, doubles)
            begin_segment(now, delta, after, n)
        _master_segment(floats, ints, start, n, moving)
        if moving:
            end_segment(now, delta, after)
        start += n
