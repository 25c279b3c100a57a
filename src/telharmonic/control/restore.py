"""A session as it was: a snapshot laid over the session file that it came from."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from telharmonic.control.labels import labelled
from telharmonic.errors import NotFoundError, ParameterError, SessionFileError
from telharmonic.protocol import session_file
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.node_api import Snapshot
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.session import LaneSpec, LoopSpec, SceneSpec, SessionSpec

replace = msgspec.structs.replace


def restored(spec: SessionSpec, snapshot: Snapshot) -> SessionSpec:
    """The session file with a snapshot's values, loop, scenes, lanes and labels in the place of its own.

    What the session file has no longer (it may have been edited since) is left out; if the rest does not
    fit together any more, the session file stands as it is. The position is not part of a session file:
    give `snapshot.transport.position_s` to the engine.
    """
    table = AddressTable(spec)
    values = _usable(table, snapshot.values)
    tempo = values.pop("session/tempo", spec.tempo)
    parts = _by_part(values)
    loop = snapshot.transport.loop
    named = labelled(spec, snapshot.labels)
    merged = replace(
        named,
        tempo=tempo,
        loop=LoopSpec(start_s=loop.start_s, end_s=loop.end_s, on=loop.on),
        strips=tuple(replace(each, values=parts.get(f"strip/{each.id}", {})) for each in named.strips),
        groups=tuple(replace(each, values=parts.get(f"group/{each.id}", {})) for each in named.groups),
        auxes=tuple(replace(each, values=parts.get(f"aux/{each.id}", {})) for each in named.auxes),
        master=replace(spec.master, values=parts.get("master", {})),
        scenes=tuple(
            SceneSpec(name=name, values=_usable(table, scene)) for name, scene in snapshot.scenes.items() if name
        ),
        lanes=tuple(
            LaneSpec(address=address, points=points)
            for address, points in snapshot.lanes.items()
            if all(_usable(table, {address: value}) for _, value in points)
        ),
    )
    try:
        return session_file.check(merged)
    except SessionFileError:
        return spec


def _usable(table: AddressTable, values: Mapping[str, Value]) -> dict[str, Value]:
    usable = {}
    for address, value in values.items():
        try:
            usable[address] = table.check(address, value)
        except (NotFoundError, ParameterError):
            continue
    return usable


def _by_part(values: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """Values by name, by the part that has them: ``strip/1`` -> ``fader`` -> -6."""
    parts: dict[str, dict[str, Value]] = {}
    for address, value in values.items():
        depth = 1 if address.startswith("master/") else 2
        *part, name = address.split("/", depth)
        parts.setdefault("/".join(part), {})[name] = value
    return parts
