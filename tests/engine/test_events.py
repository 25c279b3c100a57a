"""Events taken inside a quantum."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.engine import arena as names
from telharmonic.engine.arena import EVENT_ROOM, Arena
from telharmonic.engine.event_list import EventList
from telharmonic.engine.events import advance, frames_until_end, frames_until_event, take_events
from telharmonic.engine.pings import Pings
from telharmonic.engine.ramps import BUSSES, CHANNELS, EVENT_INTS, LISTS, RAMP_DOUBLES, RAMP_INTS
from telharmonic.engine.transport import Jump
from telharmonic.protocol.session_file import parse_toml
from telharmonic.sources.heads import HEADS_SIZE, leading_position
from telharmonic.sources.ping import PING_STATE, SILENT, turn

VALUES = 5
PINGS = Pings(parse_toml('[[strip]]\nid = "1"\nsource = "ping"\n'))


@pytest.fixture
def arena() -> Arena:
    size = LISTS * EVENT_ROOM
    ints = {
        names.EVENTS: size * EVENT_INTS,
        names.MARKS: VALUES * RAMP_INTS,
        names.ACTIVE: VALUES * LISTS,
        names.OWNERS: VALUES,
        names.BITS: VALUES,
        names.DIRTY: 1,
        names.SLOTS_OUT: 2,
        names.HEADS: HEADS_SIZE,
        names.PING_STATE: 2 * PING_STATE,
    }
    made = Arena({}, ints, {names.EVENT_VALUES: size, names.VALUE: VALUES, names.LINES: VALUES * RAMP_DOUBLES})
    made.ints[names.VALUES], made.ints[names.RATE] = VALUES, 48_000
    made.i(names.BITS)[:] = 1 << np.arange(VALUES)
    made.i(names.PING_STATE)[:] = -1
    return made


def test_only_what_is_due_begins_and_moves(arena):
    events = EventList(arena, PINGS)
    events.ramp(CHANNELS, 100, 1, 10.0, 100)
    events.ramp(CHANNELS, 130, 2, 10.0, 100)
    events.write()
    take_events(arena.ints, arena.doubles, CHANNELS, 100)
    assert frames_until_event(arena.ints, CHANNELS, 100, 120) == 30
    assert frames_until_end(arena.ints, CHANNELS, 100, 240) == 100
    advance(arena.ints, arena.doubles, CHANNELS, 130)
    assert arena.d(names.VALUE).tolist() == [0, pytest.approx(3.0), 0, 0, 0]
    assert arena.i(names.DIRTY)[0] == 2
    take_events(arena.ints, arena.doubles, CHANNELS, 130)
    assert frames_until_event(arena.ints, CHANNELS, 130, 120) == 120
    advance(arena.ints, arena.doubles, CHANNELS, 300)
    assert arena.d(names.VALUE)[1:3].tolist() == [10.0, 10.0]
    assert arena.ints[names.RAMPS] == 0


def test_lists_do_not_meet(arena):
    events = EventList(arena, PINGS)
    events.ramp(BUSSES, 0, 3, 1.0, 10)
    events.write()
    take_events(arena.ints, arena.doubles, CHANNELS, 0)
    assert arena.ints[names.RAMPS : names.RAMPS + 3].tolist() == [0, 0, 0]
    take_events(arena.ints, arena.doubles, BUSSES, 0)
    assert arena.ints[names.RAMPS : names.RAMPS + 3].tolist() == [0, 0, 1]


def test_slots_are_written_pings_start_and_the_song_jumps(arena):
    events = EventList(arena, PINGS)
    events.slot(0, int(arena.ints[names.SLOTS_OUT]) + 1, 3)
    events.ping(0, freq_hz=440.0)
    events.jump(Jump(0, 4800, True))
    events.write()
    take_events(arena.ints, arena.doubles, CHANNELS, 0)
    assert arena.i(names.SLOTS_OUT).tolist() == [0, 3]
    assert arena.i(names.PING_STATE).tolist() == [
        SILENT,
        SILENT,
        0,
        turn(440.0, 48_000),
    ]  # the strip's, not the master's
    assert leading_position(arena.i(names.HEADS)) == 4800
    advance(arena.ints, arena.doubles, CHANNELS, 480)
    assert arena.d(names.VALUE)[-1] == 1.0  # the tones' gate
