"""The order of channels, against its definition on random graphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telharmonic.engine.ranks import places, ranks

EDGES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30)


def test_strips_without_groups_are_all_of_the_first_rank():
    assert ranks(4, [], []) == [0, 0, 0, 0]


def test_a_group_ranks_above_all_that_feeds_it():
    assert ranks(4, [(0, 2), (1, 2), (2, 3)], []) == [0, 0, 1, 2]


def test_a_side_chain_only_needs_its_source_not_later():
    assert ranks(3, [(0, 2)], [(2, 1)]) == [0, 1, 1]
    assert ranks(2, [], [(0, 1), (1, 0)]) == [0, 0]


def test_circles_are_found():
    assert ranks(2, [(0, 1), (1, 0)], []) is None
    assert ranks(1, [(0, 0)], []) is None
    assert ranks(2, [(0, 1)], [(1, 0)]) is None  # it would listen to what it feeds


@given(EDGES, EDGES)
def test_found_ranks_satisfy_every_edge(feeds, keys):
    downhill = [(a, b) for a, b in feeds if a < b]
    result = ranks(12, downhill, [(a, b) for a, b in keys if a < b])
    assert result is not None
    assert all(result[b] > result[a] for a, b in downhill)
    assert all(result[b] >= result[a] for a, b in keys if a < b)
    anything = ranks(12, feeds, keys)
    assert anything is None or all(anything[b] > anything[a] for a, b in feeds)


def test_banks_hold_one_rank_each_in_rising_order():
    assert places([0] * 10) == list(range(10))
    assert places([0, 1, 0, 2]) == [0, 8, 1, 16]
    found = places([0] * 9 + [1] * 9)
    assert found == [*range(9), *range(16, 25)]
