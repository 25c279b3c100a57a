"""A desk with a small session, and an engine without sound that answers it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from telharmonic.control.desk import Desk
from telharmonic.control.outcome import Outcome
from telharmonic.control.state import SessionFacts
from telharmonic.engine import commands
from telharmonic.protocol.messages import Hello
from telharmonic.protocol.parts import Role
from telharmonic.protocol.session import SessionSpec
from telharmonic.protocol.session_file import parse_toml

SESSION = """
name = "Two strips"
tempo = 90
[loop]
start_s = 1
end_s = 2
[[strip]]
id = "1"
name = "Piano"
set = {fader = -6}
[[strip]]
id = "2"
stereo = true
[[group]]
id = "band"
[[aux]]
id = "hall"
[[impulse]]
id = "church"
file = "church.wav"
[[scene]]
name = "Quiet"
values = {"strip/1/fader" = -20, "strip/2/mute" = true}
"""


class SilentEngine:
    """Obeys commands as the engine's news say it does, without rendering anything: a fake for the desk's far side."""

    def __init__(self, spec: SessionSpec) -> None:
        self.frame = 0
        self.playing = False
        self.position = 0
        self.loop = (False, 48_000, 96_000)
        self.values: dict[str, Any] = {}
        self.scenes: dict[str, dict[str, Any]] = {scene.name: dict(scene.values) for scene in spec.scenes}

    def obey(self, command: commands.Command) -> list[commands.News]:
        """What the engine would say to a command, at the next quantum."""
        self.frame += 120
        number = command.command_id
        applied = commands.Applied(command_id=number, frame=self.frame)
        match command:
            case commands.Set(address=address, value=value, at_frame=at_frame):
                self.values[address] = value
                return [commands.Applied(command_id=number, frame=max(self.frame, at_frame or 0))]
            case commands.SceneStore(name=name):
                self.scenes[name] = dict(self.values)
            case commands.SceneRestore(name=name, values=values, place=place):
                kept = [(each, self.scenes[each]) for each in self.scenes if each != name]
                self.scenes = dict([*kept[:place], (name, dict(values)), *kept[place:]])
            case commands.SceneDelete(name=name) | commands.SceneRecall(name=name) if name not in self.scenes:
                text = f"no scene {name!r}"
                return [
                    commands.Refused(command_id=number, code="not_found", message=text, parameter="name", value=name)
                ]
            case commands.SceneDelete(name=name):
                del self.scenes[name]
            case commands.SceneRename(name=name, to=to):
                self.scenes = {to if each == name else each: values for each, values in self.scenes.items()}
                return [
                    commands.ScenesChanged(command_id=number, names=tuple(self.scenes), renamed=(name, to)),
                    applied,
                ]
            case commands.SetMany(values=values):
                self.values.update(values)
                return [applied]
            case commands.AutomationRecord(addresses=addresses):
                return [commands.Armed(command_id=number, addresses=addresses), applied]
            case commands.AutomationWrite(address=address, points=points, start_frames=start, end_frames=end):
                return [self.lane(number, address, points, start, end), applied]
            case commands.AutomationClear(address=address):
                return [self.lane(number, address or "strip/1/fader", (), 0, None), applied]
            case commands.SceneRecall(name=name, fade_s=fade_s):
                values = self.scenes[name]
                self.values.update(values)
                return [commands.SceneRecalled(name=name, frame=self.frame, fade_s=fade_s or 0, values=values), applied]
            case commands.Ping():
                return [applied]
            case _:
                return [applied, self._move(command)]
        return [commands.ScenesChanged(command_id=number, names=tuple(self.scenes)), applied]

    def lane(self, number: int, address: str, points: Any = (), start: int = 0, end: int | None = None) -> Any:
        """The news of a lane's new points."""
        return commands.LaneChanged(
            command_id=number, address=address, points=points, start_frames=start, end_frames=end
        )

    def _move(self, command: commands.Command) -> commands.TransportChanged:
        match command:
            case commands.Play():
                self.playing = True
            case commands.Pause():
                self.playing = False
            case commands.Stop():
                self.playing, self.position = False, 0
            case commands.Seek(position_frames=frames):
                self.position = frames
            case commands.Loop(on=on, start_frames=start, end_frames=end):
                _, old_start, old_end = self.loop
                self.loop = (on, old_start if start is None else start, old_end if end is None else end)
        on, start, end = self.loop
        return commands.TransportChanged(
            frame=self.frame,
            playing=self.playing,
            position_frames=self.position,
            loop_on=on,
            loop_start_frames=start,
            loop_end_frames=end,
        )


class Room:
    """A desk, its silent engine, and what each member has been sent."""

    def __init__(self, spec: SessionSpec) -> None:
        self.spec = spec
        facts = SessionFacts(session_id="s1", epoch=77, latency_frames=72, duration_s=64.0, stereo={"1": True})
        self.desk = Desk(spec, facts)
        self.engine = SilentEngine(spec)
        self.inbox: dict[str, list[dict[str, Any]]] = {}
        self.now_us = 1_000_000

    def join(self, role: Role = "performer", **hello: Any) -> str:
        """A member comes; its name."""
        joined = self.desk.join(msgspec.convert({"type": "hello", "token": "", **hello}, Hello), role)
        self.inbox[joined.member] = []
        self.deliver(joined.outcome)
        return joined.member

    def leave(self, member: str) -> None:
        """A member's connection is gone."""
        del self.inbox[member]
        self.deliver(self.desk.leave(member))

    def say(self, member: str, **message: Any) -> Outcome:
        """A member says something; the engine answers, everyone is sent what follows."""
        return self.say_text(member, json.dumps(message))

    def say_text(self, member: str, text: str | bytes) -> Outcome:
        """The same with any text."""
        self.now_us += 10_000
        outcome = self.desk.receive(member, text, self.now_us)
        self.deliver(outcome)
        for command in outcome.commands:
            for news in self.engine.obey(command):
                self.deliver(self.desk.news(news))
        return outcome

    def deliver(self, outcome: Outcome) -> None:
        """Send what is to be sent."""
        for outgoing in outcome.outgoing:
            for member in outgoing.members:
                self.inbox[member].append(json.loads(outgoing.encoded()))

    def take(self, member: str) -> list[dict[str, Any]]:
        """What a member was sent since the last time, but for how much it can undo: see `histories`."""
        taken, self.inbox[member] = self.inbox[member], []
        return [message for message in taken if message["type"] != "history"]

    def histories(self, member: str) -> list[tuple[int, int]]:
        """Steps that a member was told it can undo and redo, since it was asked or `take` was called last."""
        told = [message for message in self.inbox[member] if message["type"] == "history"]
        self.inbox[member] = [message for message in self.inbox[member] if message["type"] != "history"]
        return [(message["undo"], message["redo"]) for message in told]


@pytest.fixture
def make_room() -> Callable[[], Room]:
    """A maker of rooms, for hypothesis."""
    return lambda: Room(parse_toml(SESSION))


@pytest.fixture
def room(make_room: Callable[[], Room]) -> Room:
    """A fresh room."""
    return make_room()
