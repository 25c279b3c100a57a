"""One quantum of all strips and groups, cut into segments where something begins, ends or moves."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import LANES, splat, store
from telharmonic.engine.arena import (
    AUXES,
    BUS,
    CHANNELS,
    DIRTY,
    FRAME,
    GATE,
    HEADS,
    KEY_WEIGHT,
    MOVING,
    MUTED,
    NEXT,
    PLACE,
    RAMPS,
    RATE,
    SLOTS_OUT,
    STEREO,
    STRIPS,
    VALUE,
    VALUES,
    section,
)
from telharmonic.engine.channel_parameters import bank_size, derive_channel
from telharmonic.engine.channel_sources import GATE_NEXT
from telharmonic.engine.channels import channels_segment
from telharmonic.engine.events import advance, frames_until_end, frames_until_event, take_events
from telharmonic.engine.places import KEY, KEY_FADE, SENDS
from telharmonic.engine.ramps import CHANNELS as LIST
from telharmonic.engine.ramps import SEGMENT_FRAMES
from telharmonic.sources.heads import advance_heads

_QUANTUM = QUANTUM_FRAMES
_SIZE = kernel("int64(int64)")(bank_size)


@kernel("void(float32[::1], int64[::1], float64[::1])")
def derive_channels(floats, ints, doubles):
    """Write the next parameters of every channel of which something moved."""
    values, dirty = section(doubles, ints, VALUE), section(ints, ints, DIRTY)
    groups, auxes = ints[CHANNELS] - ints[STRIPS], ints[AUXES]
    size = _SIZE(1 + groups + auxes)
    for channel in range(ints[CHANNELS]):
        bits = dirty[channel]
        if bits == 0:
            continue
        dirty[channel] = 0
        place, base = section(ints, ints, PLACE)[channel], channel * (SENDS + 2 * auxes)
        bank, lane = place // LANES, place % LANES
        row = section(floats, ints, NEXT)[bank * size : (bank + 1) * size]
        outputs = section(ints, ints, SLOTS_OUT)[2 * channel : 2 * channel + 2]
        stereo, muted = section(ints, ints, STEREO)[channel] != 0, section(ints, ints, MUTED)[channel] != 0
        derive_channel(values, base, bits, outputs, groups, auxes, stereo, muted, row, lane, float(ints[RATE]))
        section(ints, ints, MOVING)[bank] = 1
        if bits & KEY:
            section(floats, ints, KEY_WEIGHT)[2 * channel + 1] = values[base + KEY_FADE]
    section(doubles, ints, GATE)[GATE_NEXT] = values[ints[VALUES] - 1]


@kernel("void(float32[::1], int64[::1], float64[::1], float32[::1])")
def channels_quantum(floats, ints, doubles, work):
    """Render 120 frames of every channel into the busses."""
    bus = section(floats, ints, BUS)
    silence = splat(np.float32(0.0))
    for at in range(0, len(bus), LANES):
        store(bus, at, silence)
    start = 0
    while start < _QUANTUM:
        frame = ints[FRAME] + start
        take_events(ints, doubles, LIST, frame)
        n = frames_until_event(ints, LIST, frame, _QUANTUM - start)
        if ints[RAMPS + LIST] > 0:
            n = frames_until_end(ints, LIST, frame, min(n, SEGMENT_FRAMES))
            advance(ints, doubles, LIST, frame + n)
            derive_channels(floats, ints, doubles)
        channels_segment(floats, ints, doubles, work, start, n)
        advance_heads(section(ints, ints, HEADS), ints[RATE] // 100, n)
        start += n
