"""The OSC relay of a node: queues in, one packet a host out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn, Protocol

from telharmonic.control.osc import Heard
from telharmonic.control.outcome import MisreadOsc, Outgoing, error_message
from telharmonic.control.relay import Refusal, Relay, Speaker
from telharmonic.control.told import Memory
from telharmonic.errors import NotFoundError, RefusedError, TelharmonicError
from telharmonic.protocol.message import ServerMessage
from telharmonic.protocol.messages import Ack
from telharmonic.protocol.osc import PACKET_BYTES, OscMessage, serialize_bundle
from telharmonic.protocol.relay import Cell, Osc, Reason, RelayFile, RelayWish, split_target
from telharmonic.transport.osc_sender import OscSender

if TYPE_CHECKING:
    from telharmonic.node.session_host import SessionHost


class Surface(Protocol):
    """A session, as the relay sees it."""

    def prepare(self, messages: Sequence[OscMessage]) -> Heard:
        """What these ask for; RefusedError if one of them cannot be done."""

    def carry_out(self, heard: Heard) -> None:
        """Do that."""


class Surfaces(Protocol):
    """Where sessions are found."""

    def surface(self, session: str) -> Surface:
        """The one of this id."""


class Audit(Protocol):
    """Where refusals are kept."""

    def note(self, refusal: Refusal) -> None:
        """Keep one."""


class RelayDoor:
    """Asks the rules, and sends.

    Parameters
    ----------
    rules : RelayFile
        Checked.
    surfaces : Surfaces
        For targets that are sessions.
    audit : Audit
        Told about what is refused.

    Raises
    ------
    NodeError
        If a target's name is not known.
    """

    def __init__(self, rules: RelayFile, surfaces: Surfaces, audit: Audit) -> None:
        self.relay = Relay(rules, audit.note)
        self.told = Memory()  # programs beside sessions; of a session one can ask the values
        self._surfaces = surfaces
        self._senders: dict[str, OscSender] = {}
        self._prefixes: dict[str, str] = {}  # of hosts that are sessions
        for host in rules.hosts:
            target = split_target(host)
            if isinstance(target, str):
                self._prefixes[host.name] = target
            else:
                self._senders[host.name] = OscSender(*target)

    def take(self, wish: RelayWish) -> None:
        """Send what came by HTTP.

        Raises
        ------
        RefusedError
            With the reason; nothing was sent.
        """
        self._pass_on(wish.queue, Speaker(name=wish.who, role=wish.role), wish.session)

    def answer(self, host: SessionHost, member: str, message: Osc) -> ServerMessage:
        """What a member is told who had this sent."""
        try:
            self._pass_on(message.queue, _speaker(host, member), host.desk.state.facts.session_id)
        except TelharmonicError as problem:
            return error_message(problem, message.id)
        return Ack(id=message.id, frame=host.desk.state.frame)

    def misread(self, host: SessionHost, member: str, problem: TelharmonicError) -> None:
        """Note a member's message that is no queue."""
        self.relay.refuse(_speaker(host, member), "form", str(problem))

    def _pass_on(self, queue: Sequence[Sequence[Cell]], speaker: Speaker, session: str) -> None:
        found = self.relay.judge(queue, speaker, time.monotonic())
        packets = {}
        for host, messages in found.items():
            if host in self._senders:
                packet = packets[host] = serialize_bundle(messages)
                if len(packet) > PACKET_BYTES:
                    self._refuse(speaker, "size", f"{len(packet)} bytes for {host}; allowed: {PACKET_BYTES}", host)
        prepared = [
            self._prepare(host, messages, speaker, session)
            for host, messages in found.items()
            if host in self._prefixes
        ]
        for heard in prepared:
            self._surfaces.surface(session).carry_out(heard)
        for host, packet in packets.items():
            self._senders[host].send(packet)
            self.told.note(host, found[host])
        self.relay.passed += len(queue)

    def _prepare(self, host: str, messages: list[OscMessage], speaker: Speaker, session: str) -> Heard:
        """What messages ask of the speaker's own session."""
        if not session:
            self._refuse(speaker, "role", f"{host} is a session: show a token of it, and its id as session=ID", host)
        prefix = self._prefixes[host]
        named = [OscMessage(prefix + each.address, each.arguments, each.types) for each in messages]
        try:
            return self._surfaces.surface(session).prepare(named)
        except TelharmonicError as problem:
            self._refuse(speaker, "session", str(problem), host, named[0].address)

    def _refuse(self, speaker: Speaker, reason: Reason, text: str, host: str, address: str = "") -> NoReturn:
        self.relay.refuse(speaker, reason, text, host, address)
        raise RefusedError(text)

    def close(self) -> None:
        """Send no more."""
        for sender in self._senders.values():
            sender.close()


def _speaker(host: SessionHost, member: str) -> Speaker:
    return Speaker(name=f"{host.desk.state.facts.session_id}/{member}", role=host.desk.role(member))


def relay_answer(door: RelayDoor | None, host: SessionHost, member: str, message: Osc | MisreadOsc) -> Outgoing:
    """What a member is told, also where there is no relay."""
    if isinstance(message, MisreadOsc):
        if door is not None:
            door.misread(host, member, message.problem)
        return Outgoing(members=(member,), message=error_message(message.problem, message.id))
    if door is not None:
        return Outgoing(members=(member,), message=door.answer(host, member, message))
    nothing = NotFoundError("this server has no OSC relay; it is set up with --osc-relay")
    return Outgoing(members=(member,), message=error_message(nothing, message.id))
