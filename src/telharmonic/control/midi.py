"""MIDI controllers and a session's parameters: which means which, and what their 128 steps are worth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.jack import MidiRule
from telharmonic.protocol.parameters import SILENCE_DB, Law, Parameter, Value

STEPS = 127
QUIETEST_DB = -60.0  # the step above silence: below it nobody hears a difference worth a controller's way
CONTROL_CHANGE = 0xB0


class Move(NamedTuple):
    """What a controller asks for."""

    address: str
    value: Value


def value_of(row: Parameter, step: int) -> Value:
    """What a parameter is at a step from 0 to 127: evenly in its own law; a fader's lowest step is silence."""
    if row.law is Law.SWITCH:
        return step > STEPS // 2
    part = step / STEPS
    if row.law is Law.LOG:
        return min(row.maximum, float(row.minimum * (row.maximum / row.minimum) ** part))
    if row.law is Law.DB and row.minimum == SILENCE_DB:
        return SILENCE_DB if step == 0 else QUIETEST_DB + (row.maximum - QUIETEST_DB) * part
    return row.minimum + (row.maximum - row.minimum) * part


def step_of(row: Parameter, value: Value) -> int:
    """The step that is nearest to a value."""
    if row.law is Law.SWITCH:
        return STEPS if value else 0
    steps = range(STEPS + 1)
    return min(steps, key=lambda step: abs(_way(row, value_of(row, step)) - _way(row, value)))


def _way(row: Parameter, value: Value) -> float:
    number = float(value)
    return number / row.minimum if row.law is Law.LOG else number


class MidiMap:
    """A session's rules.

    Parameters
    ----------
    rules : iterable of MidiRule
        What moves what; a rule of a parameter that is a choice of names is left out.
    table : AddressTable
        The session's parameters.
    """

    def __init__(self, rules: Iterable[MidiRule], table: AddressTable) -> None:
        usable = [rule for rule in rules if table.row(rule.address).law is not Law.CHOICE]
        self._rows = {rule.address: table.row(rule.address) for rule in usable}
        self._moves: dict[tuple[int, int], list[str]] = {}
        self._tells: dict[str, list[tuple[int, int]]] = {}
        for rule in usable:
            key = (rule.channel - 1, rule.controller)
            self._moves.setdefault(key, []).append(rule.address)
            self._tells.setdefault(rule.address, []).append(key)
        self._steps: dict[tuple[int, int], int] = {}  # where each controller is, as far as it was told or said so

    def heard(self, data: bytes) -> list[Move]:
        """What a MIDI message asks for; nothing if it is no controller's, or none with a rule."""
        if len(data) != 3 or data[0] & 0xF0 != CONTROL_CHANGE:
            return []
        key, step = (data[0] & 0x0F, data[1]), min(data[2], STEPS)
        self._steps[key] = step
        return [Move(address, value_of(self._rows[address], step)) for address in self._moves.get(key, ())]

    def told(self, address: str, value: Value) -> list[bytes]:
        """The messages that put controllers where a parameter went; none to one that is there already."""
        row = self._rows.get(address)
        if row is None:
            return []
        step, messages = step_of(row, value), []
        for channel, controller in self._tells[address]:
            if self._steps.get((channel, controller)) != step:
                self._steps[channel, controller] = step
                messages.append(bytes((CONTROL_CHANGE | channel, controller, step)))
        return messages
