"""Events on their way to the kernel."""

from __future__ import annotations

import numpy as np

from telharmonic.engine import arena as names
from telharmonic.engine.arena import EVENT_ROOM, Arena
from telharmonic.engine.event_list import SPARE, EventList
from telharmonic.engine.pings import Pings
from telharmonic.engine.ramps import BUSSES, CHANNELS, EVENT_INTS, JUMP, LISTS, PING, RAMP, SLOT
from telharmonic.engine.transport import Jump
from telharmonic.protocol.session_file import parse_toml

PINGS = Pings(parse_toml('[[strip]]\nid = "1"\n'))


def arena() -> Arena:
    size = LISTS * EVENT_ROOM
    made = Arena({}, {names.EVENTS: size * EVENT_INTS}, {names.EVENT_VALUES: size})
    made.ints[names.RATE] = 48_000
    return made


def test_they_are_written_by_frame_and_in_order_within_a_frame():
    memory = arena()
    events = EventList(memory, PINGS)
    events.ramp(CHANNELS, 300, 7, -6.0, 480)
    events.slot(240, 9, 2)
    events.ramp(CHANNELS, 240, 8, 1.5, 480)
    events.jump(Jump(240, 5000, True))
    events.ramp(BUSSES, 250, 3, 0.5, 24)
    events.write()
    rows = memory.i(names.EVENTS).reshape(LISTS, EVENT_ROOM, EVENT_INTS)
    assert rows[CHANNELS, :4, 0].tolist() == [240, 240, 240, 300]
    assert rows[CHANNELS, :4, 1].tolist() == [SLOT, RAMP, JUMP, RAMP]
    assert rows[CHANNELS, 2].tolist() == [240, JUMP, 1, 5000]
    assert memory.d(names.EVENT_VALUES).reshape(LISTS, -1)[[0, 0, 2], [1, 3, 0]].tolist() == [1.5, -6.0, 0.5]
    assert memory.ints[names.EVENTS_DUE : names.EVENTS_DUE + 3].tolist() == [4, 0, 1]


def test_a_new_measurement_begins_with_its_quantum():
    memory = arena()
    events = EventList(memory, PINGS)
    events.measure_anew(360)
    events.write()
    assert memory.i(names.EVENTS)[:EVENT_INTS].tolist() == [360, SLOT, names.MEASURE_ANEW, 1]


def test_a_ping_takes_its_pitch_with_it_as_parts_of_a_turn():
    memory = arena()
    events = EventList(memory, PINGS)
    events.ping(360, "1", 12_000.0)  # a quarter of a turn a frame
    events.write()
    assert memory.i(names.EVENTS)[:EVENT_INTS].tolist() == [360, PING, 1, 2**30]


def test_what_was_written_is_forgotten():
    memory = arena()
    events = EventList(memory, PINGS)
    events.ping(0)
    events.write()
    memory.ints[names.EVENTS_DUE] = 0
    events.write()
    assert memory.ints[names.EVENTS_DUE] == 0


def test_it_keeps_room_for_one_more_command():
    events = EventList(arena(), PINGS)
    for number in range(EVENT_ROOM - SPARE):
        assert events.has_room
        events.ramp(CHANNELS, number % 120, 0, 0.0, 1)
    assert not events.has_room
    for _ in range(SPARE):
        events.ramp(CHANNELS, 0, 0, 0.0, 1)
    events.write()
    assert np.isfinite(arena().doubles).all()
