"""The messages of editing as they stand on the wire."""

import msgspec
import pytest

from telharmonic.control.parser import parse
from telharmonic.errors import ParameterError
from telharmonic.protocol.editing import (
    Analyse,
    Armed,
    AutomationClear,
    AutomationRecord,
    AutomationWrite,
    Lane,
    LoudnessReset,
    Redo,
    SceneRename,
    SetMany,
    Steps,
    Undo,
)
from telharmonic.protocol.messages import AnyServerMessage, encode

CLIENT = [
    (
        SetMany(id=1, values={"strip/1/pan": -1, "strip/1/mute": True}, ramp_s=0.5),
        '{"type":"set_many","id":1,"values":{"strip/1/pan":-1,"strip/1/mute":true},"ramp_s":0.5}',
    ),
    (Undo(id=2), '{"type":"undo","id":2}'),
    (Redo(id=3), '{"type":"redo","id":3}'),
    (SceneRename(id=4, name="A", to="B"), '{"type":"scene_rename","id":4,"name":"A","to":"B"}'),
    (AutomationRecord(id=5), '{"type":"automation_record","id":5}'),
    (
        AutomationRecord(id=5, addresses=("strip/1/fader",), on=False),
        '{"type":"automation_record","id":5,"addresses":["strip/1/fader"],"on":false}',
    ),
    (
        AutomationWrite(id=6, address="strip/1/fader", points=((0.5, -6), (2, -120)), from_s=0.5, to_s=3),
        '{"type":"automation_write","id":6,"address":"strip/1/fader","points":[[0.5,-6],[2,-120]],"from_s":0.5,"to_s":3}',
    ),
    (LoudnessReset(id=7), '{"type":"loudness_reset","id":7}'),
    (AutomationClear(id=7), '{"type":"automation_clear","id":7}'),
    (AutomationClear(id=7, address="a"), '{"type":"automation_clear","id":7,"address":"a"}'),
    (Analyse(id=8, target="master"), '{"type":"analyse","id":8,"target":"master"}'),
    (Analyse(id=8, target=None), '{"type":"analyse","id":8,"target":null}'),
]
SERVER = [
    (Steps(undo=3, redo=0), '{"type":"history","undo":3,"redo":0}'),
    (
        Lane(seq=4, member="m1", address="strip/1/fader", points=((0.5, -6.0), (2.0, -120.0))),
        '{"type":"lane","seq":4,"member":"m1","address":"strip/1/fader","points":[[0.5,-6.0],[2.0,-120.0]]}',
    ),
    (
        Lane(seq=4, member="", address="strip/1/mute", points=((1.0, True),), from_s=1.0, to_s=2.0),
        '{"type":"lane","seq":4,"member":"","address":"strip/1/mute","points":[[1.0,true]],"from_s":1.0,"to_s":2.0}',
    ),
    (Armed(seq=5, member="m1", addresses=None), '{"type":"armed","seq":5,"member":"m1","addresses":null}'),
]


@pytest.mark.parametrize(("message", "text"), CLIENT, ids=lambda value: type(value).__name__)
def test_what_a_client_says_is_read(message, text):
    assert parse(text) == message
    assert parse(encode(message)) == message


@pytest.mark.parametrize(("message", "text"), SERVER, ids=lambda value: type(value).__name__)
def test_what_a_node_says_is_written(message, text):
    assert encode(message).decode() == text
    assert msgspec.json.decode(text, type=AnyServerMessage) == message


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ('{"type":"set_many","id":1,"values":{}}', "values"),
        ('{"type":"scene_rename","id":1,"name":"A","to":""}', "to"),
        ('{"type":"automation_write","id":1,"address":"a","points":[[-1,0]]}', "points[0][0]"),
        ('{"type":"automation_write","id":1,"address":"a","points":[[0]]}', "points[0]"),
        ('{"type":"automation_write","id":1,"address":"a","points":[[0,[]]]}', "points[0][1]"),
        ('{"type":"automation_write","id":1,"address":"a","points":[],"to_s":90000}', "to_s"),
        ('{"type":"set","id":1,"address":"a","value":0,"gesture":-1}', "gesture"),
        ('{"type":"set_many","id":1,"values":{"a":0},"gesture":0.5}', "gesture"),
        ('{"type":"analyse","id":1,"target":7}', "target"),
    ],
)
def test_what_is_out_of_its_range_is_named(text, parameter):
    with pytest.raises(ParameterError) as caught:
        parse(text)
    assert caught.value.parameter == parameter
