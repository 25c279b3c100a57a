"""dspNode's payload in our terms: gain in dB by the definition of the decibel."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.control.dspnode import MAXIMUM_GAIN, translate
from telharmonic.errors import NotFoundError, ParameterError, TelharmonicError
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.dspnode import DspNodeCommand
from telharmonic.protocol.session_file import parse_toml

SPEC = parse_toml("".join(f'[[strip]]\nid = "s{number}"\n' for number in range(1, 9)))
TABLE = AddressTable(SPEC)
STRIPS = tuple(strip.id for strip in SPEC.strips)


def turn(channel, param, value, ramp=None):
    return translate(DspNodeCommand(channel=channel, param=param, value=value, ramp_time=ramp), STRIPS, TABLE)


def test_the_published_payload_turns_the_fifth_fader():
    asked = turn(5, "gain", "0.774", "0.1")
    assert asked.address == "strip/s5/fader"
    assert asked.value == pytest.approx(20 * math.log10(0.774), abs=1e-12)  # -2.225 dB
    assert asked.ramp_s == 0.1


@pytest.mark.parametrize("channel", [5, "5", "5.0", " 5"])
def test_a_channel_is_a_number_or_a_string(channel):
    assert turn(channel, "gain", 1).address == "strip/s5/fader"


@pytest.mark.parametrize(
    ("gain", "level_db"), [(1, 0.0), ("1.0", 0.0), (0, -120.0), (MAXIMUM_GAIN, 12.0), (3.982, 12.0)]
)
def test_gain_is_linear(gain, level_db):
    assert turn(1, "gain", gain).value == pytest.approx(level_db, abs=1e-9)


def test_other_parameters_go_by_their_own_names():
    assert turn(1, "pan", "-0.5").value == -0.5
    assert turn(1, "mute", "true").value is True
    assert turn(1, "solo", 0).value is False
    assert turn(1, "eq_low_gain", "6").value == 6.0
    assert turn(1, "fader", -6).value == -6.0
    assert turn(1, "pan", 0).ramp_s is None


@pytest.mark.parametrize("channel", [0, 9, -1, 1.5, "x", "", "nan", "inf", "1e99"])
def test_a_channel_that_is_not_there_is_refused_with_the_range(channel):
    with pytest.raises(ParameterError, match="allowed: 1 to 8"):
        turn(channel, "gain", 1)


@pytest.mark.parametrize("gain", [-0.1, 4, "loud", "nan", "inf", True])
def test_a_gain_out_of_range_is_refused_with_the_range(gain):
    with pytest.raises(ParameterError, match=r"allowed: 0 to 3.981 \(linear\)"):
        turn(1, "gain", gain)


@pytest.mark.parametrize("ramp", ["slow", "-1", "601", "nan"])
def test_a_ramp_out_of_range_is_refused_with_the_range(ramp):
    with pytest.raises(ParameterError, match=r"rampTime is '.*'; allowed: 0 to 600 s"):
        turn(1, "gain", 1, ramp)


def test_an_unknown_parameter_is_refused_with_those_there_are():
    with pytest.raises(NotFoundError, match="strip/s1 has input_gain"):
        turn(1, "volume", 1)


values = st.floats() | st.booleans() | st.text(max_size=32)


@given(
    st.integers(-5, 100) | st.text(max_size=32),
    st.sampled_from(["gain", "pan", "mute", "fader", "output", ""]) | st.text(max_size=64),
    values,
    st.none() | st.floats() | st.text(max_size=32),
)
def test_no_payload_raises_anything_but_our_errors(channel, param, value, ramp):
    try:
        asked = turn(channel, param, value, ramp)
    except TelharmonicError:
        return
    assert TABLE.check(asked.address, asked.value) == asked.value
    assert asked.ramp_s is None or 0 <= asked.ramp_s <= 600
