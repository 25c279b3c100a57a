"""Names and colours of a console's columns: what its members call them. The engine never hears of it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from telharmonic.errors import NotFoundError
from telharmonic.protocol.parts import Label
from telharmonic.protocol.session import AuxSpec, GroupSpec, SessionSpec, StripSpec

Column = StripSpec | GroupSpec | AuxSpec


def labels_of(spec: SessionSpec) -> dict[str, Label]:
    """Every column's label, by its address: ``strip/1``, ``group/band``, ``aux/hall``."""
    columns: dict[str, Column] = {
        **{f"strip/{each.id}": each for each in spec.strips},
        **{f"group/{each.id}": each for each in spec.groups},
        **{f"aux/{each.id}": each for each in spec.auxes},
    }
    return {part: Label(name=each.name, colour=each.colour) for part, each in columns.items()}


def label_of(spec: SessionSpec, part: str) -> Label:
    """One column's label.

    Raises
    ------
    NotFoundError
        If there is no such column.
    """
    label = labels_of(spec).get(part)
    if label is None:
        raise NotFoundError(f"the session has no {part!r}; a strip, a group or an aux is called strip/3, say")
    return label


def labelled(spec: SessionSpec, labels: Mapping[str, Label]) -> SessionSpec:
    """The session file with other labels in the place of its own; those of columns it has not are left out."""

    def strip(each: StripSpec) -> StripSpec:
        label = labels.get(f"strip/{each.id}")
        return each if label is None else replace(each, name=label.name, colour=label.colour)

    def group(each: GroupSpec) -> GroupSpec:
        label = labels.get(f"group/{each.id}")
        return each if label is None else replace(each, name=label.name, colour=label.colour)

    def aux(each: AuxSpec) -> AuxSpec:
        label = labels.get(f"aux/{each.id}")
        return each if label is None else replace(each, name=label.name, colour=label.colour)

    return replace(
        spec,
        strips=tuple(map(strip, spec.strips)),
        groups=tuple(map(group, spec.groups)),
        auxes=tuple(map(aux, spec.auxes)),
    )
