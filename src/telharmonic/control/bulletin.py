"""The engine's news as members hear it: acknowledgements to one, numbered changes to all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telharmonic.control.history import History
from telharmonic.control.members import Members
from telharmonic.control.outcome import BlockTimes, Outgoing
from telharmonic.control.pending import Pending, Waiting
from telharmonic.control.scene_alteration import scene_alteration, scenes_after
from telharmonic.control.state import SessionState
from telharmonic.control.translate import in_seconds, position_s
from telharmonic.control.undo import Alteration, UndoBook
from telharmonic.engine import commands
from telharmonic.protocol import editing, messages, parts
from telharmonic.protocol.parameters import Value

_TRANSPORT = (commands.Play, commands.Pause, commands.Stop, commands.Seek, commands.Loop)


class Bulletin:
    """Turns news into messages and keeps the mirror and the history up to date."""

    def __init__(self, state: SessionState, members: Members, waiting: Waiting, seq: int) -> None:
        self.history = History(seq=seq)
        self._state = state
        self._members = members
        self._waiting = waiting
        self._moved_by = ("", -1)  # who moved the transport last, and at which frame
        self._turned_by: dict[str, str] = {}  # who set each parameter last
        self.undo = UndoBook()

    def publish(self, news: commands.News, rendered: BlockTimes | None) -> Iterator[Outgoing]:
        """Every message that follows from a piece of news, in order."""
        yield from self._published(news, rendered)
        yield from self.steps()

    def steps(self) -> Iterator[Outgoing]:
        """Tell members how many steps they can undo and redo, if that has changed."""
        for member, undo, redo in self.undo.news():
            if member in self._members:
                yield Outgoing(members=(member,), message=editing.Steps(undo=undo, redo=redo))

    def _published(self, news: commands.News, rendered: BlockTimes | None) -> Iterator[Outgoing]:
        match news:
            case commands.Applied():
                yield from self._applied(news, rendered)
            case commands.Refused():
                yield from self._refused(news)
            case commands.TransportChanged(frame=frame):
                yield from self.come_to(frame)
                self._state.move(news)
                yield self._to_all(self._transport(frame))
            case commands.ScenesChanged(names=names):
                self._keep_scenes(news)
                yield self._to_all(messages.Scenes(seq=self.history.next_seq(), names=names))
            case commands.SceneRecalled(frame=frame):
                yield from self.come_to(frame)
                yield from self._recalled(news)
            case commands.LaneChanged():
                yield self._lane(news)
            case commands.LanesRested(values=values, frame=frame):
                for address, value in values.items():
                    if self._state.values[address] != value:
                        yield self._change("", address, value, 0.0, frame)
            case commands.Armed():
                yield from self._armed(news)
            case commands.ChannelMuted(channel=channel):
                text = f"{channel} gave values that are no sound and was muted; reopen the session to hear it again"
                message = messages.Error(code="channel_muted", message=text, parameter=channel)
                yield Outgoing(members=self._members.names, message=message)

    def come_to(self, frame: int) -> Iterator[Outgoing]:
        """The engine has come to `frame`: tell the changes that were set for a frame up to it."""
        for at_frame, pending in self._waiting.due(frame):
            yield self._turned(pending, at_frame)

    def members_changed(self, audience: tuple[str, ...]) -> Outgoing:
        """Tell `audience` who takes part now."""
        message = messages.Members(seq=self.history.next_seq(), members=self._members.infos)
        self.history.add(message)
        return Outgoing(members=audience, message=message)

    def impulses_changed(self, impulses: tuple[parts.PartInfo, ...]) -> Outgoing:
        """Tell everyone what reverbs may choose from now."""
        return self._to_all(editing.Impulses(seq=self.history.next_seq(), impulses=impulses))

    def recordings_changed(self, recordings: tuple[parts.PartInfo, ...]) -> Outgoing:
        """Tell everyone what players of grains may read from now."""
        return self._to_all(editing.Recordings(seq=self.history.next_seq(), recordings=recordings))

    def describe(self, member: str, message: editing.Describe, at_us: int, *, undoing: bool = False) -> Outgoing:
        """A member calls a column otherwise: tell everyone.

        Raises
        ------
        NotFoundError
            If there is no such column.
        """
        before, after = self._state.describe(message.part, message.name, message.colour)
        alteration = Alteration(message.part, False, before, after)
        if undoing:
            self.undo.pass_over(member, (alteration,))
        elif before != after:
            self.undo.note(member, (alteration,), at_us, ("label", self.history.next_seq()))
        told = editing.Described(
            seq=self.history.next_seq(), member=member, part=message.part, name=after.name, colour=after.colour
        )
        return self._to_all(told)

    def _to_all(self, message: messages.HistoryMessage) -> Outgoing:
        self.history.add(message)
        return Outgoing(members=self._members.names, message=message)

    def _applied(self, news: commands.Applied, rendered: BlockTimes | None) -> Iterator[Outgoing]:
        pending = self._waiting.take(news.command_id)
        if pending is None:
            return
        ahead = pending.is_for_later and news.frame > self._state.frame
        if not pending.is_for_later:
            yield from self.come_to(news.frame)
        yield from self._acknowledge(pending, news.frame, rendered)
        match pending.command:
            case commands.Set() if ahead:
                self._waiting.keep_until(news.frame, pending)
            case commands.Set():
                yield self._turned(pending, news.frame)
            case commands.SetMany(values=values, ramp_s=ramp_s):
                yield from self._turned_many(pending, values, ramp_s or 0.0, news.frame)
            case command if isinstance(command, _TRANSPORT):
                self._moved_by = (pending.member, news.frame)

    def _acknowledge(self, pending: Pending, frame: int, rendered: BlockTimes | None) -> Iterator[Outgoing]:
        if pending.message_id is not None and pending.member in self._members:
            timing = _timing(pending, rendered) if isinstance(pending.command, commands.Ping) else None
            ack = messages.Ack(id=pending.message_id, frame=frame, timing=timing)
            yield Outgoing(members=(pending.member,), message=ack)

    def _turned(self, pending: Pending, frame: int) -> Outgoing:
        command = pending.command
        assert isinstance(command, commands.Set)
        alteration = self._alteration(command.address, command.value)
        self.undo.note(pending.member, (alteration,), pending.received_us, _gesture(pending))
        return self._change(pending.member, command.address, command.value, command.ramp_s or 0.0, frame)

    def _turned_many(
        self, pending: Pending, values: Mapping[str, Value], ramp_s: float, frame: int
    ) -> Iterator[Outgoing]:
        changed = {address: value for address, value in values.items() if self._state.values[address] != value}
        alterations = tuple([self._alteration(address, value) for address, value in changed.items()])
        if pending.undoing:
            self.undo.pass_over(pending.member, alterations)
        else:
            group = _gesture(pending) or ("many", pending.command.command_id)
            self.undo.note(pending.member, alterations, pending.received_us, group)
        for address, value in changed.items():
            yield self._change(pending.member, address, value, ramp_s, frame)

    def _alteration(self, address: str, value: Value) -> Alteration:
        return Alteration(address, False, self._state.values[address], value)

    def _lane(self, news: commands.LaneChanged) -> Outgoing:
        pending = self._waiting.find(news.command_id)
        member = self._turned_by.get(news.address, "") if pending is None else pending.member
        before, after = self._state.splice(news)
        alterations = (Alteration(news.address, True, before, after),)
        if pending is not None and pending.undoing:
            self.undo.pass_over(member, alterations)
        else:
            received_us, group = (0, None) if pending is None else (pending.received_us, ("lane", news.command_id))
            self.undo.note(member, alterations, received_us, group)
        rate_hz, end = self._state.spec.sample_rate_hz, news.end_frames
        lane = editing.Lane(
            seq=self.history.next_seq(),
            member=member,
            address=news.address,
            points=in_seconds(news.points, rate_hz),
            from_s=position_s(news.start_frames, rate_hz),
            to_s=None if end is None else position_s(end, rate_hz),
        )
        return self._to_all(lane)

    def _armed(self, news: commands.Armed) -> Iterator[Outgoing]:
        pending = self._waiting.find(news.command_id)
        self._state.armed = news.addresses
        member = "" if pending is None else pending.member
        yield self._to_all(editing.Armed(seq=self.history.next_seq(), member=member, addresses=news.addresses))
        if news.reason:
            message = messages.Error(code="refused", message=f"recording was stopped: {news.reason}")
            yield Outgoing(members=self._members.names, message=message)

    def _refused(self, news: commands.Refused) -> Iterator[Outgoing]:
        pending = self._waiting.take(news.command_id)
        if pending is not None and pending.member in self._members:
            message = messages.Error(
                id=pending.message_id,
                code=news.code,
                message=news.message,
                parameter=news.parameter,
                value=news.value,
                allowed=news.allowed,
            )
            yield Outgoing(members=(pending.member,), message=message)

    def _change(self, member: str, address: str, value: Value, ramp_s: float, frame: int) -> Outgoing:
        self._state.values[address] = value
        self._turned_by[address] = member
        change = messages.Change(
            seq=self.history.next_seq(), member=member, address=address, value=value, ramp_s=ramp_s, frame=frame
        )
        return self._to_all(change)

    def _transport(self, frame: int) -> messages.Transport:
        now, (member, at_frame) = self._state.transport, self._moved_by
        return messages.Transport(
            seq=self.history.next_seq(),
            member=member if at_frame == frame else "",
            playing=now.playing,
            position_s=now.position_s,
            frame=now.frame,
            loop=now.loop,
        )

    def _recalled(self, news: commands.SceneRecalled) -> Iterator[Outgoing]:
        pending = self._waiting.recall_of(news.name)  # its Applied comes after this news
        if pending is not None:
            yield from self._turned_many(pending, news.values, news.fade_s, news.frame)

    def _keep_scenes(self, news: commands.ScenesChanged) -> None:
        pending = self._waiting.find(news.command_id)
        command = pending.command if pending is not None else None
        known = command if isinstance(command, commands.SceneCommand) else None
        before, after = self._state.scenes, scenes_after(self._state.scenes, news, known, self._state.values)
        self._state.scenes = after
        altered = None if known is None else scene_alteration(known, before, after)
        if pending is None or altered is None:
            return
        if pending.undoing:
            self.undo.pass_over(pending.member, (altered,))
        else:
            self.undo.note(pending.member, (altered,), pending.received_us, ("scene", news.command_id))


def _gesture(pending: Pending) -> tuple[str, int] | None:
    return None if pending.gesture is None else ("gesture", pending.gesture)


def _timing(pending: Pending, rendered: BlockTimes | None) -> parts.Timing | None:
    if rendered is None:
        return None
    return parts.Timing(
        received_us=pending.received_us, applied_us=rendered.applied_us, rendered_us=rendered.rendered_us
    )
