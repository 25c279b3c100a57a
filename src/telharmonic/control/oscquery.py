"""A session's addresses as OSCQuery describes them: JSON, made when somebody asks. No I/O.

References
----------
"OSCQuery Proposal", Vidvox, https://github.com/Vidvox/OSCQueryProposal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from telharmonic.control.osc import COMMANDS, PING
from telharmonic.control.osc_feedback import standing
from telharmonic.control.osc_subscriptions import DEFAULT_S
from telharmonic.control.state import SessionState
from telharmonic.errors import MessageError, NotFoundError
from telharmonic.protocol.osc import OscMessage
from telharmonic.protocol.osc_aliases import ALIASES, PARTS, Alias
from telharmonic.protocol.parameters import Law, Parameter, Value
from telharmonic.protocol.parts import PING_HIGHEST_HZ, PING_LOWEST_HZ

NO_VALUE, READ, WRITE, READ_WRITE = 0, 1, 2, 3
EXTENSIONS = {
    "ACCESS": True,
    "VALUE": True,
    "RANGE": True,
    "DESCRIPTION": True,
    "TYPE": True,
    "UNIT": True,
    "CLIPMODE": False,
    "LISTEN": True,
    "PATH_CHANGED": True,
}
ATTRIBUTES = frozenset({"FULL_PATH", "CONTENTS", "ACCESS", "VALUE", "RANGE", "DESCRIPTION", "TYPE", "UNIT"})
_COMMAND_TYPES = {
    "/seek": "f",
    "/loop": "Tff",
    "/scene/store": "s",
    "/scene/recall": "sf",
    "/ping/freq": "f",
    "/subscribe": "sf",
}
_DESCRIPTIONS = {
    "/seek": "Seconds on the time line",
    "/loop": "On, start and end in seconds",
    "/scene/store": "Name",
    "/scene/recall": "Name, seconds to get there",
    "/ping/freq": "Sounds the latency test's burst at so many Hz",
    "/subscribe": f"all, state, meters or a pattern; seconds ({DEFAULT_S:g}); perhaps a port, and 'numbers'",
}
# what is told and cannot be set: address below a session or a channel -> types, what it is, unit of each
_STEREO = "peak left, right, RMS left, right"
_METERS = {
    "strip": (5, f"{_STEREO}, gain reduction", "dB"),
    "group": (5, f"{_STEREO}, gain reduction", "dB"),
    "aux": (4, _STEREO, "dB"),
    "master": (7, f"{_STEREO}, true peak left, right, limiter", "dB"),
    "loudness": (3, "momentary, short-term, integrated", "LUFS"),
    "position": (1, "position", "s"),
}
_LAWS = {Law.SWITCH: "T", Law.CHOICE: "s"}

Node = dict[str, Any]


class AddressSpace:
    """Describes one session.

    Parameters
    ----------
    state : SessionState
        Its addresses and values.
    prefix : str
        What stands before all of its addresses (``/session/ID``, or nothing).
    """

    def __init__(self, state: SessionState, prefix: str = "") -> None:
        self._state = state
        self._prefix = prefix

    def node(self, path: str) -> Node:
        """A place and all that is below it; `path` as it is asked for, without the prefix.

        Raises
        ------
        NotFoundError
            If nothing is there.
        """
        place = path.rstrip("/")
        others = self._others(place)
        below = [f"/{each}" for each in self._state.table if _is_below(f"/{each}", place)]
        below += others
        if not below:
            raise NotFoundError(f"nothing is at {path[:128]}")
        root = self._container(place)
        for address in below:
            node = root
            names = address[len(place) + 1 :].split("/") if address != place else []
            at = place
            for name in names:
                at = f"{at}/{name}"
                node = node.setdefault("CONTENTS", {}).setdefault(name, self._container(at))
            node |= others.get(address) or self._parameter(address[1:])
        return root

    def attribute(self, path: str, name: str) -> Node | None:
        """One attribute of a place, as ``?VALUE`` asks for it; None if that place has none.

        Raises
        ------
        NotFoundError
            If there is no such place.
        MessageError
            If no place has such an attribute.
        """
        if name not in ATTRIBUTES:
            raise MessageError(f"attribute {name[:32]!r}; allowed: {', '.join(sorted(ATTRIBUTES))}, HOST_INFO")
        node = self.node(path)
        return {name: node[name]} if name in node else None

    def _container(self, place: str) -> Node:
        return {"FULL_PATH": f"{self._prefix}{place}" or "/", "ACCESS": NO_VALUE}

    def _parameter(self, address: str) -> Node:
        row = self._state.table.row(address)
        node: Node = {
            "ACCESS": READ_WRITE,
            "TYPE": _LAWS.get(row.law, "f"),
            "VALUE": [_plain(self._state.values[address])],
            "DESCRIPTION": row.label,
        }
        if row.law is Law.CHOICE:
            node["RANGE"] = [{"VALS": list(self._state.table.choices(address))}]
        elif row.law is not Law.SWITCH:
            node["RANGE"] = [{"MIN": row.minimum, "MAX": row.maximum}]
        if row.unit:
            node["UNIT"] = [row.unit]
        return node

    def _others(self, place: str) -> dict[str, Node]:
        """Everything beside the parameters that is at a place or below it, by address."""
        return {address: make() for address, make in self._makers() if _is_below(address, place)}

    def _makers(self) -> Iterator[tuple[str, Callable[[], Node]]]:
        """How each of them is described: made only where it is asked for, since the loop that we hold up also sends."""
        for command in (*COMMANDS, "/subscribe", "/unsubscribe", "/ping"):
            yield command, partial(_command, command)
        spec = self._state.spec
        ids = ([each.id for each in spec.strips], [each.id for each in spec.groups], [each.id for each in spec.auxes])
        for kind, channel in (
            (kind, f"/{kind}/{each}") for kind, those in zip(PARTS, ids, strict=True) for each in those
        ):
            yield f"/meter{channel}", partial(_meter, kind)
            if kind == "strip":
                yield f"{channel}{PING}", partial(_command, PING)
            for name, alias in ALIASES.items():
                if (address := f"{channel[1:]}/{alias.parameter}") in self._state.table:
                    make = partial(_alias, self._state.table.row(address), alias)
                    yield from ((f"{channel}{name}", make), (name, make))  # below its part, and at the root
        for meter in ("master", "loudness", "position"):
            yield f"/meter/{meter}", partial(_meter, meter)
        for message in standing(self._state):
            yield message.address, partial(_told, message)


def _alias(row: Parameter, alias: Alias) -> Node:
    limits = {"MIN": alias.invert(row.minimum), "MAX": alias.invert(row.maximum)}
    return {"ACCESS": WRITE, "TYPE": "f", "RANGE": [limits], "DESCRIPTION": row.label}


def _command(address: str) -> Node:
    label = _DESCRIPTIONS.get(address, address.strip("/").capitalize())
    limits = {"RANGE": [{"MIN": PING_LOWEST_HZ, "MAX": PING_HIGHEST_HZ}]} if address == PING else {}
    return {"ACCESS": WRITE, "TYPE": _COMMAND_TYPES.get(address, "I"), "DESCRIPTION": label} | limits


def _meter(kind: str) -> Node:
    count, label, unit = _METERS[kind]
    return {"ACCESS": READ, "TYPE": "f" * count, "DESCRIPTION": label.capitalize(), "UNIT": [unit] * count}


def _told(message: OscMessage) -> Node:
    """What subscribers are told at once, with its value."""
    label = message.address.strip("/").replace("/", ": ").capitalize()
    node: Node = {"ACCESS": READ, "TYPE": message.types.replace("F", "T") or "s", "DESCRIPTION": label}
    return node | ({"VALUE": list(message.arguments)} if message.arguments else {})


def host_info(address: str, port: int) -> Node:
    """The answer to ``?HOST_INFO`` for who reaches us at this address."""
    return {
        "NAME": "Telharmonic",
        "EXTENSIONS": EXTENSIONS,
        "OSC_IP": address,
        "OSC_PORT": port,
        "OSC_TRANSPORT": "UDP",
        "WS_IP": address,
        "WS_PORT": port,
    }


def path_changed(path: str) -> str:
    """What a WebSocket is told when what is at a path, and below it, is another thing now."""
    return json.dumps({"COMMAND": "PATH_CHANGED", "DATA": path})


def heard_paths(command: object, before: Iterable[str], limit: int) -> frozenset[str]:
    """What a WebSocket listens to after ``{"COMMAND": "LISTEN" or "IGNORE", "DATA": path}``; as before for others."""
    paths = frozenset(before)
    if not isinstance(command, Mapping) or not isinstance(command.get("DATA"), str):
        return paths
    path = command["DATA"]
    if command.get("COMMAND") == "LISTEN" and len(paths) < limit and len(path) <= 256:
        return paths | {path}
    return paths - {path} if command.get("COMMAND") == "IGNORE" else paths


def _is_below(address: str, place: str) -> bool:
    return not place or address == place or address.startswith(place + "/")


def _plain(value: Value) -> Value:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
