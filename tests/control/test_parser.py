"""A member's words."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.control.parser import is_osc, message_id, parse, parse_hello
from telharmonic.errors import MessageError, TelharmonicError
from telharmonic.protocol.dspnode import DspNodeCommand
from telharmonic.protocol.messages import MESSAGE_LIMIT_BYTES, Hello, Play, Set

VALID = [
    '{"type":"hello","token":"t","name":"tablet","audio":{"encoding":"f32","frames":240,"channels":2},"meters_hz":25}',
    '{"type":"set","id":1,"address":"strip/3/fader","value":-6,"ramp_s":0.1,"at_frame":48000}',
    '{"type":"loop","id":4,"on":true,"start_s":0,"end_s":10}',
    '{"type":"echo","id":8,"client_us":123}',
    '{"channel":5,"param":"gain","value":"0.774","rampTime":"0.1"}',
]


def test_ours_and_dspnodes_messages_are_told_apart():
    assert isinstance(parse(VALID[1]), Set)
    assert isinstance(parse(VALID[4].encode()), DspNodeCommand)
    with pytest.raises(MessageError, match="unknown field 'channel'"):
        parse('{"type":"play","id":1,"channel":5}')


def test_the_first_message_is_a_hello():
    assert parse_hello(VALID[0]).name == "tablet"
    assert isinstance(parse(VALID[0]), Hello)
    with pytest.raises(MessageError, match="must be a hello"):
        parse_hello(VALID[1])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('{"id":7,"type":"nonsense"}', 7),
        ('{"type":"set","id":8,"value":[[[[1]]]]}', 8),
        ('{"id":"7"}', None),
        ('{"id":-1}', None),
        ('{"id":1e99}', None),
        ('{"id":7', None),
        ("[7]", None),
        ("", None),
        ('{"id":7,"x":"' + "x" * MESSAGE_LIMIT_BYTES + '"}', None),
    ],
)
def test_a_wrong_message_still_has_its_id(text, number):
    assert message_id(text) == number


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"type":"osc","id":1,"queue":[]}', True),
        (b'{"queue":"none", "type" : "osc"}', True),
        ('{"type":"set","osc":"osc"}', False),
        ('{"type":["osc"]}', False),
        ('{"type":"osc"', False),
        ('{"type":"osc","x":"' + "x" * MESSAGE_LIMIT_BYTES + '"}', False),
    ],
)
def test_a_wrong_message_for_the_relay_is_known_as_one(text, told):
    assert is_osc(text) == told


def test_the_limit_is_on_bytes_not_characters():
    text = json.dumps({"type": "scene_store", "id": 1, "name": "é" * (MESSAGE_LIMIT_BYTES // 2)}, ensure_ascii=False)
    assert len(text) < MESSAGE_LIMIT_BYTES
    with pytest.raises(MessageError, match="allowed: up to 16384"):
        parse(text)


def test_ten_thousand_brackets_are_refused_unread():
    with pytest.raises(MessageError, match="16 deep"):
        parse('{"type":"play","id":' + "[" * 10_000 + "}")


@given(st.binary(max_size=400) | st.text(max_size=400))
def test_no_bytes_raise_anything_but_our_errors(data):
    with suppress(TelharmonicError):
        parse(data)
    message_id(data)


@given(st.sampled_from(VALID), st.data())
def test_no_damaged_message_raises_anything_but_our_errors(text, data):
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 8))
    put = data.draw(st.text(max_size=8) | st.sampled_from(["null", "-1", "1e400", '"', "{", "[", "\\ud800", "NaN"]))
    with suppress(TelharmonicError):
        parse(text[:at] + put + text[at + cut :])


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(st.sampled_from(VALID), st.data())
def test_no_field_of_any_kind_raises_anything_but_our_errors(text, data):
    message = json.loads(text)
    message[data.draw(st.sampled_from([*message, "id", "type", "more"]))] = data.draw(json_values)
    with suppress(TelharmonicError):
        parse(json.dumps(message))


def test_play_is_the_shortest_message():
    assert parse('{"type":"play","id":0}') == Play(id=0)
