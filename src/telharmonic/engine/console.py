"""The console as Python knows it: every parameter's value, and what must happen when one is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telharmonic.engine import arena as names
from telharmonic.engine.arena import Arena
from telharmonic.engine.banks import Banks
from telharmonic.engine.event_list import EventList
from telharmonic.engine.grain_strips import recording_index
from telharmonic.engine.places import AUDIBLE, EFFECT, KEY_FADE, OUTPUT_FADE, Place, Places
from telharmonic.engine.ramps import BUSSES, CHANNELS, DECLICK_S, EFFECTS, law_value, ramp_mode
from telharmonic.engine.routing import KEY, OUTPUT, Choice, Routing, Turn
from telharmonic.errors import ParameterError
from telharmonic.mixer.gains import TO_MASTER, audible
from telharmonic.protocol.parameters import Law, Parameter, Value

TURNS_PER_QUANTUM = 8

_AT_ONCE = frozenset(
    {"time", "sync", "beats", "predelay", "tempo", "grain_seed"}
)  # delay lines cross-fade by themselves


class Console:
    """Turns settings into events.

    Parameters
    ----------
    arena, places, routing, banks, events
        Of the session.
    values : dict
        Every parameter's value by address; kept and changed.
    offer : callable
        Called with an aux's number and an impulse's (-1 for none), at the start of a quantum.
    """

    def __init__(
        self,
        arena: Arena,
        places: Places,
        routing: Routing,
        banks: Banks,
        events: EventList,
        values: dict[str, Value],
        offer: Callable[[int, int], None],
    ) -> None:
        self.values = values
        self._arena = arena
        self._places = places
        self._routing = routing
        self._banks = banks
        self._events = events
        self._offer = offer
        self._rate = int(arena.ints[names.RATE])
        self._declick = round(DECLICK_S * self._rate)
        self._audible = [True] * places.shape.channels
        self._turned = 0

    def checked(self, address: str, value: object) -> Value:
        """`value` in its parameter's own type.

        Raises
        ------
        NotFoundError, ParameterError
            If there is no such parameter, or the value is not allowed.
        """
        return self._places.table.check(address, value)

    def checked_scene(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """A scene's values in their parameters' own types; raises as `checked`.

        What stands so now needs no check: 4800 of them took 6 ms, two blocks of the clock's time.
        """
        now = self.values
        return {
            address: now[address] if now.get(address) == value else self.checked(address, value)
            for address, value in values.items()
        }

    def row(self, address: str) -> Parameter:
        """The table's row of an address.

        Raises
        ------
        NotFoundError
            If there is no such parameter.
        """
        return self._places.table.row(address)

    def glide_frames(self, address: str, ramp_s: float | None) -> int:
        """How long a change of the (checked) address takes."""
        return self.ramp_frames(self._places[address], ramp_s)

    def glide(self, address: str, number: float, frames: int, frame: int) -> None:
        """Let a parameter (no choice) go to `number`, in law units, from `frame` on; its value stays what it is."""
        place = self._places[address]
        mode = ramp_mode(place.row, frames / self._rate)
        self._events.ramp(self._list(place), frame, place.index, number, frames, mode)

    def is_choice(self, address: str) -> bool:
        """Whether the (checked) address names something instead of measuring it."""
        return self._places[address].row.law is Law.CHOICE

    def ramp_frames(self, place: Place, ramp_s: float | None) -> int:
        """How long a change takes: never so short that it clicks."""
        if ramp_s is None and place.row.name in _AT_ONCE:
            return 1
        return max(self._declick, round((ramp_s or 0.0) * self._rate))

    def settle(self) -> None:
        """Begin with the right channels silenced by solo, and every channel in its place."""
        self._banks.arrange(self._routing.ranks_at(0))
        self._listen(0)
        self._audible = self._heard()
        for channel, heard in enumerate(self._audible):
            self._arena.d(names.VALUE)[channel * self._places.shape.channel_size + AUDIBLE] = float(heard)

    def set(self, address: str, value: Value, ramp_s: float | None, frame: int) -> None:
        """Begin to turn a parameter (not an output or a side-chain) at `frame`."""
        place = self._places[address]
        self.values[address] = value
        if place.row.name == "grain_recording":
            cloud = self._places.choice(place, "self")
            self._events.slot(frame, recording_index(self._arena, cloud), self._places.choice(place, str(value)))
        elif place.row.law is Law.CHOICE:
            self._offer(place.owner - self._places.shape.channels, self._places.choice(place, str(value)))
        elif place.row.name == "solo":
            self._follow_solo(frame, self.ramp_frames(place, ramp_s))
        else:
            target, frames = law_value(place.row, value), self.ramp_frames(place, ramp_s)
            self._events.ramp(self._list(place), frame, place.index, target, frames, ramp_mode(place.row, ramp_s))

    def route(self, changes: Mapping[str, Value]) -> list[Choice]:
        """Decide on outputs and side-chains; returns what to `turn`.

        Raises
        ------
        ParameterError
            If channels would feed one another in a circle; nothing is changed then.
        """
        wanted: dict[Choice, int] = {}
        for address, value in changes.items():
            place = self._places[address]
            kind = OUTPUT if place.row.name == "output" else KEY
            wanted[place.owner, kind] = self._places.choice(place, str(value))
        if not self._routing.want(wanted):
            address, value = next(iter(changes.items()))
            raise ParameterError(address, value, "what does not lead back to the channel itself")
        self.values.update(changes)
        return list(wanted)

    def turn(self, choice: Choice, frame: int, quantum: int) -> int | None:
        """Begin what `route` decided; the frame at which to try again if it must wait."""
        turn = self._routing.begin(choice, frame, quantum)
        if not isinstance(turn, Turn):
            return turn
        channel, kind = choice
        section, hidden = (names.SLOTS_OUT, OUTPUT_FADE) if kind == OUTPUT else (names.SLOTS_KEY, KEY_FADE)
        index = int(self._arena.ints[section]) + 2 * channel + turn.slot
        self._events.slot(frame, index, turn.value)
        value = channel * self._places.shape.channel_size + hidden
        self._events.ramp(CHANNELS, frame, value, float(turn.slot), self._declick)
        self._turned += 1
        if kind == OUTPUT:
            self._follow_solo(frame, self._declick)
        return None

    @property
    def may_turn(self) -> bool:
        """Whether another routing fits into this quantum: each costs up to 0.3 ms on the largest console."""
        return self._turned < TURNS_PER_QUANTUM

    def arrange(self, quantum: int) -> None:
        """After the last `turn` of a quantum: put channels where they are computed in the right order."""
        if self._turned:
            self._turned = 0
            self._banks.arrange(self._routing.ranks_at(quantum))
            self._listen(quantum)

    def is_routed(self, address: str) -> bool:
        """Whether the address is an output or a side-chain."""
        return self._places[address].row.name in ("output", "comp_key")

    def _list(self, place: Place) -> int:
        if place.owner < self._places.shape.channels:
            return CHANNELS
        aux = place.owner < self._places.shape.channels + self._places.shape.auxes
        session = place.owner == self._places.shape.owners - 1
        return EFFECTS if session or (aux and place.bits == EFFECT) else BUSSES

    def _listen(self, quantum: int) -> None:
        """Tell the kernel whose sound must be kept for side-chains."""
        listened = self._routing.listened(quantum)
        flags = self._arena.i(names.LISTENED)
        flags[:] = 0
        flags[list(listened)] = 1
        self._arena.ints[names.KEYED] = len(listened)

    def _heard(self) -> list[bool]:
        """Which channels solo lets through."""
        soloed = [bool(self.values[f"{channel}/solo"]) for channel in self._places.channels]
        if not any(soloed):
            return [True] * len(soloed)
        parents = [TO_MASTER if parent < 0 else parent for parent in self._routing.parents()]
        return audible(soloed, parents)

    def _follow_solo(self, frame: int, frames: int) -> None:
        heard = self._heard()
        for channel, (now, then) in enumerate(zip(heard, self._audible, strict=True)):
            if now != then:
                index = channel * self._places.shape.channel_size + AUDIBLE
                self._events.ramp(CHANNELS, frame, index, float(now), frames)
        self._audible = heard
