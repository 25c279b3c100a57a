"""One program's life: started, watched until it is ready, logged, and started again when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from telharmonic.node import program_exec
from telharmonic.node.cpu_share import WINDOW_S, CpuShare
from telharmonic.node.last_words import LastWords
from telharmonic.node.process_tree import processor_s
from telharmonic.node.program_log import CHUNK_BYTES, ProgramLog
from telharmonic.protocol.program import ProgramSpec, ProgramStatus, State

END_S = 2.0  # between being asked to end and being killed
STEADY_S = 30.0  # what lived so long was well: its end counts as a first one
LONGEST_WAIT_S = 30.0
BYTES_PER_S = 1 << 20  # read of one program; what writes more waits
LOOK_S = 1.0  # how often it is asked what it uses of the processor

_log = logging.getLogger(__name__)
_PASSED_ON = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Keep these programs running; relative folders are under `folder`."""

    programs: tuple[ProgramSpec, ...]
    folder: str
    environment: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """How they do? The programs in `there` have their JACK port; those that need JACK have lost it if `again`.

    Those in `wanted` are to be started again, whether they have ended or run.
    """

    there: tuple[str, ...] = ()
    again: bool = False
    wanted: tuple[str, ...] = ()


def environment_of(spec: ProgramSpec, extra: Mapping[str, str]) -> dict[str, str]:
    """What the program sees: of ours only what is needed to run at all, since the rest may hold secrets."""
    ours = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**ours, **extra, **spec.environment}


class Backoff:
    """Waits of 0.25 s that double with every early end, to 30 s."""

    def __init__(self, first_s: float = 0.25) -> None:
        self._first_s = self._next_s = first_s

    def wait_s(self, lived_s: float) -> float:
        """Before starting again what lived so long."""
        if lived_s >= STEADY_S:
            self._next_s = self._first_s
        wait_s, self._next_s = self._next_s, min(2 * self._next_s, LONGEST_WAIT_S)
        return wait_s


class Program:
    """Keeps one program running until its task is cancelled.

    Parameters
    ----------
    spec : ProgramSpec
        What to run.
    folder : Path
        Where it runs.
    extra : mapping
        More variables for its environment.
    """

    def __init__(self, spec: ProgramSpec, folder: Path, extra: Mapping[str, str]) -> None:
        self.spec = spec
        self._folder = folder
        self._environment = environment_of(spec, extra)
        self._backoff = Backoff()
        self._ready = asyncio.Event()
        self._again = asyncio.Event()
        self._wanted = asyncio.Event()
        self._returned: int | None = None
        self._words = LastWords()
        self._state: State = "starting"
        self._restarts = 0
        self._why = self._said = ""
        self._cpu_share = 0.0

    @property
    def status(self) -> ProgramStatus:
        """How it does."""
        return ProgramStatus(
            id=self.spec.id,
            state=self._state,
            restarts=self._restarts,
            why=self._why,
            said=self._said,
            cpu_share=self._cpu_share,
        )

    def port_is_there(self) -> None:
        """Somebody saw the JACK port by which it counts as ready."""
        if self._state == "starting":
            self._ready.set()

    def start_again(self) -> None:
        """End it and start it anew: the JACK server it was connected to has gone."""
        self._again.set()

    def play_again(self) -> None:
        """Start it at once if it does not run, and anew if it is ready."""
        if self._state != "starting":
            self._wanted.set()
            self._again.set()

    async def keep(self) -> None:
        """Run it, again and again; cancelled, end it."""
        try:
            while True:
                begun_s = time.monotonic()
                self._state = "starting"
                self._why = await self._run()
                self._said = self._words.text
                await self._rest(time.monotonic() - begun_s)
                self._restarts += 1
        finally:
            self._state = "stopped"

    async def _rest(self, lived_s: float) -> None:
        """Return when it is to run again: at once if someone wants it, after a while or never if nobody does."""
        if self._wanted.is_set():
            return
        if self.spec.again == "failure" and self._returned == 0:
            self._state = "ended"
            _log.info("program %s has come to its end after %.1f s", self.spec.id, lived_s)
            await self._wanted.wait()
            return
        self._state = "waiting"
        wait_s = self._backoff.wait_s(lived_s)
        _log.warning("program %s %s after %.1f s; again in %.2f s", self.spec.id, self._why, lived_s, wait_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._wanted.wait()

    async def _run(self) -> str:
        """One life; how it ended."""
        for event in (self._ready, self._again, self._wanted):
            event.clear()
        self._returned = None
        self._cpu_share = 0.0
        self._words = LastWords()
        output, written = os.pipe()  # our own: asyncio's wait() waits for a pipe of its, which a grandchild may hold
        try:
            process = await self._start(written)
        except OSError as problem:
            os.close(output)
            _log.warning("program %s cannot start in %s", self.spec.id, self._folder)
            return f"cannot start in its folder: {problem.strerror}"
        finally:
            os.close(written)
        reading = asyncio.create_task(self._read(output))
        try:
            return await self._wait_until_ready(process) or await self._wait_until_ended(process)
        finally:
            await _end(process)
            await asyncio.wait((reading,), timeout=END_S)  # its last words may still be in the pipe
            reading.cancel()

    async def _start(self, output: int) -> asyncio.subprocess.Process:
        spec = self.spec
        numbers = map(str, (spec.memory_mb, spec.files, spec.file_mb, spec.processes))
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            program_exec.__file__,
            *numbers,
            "--",
            *spec.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self._folder,
            env=self._environment,
            start_new_session=True,  # its own process group, and no terminal
        )

    async def _wait_until_ready(self, process: asyncio.subprocess.Process) -> str:
        """Return once it is ready or has ended; what is wrong if it is neither in time."""
        if not (self.spec.ready_text or self.spec.ready_port):
            self._ready.set()
        ready, ended = asyncio.ensure_future(self._ready.wait()), asyncio.ensure_future(process.wait())
        try:
            done, _ = await asyncio.wait((ready, ended), timeout=self.spec.ready_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
            ended.cancel()
        if not done:
            return f"was not ready within {self.spec.ready_s:g} s"
        if self._ready.is_set():
            self._state = "ready"
        return ""

    async def _wait_until_ended(self, process: asyncio.subprocess.Process) -> str:
        """How it ended, or why it must."""
        again, ended = asyncio.ensure_future(self._again.wait()), asyncio.ensure_future(process.wait())
        greedy = asyncio.ensure_future(self._until_greedy(process.pid))
        try:
            await asyncio.wait((again, ended, greedy), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (again, ended, greedy):
                each.cancel()
        self._returned = process.returncode
        if process.returncode is not None:
            return _ending(process.returncode)
        if greedy.done():
            return f"used {self._cpu_share:.2f} of a core for {WINDOW_S:g} s; allowed: {self.spec.cpu_share:g}"
        return "was to be started again" if self._wanted.is_set() else "lost its JACK server"

    async def _until_greedy(self, pid: int) -> None:
        """See what it uses of the processor; return when that was too much for too long."""
        share = CpuShare(WINDOW_S)
        while True:
            self._cpu_share = round(share.look(time.monotonic(), processor_s(pid)), 3)
            if share.is_whole and 0 < self.spec.cpu_share < self._cpu_share:
                return
            await asyncio.sleep(LOOK_S)

    async def _read(self, output: int) -> None:
        """Log what it writes, and look for the text by which it is ready."""
        reader = asyncio.StreamReader(limit=CHUNK_BYTES)
        file = os.fdopen(output, "rb", buffering=0)
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
        log = ProgramLog(self.spec.id, self.spec.ready_text, self._ready.set, self._words.hear)
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                log.feed(chunk, time.monotonic())
                if len(chunk) == CHUNK_BYTES:  # more waits: let the pipe hold up whoever never stops
                    await asyncio.sleep(CHUNK_BYTES / BYTES_PER_S)
        finally:
            log.end()
            pipe.close()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask its whole group to end, and kill what is left of it."""
    if process.returncode is None:
        _signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_S):
                await process.wait()
    _signal_group(process.pid, signal.SIGKILL)
    await process.wait()


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _ending(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}" if -status in set(signal.Signals) else "was killed"
    if status in program_exec.REASONS:
        return f"{program_exec.REASONS[status]} (status {status})"
    return f"ended with status {status}"
