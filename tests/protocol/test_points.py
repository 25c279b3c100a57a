"""Points put in the place of others."""

from hypothesis import given
from hypothesis import strategies as st

from telharmonic.protocol.points import in_order, spliced, stretch

points = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=20)


def test_of_points_that_share_a_place_the_first_and_the_last_stay():
    assert in_order([(5, 1), (3, 0), (5, 2), (5, 3)]) == [(3, 0), (5, 1), (5, 3)]


@given(points, points, st.integers(0, 50), st.none() | st.integers(0, 50))
def test_a_stretch_is_replaced_and_nothing_else(old, new, start, end):
    old, last = in_order(old), 10**9 if end is None else end
    new = [point for point in new if start <= point[0] <= last]
    merged = spliced(old, new, start, end)
    assert list(merged) == sorted(merged, key=lambda point: point[0])
    if last >= start:
        inside = [point for point in merged if start <= point[0] <= last]
        assert inside == in_order(new)
        assert [point for point in merged if point not in inside] == [p for p in old if not start <= p[0] <= last]


def test_a_stretch_includes_both_of_its_ends():
    assert stretch([(1, 0), (2, 0), (2, 1), (3, 0)], 2, 3) == (1, 4)
    assert stretch([(1, 0), (2, 0)], 5, 2) == (2, 2)
