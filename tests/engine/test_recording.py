"""What a pass keeps of a hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.engine.lane import Lane, plain_value
from telharmonic.engine.ramps import law_value
from telharmonic.engine.recording import HELD_S, POINTS_PER_S, Pass
from telharmonic.engine.thinning import TOLERANCE
from telharmonic.protocol.parameters import parameter

FADER, MUTE = parameter("strip", "fader"), parameter("strip", "mute")
FREQUENCY, PAN = parameter("strip", "eq_mid1_freq"), parameter("strip", "pan")
RATE = 48_000


def lane(row, *points):
    made = Lane(row)
    made.splice(points)
    return made


@given(st.lists(st.tuples(st.integers(120, 9600), st.floats(-60, 12), st.integers(480, 20_000)), max_size=300))
def test_no_second_holds_more_points_than_it_may_and_all_are_in_order(moves):
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


@pytest.mark.parametrize("row", [FADER, FREQUENCY, PAN])
@given(st.lists(st.tuples(st.integers(480, 9600), st.floats(0, 1)), min_size=1, max_size=100))
def test_what_is_written_is_nowhere_further_from_the_hands_way_than_the_tolerance(row, moves):
    """Reference: the hand's places joined by straight lines of the law, level until a move behind a rest of 0.15 s."""
    least, most = law_value(row, row.minimum), law_value(row, row.maximum)
    taken, position, found = Pass(row, RATE, 1000, row.default), 1000, law_value(row, row.default)
    at, numbers = [position], [found]
    for wait, share in moves:
        position += wait
        value = min(max(plain_value(row, least + share * (most - least)), row.minimum), row.maximum)
        taken.turn(position, value, 480)
        if position - at[-1] >= HELD_S * RATE:
            at.append(position)
            numbers.append(numbers[-1])
        at.append(position + 480)
        numbers.append(law_value(row, value))
    points, _ = taken.end(Lane(row), position + RATE, 0)
    written, laws = np.array([at for at, _ in points]), [law_value(row, value) for _, value in points]
    places = np.union1d(written, at)  # both ways are straight between these
    apart = np.abs(np.interp(places, written, laws) - np.interp(places, at, numbers))
    assert apart.max() <= TOLERANCE * (most - least) * (1 + 1e-9)
    assert points[-1][1] == points[-2][1] == value  # where it came to rest, exactly


def test_a_drag_of_four_seconds_is_a_handful_of_points():
    taken = Pass(FADER, RATE, 0, 0.0)
    for number in range(1, 241):  # 60 a second: 20 dB down and up again
        taken.turn(number * 800, -10.0 + 10.0 * math.cos(2 * math.pi * number / 240), 480)
    points, _ = taken.end(Lane(FADER), 241 * 800 + RATE, 0)
    assert len(points) <= 16


@pytest.mark.parametrize("step_db", [0.1, 0.7])
def test_a_slow_drag_in_steps_is_a_line_and_no_stairs(step_db):
    taken = Pass(FADER, RATE, 0, 0.0)
    for number in range(1, 31):  # each 133 ms, as a fader moves by pixels, or on a slow machine
        taken.turn(number * 6400, -step_db * number, 480)
    points, _ = taken.end(Lane(FADER), 31 * 6400 + RATE, 0)
    assert len(points) <= 6


def test_a_jump_after_a_rest_stays_a_jump_and_goes_on_as_a_drag():
    taken = Pass(FADER, RATE, 0, -6.0)
    taken.turn(48_000, -20.0, 480)
    for number in range(1, 61):
        taken.turn(48_000 + number * 800, -20.0 - 0.2 * number, 480)
    written = lane(FADER, *taken.end(Lane(FADER), 200_000, 0)[0])
    assert [written.value_at(at) for at in (0, 24_000, 48_000)] == pytest.approx([-6.0, -6.0, -6.0], abs=0.33)
    assert written.value_at(48_000 + 960) == pytest.approx(-20.0, abs=0.5)  # 20 ms later
    assert written.value_at(48_480 + 30 * 800) == pytest.approx(-26.0, abs=0.33)


def test_a_long_way_begins_where_it_was_told_to():
    taken = Pass(FADER, RATE, 0, 0.0)
    taken.turn(0, -1.0, 480)
    taken.turn(4000, -41.0, 48_000)
    written = lane(FADER, *taken.end(Lane(FADER), 100_000, 0)[0])
    assert [written.value_at(at) for at in (4000, 28_000, 52_000)] == pytest.approx([-1, -21, -41], abs=0.34)


def test_a_rest_stays_level():
    taken = Pass(FADER, RATE, 0, 0.0)
    taken.turn(9600, -6.0, 480)
    taken.turn(48_000, -12.0, 480)
    written = lane(FADER, *taken.end(Lane(FADER), 96_000, 0)[0])
    assert [written.value_at(at) for at in (9600, 10_080, 47_000, 48_480)] == pytest.approx([0, -6, -6, -12])


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
