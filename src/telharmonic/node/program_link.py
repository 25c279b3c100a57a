"""The stream process's end of the programs: starts the child that keeps them, and asks it how they do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor

from telharmonic.errors import NodeError
from telharmonic.node.child import Child
from telharmonic.node.program import Ask, Run
from telharmonic.protocol.program import ProgramSpec, ProgramStatus

_log = logging.getLogger(__name__)


class ProgramLink:
    """Programs that run until `close`, or until this process ends in whatever way.

    Parameters
    ----------
    programs : iterable of ProgramSpec
        What to run.
    folder : str
        What their folders are relative to.
    environment : mapping
        More variables for all of them.
    threads : Executor
        One thread of it is taken for the time of a question.
    on_restart : callable
        Called when one of them has been started again.

    Raises
    ------
    NodeError
        If the child cannot be started.
    """

    def __init__(
        self,
        programs: Iterable[ProgramSpec],
        *,
        folder: str,
        environment: Mapping[str, str],
        threads: Executor,
        on_restart: Callable[[], None] = lambda: None,
    ) -> None:
        self._wish = Run(programs=tuple(programs), folder=folder, environment=dict(environment))
        self._threads = threads
        self._on_restart = on_restart
        self._child = Child("telharmonic.node.program_process")
        self._asking: asyncio.Future[tuple[ProgramStatus, ...]] | None = None
        self.statuses = tuple(ProgramStatus(id=spec.id, state="starting") for spec in self._wish.programs)

    @property
    def waits_for_ports(self) -> dict[str, str]:
        """Programs that are not ready yet, with the pattern of the JACK port that would make them so."""
        starting = {status.id for status in self.statuses if status.state == "starting"}
        return {spec.id: spec.ready_port for spec in self._wish.programs if spec.ready_port and spec.id in starting}

    async def start(self) -> None:
        """Start them; returns at once.

        Raises
        ------
        NodeError
            If the child has ended.
        """
        self.statuses = await self._ask(self._wish)

    def look(self, there: Iterable[str] = ()) -> None:
        """Ask how they do, unless a question is on its way; those in `there` have their port. Call it in the loop."""
        if self._asking is None:
            self._asking = self._ask(Ask(there=tuple(there)))
            self._asking.add_done_callback(self._note)

    def _note(self, asked: asyncio.Future[tuple[ProgramStatus, ...]]) -> None:
        self._asking = None
        if asked.cancelled():
            return
        if problem := asked.exception():
            _log.error("programs: %s", problem)
            self.statuses = tuple(ProgramStatus(id=spec.id, state="stopped") for spec in self._wish.programs)
        else:
            self._take(asked.result())

    def _take(self, statuses: tuple[ProgramStatus, ...]) -> None:
        before = sum(status.restarts for status in self.statuses)
        self.statuses = statuses
        if sum(status.restarts for status in statuses) > before:
            self._on_restart()

    def _ask(self, question: Run | Ask) -> asyncio.Future[tuple[ProgramStatus, ...]]:
        return asyncio.get_running_loop().run_in_executor(self._threads, self._child.request, question)

    async def start_again(self) -> None:
        """Those that need JACK have lost it: start them anew."""
        await self._tell(Ask(again=True))

    async def play_again(self, program: str) -> None:
        """Someone wants this one from its beginning."""
        await self._tell(Ask(wanted=(program,)))

    async def _tell(self, word: Ask) -> None:
        try:
            self._take(await self._ask(word))
        except NodeError as problem:
            _log.error("programs: %s", problem)

    async def close(self) -> None:
        """End them all; returns once nothing of them is left."""
        try:
            await asyncio.get_running_loop().run_in_executor(None, self._child.close)
        except NodeError as problem:
            _log.error("programs: %s", problem)
