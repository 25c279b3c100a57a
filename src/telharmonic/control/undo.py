"""What each member can take back: its own last steps, as long as nobody else has changed the same since."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from telharmonic.control.scene_alteration import SceneAlteration
from telharmonic.errors import RefusedError
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.parts import Label
from telharmonic.protocol.points import Point

STEP_LIMIT = 200  # of each member
PAUSE_US = 700_000  # sets of one address that follow one another within 0.7 s are one step
WEIGHT_LIMIT = 1_000_000  # values and points in all steps of a session, 8 bytes or more each

Key = tuple[str, bool]
What = Value | tuple[Point, ...] | Label


@dataclass(frozen=True, slots=True)
class Alteration:
    """A parameter, a column's label or (`lane`) a lane that went from one state to another."""

    address: str
    lane: bool
    before: What
    after: What

    @property
    def key(self) -> Key:
        """What it is about."""
        return self.address, self.lane

    @property
    def keys(self) -> tuple[Key, ...]:
        """The same, as a scene has several."""
        return (self.key,)

    @property
    def weight(self) -> int:
        """How much memory it holds."""
        return sum(len(each) if isinstance(each, tuple) else 1 for each in (self.before, self.after))


AnyAlteration = Alteration | SceneAlteration


class UndoStep:
    """Alterations that are taken back together."""

    def __init__(self, at_us: int, group: Hashable) -> None:
        self.at_us = at_us
        self.group = group
        self.alterations: dict[Key, AnyAlteration] = {}

    def take(self, new: AnyAlteration) -> None:
        """Add an alteration; of one thing the first state and the last are kept."""
        old = self.alterations.get(new.key)
        if isinstance(old, Alteration) and isinstance(new, Alteration):
            new = Alteration(new.address, new.lane, old.before, new.after)
        self.alterations[new.key] = new

    def goes_on(self, new: tuple[AnyAlteration, ...], at_us: int, group: Hashable) -> bool:
        """Whether what comes now belongs to this step."""
        if group is not None or self.group is not None:
            return group == self.group
        is_value = len(new) == 1 and isinstance(new[0], Alteration) and not new[0].lane
        same = is_value and set(self.alterations) == {new[0].key}
        return same and at_us - self.at_us <= PAUSE_US

    @property
    def weight(self) -> int:
        """How much memory it holds."""
        return sum(each.weight for each in self.alterations.values())


class MemberSteps:
    """One member's past and future."""

    def __init__(self) -> None:
        self.undo: list[UndoStep] = []
        self.redo: list[UndoStep] = []
        self.is_open = False  # whether the last step may still grow
        self._keys: set[Key] = set()  # of all steps, and maybe of some that are gone
        self.told: tuple[int, int] | None = (0, 0)  # None: tell it in any case

    @property
    def counts(self) -> tuple[int, int]:
        """How many steps back and forth."""
        return len(self.undo), len(self.redo)

    @property
    def weight(self) -> int:
        """How much memory all steps hold."""
        return sum(step.weight for step in (*self.undo, *self.redo))

    def add(self, new: tuple[AnyAlteration, ...], at_us: int, group: Hashable) -> None:
        """The member did something."""
        self.redo.clear()
        if not (self.is_open and self.undo and self.undo[-1].goes_on(new, at_us, group)):
            self.undo.append(UndoStep(at_us, group))
            del self.undo[:-STEP_LIMIT]
        self.is_open = True
        self.undo[-1].at_us = at_us
        for each in new:
            self.undo[-1].take(each)
            self._keys.update(each.keys)

    def drop(self, keys: set[Key]) -> None:
        """Somebody else did something to the same."""
        if self._keys.isdisjoint(keys):
            return
        keys = self._with_other_names(keys)
        self._keys -= keys
        for steps in (self.undo, self.redo):
            for step in steps:
                for key in keys:
                    step.alterations.pop(key, None)
            steps[:] = [step for step in steps if step.alterations]

    def _with_other_names(self, keys: set[Key]) -> set[Key]:
        """The keys, and those of the same scenes by the names that they had or have in other steps."""
        firsts = [next(iter(step.alterations.values())) for step in (*self.undo, *self.redo)]
        scenes = [set(each.keys) for each in firsts if isinstance(each, SceneAlteration)]  # a step's only one
        while more := set().union(*[each for each in scenes if each & keys]) - keys:
            keys = keys | more
        return keys


class UndoBook:
    """The steps of all members of a session."""

    def __init__(self) -> None:
        self._members: dict[str, MemberSteps] = {}

    def note(self, member: str, new: tuple[AnyAlteration, ...], at_us: int, group: Hashable = None) -> None:
        """`member` altered something, at `at_us`; alterations of one `group` (not None) in a row are one step."""
        self._drop_from_others(member, new)
        if new:
            self._members.setdefault(member, MemberSteps()).add(new, at_us, group)
        if sum(each.weight for each in new) > 2:  # one value, before and after
            self._keep_small()

    def pass_over(self, member: str, new: tuple[AnyAlteration, ...]) -> None:
        """`member` altered something by undoing or redoing."""
        self._drop_from_others(member, new)

    def take_back(self, member: str, *, again: bool) -> tuple[AnyAlteration, ...]:
        """The alterations of the step to undo (or to do `again`), which changes sides.

        Raises
        ------
        RefusedError
            If there is none.
        """
        steps = self._members.get(member) or MemberSteps()
        source, target = (steps.redo, steps.undo) if again else (steps.undo, steps.redo)
        if not source:
            raise RefusedError(f"there is nothing to {'redo' if again else 'undo'}")
        step = source.pop()
        target.append(step)
        steps.is_open = False
        return tuple(step.alterations.values())

    def forget(self, member: str) -> None:
        """It has gone."""
        self._members.pop(member, None)

    def has_steps(self, member: str) -> bool:
        """Whether there is anything to undo or to redo."""
        return member in self._members and self._members[member].counts != (0, 0)

    def hand_over(self, former: str | None, member: str) -> None:
        """What `former` (None: nobody) had is `member`'s, who has come back and is told how many steps there are."""
        steps = self._members.pop(former, None) if former is not None else None
        self._members[member] = steps = steps or MemberSteps()
        steps.is_open, steps.told = False, None

    def news(self) -> Iterator[tuple[str, int, int]]:
        """Members whose counts are others than when they were told, and these counts."""
        for member, steps in self._members.items():
            if steps.counts != steps.told:
                steps.told = steps.counts
                yield member, *steps.counts

    def _drop_from_others(self, member: str, new: tuple[AnyAlteration, ...]) -> None:
        keys = {key for each in new for key in each.keys}
        for other, steps in self._members.items():
            if other != member:
                steps.drop(keys)

    def _keep_small(self) -> None:
        while sum(steps.weight for steps in self._members.values()) > WEIGHT_LIMIT:
            heaviest = max(self._members.values(), key=_weight)
            del (heaviest.undo or heaviest.redo)[0]


def _weight(steps: MemberSteps) -> int:
    return steps.weight
