"""What a pass keeps of a hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.engine.lane import Lane
from telharmonic.engine.recording import POINTS_PER_S, Pass
from telharmonic.protocol.parameters import parameter

FADER, MUTE = parameter("strip", "fader"), parameter("strip", "mute")
RATE = 48_000


def lane(row, *points):
    made = Lane(row)
    made.splice(points)
    return made


@given(st.lists(st.tuples(st.integers(120, 9600), st.floats(-60, 12), st.integers(480, 20_000)), max_size=300))
def test_no_second_holds_more_than_fifty_points_and_all_are_in_order(moves):
    taken, position = Pass(FADER, RATE, 1000, 0.0), 1000
    for wait, value, frames in moves:
        position += wait
        taken.turn(position, value, frames)
    points, until = taken.end(Lane(FADER), position + RATE, 0)
    places = [at for at, _ in points]
    assert places == sorted(places)
    assert (places[0], until) == (1000, position + RATE)
    assert places[-1] <= until
    for first in places:
        assert sum(first <= at < first + RATE for at in places) <= POINTS_PER_S + 4  # the ends of rests


def test_a_slow_drag_comes_back_as_it_was():
    taken = Pass(FADER, RATE, 0, 0.0)
    for number in range(1, 101):  # 100 a second, as fast as a screen tells
        taken.turn(number * 480, -0.3 * number, 480)
    written = lane(FADER, *taken.end(Lane(FADER), 101 * 480, 0)[0])
    at = np.arange(1, 101) * 480 + 480
    got = [written.value_at(each) for each in at.tolist()]
    np.testing.assert_allclose(got, -0.3 * np.arange(1, 101), atol=0.31)  # within one move


def test_a_rest_stays_level():
    taken = Pass(FADER, RATE, 0, 0.0)
    taken.turn(4800, -6.0, 480)
    taken.turn(48_000, -12.0, 480)
    written = lane(FADER, *taken.end(Lane(FADER), 96_000, 0)[0])
    assert [written.value_at(at) for at in (4800, 5280, 47_000, 48_480)] == pytest.approx([0, -6, -6, -12])


def test_letting_go_comes_back_to_the_lane_that_was_there():
    old = lane(FADER, (0, -3.0), (200_000, -3.0))
    taken = Pass(FADER, RATE, 4800, -3.0)
    taken.turn(4800, -30.0, 480)
    points, until = taken.end(old, 10_000, 12_000)
    old.splice(points, 4800, until)
    assert until == 22_000
    assert [old.value_at(at) for at in (4800, 5280, 10_000, 16_000, 22_000)] == pytest.approx([-3, -30, -30, -16.5, -3])


def test_a_way_that_was_not_gone_to_its_end_is_not_written_to_its_end():
    taken = Pass(FADER, RATE, 0, 0.0)
    taken.turn(0, -40.0, 48_000)
    taken.turn(24_000, 0.0, 480)
    points, _ = taken.end(Lane(FADER), 24_240, 0)
    assert points == ((0, 0.0), (24_000, -20.0), (24_240, -10.0))


def test_switches_are_written_where_they_were_thrown():
    taken = Pass(MUTE, RATE, 0, False)
    taken.turn(5000, True, 480)
    taken.turn(9000, False, 480)
    assert taken.end(Lane(MUTE), 60_000, 0)[0] == ((0, False), (5000, True), (9000, False))
