"""What happens when: commands taken, kept until their moment, and turned into the events of a quantum."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType

from msgspec.structs import replace

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.engine.automation import Automation
from telharmonic.engine.commands import (
    Applied,
    AutomationClear,
    AutomationRecord,
    AutomationWrite,
    Command,
    Loop,
    LoudnessReset,
    News,
    Pause,
    Ping,
    Play,
    SceneCommand,
    SceneDelete,
    SceneRecall,
    SceneRecalled,
    SceneRename,
    SceneRestore,
    ScenesChanged,
    SceneStore,
    Seek,
    Set,
    SetMany,
    Stop,
)
from telharmonic.engine.console import Console
from telharmonic.engine.event_list import EventList
from telharmonic.engine.refusal import check_beat, check_ramp, refusal
from telharmonic.engine.routing import Choice
from telharmonic.engine.scenes import Scenes
from telharmonic.engine.schedule import (
    NEVER,
    BeatSchedule,
    Item,
    Moment,
    Schedule,
    Timed,
    TransportCommand,
    TransportQueue,
)
from telharmonic.engine.transport import Transport, check_position
from telharmonic.errors import ParameterError, TelharmonicError
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.points import Point


class Conductor:
    """Decides at which frame each command takes effect, and says so.

    Parameters
    ----------
    console, scenes, transport, events
        Of the session.
    rate : int
        Frames a second.
    news : deque
        Where to tell what happened.
    lanes : mapping
        Checked points of automation, by address.

    Attributes
    ----------
    automation : Automation
        What the lanes do.
    next_frame : int
        The frame at which the next thing happens: `prepare` is to be called for its quantum.
    """

    def __init__(
        self,
        console: Console,
        scenes: Scenes,
        transport: Transport,
        events: EventList,
        rate: int,
        news: deque[News],
        lanes: Mapping[str, Iterable[Point]] = MappingProxyType({}),
    ) -> None:
        self.next_frame = NEVER
        self.automation = Automation(console, rate, transport.position(0), lanes, self._step, news)
        self._console = console
        self._scenes = scenes
        self._transport = transport
        self._events = events
        self._rate = rate
        self._news = news
        self._quantum = 0
        self._schedule, self._beats = Schedule(), BeatSchedule()
        self._queue = TransportQueue(transport, self._transport_done, self._tell_transport)

    def take(self, command: Command, frame: int) -> bool:
        """Check a command and keep it; False, after saying why, if it is refused. `plan` is to be called then."""
        try:
            self._accept(command, frame)
        except TelharmonicError as error:
            self._news.append(refusal(command.command_id, error))
            return False
        return True

    def plan(self, frame: int) -> None:
        """Find the frame, `frame` or later, at which the next thing happens."""
        beats = self._beats
        self.next_frame = min(
            self._schedule.next_frame,
            self._queue.next_frame(frame),
            self.automation.next_frame,
            beats.next_frame(self._transport, frame, self._frames_per_beat()) if beats else NEVER,
        )

    def prepare(self, frame: int) -> None:
        """Turn everything due in the quantum that begins at `frame` into events."""
        self._quantum, end = frame, frame + QUANTUM_FRAMES
        self._move_song(frame, end)
        scheduled, lanes = self._schedule, self.automation
        while min(scheduled.next_frame, lanes.next_frame) < end and self._events.has_room and self._console.may_turn:
            # a jump before what happens at its frame, a lane's own way behind it: a hand wins
            if lanes.jumps_at <= scheduled.next_frame or lanes.next_frame < scheduled.next_frame:
                lanes.run(max(lanes.next_frame, frame))
            else:
                moment, item = scheduled.pop()
                self._happen(moment, max(moment.frame, frame), item)
        self._console.arrange(frame)
        self._events.write()
        self.plan(end)

    def _accept(self, command: Command, frame: int) -> None:
        match command:
            case Set():
                self._accept_set(command, frame)
            case Play() | Pause() | Stop() | Loop():
                self._queue.add(command)
            case Seek():
                check_position(command.position_frames)
                self._queue.add(command)
            case _:
                self._schedule.add(Moment(frame, self._schedule.next_order()), self._checked(command))

    def _checked(self, command: Timed) -> Timed:
        """A command that happens in the next quantum, its values in their parameters' own types."""
        match command:
            case SceneRecall():
                check_ramp(command.fade_s, "fade_s")
            case SetMany(values=values, ramp_s=ramp_s):
                values = {address: self._console.checked(address, value) for address, value in values.items()}
                return replace(command, values=values, ramp_s=check_ramp(ramp_s))
            case SceneRestore(values=values):
                return replace(command, values=self._console.checked_scene(values))
            case AutomationWrite(address=address, points=points):
                checked = self._console.checked
                return replace(command, points=tuple([(at, checked(address, value)) for at, value in points]))
        return command

    def _accept_set(self, command: Set, now: int) -> None:
        """Check a setting and put it where it waits for its frame or its beat."""
        value, ramp_s = self._console.checked(command.address, command.value), check_ramp(command.ramp_s)
        known = command.at_beat is None and command.at_frame is not None and command.at_frame >= now + QUANTUM_FRAMES
        announced = known and not self._console.is_routed(command.address)  # a routing may yet be refused
        setting = Set(
            command_id=command.command_id,
            address=command.address,
            value=value,
            ramp_s=ramp_s,
            at_frame=command.at_frame if announced else None,
            at_beat=None if command.at_beat is None else check_beat(command.at_beat),
        )
        order = self._schedule.next_order()
        if setting.at_beat is not None:
            self._beats.add(order, setting)
            return
        frame = max(now, command.at_frame or 0)
        self._schedule.add(Moment(frame, order), setting)
        if announced:
            self._news.append(Applied(command_id=command.command_id, frame=frame))

    def _move_song(self, frame: int, end: int) -> None:
        """Carry out the transport's commands of one quantum, and schedule what waits for a beat in it."""
        while True:
            jump_at = self._queue.next_frame(frame)
            beat = self._frames_per_beat()
            for at, order, command in self._beats.take(self._transport, frame, min(end, jump_at), beat):
                self._schedule.add(Moment(at, order), command)
            if jump_at >= end:
                return
            jump = self._queue.step(jump_at)
            frame = jump_at
            if jump is not None:
                self._events.jump(jump)
                self.automation.announce(jump)

    def _frames_per_beat(self) -> float:
        return 60.0 * self._rate / float(self._console.values["session/tempo"])

    def _happen(self, moment: Moment, frame: int, item: Item) -> None:
        if isinstance(item, tuple):
            self._turn(item, moment, frame)
            return
        try:
            self._do(item, moment, frame)
        except TelharmonicError as error:
            self._news.append(refusal(item.command_id, error))
            return
        if not (isinstance(item, Set) and item.at_frame is not None):  # else it was announced before
            self._news.append(Applied(command_id=item.command_id, frame=frame))

    def _do(self, item: Timed, moment: Moment, frame: int) -> None:
        match item:
            case Set():
                self.automation.touch(item.address, item.value, item.ramp_s, frame)
                self._set(item.address, item.value, item.ramp_s, moment, frame)
            case Ping(strip=strip, freq_hz=freq_hz):
                self._events.ping(frame, strip, freq_hz)
            case SetMany():
                self._set_many(item.values, item.ramp_s, moment, frame)
            case SceneRecall(name=name, fade_s=fade_s):
                scene = self._scenes.values(name)
                self._set_many(scene, fade_s, moment, frame)
                self._news.append(SceneRecalled(name=name, frame=frame, fade_s=fade_s or 0.0, values=dict(scene)))
            case SceneStore() | SceneDelete() | SceneRename() | SceneRestore():
                self._keep_scene(item, frame)
            case AutomationRecord() | AutomationWrite() | AutomationClear():
                self.automation.obey(item, frame)
            case LoudnessReset():
                self._events.measure_anew(frame)

    def _keep_scene(self, item: SceneCommand, frame: int) -> None:
        match item:
            case SceneStore(name=name):
                self.automation.say_values(frame)
                self._scenes.store(name, self._console.values)
            case SceneDelete(name=name):
                self._scenes.delete(name)
            case SceneRename(name=name, to=to):
                self._scenes.rename(name, to)
            case SceneRestore(name=name, values=values, place=place):
                self._scenes.store(name, values, place)
        renamed = (item.name, item.to) if isinstance(item, SceneRename) else None
        self._news.append(ScenesChanged(command_id=item.command_id, names=self._scenes.names, renamed=renamed))

    def _set(self, address: str, value: Value, ramp_s: float | None, moment: Moment, frame: int) -> None:
        if not self._console.is_routed(address):
            self._console.set(address, value, ramp_s, frame)
            return
        for choice in self._console.route({address: value}):
            self._turn(choice, moment, frame)

    def _step(self, address: str, value: Value, frame: int) -> None:
        """Set a switch or a choice as its lane says; a routing that closes a circle by now is left out."""
        with suppress(ParameterError):
            self._set(address, value, None, Moment(frame, self._schedule.next_order()), frame)

    def _set_many(self, values: Mapping[str, Value], ramp_s: float | None, moment: Moment, frame: int) -> None:
        """Turn values into a setting of each parameter that they change."""
        now = self._console.values
        changed = {address: value for address, value in values.items() if now.get(address) != value}
        routed = {address: value for address, value in changed.items() if self._console.is_routed(address)}
        part = 0
        for choice in self._console.route(routed) if routed else []:
            part += 1
            self._schedule.add(Moment(frame, moment.order, part), choice)
        for address, value in changed.items():
            if address not in routed:
                part += 1
                setting = Set(address=address, value=value, ramp_s=ramp_s, at_frame=frame)
                self._schedule.add(Moment(frame, moment.order, part), setting)

    def _turn(self, choice: Choice, moment: Moment, frame: int) -> None:
        again = self._console.turn(choice, frame, self._quantum)
        if again is not None:
            self._schedule.add(Moment(again, moment.order, moment.part), choice)

    def _transport_done(self, command: TransportCommand, frame: int, error: TelharmonicError | None) -> None:
        if error is not None:
            self._news.append(refusal(command.command_id, error))
            return
        self._news.append(Applied(command_id=command.command_id, frame=frame))
        self._tell_transport(frame)

    def _tell_transport(self, frame: int) -> None:
        self._news.append(self._transport.changed(frame))
