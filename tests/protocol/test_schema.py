"""The JSON Schemas: valid, and of one mind with the parser. jsonschema is the outside judge."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from telharmonic.control.parser import parse
from telharmonic.errors import SessionFileError, TelharmonicError
from telharmonic.protocol.messages import AnyServerMessage, Bye, Dropped, encode
from telharmonic.protocol.schema import protocol_schema, session_schema
from telharmonic.protocol.session_file import parse_json

PROTOCOL = protocol_schema()
CLIENT = Draft202012Validator({"$ref": "#/$defs/ClientMessage", "$defs": PROTOCOL["$defs"]})
SERVER = Draft202012Validator({"$ref": "#/$defs/ServerMessage", "$defs": PROTOCOL["$defs"]})
SESSION = Draft202012Validator(session_schema())


@pytest.mark.parametrize("schema", [PROTOCOL, session_schema()])
def test_it_is_a_schema(schema):
    Draft202012Validator.check_schema(schema)


def test_every_message_has_its_own_entry():
    tags = {
        node["properties"]["type"]["enum"][0]
        for node in PROTOCOL["$defs"].values()
        if "type" in node.get("properties", {})
    }
    assert tags >= {"hello", "set", "seek", "stats", "welcome", "ack", "meters", "dropped", "bye"}
    assert set(PROTOCOL["$defs"]) >= {kind.__name__ for kind in AnyServerMessage.__args__}


def test_what_the_node_writes_fits_it():
    for message in (Dropped(blocks=3), Bye(reason="idle")):
        SERVER.validate(msgspec.json.decode(encode(message)))


def test_patterns_are_plain_enough_for_javascript():
    assert session_schema()["$defs"]["StripSpec"]["properties"]["id"]["pattern"] == "^[a-z0-9_-]{1,32}$"


# Whole numbers only as ints: JSON Schema counts 1.0 as an integer, the parser does not.
atoms = (
    st.none()
    | st.booleans()
    | st.integers(-3, 5000)
    | st.floats(-2, 2).map(lambda number: number + 0.001)
    | st.sampled_from(["", "A", "strip/1/fader", "x" * 65, "f32", "0.5"])
)
fields = {
    "id": atoms,
    "address": atoms,
    "value": atoms,
    "ramp_s": atoms,
    "at_frame": atoms,
    "at_beat": atoms,
    "position_s": atoms,
    "on": atoms,
    "start_s": atoms,
    "name": atoms,
    "fade_s": atoms,
    "client_us": atoms,
    "token": atoms,
    "audio": atoms | st.fixed_dictionaries({}, optional={"encoding": atoms, "frames": atoms, "channels": atoms}),
    "resume": atoms | st.fixed_dictionaries({"epoch": atoms, "seq": atoms}),
    "channel": atoms,
    "param": atoms,
    "rampTime": atoms,
    "underruns": atoms,
}
types = st.sampled_from(("hello", "set", "play", "loop", "seek", "scene_store", "scene_recall", "echo", "audio", "no"))


@st.composite
def near_messages(draw):
    names = draw(st.lists(st.sampled_from(sorted(fields)), max_size=5, unique=True))
    message = {name: draw(fields[name]) for name in names}
    if draw(st.booleans()) or "channel" not in message:
        message["type"] = draw(types)
    if draw(st.integers(0, 3)):
        message["id"] = draw(st.integers(0, 9))
    return message


@given(near_messages())
@settings(max_examples=500)
def test_parser_and_schema_accept_the_same_messages(message):
    try:
        parse(msgspec.json.encode(message))
        parsed = True
    except TelharmonicError:
        parsed = False
    assert parsed == CLIENT.is_valid(message)


strips = st.fixed_dictionaries(
    {"id": st.sampled_from(["1", "A", "2"])}, optional={"name": atoms, "freq_hz": atoms, "stereo": atoms}
)
descriptions = st.fixed_dictionaries({"strip": st.lists(strips, max_size=2)}, optional={"tempo": atoms, "name": atoms})


@given(descriptions)
def test_whatever_session_the_parser_accepts_fits_the_schema(description):
    try:
        parse_json(msgspec.json.encode(description))
    except SessionFileError:
        return
    SESSION.validate(description)
