"""What happened lately."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.control.history import POINTS_LIMIT, History
from telharmonic.protocol.editing import Lane
from telharmonic.protocol.messages import Scenes


def filled(count, limit=5, seq=0):
    history = History(limit=limit, seq=seq)
    for _ in range(count):
        history.add(Scenes(seq=history.next_seq(), names=()))
    return history


def test_numbers_go_on_from_where_they_were():
    assert filled(3, seq=40).seq == 43
    assert [message.seq for message in filled(3, seq=40).since(41)] == [42, 43]


def test_a_number_out_of_order_is_our_own_mistake():
    with pytest.raises(AssertionError):
        filled(1).add(Scenes(seq=5, names=()))


@given(st.integers(0, 20), st.integers(-2, 25))
def test_whoever_missed_no_more_than_is_kept_gets_exactly_that(count, seen):
    history = filled(count)
    missed = history.since(seen)
    if seen > count or seen < 0 or count - seen > 5:
        assert missed is None
    else:
        assert [message.seq for message in missed] == list(range(seen + 1, count + 1))


def test_long_lanes_push_older_changes_out():
    history = filled(3, limit=1000)
    points = tuple((float(at), 0.0) for at in range(POINTS_LIMIT // 4))
    for _ in range(6):
        history.add(Lane(seq=history.next_seq(), member="", address="a", points=points))
    assert history.since(4) is None
    assert [message.seq for message in history.since(5)] == [6, 7, 8, 9]
