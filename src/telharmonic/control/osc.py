"""A session's OSC: what a packet asks for, as messages for the desk and answers to whoever sent it. No I/O.

Every parameter is an address (``/strip/3/fader``). With one argument it is turned, with two it gets there in so many
seconds, without any its value is told. A pattern turns all that it stands for; what comes in one packet for one
moment takes effect in one frame. ``docs/osc.md`` has the whole list.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from telharmonic.control.state import SessionState
from telharmonic.control.translate import ControlMessage
from telharmonic.errors import MessageError, NotFoundError, ParameterError, TelharmonicError
from telharmonic.protocol import editing, messages
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.decoding import explain
from telharmonic.protocol.editing import SETTINGS_LIMIT
from telharmonic.protocol.osc import Argument, OscMessage, Timed, unix_s
from telharmonic.protocol.osc_aliases import ALIASES, Alias, resolve
from telharmonic.protocol.osc_pattern import compiled, is_pattern
from telharmonic.protocol.parameters import Law, Parameter, Value

RAMP_LIMIT_S = 600.0
AHEAD_LIMIT_S = 600.0  # how far from now a time tag may lie
_PLAIN = Alias(parameter="")

Said = ControlMessage | editing.Undo | editing.Redo

ANSWERS = frozenset({"/error", "/pong"})  # never answered: two servers would talk for ever
PING = "/ping/freq"  # also below a strip
# address -> type of message and the names of its arguments; those in brackets may be left out
COMMANDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "/play": ("play", ()),
    "/pause": ("pause", ()),
    "/stop": ("stop", ()),
    "/seek": ("seek", ("position_s",)),
    "/loop": ("loop", ("on", "[start_s]", "[end_s]")),
    "/scene/store": ("scene_store", ("name",)),
    "/scene/recall": ("scene_recall", ("name", "[fade_s]")),
    "/loudness/reset": ("loudness_reset", ()),
    "/undo": ("undo", ()),
    "/redo": ("redo", ()),
    PING: ("ping", ("[freq_hz]",)),
}


@dataclass(slots=True, kw_only=True)
class Heard:
    """What becomes of one packet.

    Parameters
    ----------
    messages : list
        For the desk, in order.
    later : list of (float, message)
        The same, not before this time of day (seconds since 1970).
    replies : list of OscMessage
        To whoever sent it: values that were asked for, and what was wrong.
    """

    messages: list[Said] = field(default_factory=list)
    later: list[tuple[float, Said]] = field(default_factory=list)
    replies: list[OscMessage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Turn:
    values: dict[str, Value]
    ramp_s: float | None
    at_s: float | None


class OscControl:
    """Understands packets for one session.

    Parameters
    ----------
    state : SessionState
        Its addresses and values.
    aliases : mapping
        Other names of parameters.
    """

    def __init__(self, state: SessionState, aliases: Mapping[str, Alias] = ALIASES) -> None:
        self._state = state
        self._aliases = aliases
        self._last_id = 0

    def hear(self, packet: Iterable[Timed], now_s: float, frame_at: Callable[[float], int | None]) -> Heard:
        """What a packet asks for; whatever is in it, there is an answer.

        Parameters
        ----------
        packet : iterable of Timed
            As `osc.parse` gives it.
        now_s : float
            Time of day, seconds since 1970.
        frame_at : callable
            The session's frame at a time of day that is to come; None while it sleeps and has none.
        """
        heard = Heard()
        turns: list[_Turn] = []
        for timed in packet:
            try:
                at_s = _moment(timed, now_s)
                turn = self._obey(timed.message, at_s, heard)
            except TelharmonicError as problem:
                heard.replies.append(error_reply(timed.message.address, problem))
                continue
            if turn is None or (turns and (turn.ramp_s, turn.at_s) != (turns[0].ramp_s, turns[0].at_s)):
                self._turn(turns, heard, frame_at)
                turns = []
            if turn is not None:
                turns.append(turn)
        self._turn(turns, heard, frame_at)
        return heard

    def _obey(self, message: OscMessage, at_s: float | None, heard: Heard) -> _Turn | None:
        if message.address in ANSWERS:
            return None
        if message.address == "/ping":
            heard.replies.append(OscMessage("/pong", message.arguments, message.types))
            return None
        if message.address in COMMANDS or _is_strips_ping(message.address):
            said = self._command(message)
            if said is not None and at_s is None:
                heard.messages.append(said)
            elif said is not None and at_s is not None:
                heard.later.append((at_s, said))
            return None
        addresses, alias = self._find(message.address)
        if not message.arguments:
            heard.replies.extend(self.values(addresses))
            return None
        if len(message.arguments) > 2:
            raise MessageError(f"{len(message.arguments)} arguments; allowed: a value, and a ramp in seconds")
        value = message.arguments[0]
        ramp_s = _ramp(message.arguments[1]) if len(message.arguments) == 2 else None
        return _Turn({each: self._checked(each, value, alias) for each in addresses}, ramp_s, at_s)

    def _find(self, address: str) -> tuple[tuple[str, ...], Alias]:
        """The session's own addresses that an OSC address stands for."""
        table = self._state.table
        if address[1:] in table:
            return (address[1:],), _PLAIN
        if found := resolve(address, table, self._aliases):
            return found.addresses, found.alias
        if not is_pattern(address):
            table.row(address[1:])  # says what there is
        addresses = tuple([each for each in table if compiled(address).matches(f"/{each}")])
        if not addresses:
            raise NotFoundError(f"no address matches {address[:64]!r}")
        if len(addresses) > SETTINGS_LIMIT:
            raise MessageError(f"{address[:64]!r} matches {len(addresses)} addresses; allowed: {SETTINGS_LIMIT}")
        return addresses, _PLAIN

    def _checked(self, address: str, value: Argument, alias: Alias) -> Value:
        row = self._state.table.row(address)
        if isinstance(value, float) and math.isfinite(value):
            value = alias.convert(float(f"{value:.7g}"))  # as it was meant: 0.98 comes as 0.98000001907...
        elif isinstance(value, int) and not isinstance(value, bool) and row.law is not Law.SWITCH:
            value = alias.convert(value)
        return self._state.table.check(address, value)

    def values(self, addresses: Iterable[str]) -> Iterator[OscMessage]:
        """Messages that tell these addresses' values."""
        table, values = self._state.table, self._state.values
        return (value_message(address, values[address], table) for address in addresses)

    def _turn(self, turns: list[_Turn], heard: Heard, frame_at: Callable[[float], int | None]) -> None:
        """What several messages turn at one moment: one message, or for a later frame one for each address."""
        if not turns:
            return
        values = {address: value for turn in turns for address, value in turn.values.items()}
        ramp_s, at_s = turns[0].ramp_s, turns[0].at_s
        at_frame = None if at_s is None else frame_at(at_s)
        said: list[Said] = []
        if at_frame is None and len(values) > 1:
            items = list(values.items())
            for start in range(0, len(items), SETTINGS_LIMIT):
                part = dict(items[start : start + SETTINGS_LIMIT])
                said.append(editing.SetMany(id=self._next_id(), values=part, ramp_s=ramp_s))
        else:
            for address, value in values.items():
                said.append(
                    messages.Set(id=self._next_id(), address=address, value=value, ramp_s=ramp_s, at_frame=at_frame)
                )
        if at_s is not None and at_frame is None:
            heard.later.extend((at_s, each) for each in said)
        else:
            heard.messages.extend(said)

    def _command(self, message: OscMessage) -> Said | None:
        """A command; None for the release of a button, which sends 1 when it is pressed and 0 then."""
        strip = message.address.split("/")[2] if _is_strips_ping(message.address) else None
        if strip is not None:
            self._state.table.row(f"strip/{strip}/fader")  # is there
        kind, names = COMMANDS[PING if strip is not None else message.address]
        needed = sum(not name.startswith("[") for name in names)
        if not needed <= len(message.arguments) <= max(len(names), 1):
            raise MessageError(f"{len(message.arguments)} arguments; allowed: {' '.join(names) or 'none'}")
        if not names and message.arguments and not message.arguments[0]:
            return None
        named = {name.strip("[]"): value for name, value in zip(names, message.arguments, strict=False)}
        if isinstance(named.get("on"), int | float):
            named["on"] = bool(named["on"])
        raw: dict[str, Any] = (
            named | {"type": kind, "id": self._next_id()} | ({"strip": strip} if strip is not None else {})
        )
        try:
            said: Said = msgspec.convert(raw, messages.AnyClientMessage)
        except msgspec.ValidationError as problem:
            raise explain(problem, messages.AnyClientMessage, raw) from None
        return said

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id


def _is_strips_ping(address: str) -> bool:
    return address.startswith("/strip/") and address.endswith(PING) and address.count("/") == 4


def address_of(said: Said) -> str:
    """The OSC address that a message came from; empty if it was several."""
    if isinstance(said, messages.Set):
        return f"/{said.address}"
    if isinstance(said, messages.Ping) and said.strip is not None:
        return f"/strip/{said.strip}{PING}"
    kind = said.__struct_config__.tag
    return next((address for address, (each, _) in COMMANDS.items() if each == kind), "")


def value_message(address: str, value: Value, table: AddressTable) -> OscMessage:
    """A parameter's value as OSC tells it: switches as T or F, choices as text, everything else as a float."""
    row: Parameter = table.row(address)
    if isinstance(value, bool | str) or row.law is Law.CHOICE:
        return OscMessage(f"/{address}", (value,))
    return OscMessage(f"/{address}", (float(value),), "f")


def error_reply(address: str, problem: TelharmonicError) -> OscMessage:
    """``/error``: which address, and what was wrong."""
    return OscMessage("/error", (address[:128], str(problem)[:512].replace("\0", "")))


def _moment(timed: Timed, now_s: float) -> float | None:
    """When it is to happen; None for now, which is also when what is late happens."""
    at_s = unix_s(timed.time_tag)
    if at_s is None or at_s <= now_s:
        return None
    if at_s > now_s + AHEAD_LIMIT_S:
        raise ParameterError("time tag", f"{at_s - now_s:.0f} s from now", f"up to {AHEAD_LIMIT_S:g} s from now")
    return at_s


def _ramp(value: Argument) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= RAMP_LIMIT_S:
        raise ParameterError("ramp", value, f"0 to {RAMP_LIMIT_S:g} s")
    return float(value)
