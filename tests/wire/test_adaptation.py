"""When a listener is sent earlier packets again or a lower bitrate, by reports at written times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import ParameterError
from telharmonic.wire.adaptation import RISE_AFTER_AT_MOST_S, RISE_AFTER_S, Adaptation, Reception, ladder
from telharmonic.wire.opus import OpusSettings
from telharmonic.wire.red import MOST_PAST


def after(*reports: tuple[float, float]) -> Adaptation:
    """After reports of (seconds, loss)."""
    adaptation = Adaptation()
    for now_s, loss in reports:
        adaptation.report(Reception(loss=loss), now_s)
    return adaptation


def test_a_clean_line_gets_each_packet_once_at_the_best_bitrate():
    adaptation = after(*((second, 0.0) for second in range(100)))
    assert (adaptation.past, adaptation.rung) == (0, 0)


def test_the_first_loss_switches_redundancy_on_and_more_doubles_it():
    assert after((1, 0.0), (2, 1 / 256)).past == 1
    assert after((1, 0.05)).past == 2


def test_it_goes_off_only_when_nothing_was_lost_for_a_while():
    assert after((0, 0.01), (14, 0.0)).past == 1
    assert after((0, 0.01), (15, 0.0)).past == 0
    assert after((0, 0.01), (14, 0.01), (20, 0.0)).past == 1


def test_two_go_back_to_one_and_then_to_none():
    reports = [(0, 0.06), *((second, 0.01) for second in range(1, 20))]
    assert after(*reports[:10]).past == 2
    assert after(*reports).past == 1
    assert after(*reports, (40, 0.0)).past == 0


def test_a_little_loss_leaves_the_bitrate_alone():
    assert after(*((second, 0.05) for second in range(60))).rung == 0


def test_much_loss_steps_down_once_for_every_two_seconds_and_never_below_the_last_rung():
    assert after((1, 0.2)).rung == 1
    assert after((1, 0.2), (2, 0.2)).rung == 1
    assert after((1, 0.2), (3, 0.2)).rung == 2
    assert after(*((second, 0.5) for second in range(30))).rung == 2


def test_it_climbs_a_rung_after_every_quiet_time():
    quiet = [(second, 0.0) for second in range(4, 60)]
    assert after((1, 0.2), (3, 0.2), *quiet[:19]).rung == 2
    assert after((1, 0.2), (3, 0.2), *quiet[:20]).rung == 1
    assert after((1, 0.2), (3, 0.2), *quiet[:40]).rung == 0


def test_loss_that_comes_back_after_climbing_doubles_the_wait():
    adaptation, now_s, waits = Adaptation(), 0.0, []
    for _ in range(6):
        adaptation.report(Reception(loss=0.2), now_s)
        assert adaptation.rung == 1
        left_s = now_s
        while adaptation.rung:
            now_s += 1
            adaptation.report(Reception(loss=0.0), now_s)
        waits.append(now_s - left_s)
        now_s += 3
    assert waits == [20, 40, 80, 160, 160, 160]
    assert waits[-1] == RISE_AFTER_AT_MOST_S


def test_it_does_not_swing_on_a_line_that_is_just_too_narrow_for_the_best():
    adaptation, moves, rung = Adaptation(), 0, 0
    for second in range(600):
        adaptation.report(Reception(loss=0.15 if adaptation.rung == 0 else 0.0), second)
        moves += adaptation.rung != rung
        rung = adaptation.rung
    assert moves <= 12


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(0, 1)), max_size=60), st.integers(1, 3))
def test_whatever_is_reported_both_stay_in_their_range(reports, rungs):
    adaptation, now_s = Adaptation(rungs), 0.0
    for step_s, loss in reports:
        now_s += step_s
        adaptation.report(Reception(loss=loss), now_s)
        assert 0 <= adaptation.past <= 2
        assert 0 <= adaptation.rung < rungs


def test_the_ladder_is_the_wanted_encoding_a_half_and_a_quarter():
    assert [rung.bitrate_bps for rung in ladder(OpusSettings())] == [128_000, 64_000, 32_000]
    assert {rung.frames for rung in ladder(OpusSettings(frames=960))} == {960}


def test_it_has_fewer_rungs_where_the_bitrate_cannot_be_less():
    assert [rung.bitrate_bps for rung in ladder(OpusSettings(bitrate_bps=10_000, frames=120))] == [10_000, 9600]
    assert [rung.bitrate_bps for rung in ladder(OpusSettings(bitrate_bps=6000))] == [6000]


def test_the_least_bitrate_that_a_listener_wants_ends_the_ladder():
    assert [rung.bitrate_bps for rung in ladder(OpusSettings(), 48_000)] == [128_000, 64_000]
    assert [rung.bitrate_bps for rung in ladder(OpusSettings(), 64_000)] == [128_000, 64_000]
    assert [rung.bitrate_bps for rung in ladder(OpusSettings(), 200_000)] == [128_000]


@pytest.mark.parametrize("most_past", [0, 1, 2])
def test_no_more_is_sent_again_than_a_listener_takes(most_past):
    adaptation = Adaptation(most_past=most_past)
    adaptation.report(Reception(loss=0.5), 1)
    assert adaptation.past == most_past


def test_another_ladder_begins_at_its_best_and_goes_on_protecting():
    adaptation = after((1, 0.2), (3, 0.2))
    adaptation.change_ladder(2, MOST_PAST)
    assert (adaptation.rung, adaptation.past) == (0, 2)
    adaptation.report(Reception(loss=0.2), 6)
    adaptation.report(Reception(loss=0.2), 9)
    assert adaptation.rung == 1


@pytest.mark.parametrize("figures", [{"loss": 1.1}, {"loss": -0.1}, {"loss": float("nan")}])
def test_a_share_of_more_than_all_is_refused(figures):
    with pytest.raises(ParameterError, match="0 to 1"):
        Reception(**figures)


def test_other_ranges_are_named():
    with pytest.raises(ParameterError, match="jitter_s"):
        Reception(loss=0, jitter_s=-1)
    with pytest.raises(ParameterError, match="rungs is 4; allowed: 1 to 3"):
        Adaptation(4)
    with pytest.raises(ParameterError, match="most_past is 3; allowed: 0 to 2"):
        Adaptation(most_past=3)
    assert RISE_AFTER_S < RISE_AFTER_AT_MOST_S
