"""Controllers and parameters, by the MIDI specification's bytes and the parameters' own laws."""

import pytest

from telharmonic.control.midi import MidiMap, step_of, value_of
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.jack import MidiRule
from telharmonic.protocol.session import SessionSpec, StripSpec

TABLE = AddressTable(SessionSpec(strips=(StripSpec(id="1"),)))
FADER, FREQ, MUTE, PAN = (TABLE.row(f"strip/1/{name}") for name in ("fader", "hp_freq", "mute", "pan"))


def test_both_ends_of_a_controller_are_both_ends_of_the_range():
    assert (value_of(FADER, 0), value_of(FADER, 127)) == (-120.0, FADER.maximum)
    assert (value_of(FREQ, 0), value_of(FREQ, 127)) == (pytest.approx(FREQ.minimum), pytest.approx(FREQ.maximum))
    assert (value_of(PAN, 0), value_of(PAN, 127)) == (PAN.minimum, PAN.maximum)


def test_a_frequency_moves_by_equal_ratios():
    ratios = [value_of(FREQ, step + 1) / value_of(FREQ, step) for step in range(127)]
    assert max(ratios) == pytest.approx(min(ratios))


def test_a_switch_is_on_from_64_as_the_midi_specification_has_it():
    assert (value_of(MUTE, 63), value_of(MUTE, 64)) == (False, True)


@pytest.mark.parametrize("row", [FADER, FREQ, PAN])
def test_every_step_is_found_again_from_its_value(row):
    assert [step_of(row, value_of(row, step)) for step in range(128)] == list(range(128))


def test_every_step_is_allowed_by_the_parameter():
    for address in TABLE:
        row = TABLE.row(address)
        if row.law != "choice":
            for step in range(128):
                row.check(value_of(row, step), address)


@pytest.fixture
def midi():
    rules = (
        MidiRule(address="strip/1/fader", controller=7, channel=2),
        MidiRule(address="strip/1/mute", controller=64),
        MidiRule(address="strip/1/output", controller=1),
    )
    return MidiMap(rules, TABLE)


def test_a_controller_moves_its_parameter_on_its_channel_alone(midi):
    assert midi.heard(bytes((0xB1, 7, 127))) == [("strip/1/fader", FADER.maximum)]
    assert midi.heard(bytes((0xB0, 7, 127))) == []
    assert midi.heard(bytes((0xB0, 64, 127))) == [("strip/1/mute", True)]


@pytest.mark.parametrize("data", [b"", b"\xf8", b"\x90\x07\x7f", b"\xb1\x07", b"\xb0\x01\x7f"])
def test_what_is_no_controllers_moves_nothing(midi, data):
    assert midi.heard(data) == []


def test_a_parameter_that_moved_tells_its_controller_once(midi):
    assert midi.told("strip/1/fader", FADER.maximum) == [bytes((0xB1, 7, 127))]
    assert midi.told("strip/1/fader", FADER.maximum) == []
    assert midi.told("strip/1/pan", 0.5) == []


def test_a_controller_is_not_told_what_it_said_itself(midi):
    (move,) = midi.heard(bytes((0xB1, 7, 30)))
    assert midi.told(*move) == []
    assert midi.told("strip/1/fader", -120.0) == [bytes((0xB1, 7, 0))]
