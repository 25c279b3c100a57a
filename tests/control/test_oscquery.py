"""What OSCQuery says of a session."""

import pytest

from telharmonic.control.oscquery import AddressSpace, heard_paths, host_info
from telharmonic.control.state import SessionFacts, SessionState
from telharmonic.errors import NotFoundError
from telharmonic.protocol.session_file import parse_toml

STATE = SessionState(
    parse_toml('[[strip]]\nid = "1"\nset = {fader = -6}\n[[group]]\nid = "band"\n[[aux]]\nid = "hall"\n'),
    SessionFacts(session_id="s", epoch=1),
)
SPACE = AddressSpace(STATE)


def leaves(node):
    if "CONTENTS" not in node:
        yield node
    for each in node.get("CONTENTS", {}).values():
        yield from leaves(each)


def test_every_address_is_there_with_its_full_path():
    found = {each["FULL_PATH"] for each in leaves(SPACE.node("/"))}
    assert found >= {f"/{address}" for address in STATE.table if not address.endswith(("send", "send_pre"))}
    assert {"/play", "/scene/recall", "/subscribe", "/ping/freq"} <= found


def test_a_node_says_type_range_value_unit_and_access():
    fader = SPACE.node("/strip/1/fader")
    assert fader == {
        "FULL_PATH": "/strip/1/fader",
        "ACCESS": 3,
        "TYPE": "f",
        "VALUE": [-6.0],
        "RANGE": [{"MIN": -120.0, "MAX": 12.0}],
        "UNIT": ["dB"],
        "DESCRIPTION": "Fader",
    }
    assert SPACE.node("/strip/1/mute") | {"DESCRIPTION": ""} == {
        "FULL_PATH": "/strip/1/mute",
        "ACCESS": 3,
        "TYPE": "T",
        "VALUE": [False],
        "DESCRIPTION": "",
    }
    assert SPACE.node("/strip/1/output")["RANGE"] == [{"VALS": ["master", "group/band"]}]
    assert (SPACE.node("/play")["ACCESS"], SPACE.node("/loop")["TYPE"]) == (2, "Tff")


def test_a_place_in_between_has_contents_and_no_value():
    strip = SPACE.node("/strip/1")
    assert (strip["FULL_PATH"], strip["ACCESS"]) == ("/strip/1", 0)
    assert strip["CONTENTS"]["send"]["CONTENTS"]["hall"]["FULL_PATH"] == "/strip/1/send/hall"
    assert "VALUE" not in strip


def test_one_attribute_can_be_asked_for():
    assert SPACE.attribute("/strip/1/fader", "VALUE") == {"VALUE": [-6.0]}
    for path, name in (("/strip/1", "VALUE"), ("/strip/1/fader", "CLIPMODE"), ("/strip/9", "VALUE")):
        with pytest.raises(NotFoundError):
            SPACE.attribute(path, name)


def test_a_session_that_is_named_has_its_name_in_every_path():
    node = AddressSpace(STATE, "/session/s").node("/strip/1/fader")
    assert node["FULL_PATH"] == "/session/s/strip/1/fader"
    assert AddressSpace(STATE, "/session/s").node("/")["FULL_PATH"] == "/session/s"


def test_the_host_says_where_osc_goes():
    info = host_info("192.168.1.10", 9000)
    assert info["OSC_IP"] == info["WS_IP"] == "192.168.1.10"
    assert (info["OSC_PORT"], info["OSC_TRANSPORT"], info["WS_PORT"]) == (9000, "UDP", 9000)
    assert info["EXTENSIONS"]["LISTEN"]


def test_listening_and_ignoring():
    paths = heard_paths({"COMMAND": "LISTEN", "DATA": "/a"}, (), 2)
    paths = heard_paths({"COMMAND": "LISTEN", "DATA": "/b"}, paths, 2)
    assert heard_paths({"COMMAND": "LISTEN", "DATA": "/c"}, paths, 2) == {"/a", "/b"}
    assert heard_paths({"COMMAND": "IGNORE", "DATA": "/a"}, paths, 2) == {"/b"}
    for nothing in ({"COMMAND": "FLY", "DATA": "/a"}, {}, 7, {"COMMAND": "LISTEN", "DATA": 1}):
        assert heard_paths(nothing, paths, 9) == paths
