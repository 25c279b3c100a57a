"""Where the song stands, against counting by hand."""

from __future__ import annotations

import pytest

from telharmonic.engine.transport import FADE_S, LAST_POSITION, Jump, Transport
from telharmonic.errors import ParameterError
from telharmonic.sources import heads

RATE = 48_000


def test_the_fade_is_the_players():
    assert FADE_S == heads.FADE_S


def test_it_stands_still_until_it_plays_and_then_counts_frames():
    transport = Transport(RATE, position=1000)
    assert transport.position(500) == 1000
    assert transport.play(600) == Jump(600, 1000, True)
    assert transport.position(600) == 1000
    assert transport.position(1600) == 2000
    assert transport.play(1600) is None


def test_pause_holds_where_it_was_and_a_second_pause_does_nothing():
    transport = Transport(RATE)
    transport.play(0)
    assert transport.pause(960) == Jump(960, 960, False)
    assert transport.position(5000) == 960
    assert transport.pause(5000) is None


def test_seek_keeps_running_or_holding():
    transport = Transport(RATE)
    assert transport.seek(100, 7000) == Jump(100, 7000, False)
    transport.play(1000)
    assert transport.seek(2000, 30) == Jump(2000, 30, True)
    assert transport.position(2100) == 130


def test_stop_goes_to_the_start_or_to_that_of_the_loop():
    transport = Transport(RATE)
    transport.play(0)
    assert transport.stop(1000) == Jump(1000, 0, False)
    transport.set_loop(1000, on=True, start=4800, end=9600)
    assert transport.stop(2000) == Jump(2000, 4800, False)


def test_the_loop_wraps_where_its_end_is_reached():
    transport = Transport(RATE)
    transport.set_loop(0, on=True, start=2400, end=9600)
    assert transport.next_wrap() is None  # it holds
    transport.play(1200)
    assert transport.next_wrap() == 1200 + 9600
    assert transport.wrap(10_800) == Jump(10_800, 2400, True)
    assert transport.next_wrap() == 10_800 + 7200


def test_a_song_behind_the_loops_end_runs_on():
    transport = Transport(RATE, position=9600)
    transport.set_loop(0, on=True, start=0, end=9600)
    transport.play(0)
    assert transport.next_wrap() is None


def test_a_wrap_waits_for_the_jump_before_it_and_keeps_the_time():
    transport = Transport(RATE)
    transport.set_loop(0, on=True, start=0, end=9600)
    transport.play(0)
    transport.seek(1000, 9590)
    assert transport.next_wrap() == 1160  # a third of 10 ms later, not 10 frames
    assert transport.wrap(1160) == Jump(1160, 150, True)


def test_switching_the_loop_moves_nothing():
    transport = Transport(RATE)
    transport.play(0)
    transport.set_loop(500, on=True, start=0, end=4800)
    assert transport.position(700) == 700
    transport.set_loop(800, on=False)
    assert (transport.loop_on, transport.loop_start, transport.loop_end) == (False, 0, 4800)
    assert transport.next_wrap() is None


@pytest.mark.parametrize(("start", "end"), [(0, 2399), (100, 50), (-1, 9600), (0, LAST_POSITION + 1)])
def test_a_loop_that_is_too_short_or_out_of_range_is_refused(start, end):
    transport = Transport(RATE)
    with pytest.raises(ParameterError):
        transport.set_loop(0, on=True, start=start, end=end)
    assert transport.loop_end == 0


def test_a_position_out_of_range_is_refused():
    with pytest.raises(ParameterError, match="position"):
        Transport(RATE).seek(0, -1)


def test_frame_of_finds_the_frame_at_which_a_place_comes():
    transport = Transport(RATE, position=100)
    assert transport.frame_of(500) is None
    transport.play(1000)
    assert transport.frame_of(500) == 1400
    assert transport.frame_of(99) is None


def test_the_song_is_over_at_its_end_and_begins_anew():
    transport = Transport(RATE, end=9600)
    transport.play(100)
    assert transport.next_end() == 9700
    assert transport.hold_at_end(9700) == Jump(9700, 9600, False)
    assert (transport.next_end(), transport.position(20_000)) == (None, 9600)
    assert transport.play(20_000) == Jump(20_000, 0, True)
    assert transport.next_end() == 29_600


def test_a_loop_goes_on_over_the_end_and_what_began_behind_it_runs_on():
    transport = Transport(RATE, end=9600)
    transport.set_loop(0, on=True, start=4800, end=14_400)
    transport.play(0)
    assert (transport.next_end(), transport.next_wrap()) == (None, 14_400)
    transport.set_loop(0, on=False)
    assert transport.next_end() == 9600
    transport.seek(0, 9700)
    assert transport.next_end() is None
    assert Transport(RATE).next_end() is None


def test_a_song_that_is_over_begins_at_its_loop():
    transport = Transport(RATE, position=9600, end=9600)
    transport.set_loop(0, on=True, start=2400, end=7200)
    assert transport.play(0) == Jump(0, 2400, True)
