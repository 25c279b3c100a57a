"""Commands that the engine was given and has not answered yet."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from telharmonic.engine.commands import Command
from telharmonic.errors import RefusedError

WAITING_LIMIT = 4096  # unanswered, or accepted for a later frame; the engine drains 256 a block


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A command under way, and who is waiting for its answer (`message_id` None: nobody)."""

    command: Command
    member: str
    message_id: int | None
    received_us: int


class Waiting:
    """Commands under way by their ids; bounded, so that nobody can fill the engine's memory."""

    def __init__(self) -> None:
        self._commands: dict[int, Pending] = {}
        self._later: list[int] = []
        self._last_id = 0

    def next_id(self) -> int:
        """A number for the next command.

        Raises
        ------
        RefusedError
            If too many commands wait already.
        """
        if len(self._commands) + len(self._later) >= WAITING_LIMIT:
            raise RefusedError(f"{WAITING_LIMIT} commands of this session are waiting for their frame; try later")
        self._last_id += 1
        return self._last_id

    def add(self, pending: Pending) -> None:
        """Wait for an answer to a command."""
        self._commands[pending.command.command_id] = pending

    def take(self, command_id: int) -> Pending | None:
        """The command that an answer belongs to, once."""
        return self._commands.pop(command_id, None)

    def first_of(self, kinds: tuple[type[Command], ...]) -> Pending | None:
        """The oldest unanswered command of some kinds."""
        return next((each for each in self._commands.values() if isinstance(each.command, kinds)), None)

    def count_of(self, kind: type[Command]) -> int:
        """How many of one kind wait."""
        return sum(isinstance(each.command, kind) for each in self._commands.values())

    def will_happen_at(self, frame: int) -> None:
        """An accepted command that occupies the engine until `frame`."""
        heapq.heappush(self._later, frame)

    def has_come_to(self, frame: int) -> None:
        """The engine has rendered up to `frame`."""
        while self._later and self._later[0] <= frame:
            heapq.heappop(self._later)
