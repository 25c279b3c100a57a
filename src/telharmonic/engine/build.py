"""A session's description and assets into an arena that the render kernel can run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.audio.units import gain_from_db
from telharmonic.dsp import correlation, delay_line, limiter, loudness, reverb, spectrum, true_peak
from telharmonic.dsp.dynamics import COMPRESSOR_STATES
from telharmonic.dsp.impulse import Impulse
from telharmonic.dsp.lanes import BANK, LANES
from telharmonic.dsp.meters import METER_SIZE
from telharmonic.dsp.mix import METERS, ROUTE
from telharmonic.dsp.oscillator import ping_burst
from telharmonic.dsp.svf import STAGE_STATES
from telharmonic.engine import arena as names
from telharmonic.engine.arena import EVENT_ROOM, Arena
from telharmonic.engine.assets import Assets
from telharmonic.engine.auxes import AUX_PARAMETERS, AUX_ROW, derive_effects
from telharmonic.engine.banks import most_banks
from telharmonic.engine.channel_parameters import STAGES, bank_size
from telharmonic.engine.channel_sources import CLIP_SOURCE, NOTHING, PING_SOURCE, SOURCE_INTS, TONE_SOURCE
from telharmonic.engine.channels_quantum import derive_channels
from telharmonic.engine.master import MASTER_SIZE, MASTER_STATES, derive_busses
from telharmonic.engine.meter_kernel import AUX_READINGS, CHANNEL_READINGS, MASTER_READINGS
from telharmonic.engine.meters import meter_quanta
from telharmonic.engine.places import AUDIBLE, Places, Shape
from telharmonic.engine.ramps import EVENT_INTS, LISTS, RAMP_DOUBLES, RAMP_INTS, law_value
from telharmonic.engine.routing import KEY, OUTPUT, Routing
from telharmonic.errors import AssetError, ParameterError
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.session import AuxSpec, SessionSpec, StripSpec
from telharmonic.sources.clips import Clip, ClipTable
from telharmonic.sources.heads import HEADS_SIZE
from telharmonic.sources.ping import SILENT
from telharmonic.sources.tone import Tone, ToneTable

_SETTLED = 1 << 40  # quanta: a session begins as quiet as if it had been silent for ever


class Sources:
    """What the strips play, as the tables of `sources`.

    Raises
    ------
    AssetError
        If a clip begins behind its file's end.
    """

    def __init__(self, session: SessionSpec, assets: Assets) -> None:
        rate = session.sample_rate_hz
        self.clips = ClipTable([_clips(strip, assets, rate) for strip in session.strips])
        self.tones = ToneTable(
            [_tone(strip, seed) for seed, strip in enumerate(session.strips) if _is_tone(strip)], rate
        )
        self.kinds = np.zeros((len(session.strips), SOURCE_INTS), np.int64)
        counts = {TONE_SOURCE: 0, PING_SOURCE: 0}
        for row, strip in zip(self.kinds, session.strips, strict=True):
            if strip.clips:
                row[0] = CLIP_SOURCE
            elif strip.source is None:
                row[0] = NOTHING
            else:
                row[0] = PING_SOURCE if strip.source == "ping" else TONE_SOURCE
                row[1] = counts[int(row[0])]
                counts[int(row[0])] += 1
        self.pings = counts[PING_SOURCE]
        self.stereo = [_is_stereo(strip, assets) for strip in session.strips]


def _is_tone(strip: StripSpec) -> bool:
    return strip.source is not None and strip.source != "ping"


def _tone(strip: StripSpec, seed: int) -> Tone:
    assert strip.source is not None
    return Tone(kind=strip.source, frequency_hz=strip.freq_hz, amplitude=gain_from_db(strip.level_db), seed=seed)


def _is_stereo(strip: StripSpec, assets: Assets) -> bool:
    if strip.stereo is not None:
        return strip.stereo
    return any(assets.sounds[clip.file].channels == 2 for clip in strip.clips)


def _clips(strip: StripSpec, assets: Assets, rate: int) -> list[Clip]:
    made = []
    for spec in strip.clips:
        sound, offset = assets.sounds[spec.file], round(spec.offset_s * rate)
        if offset >= sound.frames:
            raise AssetError(f"{spec.file} lasts {sound.duration_s:g} s; the clip's offset_s is {spec.offset_s:g}")
        duration = None if spec.duration_s is None else max(1, round(spec.duration_s * rate))
        made.append(
            Clip(
                sound=sound,
                start_frames=round(spec.start_s * rate),
                offset_frames=offset,
                duration_frames=duration,
                gain=gain_from_db(spec.gain_db),
                loop=spec.loop,
            )
        )
    return made


def longest_impulse(impulses: Iterable[Impulse]) -> int:
    """Frames of the longest response that a reverb of the session may be given."""
    return max((impulse.frames for impulse in impulses), default=1)


def _aux_sizes(aux: AuxSpec, longest: int, rate: int) -> tuple[int, int]:
    return delay_line.delay_state_size(rate) if aux.kind == "delay" else reverb.reverb_state_size(longest, rate)


def allocate(session: SessionSpec, assets: Assets, shape: Shape, sources: Sources, *, stems: bool) -> Arena:
    """An arena of the right size, with everything written into it that never changes."""
    rate, banks, values = session.sample_rate_hz, most_banks(shape), shape.values + 1
    channels, strips, auxes = shape.channels, shape.strips, shape.auxes
    destinations, longest = 1 + shape.groups + auxes, longest_impulse(assets.impulses.values())
    effects = [_aux_sizes(aux, longest, rate) for aux in session.auxes]
    row, readings = bank_size(destinations), channels * CHANNEL_READINGS + auxes * AUX_READINGS + MASTER_READINGS
    tables, limits = (sources.clips, sources.tones), limiter.limiter_state_size()
    floats = {
        names.NOW: banks * row,
        names.DELTA: banks * row,
        names.NEXT: banks * row,
        names.FILTER_STATE: banks * STAGES * STAGE_STATES,
        names.COMPRESSOR_STATE: banks * COMPRESSOR_STATES,
        names.REDUCTION: banks * LANES,
        names.CHANNEL_METER: banks * METERS,
        names.BAD: banks * LANES,
        names.SOUND: banks * QUANTUM_FRAMES * BANK,
        names.TAPS: banks * QUANTUM_FRAMES * BANK,
        names.KEY: QUANTUM_FRAMES * BANK,
        names.BUS: destinations * QUANTUM_FRAMES * 2,
        names.KEY_WEIGHT: channels * 2,
        names.CLIP_GAINS: len(tables[0].gains),
        names.BURST: len(ping_burst(rate)),
        names.PING_GAIN: strips,
        names.STEMS: strips * 2 * QUANTUM_FRAMES if stems else 0,
        names.AUX_NOW: auxes * AUX_PARAMETERS,
        names.AUX_DELTA: auxes * AUX_PARAMETERS,
        names.AUX_NEXT: auxes * AUX_PARAMETERS,
        names.AUX_STATE: sum(size for size, _ in effects),
        names.AUX_METER: auxes * METER_SIZE,
        names.MASTER_NOW: MASTER_SIZE,
        names.MASTER_DELTA: MASTER_SIZE,
        names.MASTER_NEXT: MASTER_SIZE,
        names.MASTER_STATE: MASTER_STATES,
        names.MASTER_METER: METER_SIZE,
        names.LIMITER_STATE: limits[0],
        names.PEAK_WEIGHTS: len(true_peak.WEIGHTS),
        names.TRUE_PEAK: true_peak.STATE_SIZE,
        names.TRUE_PEAKS: 2,
        names.SPECTRUM: 2 * spectrum.size(rate),
        names.SNAPSHOT: readings,
    }
    ints = {
        names.MARKS: values * RAMP_INTS,
        names.ACTIVE: values * LISTS,
        names.OWNERS: values,
        names.BITS: values,
        names.DIRTY: shape.owners,
        names.PLACE: channels,
        names.CHANNEL_AT: banks * LANES,
        names.FIRST_BANK: channels + 1,
        names.STEREO: channels,
        names.SLOTS_OUT: channels * 2,
        names.SLOTS_KEY: channels * 2,
        names.LISTENED: channels,
        names.MUTED: channels,
        names.MOVING: banks,
        names.EVENTS: LISTS * EVENT_ROOM * EVENT_INTS,
        names.HEADS: HEADS_SIZE,
        names.CLIPS: len(tables[0].clips),
        names.LANE_CLIPS: banks * LANES * 2,
        names.HAS_CLIPS: banks,
        names.ADDRESSES: LANES,
        names.SOURCE: strips * SOURCE_INTS,
        names.NOISE: len(tables[1].noise),
        names.PING_STATE: 1 + sources.pings,
        names.ROUTES: destinations * ROUTE,
        names.AUX_INTS: sum(size for _, size in effects),
        names.AUX_ROWS: auxes * AUX_ROW,
        names.LIMITER_INTS: limits[1],
        names.SPECTRUM_AT: 1,
    }
    doubles = {
        names.VALUE: values,
        names.LINES: values * RAMP_DOUBLES,
        names.EVENT_VALUES: LISTS * EVENT_ROOM,
        names.TONES: len(tables[1].floats),
        names.GATE: 2,
        names.LOUDNESS: loudness.STATE_SIZE,
        names.CORRELATION: correlation.STATE_SIZE + 1,
    }
    return Arena(floats, ints, doubles)


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
    arena.f(names.PING_GAIN)[:] = [gain_from_db(strip.level_db) for strip in session.strips]
    arena.f(names.BURST)[:] = ping_burst(rate)
    arena.i(names.STEREO)[:] = [*sources.stereo, *([True] * shape.groups)]
    for destination, route in enumerate(arena.i(names.ROUTES).reshape(-1, ROUTE)):
        first = destination * 2 * QUANTUM_FRAMES
        route[:] = first, first + 1, 2
    arena.f(names.PEAK_WEIGHTS)[:] = true_peak.WEIGHTS
    limiter.limiter_init(arena.f(names.LIMITER_STATE), arena.i(names.LIMITER_INTS), rate)
    loudness.start(arena.d(names.LOUDNESS), rate)
    arena.d(names.CORRELATION)[-1] = correlation.smoothing(rate)


def fill_auxes(arena: Arena, session: SessionSpec, assets: Assets, values: Mapping[str, Value]) -> None:
    """Lay out every aux's effect, with the impulse and the time that it begins with."""
    rate, longest = session.sample_rate_hz, longest_impulse(assets.impulses.values())
    files = {impulse.id: impulse.file for impulse in session.impulses}
    state_at, ints_at = 0, 0
    for number, aux in enumerate(session.auxes):
        floats, ints = _aux_sizes(aux, longest, rate)
        state = arena.f(names.AUX_STATE)[state_at : state_at + floats]
        own = arena.i(names.AUX_INTS)[ints_at : ints_at + ints]
        row = arena.i(names.AUX_ROWS)[number * AUX_ROW : (number + 1) * AUX_ROW]
        row[:] = aux.kind == "delay", state_at, state_at + floats, ints_at, ints_at + ints
        if aux.kind == "delay":
            delay_line.delay_init(state, own, rate)
        else:
            chosen = values[f"aux/{aux.id}/impulse"]
            impulse = assets.impulses[files[str(chosen)]] if chosen else None
            reverb.reverb_init(state, own, longest, rate, number / len(session.auxes), impulse)
        state_at, ints_at = state_at + floats, ints_at + ints


def fill_values(arena: Arena, places: Places, routing: Routing, values: Mapping[str, Value]) -> None:
    """Write every parameter's value, and what channels are routed to."""
    shape, numbers = places.shape, arena.d(names.VALUE)
    owners, bits = arena.i(names.OWNERS), arena.i(names.BITS)
    owners[:] = shape.owners - 1  # hidden values that are no place's, the tones' gate
    for place in places:
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


def tail_quanta(session: SessionSpec, assets: Assets) -> int:
    """Quanta that may be silent before the next echo or the end of a tail sounds, and a few more."""
    rate = session.sample_rate_hz
    longest = 0.0
    for aux in session.auxes:
        room = longest_impulse(assets.impulses.values()) / rate + reverb.MAXIMUM_PREDELAY_S
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
