"""MIDI that members play: which messages may be, and which notes are held, so that none sounds on for ever."""

from __future__ import annotations

from collections.abc import Sequence

from telharmonic.errors import ParameterError

NOTE_OFF, NOTE_ON, CONTROL, PROGRAM, PRESSURE, SYSTEM = 0x80, 0x90, 0xB0, 0xC0, 0xD0, 0xF0
PEDALS = (64, 66)  # sustain, sostenuto: they hold notes as a finger does
SOUND_OFF, NOTES_OFF = 120, 123


def channel_message(data: Sequence[int]) -> bytes:
    """A MIDI message of one of the 16 channels, as bytes.

    Parameters
    ----------
    data : sequence of int
        Status and one or two data bytes, each 0 to 255.

    Raises
    ------
    ParameterError
        If it is of the system (exclusive, clock and others), or its data is not as its status wants it.
    """
    status, values = data[0], data[1:]
    if not NOTE_OFF <= status < SYSTEM:
        raise ParameterError("status", status, "128 to 239; system messages, system exclusive too, are not passed on")
    count = 1 if status & 0xF0 in (PROGRAM, PRESSURE) else 2
    if len(values) != count or max(values) > 127:
        raise ParameterError("data", list(values), f"{count} of 0 to 127 after status {status}")
    return bytes(data)


class Held:
    """What one player holds: notes, and the pedals that hold them."""

    def __init__(self) -> None:
        self._notes: dict[tuple[int, int], None] = {}  # channel and note, in the order in which they were struck
        self._pedals: dict[tuple[int, int], None] = {}

    def note(self, message: bytes) -> None:
        """This was played; a channel message."""
        kind, channel = message[0] & 0xF0, message[0] & 0x0F
        key = (channel, message[1])
        if kind == NOTE_ON and message[2] > 0:
            self._notes[key] = None
        elif kind in (NOTE_ON, NOTE_OFF):
            self._notes.pop(key, None)
        elif kind == CONTROL and message[1] in PEDALS:
            self._pedals.pop(key, None)
            if message[2] >= 64:
                self._pedals[key] = None
        elif kind == CONTROL and message[1] in (SOUND_OFF, NOTES_OFF):
            self._notes = {each: None for each in self._notes if each[0] != channel}

    def release(self) -> list[bytes]:
        """The messages that let go of everything; nothing is held then."""
        notes = [bytes((NOTE_OFF | channel, note, 64)) for channel, note in self._notes]
        pedals = [bytes((CONTROL | channel, pedal, 0)) for channel, pedal in self._pedals]
        self._notes, self._pedals = {}, {}
        return notes + pedals
