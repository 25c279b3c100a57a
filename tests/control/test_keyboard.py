"""What may be played, by the status bytes of the MIDI 1.0 specification, and what is let go."""

import pytest

from telharmonic.control.keyboard import Held, channel_message
from telharmonic.errors import ParameterError

CHANNEL_VOICE = [
    [0x80, 60, 64],  # note off
    [0x9F, 60, 100],  # note on
    [0xA3, 60, 10],  # aftertouch of a key
    [0xB0, 1, 127],  # controller
    [0xC5, 19],  # program
    [0xD0, 90],  # aftertouch of the channel
    [0xE0, 0, 64],  # pitch bend
]


@pytest.mark.parametrize("message", CHANNEL_VOICE)
def test_every_channel_voice_message_may_be_played(message):
    assert channel_message(message) == bytes(message)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ([0xF0, 1, 2], "system exclusive"),
        ([0xF8, 0], "128 to 239"),
        ([0x7F, 0], "128 to 239"),
        ([0x90, 60], "2 of 0 to 127"),
        ([0xC0, 1, 2], "1 of 0 to 127"),
        ([0x90, 128, 1], "2 of 0 to 127"),
        ([0x90, 1, 128], "2 of 0 to 127"),
    ],
)
def test_anything_else_is_refused_with_what_may_be(message, said):
    with pytest.raises(ParameterError, match=said):
        channel_message(message)


def played(*messages: list[int]) -> Held:
    held = Held()
    for message in messages:
        held.note(bytes(message))
    return held


def test_what_is_held_is_let_go_once_in_the_order_in_which_it_was_struck():
    held = played([0x93, 64, 1], [0x93, 60, 1], [0xB3, 64, 127], [0x93, 64, 9])
    assert held.release() == [bytes(each) for each in ([0x83, 64, 64], [0x83, 60, 64], [0xB3, 64, 0])]
    assert held.release() == []


@pytest.mark.parametrize(
    "let_go", [[0x80, 60, 0], [0x90, 60, 0], [0xB0, 123, 0], [0xB0, 120, 0]], ids=["off", "on 0", "all notes", "sound"]
)
def test_a_note_that_was_let_go_is_not_held(let_go):
    assert played([0x90, 60, 1], let_go).release() == []


def test_another_channels_notes_and_a_pedal_that_is_up_are_not_touched():
    assert played([0x91, 60, 1], [0xB0, 123, 0]).release() == [bytes([0x81, 60, 64])]
    assert played([0xB0, 64, 127], [0xB0, 64, 63]).release() == []
