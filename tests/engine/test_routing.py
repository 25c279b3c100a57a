"""Routing while it changes: two slots, a 10 ms fade, never a circle."""

from __future__ import annotations

from telharmonic.engine.routing import KEY, MASTER, OUTPUT, SELF, Routing, Turn


def console(strips=2, groups=2) -> Routing:
    channels = strips + groups
    return Routing(strips, [MASTER] * channels, [SELF] * channels)


def test_a_change_is_written_into_the_other_slot_and_both_sound_until_it_is_over():
    routing = console()
    assert routing.want({(0, OUTPUT): 1})
    assert routing.begin((0, OUTPUT), 1000, 960) == Turn((0, OUTPUT), 1, 1)
    way = routing.ways[0, OUTPUT]
    assert list(way.sounding(1000)) == [1, MASTER]
    assert list(way.sounding(1480)) == [1]
    assert routing.ranks_at(1000) == [0, 0, 1, 0]


def test_the_next_change_waits_for_the_fade():
    routing = console()
    routing.want({(0, OUTPUT): 1})
    routing.begin((0, OUTPUT), 1000, 960)
    routing.want({(0, OUTPUT): 2})
    assert routing.begin((0, OUTPUT), 1100, 1080) == 1480
    assert routing.begin((0, OUTPUT), 1480, 1440) == Turn((0, OUTPUT), 0, 2)


def test_nothing_is_done_twice():
    routing = console()
    routing.want({(0, OUTPUT): 1})
    routing.begin((0, OUTPUT), 0, 0)
    assert routing.begin((0, OUTPUT), 480, 480) is None


def test_a_circle_is_refused_and_changes_nothing():
    routing = console()
    assert routing.want({(2, OUTPUT): 2})
    assert not routing.want({(3, OUTPUT): 1})
    assert routing.outputs == [0, 0, 2, 0]


def test_turning_round_waits_until_the_old_edge_is_silent():
    routing = console()
    routing.want({(2, OUTPUT): 2})
    routing.begin((2, OUTPUT), 0, 0)
    assert routing.want({(2, OUTPUT): MASTER, (3, OUTPUT): 1})
    assert isinstance(routing.begin((2, OUTPUT), 960, 960), Turn)
    assert routing.begin((3, OUTPUT), 960, 960) == 1440
    assert isinstance(routing.begin((3, OUTPUT), 1440, 1440), Turn)
    assert routing.ranks_at(1440) == [0, 0, 1, 0]


def test_side_chains_say_who_is_listened_to():
    routing = console()
    routing.want({(0, KEY): 3})
    routing.begin((0, KEY), 0, 0)
    assert routing.listened(0) == {3}
    routing.want({(0, KEY): SELF})
    routing.begin((0, KEY), 480, 480)
    assert routing.listened(480) == {3}
    assert routing.listened(960) == set()


def test_parents_are_channels():
    routing = Routing(2, [1, 0, 2, 0], [SELF] * 4)
    assert routing.parents() == [2, -1, 3, -1]
