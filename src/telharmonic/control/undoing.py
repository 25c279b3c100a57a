"""A step that is undone or redone: as commands for the engine, and as labels that it never hears of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from telharmonic.control.scene_alteration import SceneAlteration
from telharmonic.control.undo import Alteration, AnyAlteration, What
from telharmonic.engine.commands import AutomationWrite, Command, SetMany
from telharmonic.protocol.editing import POINTS_IN_A_MESSAGE, SETTINGS_LIMIT
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.parts import Label
from telharmonic.protocol.points import Point

_ROUTED = ("/output", "/comp_key")  # in one command, so that no circle is seen half way


def commands_of(step: Sequence[AnyAlteration], *, again: bool, next_id: Callable[[], int]) -> tuple[Command, ...]:
    """What brings everything in `step` to its state before (or, `again`, after), in pieces that the log can hold."""
    values: dict[str, Value] = {}
    lanes: dict[str, tuple[Point, ...]] = {}
    altered = [each for each in step if isinstance(each, Alteration)]
    for each in sorted(altered, key=lambda each: not each.address.endswith(_ROUTED)):
        state: What = each.after if again else each.before
        if isinstance(state, Label):
            continue
        if isinstance(state, tuple):
            lanes[each.address] = state
        else:
            values[each.address] = state
    pairs = list(values.items())
    parts = [dict(pairs[first : first + SETTINGS_LIMIT]) for first in range(0, len(pairs), SETTINGS_LIMIT)]
    settings = [SetMany(command_id=next_id(), values=part) for part in parts]
    writes = [write for address, points in lanes.items() for write in lane_commands(address, points, next_id)]
    scenes = [each.command(next_id(), again=again) for each in step if isinstance(each, SceneAlteration)]
    return (*settings, *writes, *scenes)


def labels_in(step: Sequence[AnyAlteration], *, again: bool) -> dict[str, Label]:
    """Labels of columns before the step (or, `again`, after it), by address."""
    states = {each.address: each.after if again else each.before for each in step if isinstance(each, Alteration)}
    return {part: state for part, state in states.items() if isinstance(state, Label)}


def lane_commands(address: str, points: Sequence[Point], next_id: Callable[[], int]) -> Iterator[AutomationWrite]:
    """Commands that make `points` the whole lane."""
    start, taken = 0, 0
    while True:
        until = min(len(points), taken + POINTS_IN_A_MESSAGE)
        while until < len(points) and points[until][0] == points[until - 1][0]:
            until -= 1  # a jump stays in one piece
        part = tuple(points[taken:until])
        end = None if until >= len(points) else part[-1][0]
        yield AutomationWrite(command_id=next_id(), address=address, points=part, start_frames=start, end_frames=end)
        if end is None:
            return
        start, taken = end + 1, until
