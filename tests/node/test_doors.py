"""Words that are not for the engine, each to its door. What the doors do is in test_relay_door and test_midi_door."""

from types import SimpleNamespace

from telharmonic.node.doors import Doors
from telharmonic.protocol.messages import Ack
from telharmonic.protocol.midi import Midi, MidiListen
from telharmonic.protocol.relay import Osc

HOST = SimpleNamespace(desk=SimpleNamespace(state=SimpleNamespace(frame=480)))


def test_each_word_is_answered_by_its_own_door_to_its_speaker():
    doors = Doors(lambda _: None)
    doors.midi.port = lambda _: None
    for request in (Midi(id=7, messages=((0x90, 60, 1),)), MidiListen(id=7)):
        answer = doors.answer(HOST, "m1", request)
        assert (answer.members, answer.message) == (("m1",), Ack(id=7, frame=480))
    answer = doors.answer(HOST, "m1", Osc(id=7, queue=()))
    assert (answer.members, answer.message.code) == (("m1",), "not_found")


def test_what_a_door_refuses_is_an_error_with_the_words_id():
    doors = Doors(lambda _: None)
    doors.midi.port = lambda _: None
    error = doors.answer(HOST, "m1", Midi(id=7, messages=((0xF0, 60),))).message
    assert (error.id, error.code, error.parameter, error.value) == (7, "parameter", "status", 0xF0)
