"""The addresses of one session: which there are, what each may hold, where each begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from telharmonic.errors import NotFoundError, ParameterError
from telharmonic.protocol.parameters import (
    DELAY,
    GRAINS,
    MASTER,
    REVERB,
    SESSION,
    Law,
    Parameter,
    Value,
    channel_addresses,
    parameter,
)
from telharmonic.protocol.session import SessionSpec

_SEND_DEFAULTS = frozenset({"send", "send_pre"})


class AddressTable:
    """Every address of a session with its row of the parameter table.

    Parameters
    ----------
    spec : SessionSpec
        Only its ids and the kinds of its auxes are used.
    """

    def __init__(self, spec: SessionSpec) -> None:
        self._ids = {
            "strip": tuple(strip.id for strip in spec.strips),
            "group": tuple(group.id for group in spec.groups),
            "aux": tuple(aux.id for aux in spec.auxes),
        }
        self._clouds = tuple(f"strip/{strip.id}" for strip in spec.strips if strip.source == "grains")
        self._impulses = tuple(impulse.id for impulse in spec.impulses)
        self._recordings = tuple(recording.id for recording in spec.recordings)
        self._rows = dict(_rows(spec))

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __contains__(self, address: object) -> bool:
        return address in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, address: str) -> Parameter:
        """The table's row for an address.

        Raises
        ------
        NotFoundError
            Naming the part of the address that there is not, and what there is.
        """
        row = self._rows.get(address)
        if row is None:
            raise NotFoundError(self._missing(address))
        return row

    def check(self, address: str, value: object) -> Value:
        """`value` in the parameter's own type, if the address is there and the value allowed.

        Raises
        ------
        NotFoundError
            If there is no such address.
        ParameterError
            If the value is outside its range, or a choice that this session does not have.
        """
        row = self.row(address)
        if row.law is not Law.CHOICE:
            return row.check(value, address)
        choices = self.choices(address)
        if not isinstance(value, str) or value not in choices:
            raise ParameterError(address, value, _listed(choices))
        return value

    def choices(self, address: str) -> tuple[str, ...]:
        """What a choice may be set to in this session.

        Raises
        ------
        NotFoundError
            If there is no such address.
        """
        row = self.row(address)
        channel = address.rsplit("/", 1)[0]
        groups = [f"group/{name}" for name in self._ids["group"]]
        if row.name == "output":
            return ("master", *(group for group in groups if group != channel))
        if row.name == "grain_recording":
            others = [each for each in self._clouds if each != channel]
            return ("self", *others, *(f"recording/{name}" for name in self._recordings))
        if row.name == "comp_key":
            strips = [f"strip/{name}" for name in self._ids["strip"]]
            return ("self", *(each for each in (*strips, *groups) if each != channel))
        return ("", *self._impulses)

    def add_impulse(self, impulse: str) -> None:
        """Let reverbs be set to one more id, which is new."""
        assert impulse not in self._impulses
        self._impulses = (*self._impulses, impulse)

    def add_recording(self, recording: str) -> None:
        """Let strips of grains be set to one more id, which is new."""
        assert recording not in self._recordings
        self._recordings = (*self._recordings, recording)

    def _missing(self, address: str) -> str:
        """Why there is no such address, as far along it as it makes sense."""
        shown = address if len(address) <= 64 else address[:61] + "..."
        kind, _, rest = address.partition("/")
        if kind in ("master", "session"):
            return _reason(shown, kind, [row.name for row in (MASTER if kind == "master" else SESSION)])
        if kind not in self._ids:
            return f"no address {shown!r}: it begins with strip, group, aux, master or session"
        name, _, rest = rest.partition("/")
        if name not in self._ids[kind]:
            return f"no address {shown!r}: {kind} is one of {_listed(self._ids[kind])}"
        if rest.partition("/")[0] in _SEND_DEFAULTS:
            return f"no address {shown!r}: aux is one of {_listed(self._ids['aux'])}"
        prefix = f"{kind}/{name}/"
        names = [each.removeprefix(prefix) for each in self._rows if each.startswith(prefix)]
        return _reason(shown, f"{kind}/{name}", names)


def _reason(shown: str, owner: str, names: Iterable[str]) -> str:
    return f"no address {shown!r}: {owner} has {_listed(names)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name or '""' for name in names) or "none"


def _rows(spec: SessionSpec) -> Iterator[tuple[str, Parameter]]:
    auxes = tuple(aux.id for aux in spec.auxes)
    for strip in spec.strips:
        yield from channel_addresses("strip", strip.id, auxes)
        if strip.source == "grains":
            for row in GRAINS:
                yield f"strip/{strip.id}/{row.name}", row
    for group in spec.groups:
        yield from channel_addresses("group", group.id, auxes)
    for aux in spec.auxes:
        for row in REVERB if aux.kind == "reverb" else DELAY:
            yield f"aux/{aux.id}/{row.name}", row
    for row in MASTER:
        yield f"master/{row.name}", row
    yield "session/tempo", parameter("session", "tempo")


def set_values(spec: SessionSpec) -> Iterator[tuple[str, Value]]:
    """What the session file sets, by address, unchecked."""
    for kind, parts in (("strip", spec.strips), ("group", spec.groups), ("aux", spec.auxes)):
        for part in parts:
            for name, value in part.values.items():
                yield f"{kind}/{part.id}/{name}", value
    for name, value in spec.master.values.items():
        yield f"master/{name}", value
    yield "session/tempo", spec.tempo


def initial_values(spec: SessionSpec) -> dict[str, Value]:
    """Every address with the value that it begins with: the table's default, or what the file sets.

    Raises
    ------
    NotFoundError, ParameterError
        If the file sets something that is not there or not allowed.
    """
    table = AddressTable(spec)
    values = {address: table.row(address).default for address in table}
    for address, value in set_values(spec):
        values[address] = table.check(address, value)
    return values
