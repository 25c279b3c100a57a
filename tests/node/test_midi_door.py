"""A session's MIDI ports, with a port that notes what it is told."""

import pytest

from telharmonic.errors import NotFoundError, ParameterError, RefusedError
from telharmonic.node.midi_door import BURST, MidiDoor
from telharmonic.protocol.midi import Midi, MidiHeard, MidiListen

NOTE, OFF, PEDAL = (0x90, 60, 100), (0x80, 60, 64), (0xB0, 64, 127)


class Room:
    """A door that is open, what went out of it, and what members were told."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self.told: list = []
        self.door = MidiDoor(self.told.append)
        self.door.port = self.said.append

    def play(self, *messages, member="m1"):
        self.door.take(member, Midi(id=1, messages=messages))


def test_what_is_played_goes_out_in_order():
    room = Room()
    room.play(NOTE, PEDAL, (0xE0, 0, 96))
    assert room.said == [bytes(NOTE), bytes(PEDAL), bytes((0xE0, 0, 96))]


def test_of_a_message_with_a_wrong_part_nothing_is_played():
    room = Room()
    with pytest.raises(ParameterError, match="system exclusive"):
        room.play(NOTE, (0xF0, 1))
    assert room.said == []


def test_who_goes_lets_go_of_its_own_keys_only():
    room = Room()
    room.play(NOTE, PEDAL, member="m1")
    room.play((0x90, 72, 100), member="m2")
    room.said.clear()
    room.door.leave("m1")
    room.door.leave("m1")
    assert room.said == [bytes(OFF), bytes((0xB0, 64, 0))]


def test_who_goes_while_jack_is_away_is_no_error():
    room = Room()
    room.play(NOTE)

    def away(message):
        raise RefusedError("nothing can be played now")

    room.door.port = away
    room.door.leave("m1")


def test_a_flood_is_refused_whole_and_another_member_plays_on():
    room = Room()
    for _ in range(int(BURST) // 64):
        room.play(*[NOTE] * 64)
    room.said.clear()
    with pytest.raises(RefusedError, match="1000 messages a second, 256 at once"):
        room.play(*[NOTE] * 64)
    assert room.said == []
    room.play(NOTE, member="m2")
    assert room.said == [bytes(NOTE)]


def test_only_who_asks_is_told_what_comes_and_only_as_long_as_it_wants():
    room = Room()
    room.door.hear([bytes(NOTE)])
    for member, on in (("m1", True), ("m2", True), ("m3", True), ("m2", False)):
        room.door.take(member, MidiListen(id=1, on=on))
    room.door.leave("m3")
    room.door.hear([])
    room.door.hear([bytes(NOTE), bytes((0xC0, 5))])
    (told,) = room.told
    assert (told.members, told.message) == (("m1",), MidiHeard(messages=(NOTE, (0xC0, 5))))


@pytest.mark.parametrize("request_", [Midi(id=1, messages=(NOTE,)), MidiListen(id=1)])
def test_a_session_without_such_ports_says_what_would_make_them(request_):
    with pytest.raises(NotFoundError, match="play_midi = true"):
        MidiDoor(lambda _: None).take("m1", request_)
