"""What goes into a bank: each strip's clips, tone, ping, live feed or grains, each group's bus."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES
from telharmonic.engine.arena import (
    ADDRESSES,
    BUS,
    CHANNEL_AT,
    CLIP_GAINS,
    CLIPS,
    FEEDS,
    GATE,
    HAS_CLIPS,
    HEADS,
    LANE_CLIPS,
    MUTED,
    NOISE,
    PING_EDGE,
    PING_GAIN,
    PING_STATE,
    RATE,
    SOUND,
    SOURCE,
    STRIPS,
    TONES,
    section,
)
from telharmonic.engine.grain_strips import fill_cloud
from telharmonic.sources.feed import FEED_INTS, play_feed
from telharmonic.sources.ping import PING_STATE as PING_INTS
from telharmonic.sources.ping import POSITION, add_ping
from telharmonic.sources.player import play_bank
from telharmonic.sources.tone import play_tone

NOTHING, CLIP_SOURCE, TONE_SOURCE, PING_SOURCE, LIVE_SOURCE, GRAIN_SOURCE = range(6)
SOURCE_INTS, KIND, FIRST = 2, 0, 1
GATE_NOW, GATE_NEXT = 0, 1  # the transport's gate of the test tones, over this segment

_QUANTUM = QUANTUM_FRAMES
_ZERO = np.float32(0.0)


@kernel("void(float32[::1], int64, int64)")
def silence_lane(bank, lane, n):
    """Both sides of one channel, `n` frames."""
    for at in range(lane, n * BANK, BANK):
        bank[at] = _ZERO
        bank[at + LANES] = _ZERO


@kernel("void(float32[::1], int64, float64[::1], int64)")
def _gate_lane(bank, lane, gate, n):
    """Fade a lane from the gate's level now to its level at the segment's end."""
    level, step = gate[GATE_NOW], (gate[GATE_NEXT] - gate[GATE_NOW]) / n
    for at in range(lane, n * BANK, BANK):
        gain = np.float32(level)
        bank[at] *= gain
        bank[at + LANES] *= gain
        level += step


@kernel("void(float32[::1], int64, float32[::1], int64)")
def _from_bus(bank, lane, bus, n):
    """Put an interleaved stereo bus into a lane."""
    for frame in range(n):
        bank[frame * BANK + lane] = bus[2 * frame]
        bank[frame * BANK + lane + LANES] = bus[2 * frame + 1]


@kernel("void(int64[::1], float64[::1], float32[::1], float32[::1], int64, int64, int64)")
def _fill_strip(ints, doubles, work, sound, strip, lane, n):
    """Replace a silent lane by the strip's tone, feed or grains; a ping is silent until it is rung."""
    source = section(ints, ints, SOURCE)[strip * SOURCE_INTS : (strip + 1) * SOURCE_INTS]
    if source[KIND] == PING_SOURCE:
        silence_lane(sound, lane, n)
        return
    if source[KIND] == LIVE_SOURCE:
        feed = section(ints, ints, FEEDS)[source[FIRST] * FEED_INTS : (source[FIRST] + 1) * FEED_INTS]
        play_feed(sound, lane, feed, ints[RATE], n)
        return
    gate = section(doubles, ints, GATE)
    if source[KIND] == GRAIN_SOURCE:
        fill_cloud(ints, doubles, work, sound, source[FIRST], lane, gate[GATE_NEXT] > 0.0, n)
        return
    if gate[GATE_NOW] == 0.0 and gate[GATE_NEXT] == 0.0:
        silence_lane(sound, lane, n)
        return
    noise = section(ints, ints, NOISE).view(np.uint64)
    play_tone(sound, lane, section(doubles, ints, TONES), noise, source[FIRST], n)
    if gate[GATE_NOW] != 1.0 or gate[GATE_NEXT] != 1.0:
        _gate_lane(sound, lane, gate, n)


@kernel("void(float32[::1], int64[::1], float64[::1], float32[::1], int64, int64, int64)")
def fill_bank(floats, ints, doubles, work, bank, start, n):
    """Write `n` frames from frame `start` of the quantum into every lane of a bank.

    `work` are the `BANK_WORK` numbers that `play_bank` works in.
    """
    at = (bank * _QUANTUM + start) * BANK
    sound = section(floats, ints, SOUND)[at : at + n * BANK]
    bus, muted, sources = section(floats, ints, BUS), section(ints, ints, MUTED), section(ints, ints, SOURCE)
    lanes = section(ints, ints, LANE_CLIPS)[bank * 2 * LANES : (bank + 1) * 2 * LANES]
    channel_at = section(ints, ints, CHANNEL_AT)[bank * LANES : (bank + 1) * LANES]
    if section(ints, ints, HAS_CLIPS)[bank] != 0:
        clips, gains = section(ints, ints, CLIPS), section(floats, ints, CLIP_GAINS)
        heads, addresses = section(ints, ints, HEADS), section(ints, ints, ADDRESSES)
        fade = ints[RATE] // 100
        play_bank(sound, clips, gains, lanes, lanes[LANES:], heads, fade, work, addresses, n)
    for lane in range(LANES):
        channel = channel_at[lane]
        if channel < 0:
            continue
        if muted[channel] != 0:
            silence_lane(sound, lane, n)
        elif channel >= ints[STRIPS]:
            first = 2 * ((1 + channel - ints[STRIPS]) * _QUANTUM + start)
            _from_bus(sound, lane, bus[first : first + 2 * n], n)
        else:
            if sources[channel * SOURCE_INTS + KIND] > CLIP_SOURCE:
                _fill_strip(ints, doubles, work, sound, channel, lane, n)
            elif section(ints, ints, HAS_CLIPS)[bank] == 0:
                silence_lane(sound, lane, n)  # nothing else does, and a ping may have been in it
            state = section(ints, ints, PING_STATE)[(1 + channel) * PING_INTS : (2 + channel) * PING_INTS]
            if state[POSITION] >= 0:
                gain = section(floats, ints, PING_GAIN)[channel]
                add_ping(sound, lane, state, section(floats, ints, PING_EDGE), gain, n)
