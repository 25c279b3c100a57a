"""One session's control, without any I/O: members' words in, engine commands and messages out.

Whoever drives it (the node) passes in text and the clock, hands `Outcome.commands` to the engine, gives
the engine's news back to `news`, and sends each `Outgoing` to its members.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from telharmonic.control.analyses import Analyses
from telharmonic.control.bulletin import Bulletin
from telharmonic.control.checking import checked
from telharmonic.control.dspnode import translate
from telharmonic.control.members import RATE_HZ, Member, Members
from telharmonic.control.outcome import BlockTimes, MisreadOsc, Outcome, Outgoing, error_message
from telharmonic.control.parser import Message, is_osc, message_id, parse
from telharmonic.control.pending import Pending, Waiting
from telharmonic.control.returning import Returning
from telharmonic.control.roles import check_allowed, may_hear
from telharmonic.control.state import SessionFacts, SessionState
from telharmonic.control.translate import ControlMessage, to_command
from telharmonic.control.undoing import commands_of, labels_in
from telharmonic.engine.commands import News
from telharmonic.errors import MessageError, RefusedError, TelharmonicError
from telharmonic.protocol import editing, messages, midi, parts, rtc, upstream
from telharmonic.protocol.dspnode import DspNodeCommand
from telharmonic.protocol.message import ServerMessage
from telharmonic.protocol.node_api import Snapshot
from telharmonic.protocol.relay import Osc
from telharmonic.protocol.session import ImpulseSpec, RecordingSpec, SessionSpec

UNDO_COMMANDS = 256  # more than one step can need: 64 lanes, 50 000 points in pieces of 1000, all parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A new member, what to send, the audio it is to get (None: none), and who it was before, if it came back."""

    member: str
    outcome: Outcome
    audio: parts.AudioAgreed | None
    former: str | None = None


class Desk:
    """The control side of one session.

    Parameters
    ----------
    spec : SessionSpec
        Checked by `session_file`, and `restore.restored` if the session existed before.
    facts : SessionFacts
        What the built session knows.
    position_s : float
        Where the time line stands at first.
    seq : int
        The last sequence number of the session's life before (0: it is new).

    Raises
    ------
    ParameterError, NotFoundError
        If the session file sets something that is not there or not allowed.
    """

    def __init__(self, spec: SessionSpec, facts: SessionFacts, *, position_s: float = 0.0, seq: int = 0) -> None:
        self.state = SessionState(spec, facts, position_s)
        self.analyses = Analyses(spec)
        self._members = Members()
        self._waiting = Waiting()
        self._returning = Returning()
        self._bulletin = Bulletin(self.state, self._members, self._waiting, seq)
        self._strips = tuple(strip.id for strip in spec.strips)

    @property
    def members(self) -> tuple[parts.MemberInfo, ...]:
        """Who takes part."""
        return self._members.infos

    def role(self, member: str) -> parts.Role:
        """What a member may do; NotFoundError if it has not joined."""
        return self._members[member].info.role

    @property
    def seq(self) -> int:
        """The number of the newest change."""
        return self._bulletin.history.seq

    def snapshot(self) -> Snapshot:
        """What must be kept to open the session again as it is."""
        return self.state.snapshot(self.seq)

    def note_position(self, frame: int, position_frames: int) -> Outcome:
        """Where the time line stands, as every meter snapshot says; changes set for a frame up to it are told."""
        outgoing = tuple(self._bulletin.come_to(frame))
        self.state.note_position(frame, position_frames)
        return Outcome(outgoing=outgoing)

    def add(self, added: ImpulseSpec | RecordingSpec) -> Outcome:
        """The engine has one more response for its reverbs, or recording for its grains: everyone is told."""
        if isinstance(added, ImpulseSpec):
            return Outcome(outgoing=(self._bulletin.impulses_changed(self.state.add_impulse(added)),))
        return Outcome(outgoing=(self._bulletin.recordings_changed(self.state.add_recording(added)),))

    def join(
        self,
        hello: messages.Hello,
        role: parts.Role,
        rtc_info: Callable[[str | None], rtc.RtcInfo] | None = None,
        rate_hz: float = RATE_HZ,
        now_us: int = 0,
    ) -> Joined:
        """A member comes, at `now_us` of the node's monotonic clock, or comes back.

        Its token was checked by `roles.role_of`; `rtc_info` says what it is told about WebRTC, given
        whom it was before.

        Raises
        ------
        RefusedError
            If the session is full.
        """
        member = self._members.add(hello.name, role, rate_hz)
        others = tuple(name for name in self._members.names if name != member.info.member)
        announcement = self._bulletin.members_changed(others)
        audio = self._agree(hello.audio) if hello.audio is not None and may_hear(role) else None
        former = None
        if hello.resume is not None:
            former = self._former(hello.resume, role, now_us)
            self._bulletin.undo.hand_over(former, member.info.member)
        key = self._returning.come(member.info.member, role)
        welcome = msgspec.structs.replace(
            self._welcome(member, hello.resume, audio),
            rtc=rtc_info(former) if rtc_info is not None else None,
            history_key=key,
        )
        outgoing = (self._to(member, welcome), announcement, *self._bulletin.steps())
        return Joined(
            member=member.info.member,
            audio=audio,
            former=former,
            outcome=Outcome(outgoing=outgoing, audio_changed=True, audio=audio),
        )

    def _former(self, resume: parts.Resume, role: parts.Role, now_us: int) -> str | None:
        """Who it was that comes back, if it can prove it."""
        if resume.epoch != self.state.facts.epoch or not resume.history_key:
            return None
        return self._returning.claim(resume.history_key, role, now_us)

    def leave(self, member: str, now_us: int = 0) -> Outcome:
        """A member has gone, at `now_us`; the others are told. Its history is kept a while for its coming back."""
        if member not in self._members:
            return Outcome()
        self._members.remove(member)
        keep = self._bulletin.undo.has_steps(member)
        for each in self._returning.leave(member, now_us, keep=keep):
            self._bulletin.undo.forget(each)
        self.analyses.choose(member, None)
        return Outcome(outgoing=(self._bulletin.members_changed(self._members.names),))

    def receive(self, member: str, data: bytes | str | Message, now_us: int) -> Outcome:
        """A member says something, at `now_us` of the node's monotonic clock.

        Whatever it is, the outcome is an answer; only an unknown `member` raises.

        Raises
        ------
        NotFoundError
            If `member` has not joined.
        """
        speaker = self._members[member]
        try:
            if not speaker.may_speak(now_us / 1e6):
                raise RefusedError(speaker.too_many)
            message = parse(data)
            check_allowed(speaker.info.role, message)
            return self._obey(speaker, message, now_us)
        except TelharmonicError as problem:
            number = message_id(data)
            if is_osc(data) and not isinstance(problem, RefusedError):
                return Outcome(elsewhere=MisreadOsc(problem=problem, id=number))
            answer = self._to(speaker, error_message(problem, number))
            return Outcome(outgoing=(answer,), close="too many messages" if speaker.is_flooding else "")

    def news(self, news: News, rendered: BlockTimes | None = None) -> Outcome:
        """The engine says something; `rendered` says when its block was begun and ready, for a ping's ack."""
        return Outcome(outgoing=tuple(self._bulletin.publish(news, rendered)))

    def _obey(self, speaker: Member, message: Message, now_us: int) -> Outcome:
        match message:
            case messages.Hello():
                raise MessageError("hello comes once, first")
            case messages.Stats():
                return Outcome(stats=message)
            case rtc.RtcOffer() | rtc.RtcCandidate() | rtc.RtcAudio() | rtc.RtcClose():
                return Outcome(rtc=message)
            case Osc() | midi.Midi() | midi.MidiListen():
                return Outcome(elsewhere=message)
            case upstream.Upstream() | upstream.Take():
                return Outcome(rtc=message)
            case messages.Echo():
                echo = messages.EchoReply(id=message.id, client_us=message.client_us, server_us=now_us)
                return Outcome(outgoing=(self._to(speaker, echo),))
            case messages.Audio():
                return self._change_audio(speaker, message)
            case editing.Undo():
                return self._take_back(speaker, message.id, now_us, again=False)
            case editing.Redo():
                return self._take_back(speaker, message.id, now_us, again=True)
            case editing.Analyse():
                self.analyses.choose(speaker.info.member, message.target)
                return Outcome(outgoing=(self._ack(speaker, message.id),), analyses_changed=True)
            case editing.Describe():
                told = self._bulletin.describe(speaker.info.member, message, now_us)
                return Outcome(outgoing=(self._ack(speaker, message.id), told, *self._bulletin.steps()))
            case DspNodeCommand():
                turn = translate(message, self._strips, self.state.table)
                wanted = messages.Set(id=0, address=turn.address, value=turn.value, ramp_s=turn.ramp_s)
                return self._command(speaker, wanted, message.id, now_us)
            case _:
                return self._command(speaker, checked(message, self.state, self._waiting), message.id, now_us)

    def _command(self, speaker: Member, message: ControlMessage, reply_id: int | None, now_us: int) -> Outcome:
        command = to_command(message, self._waiting.next_id(), self.state.spec.sample_rate_hz)
        gesture = message.gesture if isinstance(message, messages.Set | editing.SetMany) else None
        pending = Pending(
            command=command, member=speaker.info.member, message_id=reply_id, received_us=now_us, gesture=gesture
        )
        self._waiting.add(pending)
        return Outcome(commands=(command,))

    def _take_back(self, speaker: Member, reply_id: int, now_us: int, *, again: bool) -> Outcome:
        """Undo or redo; the last of its commands is the one that is answered."""
        member = speaker.info.member
        self._waiting.check_room(UNDO_COMMANDS)
        step = self._bulletin.undo.take_back(member, again=again)
        commands = commands_of(step, again=again, next_id=self._waiting.next_id)
        for command in commands:
            answers = reply_id if command is commands[-1] else None
            self._waiting.add(
                Pending(command=command, member=member, message_id=answers, received_us=now_us, undoing=True)
            )
        acks = () if commands else (self._ack(speaker, reply_id),)
        labels = labels_in(step, again=again).items()
        wishes = [editing.Describe(id=0, part=part, name=each.name, colour=each.colour) for part, each in labels]
        told = [self._bulletin.describe(member, wish, now_us, undoing=True) for wish in wishes]
        return Outcome(commands=commands, outgoing=(*acks, *told, *self._bulletin.steps()))

    def _change_audio(self, speaker: Member, message: messages.Audio) -> Outcome:
        agreed = None if message.audio is None else self._agree(message.audio)
        ack = messages.Ack(id=message.id, frame=self.state.frame, audio=agreed)
        return Outcome(outgoing=(self._to(speaker, ack),), audio_changed=True, audio=agreed)

    def _agree(self, request: parts.AudioRequest) -> parts.AudioAgreed:
        return parts.AudioAgreed(
            encoding=request.encoding,
            frames=request.frames,
            channels=request.channels,
            sample_rate_hz=self.state.spec.sample_rate_hz,
        )

    def _welcome(
        self, member: Member, resume: parts.Resume | None, audio: parts.AudioAgreed | None
    ) -> messages.Welcome:
        facts, spec = self.state.facts, self.state.spec
        missed = None
        if resume is not None and resume.epoch == facts.epoch:
            missed = self._bulletin.history.since(resume.seq)
        return messages.Welcome(
            protocol=messages.PROTOCOL,
            session=facts.session_id,
            name=spec.name,
            role=member.info.role,
            member=member.info.member,
            epoch=facts.epoch,
            seq=self.seq,
            sample_rate_hz=spec.sample_rate_hz,
            latency_frames=facts.latency_frames,
            audio=audio,
            state=self.state.full(self._members.infos) if missed is None else None,
            missed=missed,
        )

    def _ack(self, member: Member, message_id: int) -> Outgoing:
        return self._to(member, messages.Ack(id=message_id, frame=self.state.frame))

    @staticmethod
    def _to(member: Member, message: ServerMessage) -> Outgoing:
        return Outgoing(members=(member.info.member,), message=message)
