"""Which lane of which bank computes a channel; moved, with everything it is playing, when the order changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.dynamics import COMPRESSOR_STATES
from telharmonic.dsp.lanes import LANES
from telharmonic.dsp.mix import METERS
from telharmonic.dsp.svf import STAGE_STATES
from telharmonic.engine import arena as names
from telharmonic.engine.arena import Arena
from telharmonic.engine.channel_parameters import STAGES, bank_size
from telharmonic.engine.channel_sources import CLIP_SOURCE, KIND, SOURCE_INTS
from telharmonic.engine.places import Shape
from telharmonic.engine.ranks import places


def most_banks(shape: Shape) -> int:
    """How many banks any order of these channels can need: each rank may end with a bank that is not full."""
    return min(shape.channels, shape.channels // LANES + shape.groups + 1)


def flat_row(destinations: int) -> NDArray[np.float32]:
    """Parameters of a bank in which nothing is: filters that leave sound as it is, gains of 0."""
    row = np.zeros(bank_size(destinations), np.float32)
    for stage in range(STAGES):
        row[stage * 96 + 48 : stage * 96 + 64] = 1.0  # m0, both sides
    return row


class Banks:
    """The places of all channels.

    Parameters
    ----------
    arena : Arena
    shape : Shape
    clips : int64 (2, strips)
        For each strip, the number of its first clip and how many it has.
    """

    def __init__(self, arena: Arena, shape: Shape, clips: NDArray[np.int64]) -> None:
        self._arena = arena
        self._shape = shape
        self._clips = clips
        self._flat = flat_row(1 + shape.groups + shape.auxes)
        self._ranks: list[int] = []
        size = len(self._flat)
        for section in (names.NOW, names.NEXT):
            arena.f(section).reshape(-1, size)[:] = self._flat

    def arrange(self, ranks: list[int]) -> None:
        """Put every channel where these ranks want it. Between two quanta only."""
        if ranks == self._ranks:
            return
        arena = self._arena
        moved = np.array(places(ranks), np.int64)
        if self._ranks:
            self._move(arena.i(names.PLACE).copy(), moved)
        self._ranks = list(ranks)
        arena.i(names.PLACE)[:] = moved
        at = arena.i(names.CHANNEL_AT)
        at[:] = -1
        at[moved] = np.arange(len(moved))
        ordered = np.array([moved[[rank == each for each in ranks]].max() // LANES for rank in sorted(set(ranks))])
        first = arena.i(names.FIRST_BANK)
        first[0], first[1 : len(ordered) + 1] = 0, ordered + 1
        arena.ints[names.RANKS], arena.ints[names.BANKS] = len(ordered), ordered[-1] + 1
        self._place_clips(moved)

    def _move(self, old: NDArray[np.int64], new: NDArray[np.int64]) -> None:
        """Carry each channel's lane of every array over; lanes without a channel are as at first."""
        arena, size = self._arena, len(self._flat)
        for section, width in (
            (names.NOW, size),
            (names.NEXT, size),
            (names.FILTER_STATE, STAGES * STAGE_STATES),
            (names.COMPRESSOR_STATE, COMPRESSOR_STATES),
            (names.REDUCTION, LANES),
            (names.CHANNEL_METER, METERS),
        ):
            whole = arena.f(section).reshape(-1, width // LANES, LANES)
            kept = whole[old // LANES, :, old % LANES].copy()
            whole[:] = self._flat.reshape(-1, LANES) if width == size else 0
            whole[new // LANES, :, new % LANES] = kept
        arena.f(names.SOUND)[:] = 0
        arena.f(names.TAPS)[:] = 0

    def _place_clips(self, placed: NDArray[np.int64]) -> None:
        arena = self._arena
        lanes = arena.i(names.LANE_CLIPS).reshape(-1, 2, LANES)
        lanes[:] = 0
        arena.i(names.HAS_CLIPS)[:] = 0
        kinds = arena.i(names.SOURCE).reshape(-1, SOURCE_INTS)[:, KIND]
        for strip in range(self._shape.strips):
            if kinds[strip] == CLIP_SOURCE:
                bank, lane = divmod(int(placed[strip]), LANES)
                lanes[bank, :, lane] = self._clips[:, strip]
                arena.i(names.HAS_CLIPS)[bank] = 1
