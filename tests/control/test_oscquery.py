"""What OSCQuery says of a session."""

import pytest

from telharmonic.control.oscquery import AddressSpace, heard_paths, host_info
from telharmonic.control.state import SessionFacts, SessionState
from telharmonic.errors import MessageError, NotFoundError
from telharmonic.protocol.osc_aliases import ALIASES
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
    for path, name in (("/strip/1", "VALUE"), ("/play", "VALUE"), ("/strip/1/mute", "RANGE")):
        assert SPACE.attribute(path, name) is None
    with pytest.raises(NotFoundError):
        SPACE.attribute("/strip/9", "VALUE")
    with pytest.raises(MessageError, match="CLIPMODE"):
        SPACE.attribute("/strip/1/fader", "CLIPMODE")


def test_what_is_told_is_there_to_be_read_with_a_type_for_each_argument():
    """Of the types that `osc_feedback` tells."""
    types = {"strip/1": 5, "group/band": 5, "aux/hall": 4, "master": 7, "loudness": 3, "position": 1}
    for part, count in types.items():
        node = SPACE.node(f"/meter/{part}")
        assert (node["ACCESS"], node["TYPE"], len(node["UNIT"])) == (1, "f" * count, count)
    assert set(SPACE.node("/meter")["CONTENTS"]) == {"strip", "group", "aux", "master", "loudness", "position"}
    loop = SPACE.node("/transport/loop")
    assert (loop["ACCESS"], loop["TYPE"], loop["VALUE"]) == (1, "Tff", [False, 0.0, 0.0])
    assert SPACE.attribute("/scenes", "VALUE") is None
    named = SessionState(
        parse_toml('[[strip]]\nid = "1"\n[[scene]]\nname = "A"\nvalues = {}\n'), SessionFacts(session_id="s", epoch=1)
    )
    assert AddressSpace(named).node("/scenes")["VALUE"] == ["A"]


def test_pings_and_aliases_are_there_where_they_mean_something():
    grains = '[[strip]]\nid = "1"\nsource = "grains"\n[[strip.clip]]\nfile = "a.wav"\n[[strip]]\nid = "2"\n'
    space = AddressSpace(SessionState(parse_toml(grains), SessionFacts(session_id="s", epoch=1)))
    assert space.node("/strip/2/ping/freq")["ACCESS"] == 2
    assert set(space.node("/strip/1/grain")["CONTENTS"]) == {name.split("/")[2] for name in ALIASES}
    assert space.node("/grain/gkDens")["RANGE"] == [{"MIN": 0.0, "MAX": 2000.0}]
    assert space.node("/strip/1/grain/gkAmp")["RANGE"][0]["MIN"] == 0.0
    for nowhere in ("/strip/2/grain", "/aux/hall/ping/freq"):
        with pytest.raises(NotFoundError):
            space.node(nowhere)


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
