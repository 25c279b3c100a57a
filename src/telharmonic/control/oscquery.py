"""A session's addresses as OSCQuery describes them: JSON, made when somebody asks. No I/O.

References
----------
"OSCQuery Proposal", Vidvox, https://github.com/Vidvox/OSCQueryProposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from telharmonic.control.osc import COMMANDS
from telharmonic.control.osc_subscriptions import DEFAULT_S
from telharmonic.control.state import SessionState
from telharmonic.errors import NotFoundError
from telharmonic.protocol.parameters import Law, Value

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
    "PATH_CHANGED": False,
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
    "/ping/freq": "Sounds the latency test's burst",
    "/subscribe": f"all, state, meters or a pattern; seconds ({DEFAULT_S:g})",
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
        methods = dict.fromkeys((*COMMANDS, "/subscribe", "/unsubscribe", "/ping"))
        below = [f"/{each}" for each in self._state.table if _is_below(f"/{each}", place)]
        below += [each for each in methods if _is_below(each, place)]
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
            node |= self._command(address) if address in methods else self._parameter(address[1:])
        return root

    def attribute(self, path: str, name: str) -> Node:
        """One attribute of a place, as ``?VALUE`` asks for it.

        Raises
        ------
        NotFoundError
            If there is no such place, or it has none.
        """
        node = self.node(path)
        if name not in ATTRIBUTES or name not in node:
            raise NotFoundError(f"{path[:128]} has no {name[:32]}")
        return {name: node[name]}

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

    def _command(self, address: str) -> Node:
        label = _DESCRIPTIONS.get(address, address.strip("/").capitalize())
        return {"ACCESS": WRITE, "TYPE": _COMMAND_TYPES.get(address, "I"), "DESCRIPTION": label}


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
