"""What is checked of a message before the engine is asked, because only the session's control side knows it."""

from __future__ import annotations

import math

import msgspec

from telharmonic.control.pending import Waiting
from telharmonic.control.state import SessionState
from telharmonic.control.translate import ControlMessage
from telharmonic.engine.commands import SceneRestore, SceneStore
from telharmonic.errors import MessageError, ParameterError, RefusedError
from telharmonic.protocol import editing, messages

SCENE_LIMIT = 128


def checked(message: ControlMessage, state: SessionState, waiting: Waiting) -> ControlMessage:
    """The message with every value in its parameter's own type, and nothing left open.

    Raises
    ------
    MessageError, ParameterError, NotFoundError, RefusedError
        Saying what is not allowed.
    """
    check = state.table.check
    match message:
        case messages.Set(address=address, at_frame=at_frame, at_beat=at_beat):
            if at_frame is not None and at_beat is not None:
                raise MessageError("a set has at_frame and at_beat; allowed: one of them")
            return msgspec.structs.replace(message, value=check(address, message.value))
        case messages.Loop():
            return _whole_loop(message, state)
        case editing.SetMany(values=values):
            return msgspec.structs.replace(message, values={name: check(name, values[name]) for name in values})
        case editing.AutomationWrite():
            return _whole_lane(message, state)
        case messages.SceneStore(name=name):
            if (
                name not in state.scenes
                and len(state.scenes) + waiting.count_of(SceneStore, SceneRestore) >= SCENE_LIMIT
            ):
                raise RefusedError(f"the session has {SCENE_LIMIT} scenes; delete one first")
    return message


def _whole_loop(message: messages.Loop, state: SessionState) -> messages.Loop:
    """A loop message with both ends or none: a missing end is the one there is."""
    if message.start_s is None and message.end_s is None:
        return message
    start_s = state.loop.start_s if message.start_s is None else message.start_s
    end_s = state.loop.end_s if message.end_s is None else message.end_s
    if end_s <= start_s:
        raise ParameterError("end_s", end_s, f"above start_s ({start_s:g} s)")
    return msgspec.structs.replace(message, start_s=start_s, end_s=end_s)


def _whole_lane(message: editing.AutomationWrite, state: SessionState) -> editing.AutomationWrite:
    """A write whose points are of the parameter's own type and lie where they say."""
    to_s = math.inf if message.to_s is None else message.to_s
    points = []
    for number, (at_s, value) in enumerate(message.points):
        if not message.from_s <= at_s <= to_s:
            raise ParameterError(f"points[{number}]", at_s, f"{message.from_s:g} to {to_s:g} s, as from_s and to_s say")
        points.append((at_s, state.table.check(message.address, value)))
    state.table.row(message.address)
    return msgspec.structs.replace(message, points=tuple(points))
