"""The share, by arithmetic on a clock of the test's own."""

import pytest

from telharmonic.node.cpu_share import CpuShare


def test_is_the_slope_of_the_last_seconds():
    share = CpuShare(10.0)
    assert share.look(100.0, 7.0) == 0.0
    assert share.look(101.0, 7.5) == pytest.approx(0.5)
    for second in range(2, 31):  # half a core for 10 s, then a whole one, then two
        found = share.look(100.0 + second, 7.0 + 0.5 * second + max(0, second - 10) * 0.5 + max(0, second - 20))
        if second == 15:
            assert found == pytest.approx(0.75)
    assert found == pytest.approx(2.0)


def test_is_whole_only_when_it_has_been_looked_at_for_so_long():
    share = CpuShare(10.0)
    told = []
    for second in range(12):
        share.look(float(second), 0.0)
        told.append(share.is_whole)
    assert told == [False] * 10 + [True] * 2


def test_looks_that_are_late_still_count_for_the_time_that_has_passed():
    share = CpuShare(10.0)
    share.look(0.0, 0.0)
    assert share.look(40.0, 20.0) == pytest.approx(0.5)
    assert share.is_whole


def test_time_that_went_with_a_process_is_no_negative_share():
    share = CpuShare(10.0)
    share.look(0.0, 5.0)
    assert share.look(1.0, 2.0) == 0.0
