"""A session's description and assets into an arena that the render kernel can run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.audio.units import gain_from_db
from telharmonic.dsp import correlation, delay_line, limiter, loudness, reverb, spectrum, true_peak
from telharmonic.dsp.mix import ROUTE
from telharmonic.dsp.oscillator import ping_edge
from telharmonic.engine import arena as names
from telharmonic.engine.arena import Arena
from telharmonic.engine.assets import Assets
from telharmonic.engine.auxes import AUX_ROW, derive_effects
from telharmonic.engine.channels_quantum import derive_channels
from telharmonic.engine.grain_strips import LONGEST_GRAIN_S, fill_clouds, recording_index
from telharmonic.engine.master import derive_busses
from telharmonic.engine.meters import meter_quanta
from telharmonic.engine.places import AUDIBLE, Places, Shape
from telharmonic.engine.ramps import law_value
from telharmonic.engine.routing import KEY, OUTPUT, Routing
from telharmonic.engine.sizes import effect_sizes, longest_impulse
from telharmonic.engine.strip_sources import Sources
from telharmonic.errors import ParameterError
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.session import SessionSpec
from telharmonic.sources.ping import SILENT

_SETTLED = 1 << 40  # quanta: a session begins as quiet as if it had been silent for ever


def fill(arena: Arena, session: SessionSpec, shape: Shape, sources: Sources) -> None:
    """Write scalars, sources and everything of the master that does not depend on parameters."""
    rate, ints = session.sample_rate_hz, arena.ints
    scalars = {
        names.RATE: rate,
        names.STRIPS: shape.strips,
        names.CHANNELS: shape.channels,
        names.AUXES: shape.auxes,
        names.VALUES: shape.values + 1,
        names.METER_PERIOD: meter_quanta(rate),
        names.METER_LEFT: meter_quanta(rate),
        names.QUIET_QUANTA: _SETTLED,
        names.SPECTRUM_SIZE: spectrum.size(rate),
    }
    for name, value in scalars.items():
        ints[name] = value
    arena.i(names.CLIPS)[:] = sources.clips.clips
    arena.f(names.CLIP_GAINS)[:] = sources.clips.gains
    arena.i(names.SOURCE)[:] = sources.kinds.reshape(-1)
    arena.d(names.TONES)[:] = sources.tones.floats
    arena.i(names.NOISE)[:] = sources.tones.noise.view(np.int64)
    arena.i(names.PING_STATE)[:] = SILENT
    arena.i(names.FEEDS)[:] = sources.feeds
    arena.f(names.PING_GAIN)[:] = [gain_from_db(strip.level_db) for strip in session.strips]
    arena.f(names.PING_EDGE)[:] = ping_edge(rate)
    fill_clouds(arena, [cloud.recording for cloud in sources.clouds], [cloud.gain for cloud in sources.clouds])
    arena.i(names.STEREO)[:] = [*sources.stereo, *([True] * shape.groups)]
    for destination, route in enumerate(arena.i(names.ROUTES).reshape(-1, ROUTE)):
        first = destination * 2 * QUANTUM_FRAMES
        route[:] = first, first + 1, 2
    arena.f(names.PEAK_WEIGHTS)[:] = true_peak.WEIGHTS
    state, places = arena.f(names.LIMITER_STATE), arena.i(names.LIMITER_INTS)
    limiter.limiter_init(state, places, rate, session.master.look_ahead_s)
    loudness.start(arena.d(names.LOUDNESS), rate)
    arena.d(names.CORRELATION)[-1] = correlation.smoothing(rate)


def fill_auxes(arena: Arena, session: SessionSpec, assets: Assets, values: Mapping[str, Value]) -> None:
    """Lay out every aux's effect, with the impulse and the time that it begins with."""
    rate, longest = session.sample_rate_hz, longest_impulse(assets)
    files = {impulse.id: impulse.file for impulse in session.impulses}
    state_at, ints_at = 0, 0
    for number, aux in enumerate(session.auxes):
        floats, ints = effect_sizes(aux, longest, rate)
        state = arena.f(names.AUX_STATE)[state_at : state_at + floats]
        own = arena.i(names.AUX_INTS)[ints_at : ints_at + ints]
        row = arena.i(names.AUX_ROWS)[number * AUX_ROW : (number + 1) * AUX_ROW]
        row[:] = aux.kind == "delay", state_at, state_at + floats, ints_at, ints_at + ints
        if aux.kind == "delay":
            delay_line.delay_init(state, own, rate, _first_time(values, f"aux/{aux.id}"))
        else:
            chosen = values[f"aux/{aux.id}/impulse"]
            impulse = assets.impulses[files[str(chosen)]] if chosen else None
            predelay_s = float(values[f"aux/{aux.id}/predelay"])
            reverb.reverb_init(state, own, longest, rate, number / len(session.auxes), impulse, predelay_s)
        state_at, ints_at = state_at + floats, ints_at + ints


def _first_time(values: Mapping[str, Value], aux: str) -> float:
    """Seconds between a delay's echoes at first, at most `MAXIMUM_TIME_S`."""
    beats_s = float(values[f"{aux}/beats"]) * 60.0 / float(values["session/tempo"])
    return min(beats_s if values[f"{aux}/sync"] else float(values[f"{aux}/time"]), delay_line.MAXIMUM_TIME_S)


def fill_values(arena: Arena, places: Places, routing: Routing, values: Mapping[str, Value]) -> None:
    """Write every parameter's value, and what channels are routed to."""
    shape, numbers = places.shape, arena.d(names.VALUE)
    owners, bits = arena.i(names.OWNERS), arena.i(names.BITS)
    owners[:] = shape.owners - 1  # hidden values that are no place's, the tones' gate
    for place in places:
        if place.row.name == "grain_recording":
            cloud, chosen = places.choice(place, "self"), places.choice(place, str(values[place.address]))
            arena.ints[recording_index(arena, cloud)] = chosen
        numbers[place.index] = law_value(place.row, values[place.address])
        owners[place.index], bits[place.index] = place.owner, place.bits
    for channel in range(shape.channels):
        numbers[channel * shape.channel_size + AUDIBLE] = 1.0
        for hidden, marked in places.hidden_bits():
            owners[channel * shape.channel_size + hidden] = channel
            bits[channel * shape.channel_size + hidden] = marked
        for kind, section in ((OUTPUT, names.SLOTS_OUT), (KEY, names.SLOTS_KEY)):
            arena.i(section)[2 * channel : 2 * channel + 2] = routing.ways[channel, kind].slots


def settle(arena: Arena) -> None:
    """Let everything derived stand where the values say, without a glide."""
    arena.i(names.DIRTY)[:] = -1
    derive_channels(arena.floats, arena.ints, arena.doubles)
    derive_effects(arena.floats, arena.ints, arena.doubles)
    derive_busses(arena.floats, arena.ints, arena.doubles)
    arena.i(names.DIRTY)[:] = 0
    arena.i(names.MOVING)[:] = 0
    for now, after in ((names.NOW, names.NEXT), (names.AUX_NOW, names.AUX_NEXT), (names.MASTER_NOW, names.MASTER_NEXT)):
        arena.f(now)[:] = arena.f(after)


def song_end(session: SessionSpec, duration_frames: int) -> int:
    """Where the song is over, in frames; 0 if it never is, since something plays by itself or for ever."""
    endless = any(strip.source is not None or any(clip.loop for clip in strip.clips) for strip in session.strips)
    return 0 if endless else duration_frames


def tail_quanta(session: SessionSpec, assets: Assets) -> int:
    """Quanta that may be silent before the next echo or the end of a tail sounds, and a few more."""
    rate = session.sample_rate_hz
    longest = LONGEST_GRAIN_S if any(strip.source == "grains" for strip in session.strips) else 0.0
    for aux in session.auxes:
        room = longest_impulse(assets) / rate + reverb.MAXIMUM_PREDELAY_S
        longest = max(longest, delay_line.MAXIMUM_TIME_S if aux.kind == "delay" else room)
    return round((longest + 0.1) * rate / QUANTUM_FRAMES)


def check_routing(routing: Routing, places: Places, values: Mapping[str, Value]) -> None:
    """Refuse a console whose channels feed one another in a circle.

    Raises
    ------
    ParameterError
        Naming an output that is part of it, as far as one can say.
    """
    if routing.want({}):
        return
    channel = next(name for name in reversed(places.channels) if values[f"{name}/output"] != "master")
    raise ParameterError(
        f"{channel}/output", values[f"{channel}/output"], "what does not lead back to the channel itself"
    )


def routing_of(places: Places, values: Mapping[str, Value], fade_frames: int) -> Routing:
    """Where every channel goes and what its side-chain hears."""
    outputs, keys = [], []
    for channel in places.channels:
        output, key = places[f"{channel}/output"], places[f"{channel}/comp_key"]
        outputs.append(places.choice(output, str(values[output.address])))
        keys.append(places.choice(key, str(values[key.address])))
    return Routing(places.shape.strips, outputs, keys, fade_frames=fade_frames)
