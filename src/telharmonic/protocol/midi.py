"""MIDI between members and a session's JACK MIDI ports: what they play there, and what comes from there."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from telharmonic.protocol.message import ClientMessage, ServerMessage
from telharmonic.protocol.parts import MessageId

MESSAGES_LIMIT = 64

MidiByte = Annotated[int, Meta(ge=0, le=255)]
MidiMessage = Annotated[tuple[MidiByte, ...], Meta(min_length=2, max_length=3)]


class Midi(ClientMessage, frozen=True, kw_only=True, tag="midi"):
    """Play: MIDI messages for `midi_out`, in order, each its bytes: `[144, 69, 100]`. No system exclusive."""

    id: MessageId
    messages: Annotated[
        tuple[MidiMessage, ...],
        Meta(min_length=1, max_length=MESSAGES_LIMIT, description="1 to 64 channel messages, status 128 to 239"),
    ]


class MidiListen(ClientMessage, frozen=True, kw_only=True, tag="midi_listen"):
    """Be told what comes at `midi_in`, or no longer."""

    id: MessageId
    on: bool = True


AnyMidiRequest = Midi | MidiListen


class MidiHeard(ServerMessage, frozen=True, kw_only=True, tag="midi"):
    """What came at `midi_in` and moves no parameter, in order; to who asked by `midi_listen`."""

    messages: tuple[tuple[int, ...], ...]
