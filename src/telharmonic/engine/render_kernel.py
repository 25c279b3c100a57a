"""The one compiled call of a block: any number of quanta of one session.

``render_quanta`` is called by Python once per block (more often only where a block holds several quanta with
events in them). Its arguments are the session's arena and what all sessions of a thread share.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.dsp.aligned import aligned_floats
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.convolution import SCRATCH_SIZE
from telharmonic.dsp.denormals import flush_denormals, restore_control_word
from telharmonic.dsp.memory import view
from telharmonic.dsp.spectrum import Plan
from telharmonic.engine.arena import (
    BUS,
    EVENTS_DUE,
    EVENTS_TAKEN,
    FRAME,
    METER_LEFT,
    METER_PERIOD,
    NEWLY_MUTED,
    SNAPSHOT_FRAME,
    STEMS,
    STRIPS,
    section,
)
from telharmonic.engine.auxes import auxes_quantum
from telharmonic.engine.channels_quantum import channels_quantum
from telharmonic.engine.master import master_quantum
from telharmonic.engine.meter_kernel import measure_quantum, take_snapshot
from telharmonic.sources.player import BANK_WORK

METERS_NEW, CHANNEL_SHUT = 1, 2  # what `render_quanta` returns, as bits

_QUANTUM = QUANTUM_FRAMES


class Workspace:
    """Memory that all engines rendered by one thread may share: nothing in it outlives a call."""

    def __init__(self) -> None:
        self.scratch: NDArray[np.float32] = aligned_floats(SCRATCH_SIZE)
        self.work: NDArray[np.float32] = aligned_floats(BANK_WORK)
        self._plans: dict[int, Plan] = {}

    def spectrum_plan(self, sample_rate_hz: int) -> Plan:
        """The tables of the spectrum at a rate, made when first asked for."""
        if sample_rate_hz not in self._plans:
            self._plans[sample_rate_hz] = Plan(sample_rate_hz)
        return self._plans[sample_rate_hz]


@kernel("void(float32[::1], float32[:, ::1], int64)")
def _write_out(bus, out, first):
    for frame in range(_QUANTUM):
        out[0, first + frame] = bus[2 * frame]
        out[1, first + frame] = bus[2 * frame + 1]


@kernel("void(float32[::1], float32[:, ::1], int64, int64)")
def _write_stems(stems, out, rows, first):
    for row in range(rows):
        for frame in range(_QUANTUM):
            out[row, first + frame] = stems[row * _QUANTUM + frame]


@kernel(
    "int64(float32[::1], int64[::1], float64[::1], float32[::1], float32[::1], float32[::1], float32[:, ::1],"
    "float32[:, ::1], int64, int64)"
)
def render_quanta(floats, ints, doubles, scratch, work, tables, out, stems, first, quanta):
    """Render `quanta` quanta into ``out[:, first:]``.

    Parameters
    ----------
    floats, ints, doubles : the session's `Arena`
    scratch, work : a `Workspace`; tables : `convolution.TABLES`
    out : float32 (2, frames); stems : float32 (2 * strips, frames), or (0, 0) if none are wanted
    first : frame of `out`
    quanta : 1 or more; events may be due in the first only

    Returns
    -------
    `METERS_NEW` if a snapshot of the meters was taken, plus `CHANNEL_SHUT` if a channel gave NaN.
    """
    news = 0
    floats, ints, doubles = view(floats, 0, len(floats)), view(ints, 0, len(ints)), view(doubles, 0, len(doubles))
    scratch, work, tables = view(scratch, 0, len(scratch)), view(work, 0, len(work)), view(tables, 0, len(tables))
    before = flush_denormals()  # here, so that every thread that renders a session makes the same samples of it
    for quantum in range(quanta):
        channels_quantum(floats, ints, doubles, work)
        auxes_quantum(floats, ints, doubles, scratch, tables)
        master_quantum(floats, ints, doubles)
        measure_quantum(floats, ints, doubles)
        at = first + quantum * _QUANTUM
        _write_out(section(floats, ints, BUS), out, at)
        if len(stems) > 0:
            _write_stems(section(floats, ints, STEMS), stems, 2 * ints[STRIPS], at)
        ints[FRAME] += _QUANTUM
        ints[METER_LEFT] -= 1
        if ints[METER_LEFT] == 0:
            ints[METER_LEFT] = ints[METER_PERIOD]
            ints[SNAPSHOT_FRAME] = ints[FRAME]
            take_snapshot(floats, ints, doubles)
            news |= METERS_NEW
    if ints[NEWLY_MUTED] > 0:
        news |= CHANNEL_SHUT
    restore_control_word(before)
    ints[EVENTS_DUE : EVENTS_DUE + 3] = 0
    ints[EVENTS_TAKEN : EVENTS_TAKEN + 3] = 0
    return news
