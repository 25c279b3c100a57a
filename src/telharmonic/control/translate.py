"""Messages (seconds, as members speak) to engine commands (frames, as the engine counts), and back."""

from __future__ import annotations

from collections.abc import Iterable

from telharmonic.audio.units import frames_from_seconds
from telharmonic.engine import commands
from telharmonic.protocol import editing, messages
from telharmonic.protocol.editing import LanePoint
from telharmonic.protocol.points import Point

EditingMessage = (
    editing.SetMany
    | editing.SceneRename
    | editing.AutomationRecord
    | editing.AutomationWrite
    | editing.AutomationClear
    | editing.LoudnessReset
)
ControlMessage = (
    messages.Set
    | messages.Play
    | messages.Pause
    | messages.Stop
    | messages.Seek
    | messages.Loop
    | messages.SceneStore
    | messages.SceneRecall
    | messages.SceneDelete
    | messages.Ping
    | EditingMessage
)
LoggedMessage = ControlMessage | editing.SceneRestore  # in command logs there is one that no client says
EditingCommand = (
    commands.SetMany
    | commands.SceneRename
    | commands.SceneRestore
    | commands.AutomationCommand
    | commands.LoudnessReset
)


def to_command(message: LoggedMessage, command_id: int, sample_rate_hz: int) -> commands.Command:
    """The engine command that a message asks for.

    A `Loop` message must say both ends or neither.
    """
    match message:
        case messages.Set(address=address, value=value, ramp_s=ramp_s, at_frame=at_frame, at_beat=at_beat):
            return commands.Set(
                command_id=command_id,
                address=address,
                value=value,
                ramp_s=ramp_s,
                at_frame=at_frame,
                at_beat=at_beat,
            )
        case messages.Play():
            return commands.Play(command_id=command_id)
        case messages.Pause():
            return commands.Pause(command_id=command_id)
        case messages.Stop():
            return commands.Stop(command_id=command_id)
        case messages.Seek(position_s=position_s):
            frames = frames_from_seconds(position_s, sample_rate_hz)
            return commands.Seek(command_id=command_id, position_frames=frames)
        case messages.Loop(on=on, start_s=start_s, end_s=end_s):
            if start_s is None or end_s is None:
                return commands.Loop(command_id=command_id, on=on)
            return commands.Loop(
                command_id=command_id,
                on=on,
                start_frames=frames_from_seconds(start_s, sample_rate_hz),
                end_frames=frames_from_seconds(end_s, sample_rate_hz),
            )
        case messages.SceneStore(name=name):
            return commands.SceneStore(command_id=command_id, name=name)
        case messages.SceneRecall(name=name, fade_s=fade_s):
            return commands.SceneRecall(command_id=command_id, name=name, fade_s=fade_s)
        case messages.SceneDelete(name=name):
            return commands.SceneDelete(command_id=command_id, name=name)
        case messages.Ping(strip=strip, freq_hz=freq_hz):
            return commands.Ping(command_id=command_id, strip=strip, freq_hz=freq_hz)
        case _:
            return _editing_command(message, command_id, sample_rate_hz)


def _editing_command(
    message: EditingMessage | editing.SceneRestore, command_id: int, sample_rate_hz: int
) -> commands.Command:
    match message:
        case editing.SetMany(values=values, ramp_s=ramp_s):
            return commands.SetMany(command_id=command_id, values=values, ramp_s=ramp_s)
        case editing.SceneRename(name=name, to=to):
            return commands.SceneRename(command_id=command_id, name=name, to=to)
        case editing.SceneRestore(name=name, values=values, place=place):
            return commands.SceneRestore(command_id=command_id, name=name, values=values, place=place)
        case editing.AutomationRecord(addresses=addresses, on=on):
            return commands.AutomationRecord(command_id=command_id, addresses=addresses, on=on)
        case editing.AutomationClear(address=address):
            return commands.AutomationClear(command_id=command_id, address=address)
        case editing.LoudnessReset():
            return commands.LoudnessReset(command_id=command_id)
        case editing.AutomationWrite(address=address, points=points, from_s=from_s, to_s=to_s):
            return commands.AutomationWrite(
                command_id=command_id,
                address=address,
                points=tuple([(frames_from_seconds(at_s, sample_rate_hz), value) for at_s, value in points]),
                start_frames=frames_from_seconds(from_s, sample_rate_hz),
                end_frames=None if to_s is None else frames_from_seconds(to_s, sample_rate_hz),
            )


def to_message(command: commands.Command, sample_rate_hz: int) -> LoggedMessage:
    """The message that asks for a command; `to_command` gives the same command back, frame by frame."""
    number = command.command_id
    match command:
        case commands.Set(address=address, value=value, ramp_s=ramp_s, at_frame=at_frame, at_beat=at_beat):
            return messages.Set(
                id=number, address=address, value=value, ramp_s=ramp_s, at_frame=at_frame, at_beat=at_beat
            )
        case commands.Play():
            return messages.Play(id=number)
        case commands.Pause():
            return messages.Pause(id=number)
        case commands.Stop():
            return messages.Stop(id=number)
        case commands.Seek(position_frames=frames):
            return messages.Seek(id=number, position_s=frames / sample_rate_hz)
        case commands.Loop(on=on, start_frames=start, end_frames=end):
            if start is None or end is None:
                return messages.Loop(id=number, on=on)
            return messages.Loop(id=number, on=on, start_s=start / sample_rate_hz, end_s=end / sample_rate_hz)
        case commands.SceneStore(name=name):
            return messages.SceneStore(id=number, name=name)
        case commands.SceneRecall(name=name, fade_s=fade_s):
            return messages.SceneRecall(id=number, name=name, fade_s=fade_s or 0.0)
        case commands.SceneDelete(name=name):
            return messages.SceneDelete(id=number, name=name)
        case commands.Ping(strip=strip, freq_hz=freq_hz):
            return messages.Ping(id=number, strip=strip, freq_hz=freq_hz)
        case _:
            return _editing_message(command, sample_rate_hz)


def _editing_message(command: EditingCommand, sample_rate_hz: int) -> EditingMessage | editing.SceneRestore:
    number = command.command_id
    match command:
        case commands.SetMany(values=values, ramp_s=ramp_s):
            return editing.SetMany(id=number, values=dict(values), ramp_s=ramp_s)
        case commands.SceneRename(name=name, to=to):
            return editing.SceneRename(id=number, name=name, to=to)
        case commands.SceneRestore(name=name, values=values, place=place):
            return editing.SceneRestore(id=number, name=name, values=dict(values), place=place)
        case commands.AutomationRecord(addresses=addresses, on=on):
            return editing.AutomationRecord(id=number, addresses=addresses, on=on)
        case commands.AutomationClear(address=address):
            return editing.AutomationClear(id=number, address=address)
        case commands.LoudnessReset():
            return editing.LoudnessReset(id=number)
        case commands.AutomationWrite(address=address, points=points, start_frames=start, end_frames=end):
            return editing.AutomationWrite(
                id=number,
                address=address,
                points=in_seconds(points, sample_rate_hz),
                from_s=position_s(start, sample_rate_hz),
                to_s=None if end is None else position_s(end, sample_rate_hz),
            )


def position_s(frames: int, sample_rate_hz: int) -> float:
    """A place of the song in seconds, to a microsecond: frames of 96 kHz are ten times as far apart."""
    return round(frames / sample_rate_hz, 6)


def in_seconds(points: Iterable[Point], sample_rate_hz: int) -> tuple[LanePoint, ...]:
    """A lane's points with places in seconds."""
    return tuple([(position_s(at, sample_rate_hz), value) for at, value in points])
