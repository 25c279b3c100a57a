"""How much memory each part of a session needs."""

from __future__ import annotations

from dataclasses import dataclass

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp import correlation, delay_line, limiter, loudness, reverb, spectrum, true_peak
from telharmonic.dsp.dynamics import COMPRESSOR_STATES
from telharmonic.dsp.lanes import BANK, LANES
from telharmonic.dsp.meters import METER_SIZE
from telharmonic.dsp.mix import METERS, ROUTE
from telharmonic.dsp.oscillator import ping_edge
from telharmonic.dsp.svf import STAGE_STATES
from telharmonic.engine import arena as names
from telharmonic.engine.arena import EVENT_ROOM, Arena
from telharmonic.engine.assets import Assets
from telharmonic.engine.auxes import AUX_PARAMETERS, AUX_ROW
from telharmonic.engine.banks import most_banks
from telharmonic.engine.channel_parameters import STAGES, bank_size
from telharmonic.engine.channel_sources import SOURCE_INTS
from telharmonic.engine.grain_strips import grain_doubles, grain_ints
from telharmonic.engine.master import MASTER_SIZE, MASTER_STATES
from telharmonic.engine.meter_kernel import AUX_READINGS, CHANNEL_READINGS, MASTER_READINGS, TRUE_PEAKS_SIZE
from telharmonic.engine.places import Shape
from telharmonic.engine.ramps import EVENT_INTS, LISTS, RAMP_DOUBLES, RAMP_INTS
from telharmonic.engine.strip_sources import Sources
from telharmonic.protocol.session import MAXIMUM_ANALYSES, AuxSpec, SessionSpec
from telharmonic.sources.heads import HEADS_SIZE
from telharmonic.sources.ping import PING_STATE


def longest_impulse(assets: Assets) -> int:
    """Frames of the longest response that a reverb of the session may be given."""
    return max(1, assets.impulse_room_frames, *(impulse.frames for impulse in assets.impulses.values()))


def effect_sizes(aux: AuxSpec, longest: int, rate: int) -> tuple[int, int]:
    """Numbers in an aux's effect: float32 (whole cache lines, so that the next one's begin on one) and int64."""
    state = delay_line.delay_state_size(rate) if aux.kind == "delay" else reverb.reverb_state_size(longest, rate)
    return -(-state[0] // 16) * 16, state[1]


@dataclass(frozen=True, slots=True)
class _Sizes:
    shape: Shape
    rate: int
    sources: Sources
    effects: list[tuple[int, int]]
    stems: bool

    @property
    def banks(self) -> int:
        return most_banks(self.shape)

    @property
    def destinations(self) -> int:
        return 1 + self.shape.groups + self.shape.auxes

    @property
    def values(self) -> int:
        return self.shape.values + 1

    def of_banks(self) -> dict[int, int]:
        banks, row = self.banks, bank_size(self.destinations)
        return {
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
        }

    def of_busses(self) -> dict[int, int]:
        strips, auxes = self.shape.strips, self.shape.auxes
        readings = self.shape.channels * CHANNEL_READINGS + auxes * AUX_READINGS + MASTER_READINGS
        return {
            names.BUS: self.destinations * QUANTUM_FRAMES * 2,
            names.KEY_WEIGHT: self.shape.channels * 2,
            names.CLIP_GAINS: len(self.sources.clips.gains),
            names.PING_EDGE: len(ping_edge(self.rate)),
            names.PING_GAIN: strips,
            names.STEMS: strips * 2 * QUANTUM_FRAMES if self.stems else 0,
            names.AUX_NOW: auxes * AUX_PARAMETERS,
            names.AUX_DELTA: auxes * AUX_PARAMETERS,
            names.AUX_NEXT: auxes * AUX_PARAMETERS,
            names.AUX_STATE: sum(size for size, _ in self.effects),
            names.AUX_METER: auxes * METER_SIZE,
            names.MASTER_NOW: MASTER_SIZE,
            names.MASTER_DELTA: MASTER_SIZE,
            names.MASTER_NEXT: MASTER_SIZE,
            names.MASTER_STATE: MASTER_STATES,
            names.MASTER_METER: METER_SIZE,
            names.LIMITER_STATE: limiter.limiter_state_size()[0],
            names.PEAK_WEIGHTS: len(true_peak.WEIGHTS),
            names.TRUE_PEAK: true_peak.STATE_SIZE,
            names.TRUE_PEAKS: TRUE_PEAKS_SIZE,
            names.SPECTRUM: 2 * spectrum.size(self.rate),
            names.SNAPSHOT: readings,
            names.ANALYSIS: MAXIMUM_ANALYSES * 2 * spectrum.size(self.rate),
        }

    def ints(self) -> dict[int, int]:
        shape, banks, values, destinations = self.shape, self.banks, self.values, self.destinations
        return {
            names.MARKS: values * RAMP_INTS,
            names.ACTIVE: values * LISTS,
            names.OWNERS: values,
            names.BITS: values,
            names.DIRTY: shape.owners,
            names.PLACE: shape.channels,
            names.CHANNEL_AT: banks * LANES,
            names.FIRST_BANK: shape.channels + 1,
            names.STEREO: shape.channels,
            names.SLOTS_OUT: shape.channels * 2,
            names.SLOTS_KEY: shape.channels * 2,
            names.LISTENED: shape.channels,
            names.MUTED: shape.channels,
            names.MOVING: banks,
            names.EVENTS: LISTS * EVENT_ROOM * EVENT_INTS,
            names.HEADS: HEADS_SIZE,
            names.CLIPS: len(self.sources.clips.clips),
            names.LANE_CLIPS: banks * LANES * 2,
            names.HAS_CLIPS: banks,
            names.ADDRESSES: LANES,
            names.SOURCE: shape.strips * SOURCE_INTS,
            names.NOISE: len(self.sources.tones.noise),
            names.PING_STATE: (1 + shape.strips) * PING_STATE,
            names.ROUTES: destinations * ROUTE,
            names.AUX_INTS: sum(size for _, size in self.effects),
            names.AUX_ROWS: shape.auxes * AUX_ROW,
            names.LIMITER_INTS: limiter.limiter_state_size()[1],
            names.SPECTRUM_AT: 1,
            names.ANALYSED: MAXIMUM_ANALYSES * 2,
            names.FEEDS: len(self.sources.feeds),
            **grain_ints(shape.clouds),
        }

    def doubles(self) -> dict[int, int]:
        return {
            names.VALUE: self.values,
            names.LINES: self.values * RAMP_DOUBLES,
            names.EVENT_VALUES: LISTS * EVENT_ROOM,
            names.TONES: len(self.sources.tones.floats),
            names.GATE: 2,
            names.LOUDNESS: loudness.STATE_SIZE,
            names.CORRELATION: correlation.STATE_SIZE + 1,
            **grain_doubles(self.shape.clouds),
        }


def allocate(session: SessionSpec, assets: Assets, shape: Shape, sources: Sources, *, stems: bool) -> Arena:
    """An arena of the right size, all zero."""
    rate, longest = session.sample_rate_hz, longest_impulse(assets)
    effects = [effect_sizes(aux, longest, rate) for aux in session.auxes]
    sizes = _Sizes(shape, rate, sources, effects, stems)
    return Arena({**sizes.of_banks(), **sizes.of_busses()}, sizes.ints(), sizes.doubles())
