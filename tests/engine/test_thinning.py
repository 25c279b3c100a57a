"""Which points of a way are kept."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.engine.thinning import TOLERANCE, ThinnedWay
from telharmonic.protocol.parameters import parameter

PAN, MUTE = parameter("strip", "pan"), parameter("strip", "mute")


def thinned(row, points):
    way = ThinnedWay(row)
    for point in points:
        way.add(point)
    assert len(way) == len(way.points)
    return way.points


def test_a_straight_way_is_its_ends():
    assert thinned(PAN, [(at, -1.0 + at / 500) for at in range(0, 1001, 10)]) == [(0, -1.0), (1000, 1.0)]


def test_a_corner_is_kept():
    way = [(at, abs(at - 500) / 500) for at in range(0, 1001, 100)]
    assert thinned(PAN, way) == [(0, 1.0), (500, 0.0), (1000, 1.0)]


def test_what_is_held_is_kept():
    way = ThinnedWay(PAN)
    for number in range(5):
        way.add((number, 0.0))
        if number == 2:
            way.hold()
    assert way.points == [(0, 0.0), (2, 0.0), (4, 0.0)]


def test_no_position_of_a_switch_is_passed_over():
    points = [(0, False), (10, True), (10, False), (20, False), (30, True)]
    assert thinned(MUTE, points) == points


def test_two_values_at_one_place_are_a_jump():
    points = [(0, 0.0), (10, 0.0), (10, 1.0), (20, 1.0)]
    assert thinned(PAN, points) == points


@given(st.lists(st.tuples(st.integers(1, 5000), st.floats(-1, 1)), min_size=1, max_size=300))
def test_every_point_lies_within_the_tolerance_of_the_lines_and_those_kept_are_its_own(steps):
    at = np.cumsum([wait for wait, _ in steps]).tolist()
    points = list(zip(at, [value for _, value in steps], strict=True))
    kept = thinned(PAN, points)
    assert set(kept) <= set(points)
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    lines = np.interp(at, [place for place, _ in kept], [value for _, value in kept])
    apart = np.abs(lines - [value for _, value in points])
    assert apart.max() <= 2 * TOLERANCE + 1e-9  # the way from -1 to 1
