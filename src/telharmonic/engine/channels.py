"""One quantum of all strips and groups: from their sources to the busses.

The quantum is cut where events begin and ramps end, and while anything moves into segments of at most
`SEGMENT_FRAMES`. In a segment the ranks follow one another; within a rank all banks are filtered, then
side-chains are put together, then all banks are compressed, metered and added to the busses.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.copying import copy_floats
from telharmonic.dsp.dynamics import COMPRESSOR_STATES, compress_bank, copy_lane
from telharmonic.dsp.lanes import BANK, LANES
from telharmonic.dsp.mix import METERS, gain_bank, mix_bank
from telharmonic.dsp.svf import STAGE_STATES, clear_lane, svf_bank, svf_bank_ramp
from telharmonic.engine.analyser import analyse_bank
from telharmonic.engine.arena import (
    ANALYSES,
    AUXES,
    BAD,
    BANKS,
    BUS,
    CHANNEL_AT,
    CHANNEL_METER,
    CHANNELS,
    COMPRESSOR_STATE,
    DELTA,
    FILTER_STATE,
    FIRST_BANK,
    GATE,
    KEY,
    KEY_WEIGHT,
    KEYED,
    LISTENED,
    MOVING,
    MUTED,
    NEWLY_MUTED,
    NEXT,
    NOW,
    PLACE,
    RANKS,
    REDUCTION,
    ROUTES,
    SLOTS_KEY,
    SOUND,
    STEMS,
    STRIPS,
    TAPS,
    section,
)
from telharmonic.engine.channel_parameters import (
    COMPRESSOR_AT,
    GAINS_AT,
    INPUT_AT,
    STAGES,
    bank_size,
    begin_segment,
    end_segment,
)
from telharmonic.engine.channel_sources import GATE_NEXT, GATE_NOW, fill_bank

_QUANTUM = QUANTUM_FRAMES
_FILTER_STATES = STAGES * STAGE_STATES
_SIZE = kernel("int64(int64)")(bank_size)
_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


@kernel("void(float32[::1], int64[::1], float64[::1], float32[::1], int64, int64, int64)")
def _filter(floats, ints, doubles, work, bank, start, n):
    """Sources, input gain and equaliser of one bank; keep a copy of it if a side-chain listens to it."""
    size = _SIZE(ints[CHANNELS] - ints[STRIPS] + 1 + ints[AUXES])
    now = section(floats, ints, NOW)[bank * size : (bank + 1) * size]
    delta = section(floats, ints, DELTA)[bank * size : (bank + 1) * size]
    state = section(floats, ints, FILTER_STATE)[bank * _FILTER_STATES : (bank + 1) * _FILTER_STATES]
    first = (bank * _QUANTUM + start) * BANK
    sound = section(floats, ints, SOUND)[first : first + n * BANK]
    fill_bank(floats, ints, doubles, work, bank, start, n)
    gain_bank(sound, sound, now[INPUT_AT:], delta[INPUT_AT:], n)
    if section(ints, ints, MOVING)[bank] != 0:
        svf_bank_ramp(sound, sound, now, delta, state, STAGES, n)
    else:
        svf_bank(sound, sound, now, state, STAGES, n)
    if ints[KEYED] > 0:
        listened, channel_at = section(ints, ints, LISTENED), section(ints, ints, CHANNEL_AT)
        taps = section(floats, ints, TAPS)[first : first + n * BANK]
        for lane in range(LANES):
            channel = channel_at[bank * LANES + lane]
            if channel >= 0 and listened[channel] != 0:
                copy_lane(sound, lane, taps, lane, n)


@kernel("void(float32[::1], int64[::1], int64, int64, int64, int64, int64, int64)")
def _add_key(floats, ints, channel, lane, slot, start, n, first):
    """Add what one slot of a side-chain hears, with its share, to the key."""
    source = section(ints, ints, SLOTS_KEY)[2 * channel + slot]
    weights = section(floats, ints, KEY_WEIGHT)
    now, after = weights[2 * channel], weights[2 * channel + 1]
    if slot == 0:
        now, after = _ONE - now, _ONE - after
    if now == _ZERO and after == _ZERO:
        return
    step = (after - now) / np.float32(n)
    key = section(floats, ints, KEY)
    if source < 0:
        origin, at = section(floats, ints, SOUND), first + lane
    else:
        place = section(ints, ints, PLACE)[source]
        origin = section(floats, ints, TAPS)
        at = ((place // LANES) * _QUANTUM + start) * BANK + place % LANES
    for frame in range(n):
        here, there = frame * BANK + lane, at + frame * BANK
        key[here] += now * origin[there]
        key[here + LANES] += now * origin[there + LANES]
        now += step


@kernel("boolean(float32[::1], int64[::1], int64, int64, int64)")
def _put_key_together(floats, ints, bank, start, n):
    """Fill the key for a bank in which some compressor listens to another channel; False if none does."""
    slots, weights = section(ints, ints, SLOTS_KEY), section(floats, ints, KEY_WEIGHT)
    channel_at = section(ints, ints, CHANNEL_AT)
    first = (bank * _QUANTUM + start) * BANK
    copied = False
    for lane in range(LANES):
        channel = channel_at[bank * LANES + lane]
        if channel < 0:
            continue
        now, after = weights[2 * channel], weights[2 * channel + 1]
        own = slots[2 * channel] < 0 and now == _ZERO and after == _ZERO
        own = own or (slots[2 * channel + 1] < 0 and now == _ONE and after == _ONE)
        if own:
            continue
        key = section(floats, ints, KEY)
        if not copied:
            copy_floats(section(floats, ints, SOUND), first, key, 0, n * BANK)
            copied = True
        for frame in range(n):
            key[frame * BANK + lane] = _ZERO
            key[frame * BANK + lane + LANES] = _ZERO
        _add_key(floats, ints, channel, lane, 0, start, n, first)
        _add_key(floats, ints, channel, lane, 1, start, n, first)
    return copied


@kernel("void(float32[::1], int64[::1], int64)")
def _shut_bad(floats, ints, bank):
    """Mute for good what the mixer found to have run away, and forget what it was playing."""
    bad = section(floats, ints, BAD)[bank * LANES : (bank + 1) * LANES]
    for lane in range(LANES):
        if bad[lane] == _ZERO:
            continue
        bad[lane] = _ZERO
        channel = section(ints, ints, CHANNEL_AT)[bank * LANES + lane]
        state = section(floats, ints, FILTER_STATE)[bank * _FILTER_STATES : (bank + 1) * _FILTER_STATES]
        clear_lane(state, STAGES, lane)
        section(floats, ints, COMPRESSOR_STATE)[bank * COMPRESSOR_STATES + lane] = _ZERO
        if channel >= 0 and section(ints, ints, MUTED)[channel] == 0:
            section(ints, ints, MUTED)[channel] = 1
            ints[NEWLY_MUTED] += 1


@kernel("void(float32[::1], int64[::1], int64, int64, int64)")
def _write_stems(floats, ints, bank, start, n):
    """Each strip of a bank as the meters see it, into its planar stem."""
    size = _SIZE(ints[CHANNELS] - ints[STRIPS] + 1 + ints[AUXES])
    gain = section(floats, ints, NOW)[bank * size + GAINS_AT : (bank + 1) * size]
    delta = section(floats, ints, DELTA)[bank * size + GAINS_AT : (bank + 1) * size]
    stems = section(floats, ints, STEMS)
    first = (bank * _QUANTUM + start) * BANK
    sound = section(floats, ints, SOUND)[first : first + n * BANK]
    for lane in range(LANES):
        channel = section(ints, ints, CHANNEL_AT)[bank * LANES + lane]
        if channel < 0 or channel >= ints[STRIPS]:
            continue
        for side in range(2):
            at = lane + side * LANES
            to = (2 * channel + side) * _QUANTUM + start
            level, step = gain[at], delta[at]
            for frame in range(n):
                value = sound[frame * BANK + at]
                stems[to + frame] = value * level if abs(value) < np.float32(1e9) else _ZERO
                level += step


@kernel("void(float32[::1], int64[::1], int64, int64, int64)")
def _mix(floats, ints, bank, start, n):
    """Compressor, meters and sends of one bank."""
    destinations = ints[CHANNELS] - ints[STRIPS] + 1 + ints[AUXES]
    size = _SIZE(destinations)
    now = section(floats, ints, NOW)[bank * size : (bank + 1) * size]
    delta = section(floats, ints, DELTA)[bank * size : (bank + 1) * size]
    state = section(floats, ints, COMPRESSOR_STATE)[bank * COMPRESSOR_STATES : (bank + 1) * COMPRESSOR_STATES]
    reduction = section(floats, ints, REDUCTION)[bank * LANES : (bank + 1) * LANES]
    meter = section(floats, ints, CHANNEL_METER)[bank * METERS : (bank + 1) * METERS]
    bad = section(floats, ints, BAD)[bank * LANES : (bank + 1) * LANES]
    first = (bank * _QUANTUM + start) * BANK
    sound = section(floats, ints, SOUND)[first : first + n * BANK]
    key = sound
    if ints[KEYED] > 0 and _put_key_together(floats, ints, bank, start, n):
        key = section(floats, ints, KEY)
    compress_bank(sound, key, now[COMPRESSOR_AT:INPUT_AT], delta[COMPRESSOR_AT:INPUT_AT], state, reduction, n)
    if ints[ANALYSES] > 0:
        analyse_bank(floats, ints, sound, bank, n)
    if len(section(floats, ints, STEMS)) > 0:
        _write_stems(floats, ints, bank, start, n)
    busses, routes = section(floats, ints, BUS)[2 * start :], section(ints, ints, ROUTES)
    mix_bank(sound, now[GAINS_AT:], delta[GAINS_AT:], busses, routes, destinations, meter, bad, n)
    _shut_bad(floats, ints, bank)


@kernel("void(float32[::1], int64[::1], int64, boolean)")
def _glide(floats, ints, n, begin):
    """Begin or end a segment in every bank whose parameters move."""
    size = _SIZE(ints[CHANNELS] - ints[STRIPS] + 1 + ints[AUXES])
    moving = section(ints, ints, MOVING)
    for bank in range(ints[BANKS]):
        if moving[bank] == 0:
            continue
        now = section(floats, ints, NOW)[bank * size : (bank + 1) * size]
        delta = section(floats, ints, DELTA)[bank * size : (bank + 1) * size]
        after = section(floats, ints, NEXT)[bank * size : (bank + 1) * size]
        if begin:
            begin_segment(now, delta, after, n)
        else:
            end_segment(now, delta, after)
            moving[bank] = 0


@kernel("void(float32[::1], int64[::1], float64[::1], float32[::1], int64, int64)")
def channels_segment(floats, ints, doubles, work, start, n):
    """Render `n` frames from frame `start` of the quantum; parameters glide to their next rows."""
    _glide(floats, ints, n, True)
    first_bank = section(ints, ints, FIRST_BANK)
    for rank in range(ints[RANKS]):
        for bank in range(first_bank[rank], first_bank[rank + 1]):
            _filter(floats, ints, doubles, work, bank, start, n)
        for bank in range(first_bank[rank], first_bank[rank + 1]):
            _mix(floats, ints, bank, start, n)
    _glide(floats, ints, n, False)
    weights, gate = section(floats, ints, KEY_WEIGHT), section(doubles, ints, GATE)
    for channel in range(ints[CHANNELS]):
        weights[2 * channel] = weights[2 * channel + 1]
    gate[GATE_NOW] = gate[GATE_NEXT]
