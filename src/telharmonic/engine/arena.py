"""All memory of one session: three flat arrays, each cut into named sections.

A kernel call takes the three arrays instead of fifty small ones (unpacking an argument costs more than a
quantum of a filter). Where each section begins stands in ``ints`` itself, so kernels find them by the constants
below: ``section(floats, ints, NOW)``.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"
from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.aligned import aligned_floats
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.memory import view

# scalars at the start of `ints`
RATE, FRAME, STRIPS, CHANNELS, AUXES, BANKS, RANKS, KEYED, VALUES, METER_PERIOD, METER_LEFT, QUIET_QUANTA = range(12)
RAMPS, EVENTS_DUE, EVENTS_TAKEN = 12, 15, 18  # three numbers each: `ramps.CHANNELS`, `EFFECTS`, `BUSSES`
NEWLY_MUTED, SNAPSHOT_FRAME, SPECTRUM_SIZE, ANALYSES = 21, 22, 23, 24
MEASURE_ANEW = 25  # 1: loudness is to be measured from the next quantum on
SCALARS = 26

# float32 sections
(
    NOW,  # each bank's parameters as they stand (`channels.bank_size` numbers each)
    DELTA,  # what is added to them with every frame of this segment
    NEXT,  # what they are at the segment's end
    FILTER_STATE,
    COMPRESSOR_STATE,
    REDUCTION,
    CHANNEL_METER,
    BAD,
    SOUND,  # each bank's sound of one quantum
    TAPS,  # the same, between filters and compressor, for side-chains
    KEY,  # one bank: what the compressors listen to
    BUS,  # stereo sound of one quantum: master, groups, auxes
    KEY_WEIGHT,  # for each channel: share of key slot 1 now and at the segment's end
    CLIP_GAINS,
    PING_EDGE,  # its envelope
    PING_GAIN,  # of each strip that is a ping
    STEMS,  # for bounces: each strip's contribution to this quantum, planar stereo
    AUX_NOW,  # each aux's effect: AUX_PARAMETERS numbers
    AUX_DELTA,
    AUX_NEXT,
    AUX_STATE,
    AUX_METER,
    MASTER_NOW,  # `master`: MASTER_SIZE numbers
    MASTER_DELTA,
    MASTER_NEXT,
    MASTER_STATE,
    MASTER_METER,
    LIMITER_STATE,
    PEAK_WEIGHTS,  # `true_peak.WEIGHTS`
    TRUE_PEAK,  # the meter's state
    TRUE_PEAKS,  # what it holds: `meter_kernel`
    SPECTRUM,
    SNAPSHOT,  # what the meters show, in dB
    ANALYSIS,  # `analyser`: histories
) = range(SCALARS, SCALARS + 34)
FLOAT_SECTIONS = 34

# int64 sections
(
    MARKS,  # `ramps`: RAMP_INTS for each value
    ACTIVE,  # indexes of moving values, three lists of VALUES
    OWNERS,
    BITS,
    DIRTY,
    PLACE,  # of each channel: bank * 8 + lane
    CHANNEL_AT,  # of each place: the channel, or -1
    FIRST_BANK,  # of each rank, and one more
    STEREO,  # of each channel: whether it is balanced instead of panned
    SLOTS_OUT,  # of each channel: two outputs
    SLOTS_KEY,  # of each channel: two side-chain sources
    LISTENED,  # of each channel: whether anyone's side-chain listens to it
    MUTED,  # of each channel: whether it gave NaN and is shut
    MOVING,  # of each bank: whether its parameters move in this segment
    EVENTS,  # three lists of EVENT_ROOM events
    HEADS,
    CLIPS,
    LANE_CLIPS,  # of each bank: eight first clips, eight counts
    HAS_CLIPS,  # of each bank
    ADDRESSES,
    SOURCE,  # of each strip: what it is, and its number among those
    NOISE,  # seeds, to be viewed as uint64
    PING_STATE,  # of the master and of each strip: `sources.ping`
    ROUTES,
    AUX_INTS,
    AUX_ROWS,  # of each aux: AUX_ROW numbers
    SPECTRUM_AT,
    LIMITER_INTS,
    ANALYSED,  # `analyser`: targets and positions
    FEEDS,  # `sources.feed`: FEED_INTS for each live strip
    CLOUD_COUNTS,  # `sources.grains`, of each strip of grains
    GRAIN_INTS,  # of all their grains
    RECORDINGS,  # `sources.recording`, of each
) = range(SCALARS + FLOAT_SECTIONS + 1, SCALARS + FLOAT_SECTIONS + 34)
INT_SECTIONS = 33

# float64 sections
(
    VALUE,
    LINES,
    EVENT_VALUES,
    TONES,
    GATE,
    LOUDNESS,
    CORRELATION,
    CLOUDS,  # `grain_strips`: of each strip of grains, its clip's gain, its settings, its state
    GRAIN_DOUBLES,
) = range(SCALARS + FLOAT_SECTIONS + INT_SECTIONS + 2, SCALARS + FLOAT_SECTIONS + INT_SECTIONS + 11)
DOUBLE_SECTIONS = 9
HEADER = SCALARS + FLOAT_SECTIONS + INT_SECTIONS + DOUBLE_SECTIONS + 3

EVENT_ROOM = 1024  # events of one list in one quantum; what is more waits for the next


@kernel()
def section(array, ints, name):
    """The part of `array` that is called `name`."""
    return view(array, ints[name], ints[name + 1])


class Arena:
    """The three arrays, allocated and zero.

    Parameters
    ----------
    floats, ints, doubles : mapping
        How many numbers each section has; a section that is not named has none.
    """

    def __init__(self, floats: Mapping[int, int], ints: Mapping[int, int], doubles: Mapping[int, int]) -> None:
        starts = np.zeros(HEADER, np.int64)
        float_end = _lay_out(starts, NOW, FLOAT_SECTIONS, floats, 0, 16)
        int_end = _lay_out(starts, MARKS, INT_SECTIONS, ints, HEADER, 1)
        double_end = _lay_out(starts, VALUE, DOUBLE_SECTIONS, doubles, 0, 1)
        self.floats = aligned_floats(float_end)
        self.ints = np.zeros(int_end, np.int64)
        self.doubles = np.zeros(double_end, np.float64)
        self.ints[:HEADER] = starts
        self._sizes = {**floats, **ints, **doubles}

    def f(self, name: int) -> NDArray[np.float32]:
        """A float32 section (without the few numbers that fill it up to whole lanes)."""
        return self.floats[self.ints[name] :][: self._sizes.get(name, 0)]

    def i(self, name: int) -> NDArray[np.int64]:
        """An int64 section."""
        return self.ints[self.ints[name] :][: self._sizes.get(name, 0)]

    def d(self, name: int) -> NDArray[np.float64]:
        """A float64 section."""
        return self.doubles[self.ints[name] :][: self._sizes.get(name, 0)]

    @property
    def size_bytes(self) -> int:
        """Memory of all three."""
        return self.floats.nbytes + self.ints.nbytes + self.doubles.nbytes


def _lay_out(starts: NDArray[np.int64], first: int, count: int, sizes: Mapping[int, int], at: int, grain: int) -> int:
    """Write where each of `count` sections begins (and where the last ends); return the end."""
    for name in range(first, first + count):
        starts[name] = at
        at += -(-sizes.get(name, 0) // grain) * grain
    starts[first + count] = at
    return at
