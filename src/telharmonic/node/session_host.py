"""One session as the stream process has it: the ring it is heard from, its desk, and everyone who is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial

from telharmonic.audio.ring import Ring
from telharmonic.control.desk import Desk
from telharmonic.control.members import RATE_HZ
from telharmonic.control.outcome import BlockTimes, Outcome, Outgoing, error_message, failure_message
from telharmonic.control.parser import Message
from telharmonic.control.roles import may_hear
from telharmonic.engine.commands import Command, Refused
from telharmonic.engine.meters import Meters
from telharmonic.errors import RefusedError, TelharmonicError
from telharmonic.node.audience import Audience
from telharmonic.node.doors import Doors
from telharmonic.node.guest import Guest, Line
from telharmonic.node.guests import Guests
from telharmonic.node.inputs import Inputs
from telharmonic.node.limits import NodeLimits
from telharmonic.node.member_rtc import MemberRtc
from telharmonic.node.meter_message import MeterNames
from telharmonic.node.rtc_gate import RtcGate
from telharmonic.node.rtc_line import RtcSession
from telharmonic.node.shared_state import SessionFailed, Tidings, Wish
from telharmonic.protocol import messages
from telharmonic.protocol.node_api import Snapshot
from telharmonic.protocol.parts import AudioAgreed, Role
from telharmonic.protocol.rtc import RtcInfo
from telharmonic.protocol.session import ImpulseSpec, RecordingSpec, SessionSpec
from telharmonic.transport.encoded import EncodedMessage
from telharmonic.transport.fan_out import Outlet, Shape, Transport, Wrapping
from telharmonic.transport.websocket import WebSocketLine
from telharmonic.wire.pcm import Encoding


class SessionHost:
    """Everything of one session but its sound's making.

    Parameters
    ----------
    slot : int
        Its place in the shared memory.
    desk : Desk
        Its control side.
    ring : Ring
        Where its sound comes from.
    tokens : mapping
        The secret of each role.
    post : callable
        Hands a command or wish to the render process; False if there is no room.
    position : callable
        Reads where the song of a slot stood, at which frame.
    limits : NodeLimits
        Of members and waiting sound.
    gate : RtcGate
        Through which WebRTC connections come.
    inputs : Inputs
        Its live strips, who plays into them, and takes.
    """

    def __init__(
        self,
        *,
        slot: int,
        desk: Desk,
        ring: Ring,
        tokens: Mapping[Role, str],
        post: Callable[[int, Command | Wish], bool],
        position: Callable[[int], tuple[int, int]],
        limits: NodeLimits,
        gate: RtcGate,
        inputs: Inputs,
    ) -> None:
        self.slot, self.desk, self.inputs = slot, desk, inputs
        self.inputs.playing = lambda: desk.state.playing
        self.tokens = dict(tokens)
        self.ended = asyncio.Event()
        self.failure = ""
        self.doors = Doors(lambda item: self._guests.send((item,)))
        self._post, self._position, self._limits = post, position, limits
        spec = desk.state.spec
        self._meter_names = MeterNames(spec)
        self._guests = Guests()
        rate_hz, epoch = spec.sample_rate_hz, desk.state.facts.epoch
        self.audience = Audience(ring, sample_rate_hz=rate_hz, epoch=epoch, buffer_s=limits.buffer_s)
        self.rtc = RtcSession(gate, self.audience, spec, changed=self.choose_wish)
        self._bodies: set[Outlet] = set()  # listeners of HTTP streams
        self._wish = Wish(awake=False, meters=False)
        self._left_s: float | None = time.monotonic()  # None while somebody is here

    # -- sound

    def add_body(self, transport: Transport, shape: Shape, wrapping: Wrapping) -> Outlet:
        """A listener by HTTP.

        Raises
        ------
        RefusedError
            If the session is full.
        """
        self.check_room()
        outlet = self.audience.add(transport, shape, wrapping)
        self._bodies.add(outlet)
        self.choose_wish()
        return outlet

    def remove_body(self, outlet: Outlet) -> None:
        """It has gone."""
        self.audience.remove(outlet)
        self._bodies.discard(outlet)
        self.choose_wish()

    def _listen(self, guest: Guest, audio: AudioAgreed | None) -> None:
        """Send a member its sound in this shape from now on, or none."""
        if guest.outlet is not None:
            self.audience.remove(guest.outlet)
            guest.outlet = None
        if audio is not None and isinstance(guest.line, WebSocketLine):
            shape = Shape(encoding=Encoding.named(audio.encoding), frames=audio.frames, channels=audio.channels)
            guest.outlet = self.audience.add(guest.line.transport, shape, on_caught_up=guest.tell_lost)

    # -- members

    def join(self, line: Line, hello: messages.Hello, role: Role, rate_hz: float = RATE_HZ) -> str:
        """A member comes, who may say so much; its name among the members. Whom it was before goes.

        Raises
        ------
        RefusedError
            If the session is full.
        """
        self.check_room()
        self._note_position()
        joined = self.desk.join(hello, role, self._rtc_info, rate_hz, time.monotonic_ns() // 1000)
        self._guests[joined.member] = guest = Guest(line, hello)
        plays = self.inputs.member(joined.member) if role == "performer" else None
        said = partial(self.receive, joined.member)
        guest.rtc = MemberRtc(self.rtc, guest, hears=may_hear(role), said=said, plays=plays)
        if joined.former is not None and self._guests.keeps_line(joined.former):
            guest.rtc.adopt(self._guests[joined.former].rtc)
        self.choose_wish()
        self._do(joined.member, joined.outcome)
        if joined.former is not None:  # its line broke at the other end, and holds what it played here
            self.leave(joined.former, "it came back by another line")
        if self.failure:
            guest.send(EncodedMessage(failure_message(self.failure)))
        return joined.member

    def _rtc_info(self, former: str | None) -> RtcInfo:
        return self.rtc.info(kept=self._guests.keeps_line(former))

    def guest(self, member: str) -> Guest:
        """A member's connections."""
        return self._guests[member]

    def leave(self, member: str, reason: str = "") -> None:
        """It has gone, or (with a reason) is sent away; nothing happens if it was not here."""
        if (guest := self._guests.pop(member, None)) is None:
            return
        self._listen(guest, None)
        self.doors.midi.leave(member)
        guest.rtc.close()
        if reason:
            guest.dismiss(reason)
        self._do(member, self.desk.leave(member, time.monotonic_ns() // 1000))
        self.choose_wish()

    def lose(self, member: str) -> None:
        """Its line broke: it has gone, or (if its WebRTC line holds) is given some seconds to come back by another."""
        if self._guests.lose(member):
            self._listen(self._guests[member], None)
        else:
            self.leave(member)

    def receive(self, member: str, text: str | Message | TelharmonicError, way: Line | None = None) -> None:
        """A member said something, or something that is no text; what it is answered at once goes back by `way`."""
        if member not in self._guests:
            return
        if isinstance(text, TelharmonicError):
            self._guests.answer(member, (Outgoing(members=(member,), message=error_message(text)),), way)
        else:
            self._do(member, self.desk.receive(member, text, time.monotonic_ns() // 1000), way)

    def check_room(self) -> None:
        """Let one more come in; RefusedError if the session is full."""
        if self._guests.here + len(self._bodies) >= self._limits.members:
            raise RefusedError(f"the session is full; allowed: {self._limits.members} members")

    def _do(self, member: str, outcome: Outcome, way: Line | None = None) -> None:
        for command in outcome.commands:
            if not self._post(self.slot, command):
                busy = "the node has too many commands waiting; send it again"
                refused = Refused(command_id=command.command_id, code="node", message=busy)
                self._guests.send(self.desk.news(refused).outgoing)  # with its id; it no longer counts as waiting
        self._guests.answer(member, outcome.outgoing, way)
        if (guest := self._guests.get(member)) is None:
            return
        if outcome.audio_changed:
            self._listen(guest, outcome.audio)
        if outcome.audio_changed or outcome.analyses_changed:
            self.choose_wish()
        if outcome.stats is not None:
            guest.stats = outcome.stats
        if outcome.rtc is not None:
            guest.rtc.take(outcome.rtc, self.desk.state.frame)
        if outcome.elsewhere is not None:
            self._guests.answer(member, (self.doors.answer(self, member, outcome.elsewhere),), way)
        if outcome.close:
            guest.dismiss(outcome.close)

    def add(self, added: ImpulseSpec | RecordingSpec) -> SessionSpec:
        """Reverbs may choose one more response, or players of grains one more recording: everyone is told."""
        self._guests.send(self.desk.add(added).outgoing)
        return self.desk.state.spec

    def choose_wish(self) -> None:
        visited = self._bodies or len(self.rtc) or self._guests.people_are_here
        self._left_s = None if visited else self._left_s or time.monotonic()
        meters = any(guest.meters_every for guest in self._guests.values())
        analyses, short = self.desk.analyses.targets, self.audience.takes_short_blocks
        awake = bool(self._guests or self._bodies or len(self.rtc))
        wish = Wish(awake=awake, meters=meters, analyses=analyses, short=short)
        if wish != self._wish and self._post(self.slot, wish):
            self._wish = wish

    # -- what the render process says

    def take(self, item: Tidings | Meters | SessionFailed) -> None:
        """News, meters, or the end of the session's sound."""
        if isinstance(item, Tidings):
            times = BlockTimes(applied_us=item.applied_ns // 1000, rendered_us=item.rendered_ns // 1000)
            for news in item.news:
                self._guests.send(self.desk.news(news, times).outgoing)
        elif isinstance(item, Meters):
            self._show(item)
        else:
            self.failure = item.reason
            self._guests.send((Outgoing(members=tuple(self._guests), message=failure_message(self.failure)),))

    def _show(self, meters: Meters) -> None:
        self._guests.send(self.desk.note_position(meters.frame, meters.position_frames).outgoing)
        encoded: dict[str, EncodedMessage] = {}  # by what is analysed in them
        for member, guest in self._guests.items():
            if guest.meters_are_due():
                target = self.desk.analyses.of(member)
                if target not in encoded:
                    encoded[target] = EncodedMessage(self._meter_names.message(meters, target))
                guest.send_meters(encoded[target])

    # -- once a second

    def each_second(self, status: messages.Status) -> None:
        """Tell the members how the node does; send away who takes nothing."""
        self.inputs.feeds.tell_shut()
        self.choose_wish()
        self._note_position()
        message = EncodedMessage(status)
        for member in self._guests.gone():
            self.leave(member)
        for guest in list(self._guests.values()):
            guest.line.send(message)
            guest.rtc.each_second()
            if guest.outlet is not None and self.audience.silent_s(guest.outlet) > self._limits.slow_s:
                guest.dismiss(f"nothing was read for {self._limits.slow_s:g} s")

    def _note_position(self) -> None:
        frame, position_frames = self._position(self.slot)
        if frame > self.desk.state.frame:
            self._guests.send(self.desk.note_position(frame, position_frames).outgoing)

    def snapshot(self) -> Snapshot:
        """All that must be kept to open the session again as it is."""
        self._note_position()
        return self.desk.snapshot()

    @property
    def idle_s(self) -> float:
        """Since the last member left; 0 while someone is here who is no machine."""
        return 0.0 if self._left_s is None else time.monotonic() - self._left_s

    @property
    def guests(self) -> tuple[Guest, ...]:
        """Every member's connection."""
        return tuple(self._guests.values())

    async def end(self, reason: str) -> None:
        """Say goodbye to everyone and let every handler return."""
        self.ended.set()
        for guest in list(self._guests.values()):
            guest.dismiss(reason)
        if closings := [guest.closing for guest in self._guests.values() if guest.closing is not None]:
            await asyncio.wait(closings, timeout=2.0)
        await self.rtc.end(reason)
        self.inputs.close()
