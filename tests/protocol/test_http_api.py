"""Requests and answers of the front door."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import MessageError, ParameterError, RefusedError, TelharmonicError
from telharmonic.protocol.http_api import (
    LIMIT_BYTES,
    CreateSession,
    LatencyResult,
    error_reply,
    parameter_rows,
    parse,
)
from telharmonic.protocol.parameters import TABLE


def test_a_session_is_asked_for_by_name_or_by_description():
    assert parse(b'{"session":"demo"}', CreateSession).session == "demo"
    asked = parse(b'{"description":{"strip":[{"id":"1"}]}}', CreateSession)
    assert asked.description is not None
    assert asked.description.strips[0].id == "1"


@pytest.mark.parametrize("body", [b"{}", b'{"session":"demo","description":{"strip":[{"id":"1"}]}}'])
def test_but_not_by_both_or_neither(body):
    with pytest.raises(MessageError, match="one of 'session' \\(a name\\), 'description'"):
        parse(body, CreateSession)


def test_a_latency_result_needs_samples():
    with pytest.raises(ParameterError, match="samples_ms is '\\[\\]'; allowed: a list of 1 to 1000 items"):
        parse(b'{"kind":"sound","samples_ms":[]}', LatencyResult)


def test_a_body_beyond_the_limit_is_not_read():
    with pytest.raises(MessageError, match="allowed: up to 1048576"):
        parse(b" " * (LIMIT_BYTES + 1), CreateSession)


def test_an_error_tells_parameter_value_and_range():
    body = error_reply(ParameterError("tempo", 5, "20 to 400 BPM")).error
    assert (body.code, body.parameter, body.value, body.allowed) == ("parameter", "tempo", 5, "20 to 400 BPM")
    assert msgspec.json.encode(error_reply(RefusedError("no"))) == b'{"error":{"code":"refused","message":"no"}}'


def test_the_parameter_table_is_told_whole():
    rows = parameter_rows()
    assert {kind: [row.name for row in each] for kind, each in rows.items()} == {
        kind: [row.name for row in each] for kind, each in TABLE.items()
    }
    fader = next(row for row in rows["strip"] if row.name == "fader")
    assert (fader.minimum, fader.maximum, fader.unit, fader.law) == (-120.0, 12.0, "dB", "db")
    assert next(row for row in rows["strip"] if row.name == "mute").minimum is None


@given(st.binary(max_size=100))
def test_nothing_but_our_errors_comes_out(data):
    with pytest.raises(TelharmonicError):
        parse(data, CreateSession)
