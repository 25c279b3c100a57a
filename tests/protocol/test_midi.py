"""MIDI in messages: what is read, and what is refused unread."""

import pytest

from telharmonic.control.parser import parse
from telharmonic.errors import ParameterError
from telharmonic.protocol.messages import encode
from telharmonic.protocol.midi import Midi, MidiHeard, MidiListen


def test_a_message_is_the_bytes_that_a_cable_would_carry():
    text = '{"type":"midi","id":1,"messages":[[144,69,100],[192,19]]}'
    assert parse(text) == Midi(id=1, messages=((144, 69, 100), (192, 19)))
    assert parse('{"type":"midi_listen","id":2}') == MidiListen(id=2, on=True)
    assert encode(MidiHeard(messages=((144, 69, 0),))) == b'{"type":"midi","messages":[[144,69,0]]}'


@pytest.mark.parametrize("messages", ["[]", "[[]]", "[[144]]", "[[240,1,2,247]]", "[[256,1,2]]", '["x"]', "[[1.5,2]]"])
def test_what_is_no_midi_is_refused_by_name(messages):
    with pytest.raises(ParameterError, match="messages"):
        parse(f'{{"type":"midi","id":1,"messages":{messages}}}')


def test_so_many_and_no_more_at_once():
    text = '{"type":"midi","id":1,"messages":[' + ",".join(["[144,1,1]"] * 65) + "]}"
    with pytest.raises(ParameterError, match="messages"):
        parse(text)
