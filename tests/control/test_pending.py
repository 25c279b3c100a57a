"""Commands under way."""

import pytest

from telharmonic.control.pending import WAITING_LIMIT, Pending, Waiting
from telharmonic.engine.commands import Play, SceneRecall, Set
from telharmonic.errors import RefusedError


def put(waiting, kind=Play, member="m1", **fields):
    command = kind(command_id=waiting.next_id(), **fields)
    waiting.add(Pending(command=command, member=member, message_id=1, received_us=0))
    return command.command_id


def test_an_answer_belongs_to_its_command_once():
    waiting = Waiting()
    first, second = put(waiting), put(waiting, member="m2")
    assert waiting.take(second).member == "m2"
    assert waiting.take(second) is None
    assert waiting.take(first).member == "m1"


def test_whoever_recalls_a_scene_first_is_named():
    waiting = Waiting()
    put(waiting, SceneRecall, name="A")
    put(waiting, SceneRecall, member="m2", name="B")
    put(waiting, SceneRecall, member="m3", name="B")
    assert waiting.recall_of("B").member == "m2"
    assert waiting.recall_of("C") is None
    assert waiting.count_of(SceneRecall) == 3


def test_no_more_than_the_limit_wait_for_the_engine():
    waiting = Waiting()
    numbers = [put(waiting) for _ in range(WAITING_LIMIT)]
    with pytest.raises(RefusedError, match="4096 commands of this session are waiting for the engine"):
        put(waiting)
    waiting.take(numbers[0])
    put(waiting)


def test_what_waits_for_later_is_counted_apart():
    waiting = Waiting()
    for number in range(WAITING_LIMIT):
        put(waiting, Set, address="a", value=0.0, at_beat=float(number))
    with pytest.raises(RefusedError, match="waiting for their frame or beat"):
        put(waiting, Set, address="a", value=0.0, at_frame=9)
    put(waiting, Set, address="a", value=0.0)  # now is always possible


def test_what_is_answered_but_still_ahead_counts_until_its_frame():
    waiting = Waiting()
    for _ in range(WAITING_LIMIT):
        number = put(waiting, Set, address="a", value=0.0, at_frame=500)
        waiting.keep_until(500, waiting.take(number))
    assert list(waiting.due(499)) == []
    with pytest.raises(RefusedError):
        put(waiting, Set, address="a", value=0.0, at_frame=500)
    assert len(list(waiting.due(500))) == WAITING_LIMIT
    put(waiting, Set, address="a", value=0.0, at_frame=600)


def test_what_is_due_comes_by_frame_then_in_the_order_it_was_asked_for():
    waiting = Waiting()
    for frame in (30, 10, 20, 10):
        number = put(waiting, Set, member=f"at{frame}", address="a", value=0.0, at_frame=frame)
        waiting.keep_until(frame, waiting.take(number))
    due = [(frame, pending.command.command_id) for frame, pending in waiting.due(20)]
    assert due == [(10, 2), (10, 4), (20, 3)]


def test_a_command_is_found_without_being_taken():
    waiting = Waiting()
    number = put(waiting)
    assert waiting.find(number) is waiting.find(number) is waiting.take(number)
    assert waiting.find(number) is None


def test_room_for_many_can_be_asked_for():
    waiting = Waiting()
    for _ in range(WAITING_LIMIT - 10):
        put(waiting)
    waiting.check_room(10)
    with pytest.raises(RefusedError, match="4096 commands"):
        waiting.check_room(11)
