"""What waits for its moment."""

from __future__ import annotations

import pytest

from telharmonic.engine import schedule as schedules
from telharmonic.engine.commands import Loop, Pause, Play, Seek, Set
from telharmonic.engine.schedule import NEVER, BeatSchedule, Moment, Schedule, TransportQueue
from telharmonic.engine.transport import Jump, Transport
from telharmonic.errors import ParameterError, RefusedError

BEAT = 24_000.0  # frames at 120 beats a minute and 48 kHz


def setting(beat: float | None = None) -> Set:
    return Set(address="strip/1/fader", value=0.0, at_beat=beat)


def test_items_come_by_frame_then_by_order_then_by_part():
    schedule = Schedule()
    moments = [Moment(240, 1), Moment(120, 3), Moment(120, 2, 1), Moment(120, 2)]
    for moment in moments:
        schedule.add(moment, (0, 0))
    assert schedule.next_frame == 120
    assert [schedule.pop()[0] for _ in moments] == sorted(moments)
    assert schedule.next_frame == NEVER


def test_too_many_are_refused(monkeypatch):
    monkeypatch.setattr(schedules, "MAXIMUM_WAITING", 2)
    schedule, beats = Schedule(), BeatSchedule()
    queue = TransportQueue(Transport(48_000), lambda *_: None, lambda _: None)
    for number in range(2):
        schedule.add(Moment(number, number), (0, 0))
        beats.add(number, setting(1.0))
        queue.add(Play())
    for add in (
        lambda: schedule.add(Moment(0, 9), (0, 0)),
        lambda: beats.add(9, setting(1.0)),
        lambda: queue.add(Play()),
    ):
        with pytest.raises(RefusedError):
            add()


def test_a_beat_is_due_when_the_song_comes_to_it():
    transport, beats = Transport(48_000), BeatSchedule()
    beats.add(1, setting(2.0))
    assert beats.next_frame(transport, 0, BEAT) == NEVER
    transport.play(120)
    assert beats.next_frame(transport, 120, BEAT) == 48_120
    assert beats.take(transport, 48_000, 48_120, BEAT) == []
    assert [at for at, _, _ in beats.take(transport, 48_120, 48_240, BEAT)] == [48_120]
    assert len(beats) == 0


def test_a_beat_that_has_passed_is_due_at_once_unless_the_loop_comes_back_to_it():
    transport, beats = Transport(48_000, position=30_000), BeatSchedule()
    beats.add(1, setting(1.0))
    assert beats.next_frame(transport, 600, BEAT) == 600
    transport.set_loop(0, on=True, start=12_000, end=36_000)
    assert beats.next_frame(transport, 600, BEAT) == NEVER


def test_the_queue_obeys_in_order_and_keeps_jumps_apart():
    done = []
    transport = Transport(48_000)
    queue = TransportQueue(
        transport, lambda command, frame, error: done.append((type(command), frame, error)), done.append
    )
    for command in (Play(), Seek(position_frames=9600), Pause()):
        queue.add(command)
    frames = []
    while (frame := queue.next_frame(240)) < NEVER:
        frames.append(frame)
        assert isinstance(queue.step(frame), Jump)
    assert frames == [240, 400, 560]
    assert done == [(Play, 240, None), (Seek, 400, None), (Pause, 560, None)]
    assert transport.position(1000) == 9600 + 160


def test_the_songs_end_comes_between_and_is_told():
    done = []
    transport = Transport(48_000, end=4800)
    queue = TransportQueue(transport, lambda *_: None, done.append)
    transport.play(0)
    assert queue.next_frame(0) == 4800
    assert queue.step(4800) == Jump(4800, 4800, False)
    assert done == [4800]
    assert queue.next_frame(4800) == NEVER


def test_a_wrap_comes_between_and_a_wrong_loop_is_told():
    done = []
    transport = Transport(48_000)
    transport.set_loop(0, on=True, start=0, end=4800)
    queue = TransportQueue(transport, lambda command, frame, error: done.append((frame, error)), done.append)
    transport.play(0)
    assert queue.next_frame(0) == 4800
    assert queue.step(4800) == Jump(4800, 0, True)
    queue.add(Loop(on=True, start_frames=0, end_frames=1))
    assert queue.step(queue.next_frame(5400)) is None
    assert isinstance(done[0][1], ParameterError)
