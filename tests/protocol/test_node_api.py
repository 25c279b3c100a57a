"""Gateway and node."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import MessageError, TelharmonicError
from telharmonic.protocol.node_api import (
    NodeStatus,
    SessionStatus,
    Snapshot,
    StartSession,
    parse,
    serialize,
)
from telharmonic.protocol.parts import LoopState, TransportState
from telharmonic.protocol.session_file import parse_toml

LOOP = LoopState(on=True, start_s=1.0, end_s=2.0)
SNAPSHOT = Snapshot(
    values={"strip/1/fader": -6.0, "strip/1/mute": True, "aux/hall/impulse": "church"},
    transport=TransportState(playing=True, position_s=1.5, frame=72_000, loop=LOOP, tempo=90.0),
    scenes={"A": {"strip/1/fader": 0.0}},
    seq=12,
)


def test_what_is_written_is_read_back():
    start = StartSession(
        id="s1",
        description=parse_toml('[[strip]]\nid = "1"\n'),
        base_folder="/srv/demo",
        tokens={"performer": "p", "controller": "c", "listener": "l"},
        state=SNAPSHOT,
    )
    status = NodeStatus(
        ready=True, sessions=(SessionStatus(id="s1", members=1, seq=2, playing=True, idle_s=0.0, cost_us=80.5),)
    )
    assert parse(serialize(start), StartSession) == start
    assert parse(serialize(status), NodeStatus) == status
    assert parse(serialize(SNAPSHOT), Snapshot) == SNAPSHOT


def test_an_unknown_role_has_no_token():
    text = b'{"id":"s","description":{"strip":[{"id":"1"}]},"base_folder":"","tokens":{"admin":"x"}}'
    with pytest.raises(TelharmonicError, match="a name in tokens: Invalid enum value 'admin'"):
        parse(text, StartSession)


def test_an_empty_body_is_refused():
    with pytest.raises(MessageError, match="not JSON"):
        parse(b"", NodeStatus)


@given(st.binary(max_size=100))
def test_nothing_but_our_errors_comes_out(data):
    with pytest.raises(TelharmonicError):
        parse(data, StartSession)
