"""The engine's news as members hear it: acknowledgements to one, numbered changes to all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from telharmonic.control.history import History
from telharmonic.control.members import Members
from telharmonic.control.outcome import BlockTimes, Outgoing
from telharmonic.control.pending import Pending, Waiting
from telharmonic.control.state import SessionState
from telharmonic.engine import commands
from telharmonic.protocol import messages, parts
from telharmonic.protocol.parameters import Value

LOG_LIMIT = 100_000  # commands; a quarter of an hour of one member's steady 100 a second

_TRANSPORT = (commands.Play, commands.Pause, commands.Stop, commands.Seek, commands.Loop)
_RECALL = (commands.SceneRecall,)


class Bulletin:
    """Turns news into messages and keeps the mirror, the history and the log up to date."""

    def __init__(self, state: SessionState, members: Members, waiting: Waiting, seq: int) -> None:
        self.history = History(seq=seq)
        self.log: deque[commands.LogEntry] = deque(maxlen=LOG_LIMIT)
        self._state = state
        self._members = members
        self._waiting = waiting
        self._last: dict[tuple[type[commands.Command], ...], tuple[str, int]] = {}

    def publish(self, news: commands.News, rendered: BlockTimes | None) -> tuple[Outgoing, ...]:
        """Every message that follows from a piece of news, in order."""
        match news:
            case commands.Applied():
                return tuple(self._applied(news, rendered))
            case commands.Refused():
                return tuple(self._refused(news))
            case commands.TransportChanged():
                self._state.move(news)
                return (self._to_all(self._transport(self._actor(_TRANSPORT, news.frame))),)
            case commands.ScenesChanged(names=names):
                self._keep_scenes(names)
                return (self._to_all(messages.Scenes(seq=self.history.next_seq(), names=names)),)
            case commands.SceneRecalled():
                return tuple(self._recalled(news))
            case commands.ChannelMuted(channel=channel):
                text = f"{channel} gave values that are no sound and was muted; reopen the session to hear it again"
                message = messages.Error(code="channel_muted", message=text, parameter=channel)
                return (Outgoing(members=self._members.names, message=message),)

    def members_changed(self, audience: tuple[str, ...]) -> Outgoing:
        """Tell `audience` who takes part now."""
        message = messages.Members(seq=self.history.next_seq(), members=self._members.infos)
        self.history.add(message)
        return Outgoing(members=audience, message=message)

    def _to_all(self, message: messages.HistoryMessage) -> Outgoing:
        self.history.add(message)
        return Outgoing(members=self._members.names, message=message)

    def _applied(self, news: commands.Applied, rendered: BlockTimes | None) -> Iterator[Outgoing]:
        pending = self._waiting.take(news.command_id)
        if pending is None:
            return
        self._remember(pending, news.frame)
        if pending.message_id is not None and pending.member in self._members:
            timing = _timing(pending, rendered) if isinstance(pending.command, commands.Ping) else None
            ack = messages.Ack(id=pending.message_id, frame=news.frame, timing=timing)
            yield Outgoing(members=(pending.member,), message=ack)
        if isinstance(pending.command, commands.Set):
            command = pending.command
            yield self._change(pending.member, command.address, command.value, command.ramp_s or 0.0, news.frame)

    def _remember(self, pending: Pending, frame: int) -> None:
        command = pending.command
        for kinds in (_TRANSPORT, _RECALL):
            if isinstance(command, kinds):
                self._last[kinds] = (pending.member, frame)
        match command:
            case commands.Set(at_frame=at_frame, at_beat=at_beat):
                if at_frame is None and at_beat is None:
                    self._waiting.has_come_to(frame)
                else:
                    self._waiting.will_happen_at(frame)
                command = replace(command, at_frame=frame, at_beat=None)
            case commands.SceneStore(name=name):
                self._state.scenes[name] = dict(self._state.values)
            case commands.SceneDelete(name=name):
                self._state.scenes.pop(name, None)
        self.log.append(commands.LogEntry(frame=frame, command=command))

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
        change = messages.Change(
            seq=self.history.next_seq(), member=member, address=address, value=value, ramp_s=ramp_s, frame=frame
        )
        return self._to_all(change)

    def _transport(self, member: str) -> messages.Transport:
        now = self._state.transport
        return messages.Transport(
            seq=self.history.next_seq(),
            member=member,
            playing=now.playing,
            position_s=now.position_s,
            frame=now.frame,
            loop=now.loop,
        )

    def _recalled(self, news: commands.SceneRecalled) -> Iterator[Outgoing]:
        member = self._actor(_RECALL, news.frame)
        for address, value in news.values.items():
            if self._state.values.get(address) != value:
                yield self._change(member, address, value, news.fade_s, news.frame)

    def _keep_scenes(self, names: tuple[str, ...]) -> None:
        scenes = self._state.scenes
        self._state.scenes = {name: scenes.get(name, self._state.values).copy() for name in names}

    def _actor(self, kinds: tuple[type[commands.Command], ...], frame: int) -> str:
        """Who is behind a piece of news that does not say: the command of that kind applied at that frame."""
        member, at_frame = self._last.get(kinds, ("", -1))
        if at_frame == frame:
            return member
        pending = self._waiting.first_of(kinds)
        return pending.member if pending is not None else member


def _timing(pending: Pending, rendered: BlockTimes | None) -> parts.Timing | None:
    if rendered is None:
        return None
    return parts.Timing(
        received_us=pending.received_us, applied_us=rendered.applied_us, rendered_us=rendered.rendered_us
    )
