"""Commands under way."""

import pytest

from telharmonic.control.pending import WAITING_LIMIT, Pending, Waiting
from telharmonic.engine.commands import Pause, Play, Seek
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


def test_the_oldest_of_a_kind_is_found():
    waiting = Waiting()
    put(waiting, Seek, position_frames=0)
    put(waiting, Pause, member="m2")
    put(waiting, Pause, member="m3")
    assert waiting.first_of((Pause, Play)).member == "m2"
    assert waiting.first_of((Play,)) is None
    assert waiting.count_of(Pause) == 2


def test_no_more_than_the_limit_wait_for_an_answer_or_for_their_frame():
    waiting = Waiting()
    for _ in range(WAITING_LIMIT - 1):
        put(waiting)
    waiting.will_happen_at(500)
    with pytest.raises(RefusedError, match="4096 commands"):
        waiting.next_id()
    waiting.has_come_to(499)
    with pytest.raises(RefusedError):
        waiting.next_id()
    waiting.has_come_to(500)
    assert waiting.next_id() == WAITING_LIMIT
