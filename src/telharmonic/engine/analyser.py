"""What the analyser hears: up to `MAXIMUM_ANALYSES` channels and auxes, before their faders.

Each has a history of its own (`dsp.spectrum`); a channel's is filled behind its compressor, an aux's behind its
effect. The tables of who is heard are two integers for each: the target (a channel's number, or behind those an
aux's; -1 for none) and the history's position. Where nobody asks, a segment costs one comparison.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp import spectrum
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES
from telharmonic.dsp.spectrum import remember
from telharmonic.engine.arena import (
    ANALYSED,
    ANALYSES,
    ANALYSIS,
    AUXES,
    BUS,
    CHANNELS,
    PLACE,
    SPECTRUM_SIZE,
    STRIPS,
    Arena,
    section,
)
from telharmonic.engine.places import Places
from telharmonic.protocol.session import MAXIMUM_ANALYSES

NOBODY = -1

_QUANTUM = QUANTUM_FRAMES
_SLOTS = MAXIMUM_ANALYSES
_ZERO, _RUNAWAY = np.float32(0.0), np.float32(1e9)


@kernel("float32(float32)")
def _sane(value):
    return value if abs(value) < _RUNAWAY else _ZERO


@kernel("void(float32[::1], int64[::1], float32[::1], int64, int64)")
def analyse_bank(floats, ints, sound, bank, n):
    """Let the analyser hear `n` frames of those channels of a bank that it listens to."""
    kept, targets, places = ints[SPECTRUM_SIZE], section(ints, ints, ANALYSED), section(ints, ints, PLACE)
    for slot in range(_SLOTS):
        target = targets[2 * slot]
        if target < 0 or target >= ints[CHANNELS] or places[target] // LANES != bank:
            continue
        history = section(floats, ints, ANALYSIS)[2 * slot * kept : 2 * (slot + 1) * kept]
        lane, at = places[target] % LANES, targets[2 * slot + 1]
        for frame in range(n):
            history[at] = _sane(sound[frame * BANK + lane])
            history[kept + at] = _sane(sound[frame * BANK + lane + LANES])
            at = at + 1 if at + 1 < kept else 0
        targets[2 * slot + 1] = at


@kernel("void(float32[::1], int64[::1])")
def analyse_auxes(floats, ints):
    """Let the analyser hear a quantum of those auxes that it listens to."""
    kept, targets = ints[SPECTRUM_SIZE], section(ints, ints, ANALYSED)
    for slot in range(_SLOTS):
        aux = targets[2 * slot] - ints[CHANNELS]
        if aux < 0 or aux >= ints[AUXES]:
            continue
        first = (1 + ints[CHANNELS] - ints[STRIPS] + aux) * 2 * _QUANTUM
        sound = section(floats, ints, BUS)[first : first + 2 * _QUANTUM]
        history = section(floats, ints, ANALYSIS)[2 * slot * kept : 2 * (slot + 1) * kept]
        remember(sound, history, targets[2 * slot + 1 : 2 * slot + 2], kept, _QUANTUM)


class Analyser:
    """Who is analysed, and the spectra.

    Parameters
    ----------
    arena : Arena
    places : Places
        Whose channels and auxes can be targets.
    plan : spectrum.Plan
        Tables and work area.
    """

    def __init__(self, arena: Arena, places: Places, plan: spectrum.Plan) -> None:
        self._arena = arena
        self._numbers = {name: number for number, name in enumerate((*places.channels, *places.auxes))}
        self._plan = plan
        self._history = arena.f(ANALYSIS).reshape(MAXIMUM_ANALYSES, -1)
        self._table = arena.i(ANALYSED).reshape(MAXIMUM_ANALYSES, 2)
        self._table[:, 0] = NOBODY
        self._levels = np.zeros(spectrum.BANDS, np.float32)
        self._slots: dict[str, int] = {}

    def choose(self, targets: Sequence[str]) -> None:
        """Listen to these (the first `MAXIMUM_ANALYSES` of those there are); between two quanta only."""
        wanted = [each for each in dict.fromkeys(targets) if each in self._numbers][:MAXIMUM_ANALYSES]
        for name in [name for name in self._slots if name not in wanted]:
            self._table[self._slots.pop(name)] = NOBODY, 0
        free = [slot for slot in range(MAXIMUM_ANALYSES) if slot not in self._slots.values()]
        for name in wanted:
            if name not in self._slots:
                slot = self._slots[name] = free.pop()
                self._history[slot] = 0
                self._table[slot] = self._numbers[name], 0
        self._arena.ints[ANALYSES] = len(self._slots)

    def read(self) -> tuple[tuple[str, tuple[float, ...]], ...]:
        """Every target's bands, dB."""
        plan, found = self._plan, []
        for name, slot in self._slots.items():
            tables = plan.window, plan.table, plan.work, plan.lines, plan.shares, self._levels
            spectrum.band_levels(self._history[slot], self._table[slot, 1:], *tables)
            found.append((name, tuple(self._levels.tolist())))
        return tuple(found)
