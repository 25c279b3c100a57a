"""The one table of parameters."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.audio import units
from telharmonic.errors import NotFoundError, ParameterError
from telharmonic.protocol.parameters import SILENCE_DB, TABLE, Law, channel_addresses, parameter

ROWS = [pytest.param(row, id=f"{kind}-{row.name}") for kind, rows in TABLE.items() for row in rows]


def test_silence_is_the_same_number_in_audio_and_protocol():
    assert SILENCE_DB == units.SILENCE_DB


@pytest.mark.parametrize("row", ROWS)
def test_every_default_is_allowed(row):
    assert row.check(row.default) == row.default


@pytest.mark.parametrize("row", ROWS)
def test_every_range_includes_its_ends_and_nothing_beyond(row):
    if row.law in (Law.SWITCH, Law.CHOICE):
        return
    assert row.check(row.minimum) == row.minimum
    assert row.check(str(row.maximum)) == row.maximum
    for outside in (math.nextafter(row.maximum, math.inf), math.nextafter(row.minimum, -math.inf), math.nan, math.inf):
        with pytest.raises(ParameterError, match="allowed"):
            row.check(outside)


@pytest.mark.parametrize("row", ROWS)
def test_a_logarithmic_range_begins_above_zero(row):
    assert row.law is not Law.LOG or row.minimum > 0


def test_minus_infinity_is_silence_on_a_fader_and_refused_on_an_equaliser():
    fader = parameter("strip", "fader")
    assert fader.check("-inf") == fader.check(-math.inf) == SILENCE_DB
    with pytest.raises(ParameterError, match="-18 to 18 dB"):
        parameter("strip", "eq_low_gain").check("-inf")


@pytest.mark.parametrize(("said", "meant"), [(True, True), (1, True), ("0", False), ("TRUE", True), (0.0, False)])
def test_switches_come_in_many_dresses(said, meant):
    assert parameter("strip", "mute").check(said) is meant


@pytest.mark.parametrize("value", [2, "on", None, [], math.nan])
def test_a_switch_is_nothing_else(value):
    with pytest.raises(ParameterError, match="true or false"):
        parameter("strip", "mute").check(value)


def test_an_error_names_the_address_the_value_and_the_range():
    with pytest.raises(ParameterError) as caught:
        parameter("strip", "fader").check(40, "strip/3/fader")
    assert str(caught.value) == 'strip/3/fader is 40; allowed: "-inf" or -120 to 12 dB'


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(NotFoundError, match="send has no parameter 'x'; it has send, send_pre"):
        parameter("send", "x")
    with pytest.raises(NotFoundError, match="no such kind 'x'"):
        parameter("x", "fader")


def test_a_channel_has_a_send_to_every_aux():
    addresses = dict(channel_addresses("strip", "3", ("hall", "echo")))
    assert {"strip/3/send/hall", "strip/3/send_pre/echo", "strip/3/fader"} <= set(addresses)
    assert len(addresses) == len(TABLE["strip"]) + 4


@given(st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=40) | st.lists(st.integers()))
def test_any_value_is_taken_in_range_or_refused_by_our_error(value):
    for row in (parameter("strip", "fader"), parameter("strip", "mute"), parameter("strip", "output")):
        try:
            taken = row.check(value)
        except ParameterError:
            continue
        if isinstance(taken, float | int) and not isinstance(taken, bool):
            assert row.minimum <= taken <= row.maximum
