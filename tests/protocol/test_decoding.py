"""Strangers' JSON: what is refused, and in which words."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import MessageError, ParameterError, TelharmonicError
from telharmonic.protocol.decoding import MAXIMUM_DEPTH, check_text, decode, short
from telharmonic.protocol.messages import AnyClientMessage, Set

CLIENT = msgspec.json.Decoder(AnyClientMessage)


def read(text: str | bytes) -> object:
    return decode(text, CLIENT, limit_bytes=1000)


def test_a_good_text_becomes_its_dataclass():
    text = '{"type":"set","id":1,"address":"strip/1/fader","value":-6}'
    assert read(text) == read(text.encode()) == Set(id=1, address="strip/1/fader", value=-6.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        (b"\xff{}", "not JSON"),
        ("[]", "not an object"),
        ("{}", "missing field 'type'"),
        ('{"type":"set"}', "missing field 'id'"),
        ('{"type":"play","id":1,"speed":2}', "unknown field 'speed'"),
        ('{"type":"hello","token":"","audio":{"bits":3}}', "unknown field 'bits' in audio"),
        ("[" * (MAXIMUM_DEPTH + 1), "more than 16 deep"),
        ('"' + "x" * 1000 + '"', "1002 bytes of text; allowed: up to 1000"),
    ],
)
def test_says_what_is_wrong_with_a_text(text, words):
    with pytest.raises(MessageError, match=words):
        read(text)


@pytest.mark.parametrize(
    ("text", "parameter", "value", "allowed"),
    [
        ('{"type":"fly","id":1}', "type", "fly", "echo, hello, loop, loudness_reset, midi, midi_listen, o"),
        ('{"type":"play","id":-1}', "id", -1, "a whole number, 0 to 9007199254740991"),
        ('{"type":"play","id":"1"}', "id", "1", "a whole number"),
        ('{"type":"seek","id":1,"position_s":1e6}', "position_s", 1e6, "a number, 0 to 86400"),
        ('{"type":"loop","id":1,"on":1}', "on", 1, "true or false"),
        ('{"type":"hello","token":"","audio":{"encoding":"mp3"}}', "audio.encoding", "mp3", "f32, s16 or s24"),
        ('{"type":"hello","token":"","audio":{"frames":119}}', "audio.frames", 119, "a whole number, 120 to 4096"),
        ('{"type":"scene_store","id":1,"name":""}', "name", "", "text of 1 to 64 characters"),
    ],
)
def test_names_the_field_its_value_and_what_is_allowed(text, parameter, value, allowed):
    with pytest.raises(ParameterError) as caught:
        read(text)
    assert caught.value.parameter == parameter
    assert caught.value.value == value
    assert allowed in caught.value.allowed


def test_brackets_inside_text_are_not_nesting():
    check_text('{"name":"' + "[{" * 50 + r"\"[[[[" + '"}', limit_bytes=1000)


def test_a_long_value_is_repeated_cut():
    assert short("x" * 100) == "x" * 61 + "..."
    assert short(10**30) == "1" + "0" * 30
    assert short([1, 2]) == "[1, 2]"
    assert short(True) is True
    assert short(1.5) == 1.5
    assert short(None) is None


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_nothing_but_our_errors_comes_out(data):
    with suppress(TelharmonicError):
        read(data)
