"""The addresses of one session."""

import pytest

from telharmonic.errors import NotFoundError, ParameterError
from telharmonic.protocol.addresses import AddressTable, initial_values, set_values
from telharmonic.protocol.parameters import AUX, CHANNEL, DELAY, MASTER, REVERB
from telharmonic.protocol.session_file import parse_toml

SPEC = parse_toml(
    """
    tempo = 90
    [[strip]]
    id = "1"
    set = {fader = -6, "send/hall" = -12}
    [[strip]]
    id = "2"
    [[group]]
    id = "band"
    [[aux]]
    id = "hall"
    [[aux]]
    id = "echo"
    kind = "delay"
    [[impulse]]
    id = "church"
    file = "church.wav"
    [master.set]
    width = 0.5
    """
)
TABLE = AddressTable(SPEC)


def test_counts_every_parameter_of_every_part():
    channels = 3 * (len(CHANNEL) + 2 * 2)
    assert len(TABLE) == channels + len(REVERB) + len(DELAY) + len(MASTER) + 1
    assert len(list(TABLE)) == len(TABLE)
    assert "aux/hall/predelay" in TABLE
    assert "aux/echo/predelay" not in TABLE
    assert len(AUX) == 2


def test_a_session_begins_with_the_defaults_and_what_its_file_sets():
    values = initial_values(SPEC)
    assert set(values) == set(TABLE)
    assert values["strip/1/fader"] == -6.0
    assert values["strip/1/send/hall"] == -12.0
    assert values["strip/2/send/hall"] == -120.0
    assert values["master/width"] == 0.5
    assert values["session/tempo"] == 90.0
    assert dict(set_values(SPEC)).keys() == {"strip/1/fader", "strip/1/send/hall", "master/width", "session/tempo"}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "begins with strip, group, aux, master or session"),
        ("stirp/1/fader", "begins with strip"),
        ("strip/9/fader", "strip is one of 1, 2"),
        ("strip/1/volume", "strip/1 has input_gain, polarity"),
        ("strip/1/send/cave", "aux is one of hall, echo"),
        ("aux/echo/predelay", "aux/echo has level, mute, time"),
        ("master/pan", "master has eq_on"),
        ("session/key", "session has tempo"),
        ("x" * 200, "xxx\\.\\.\\.'"),
    ],
)
def test_an_unknown_address_is_answered_with_what_there_is(address, words):
    with pytest.raises(NotFoundError, match=words):
        TABLE.check(address, 0)


@pytest.mark.parametrize(
    ("address", "choices"),
    [
        ("strip/1/output", ("master", "group/band")),
        ("group/band/output", ("master",)),
        ("strip/1/comp_key", ("self", "strip/2", "group/band")),
        ("aux/hall/impulse", ("", "church")),
    ],
)
def test_a_choice_is_one_of_the_sessions_names(address, choices):
    assert TABLE.choices(address) == choices
    for choice in choices:
        assert TABLE.check(address, choice) == choice
    with pytest.raises(ParameterError, match="allowed: " + (choices[0] or '""')):
        TABLE.check(address, "elsewhere")


def test_a_value_is_checked_against_its_row():
    assert TABLE.check("strip/2/mute", "1") is True
    with pytest.raises(ParameterError, match="strip/2/pan is 2; allowed: -1 to 1"):
        TABLE.check("strip/2/pan", 2)


def test_a_response_that_comes_later_can_be_chosen():
    table = AddressTable(parse_toml('[[strip]]\nid = "1"\n[[aux]]\nid = "hall"\n'))
    assert table.choices("aux/hall/impulse") == ("",)
    table.add_impulse("own")
    assert table.check("aux/hall/impulse", "own") == "own"


def test_a_recording_that_comes_later_can_be_read_by_every_player():
    table = AddressTable(parse_toml("".join(PLAYER.format(number) for number in (1, 2)) + RECORDING))
    assert table.choices("strip/2/grain_recording") == ("self", "strip/1", "recording/bells")
    table.add_recording("own")
    assert table.check("strip/2/grain_recording", "recording/own") == "recording/own"
    with pytest.raises(ParameterError, match="allowed: self, strip/2, recording/bells, recording/own"):
        table.check("strip/1/grain_recording", "recording/gone")


PLAYER = '[[strip]]\nid = "{}"\nsource = "grains"\nclip = [{{ file = "a" }}]\n'
RECORDING = '[[recording]]\nid = "bells"\nfile = "b"\n'
