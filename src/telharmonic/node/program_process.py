"""The child that keeps a session's programs: they are its children, and none outlives it.

It ends when its pipe is closed, which the kernel does however the parent ends. What a program left behind outside its
own process group becomes a child of this process (PR_SET_CHILD_SUBREAPER) and is killed with the rest.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from telharmonic.node.process_tree import descendants
from telharmonic.node.program import Ask, Program, Run
from telharmonic.protocol.program import ProgramStatus

_PR_SET_CHILD_SUBREAPER = 36
LEFT_OVER_ROUNDS = 20  # a program that forks while we kill is met again in the next round


class Warden:
    """Answers the parent, in one event loop with the programs."""

    def __init__(self, pipe: Connection[Any, Any]) -> None:
        self._pipe = pipe
        self._programs: dict[str, Program] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._ended = asyncio.Event()

    async def serve(self) -> None:
        """Until the pipe is closed or SIGTERM comes; then nothing that was started is left."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._ended.set)
        loop.add_reader(self._pipe.fileno(), self._take)
        await self._ended.wait()
        loop.remove_reader(self._pipe.fileno())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        kill_descendants()

    def _take(self) -> None:
        try:
            self._pipe.send(self._answer(self._pipe.recv()))
        except (EOFError, OSError):
            self._ended.set()
        except Exception:  # a parent that waits for an answer must not wait for ever
            self._ended.set()
            raise

    def _answer(self, question: Run | Ask) -> tuple[ProgramStatus, ...]:
        if isinstance(question, Run):
            for spec in question.programs:
                program = Program(spec, Path(question.folder) / spec.folder, question.environment)
                self._programs[spec.id] = program
                self._tasks.append(asyncio.create_task(program.keep()))
        else:
            for program in self._programs.values() if question.again else ():
                if program.spec.needs_jack:
                    program.start_again()
            for name in question.wanted:
                if name in self._programs:
                    self._programs[name].play_again()
            for name in question.there:
                if name in self._programs:
                    self._programs[name].port_is_there()
        return tuple(program.status for program in self._programs.values())


def kill_descendants() -> None:
    """Kill and bury everything below this process."""
    for _ in range(LEFT_OVER_ROUNDS):
        left = descendants(os.getpid())
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, 0 if left else os.WNOHANG)[0]:
                continue
        if not left:
            return


def main(arguments: list[str]) -> None:
    """``python -m telharmonic.node.program_process PIPE``."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us in order
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    pipe: Connection[Any, Any] = Connection(int(arguments[0]))
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection[Any, Any]) -> None:
    await Warden(pipe).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
