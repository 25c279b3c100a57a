"""Commands that the engine was given and has not answered yet."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from telharmonic.engine.commands import Command, SceneRecall, Set
from telharmonic.errors import RefusedError

WAITING_LIMIT = 4096  # of each sort: unanswered, and accepted or meant for later; the engine drains 256 a block


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A command under way, and who is waiting for its answer (`message_id` None: nobody).

    `gesture` is that of a set or of many; `undoing` says that it belongs to an undo or redo.
    """

    command: Command
    member: str
    message_id: int | None
    received_us: int
    gesture: int | None = None
    undoing: bool = False

    @property
    def is_for_later(self) -> bool:
        """Whether it waits for a frame or a beat."""
        command = self.command
        return isinstance(command, Set) and (command.at_frame is not None or command.at_beat is not None)


class Waiting:
    """Commands under way by their ids.

    Both sorts are bounded, so that nobody can fill the engine's memory; and apart, so that whatever waits
    for later never keeps anyone from turning a knob now.
    """

    def __init__(self) -> None:
        self._commands: dict[int, Pending] = {}
        self._later: list[tuple[int, int, Pending]] = []  # answered: (frame, id, command), a heap
        self._unanswered_later = 0
        self._last_id = 0

    def next_id(self) -> int:
        """A number for the next command."""
        self._last_id += 1
        return self._last_id

    def add(self, pending: Pending) -> None:
        """Wait for an answer to a command.

        Raises
        ------
        RefusedError
            If too many of its sort wait already.
        """
        later = self._unanswered_later + len(self._later)
        now = len(self._commands) - self._unanswered_later
        if (later if pending.is_for_later else now) >= WAITING_LIMIT:
            sort = "for their frame or beat" if pending.is_for_later else "for the engine"
            raise RefusedError(f"{WAITING_LIMIT} commands of this session are waiting {sort}; try later")
        self._unanswered_later += pending.is_for_later
        self._commands[pending.command.command_id] = pending

    def check_room(self, count: int) -> None:
        """Let `count` commands for now be added.

        Raises
        ------
        RefusedError
            If too many wait already.
        """
        if len(self._commands) - self._unanswered_later + count > WAITING_LIMIT:
            raise RefusedError(f"{WAITING_LIMIT} commands of this session are waiting for the engine; try later")

    def find(self, command_id: int) -> Pending | None:
        """The command of this id, which goes on waiting."""
        return self._commands.get(command_id)

    def take(self, command_id: int) -> Pending | None:
        """The command that an answer belongs to, once."""
        pending = self._commands.pop(command_id, None)
        if pending is not None:
            self._unanswered_later -= pending.is_for_later
        return pending

    def recall_of(self, scene: str) -> Pending | None:
        """The first recall of a scene that is not acknowledged yet."""
        return next((each for each in self._commands.values() if _recalls(each.command, scene)), None)

    def count_of(self, *kinds: type[Command]) -> int:
        """How many of these kinds wait."""
        return sum(isinstance(each.command, kinds) for each in self._commands.values())

    def keep_until(self, frame: int, pending: Pending) -> None:
        """An answered command occupies the engine until `frame`."""
        heapq.heappush(self._later, (frame, pending.command.command_id, pending))

    def due(self, frame: int) -> Iterator[tuple[int, Pending]]:
        """What has taken effect when the engine has come to `frame`: frames and commands, in order, once."""
        while self._later and self._later[0][0] <= frame:
            at_frame, _, pending = heapq.heappop(self._later)
            yield at_frame, pending


def _recalls(command: Command, scene: str) -> bool:
    return isinstance(command, SceneRecall) and command.name == scene
