"""Where a member's words go that are not for the engine: through the OSC relay, or to the session's MIDI ports."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from telharmonic.control.outcome import Elsewhere, Outgoing, error_message
from telharmonic.errors import TelharmonicError
from telharmonic.node.midi_door import MidiDoor
from telharmonic.node.relay_door import RelayDoor, relay_answer
from telharmonic.protocol.message import ServerMessage
from telharmonic.protocol.messages import Ack
from telharmonic.protocol.midi import AnyMidiRequest, Midi, MidiListen

if TYPE_CHECKING:
    from telharmonic.node.session_host import SessionHost


class Doors:
    """One session's ways out.

    Parameters
    ----------
    send : callable
        Sends a message to members.

    Attributes
    ----------
    relay : RelayDoor, optional
        The node's, if it has one.
    midi : MidiDoor
        The session's own.
    """

    def __init__(self, send: Callable[[Outgoing], None]) -> None:
        self.relay: RelayDoor | None = None
        self.midi = MidiDoor(send)

    def answer(self, host: SessionHost, member: str, request: Elsewhere) -> Outgoing:
        """Let a member's words out; what it is told of it."""
        if isinstance(request, Midi | MidiListen):
            return Outgoing(members=(member,), message=self._midi_answer(host, member, request))
        return relay_answer(self.relay, host, member, request)

    def _midi_answer(self, host: SessionHost, member: str, request: AnyMidiRequest) -> ServerMessage:
        try:
            self.midi.take(member, request)
        except TelharmonicError as problem:
            return error_message(problem, request.id)
        return Ack(id=request.id, frame=host.desk.state.frame)
