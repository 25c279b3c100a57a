"""A session's description into an arena."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.engine import arena as names
from telharmonic.engine.build import check_routing, routing_of, song_end, tail_quanta
from telharmonic.engine.places import Places
from telharmonic.errors import ParameterError
from telharmonic.protocol.addresses import initial_values
from telharmonic.protocol.session import ClipSpec, SessionSpec, StripSpec

GROUPS = """
[[strip]]
id = "1"
set = { output = "group/b", comp_key = "group/a" }
[[group]]
id = "a"
[[group]]
id = "b"
"""
ROOM = '[[impulse]]\nid = "room"\nfile = "room"\n'


def test_routing_is_read_from_the_values(studio):
    places = Places(studio.session(GROUPS))
    routing = routing_of(places, initial_values(studio.session(GROUPS)), 480)
    assert routing.outputs == [2, 0, 0]
    assert routing.keys == [1, -1, -1]


def test_a_circle_is_named(studio):
    session = studio.session(GROUPS)
    values = initial_values(session) | {"group/a/output": "group/b", "group/b/output": "group/a"}
    places = Places(session)
    with pytest.raises(ParameterError, match="group/b/output"):
        check_routing(routing_of(places, values, 480), places, values)


def test_a_session_sleeps_only_after_its_longest_tail(studio):
    room = {"room": np.ones((1, 24_000), np.float32)}

    def seconds(text: str) -> float:
        session = studio.session('[[strip]]\nid = "1"\n' + text)
        return tail_quanta(session, studio.assets(session, room)) * 120 / 48_000

    assert seconds("") == pytest.approx(0.1, abs=0.01)
    assert seconds(ROOM + '[[aux]]\nid = "x"\n') == pytest.approx(0.5 + 0.5 + 0.1, abs=0.01)
    assert seconds(ROOM + '[[aux]]\nid = "x"\nkind = "delay"\n') >= 4.0


def test_everything_derived_stands_where_the_values_say_from_the_first_frame(studio):
    text = '[[strip]]\nid = "1"\nset = { fader = -6.0, eq_low_gain = 12.0 }\n'
    arena = studio.engine(text)._arena
    for now, after in ((names.NOW, names.NEXT), (names.AUX_NOW, names.AUX_NEXT), (names.MASTER_NOW, names.MASTER_NEXT)):
        np.testing.assert_array_equal(arena.f(now), arena.f(after))
    assert not arena.i(names.DIRTY).any()


@pytest.mark.parametrize(
    ("strips", "end"),
    [
        ([StripSpec(id="1", clips=(ClipSpec(file="a"),)), StripSpec(id="2")], 4800),
        ([StripSpec(id="1", clips=(ClipSpec(file="a", loop=True),))], 0),
        ([StripSpec(id="1", clips=(ClipSpec(file="a"),)), StripSpec(id="2", source="live")], 0),
        ([StripSpec(id="1", clips=(ClipSpec(file="a"),), source="grains")], 0),
    ],
)
def test_a_song_is_over_where_its_clips_are_unless_something_plays_by_itself(strips, end):
    assert song_end(SessionSpec(strips=tuple(strips)), 4800) == end
