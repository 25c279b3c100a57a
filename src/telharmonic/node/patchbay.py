"""What sessions have beside the engine: JACK clients, the JACK servers started for them, and programs.

Only sessions of the server's operator have any: the gateway refuses a visitor's description that names them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from msgspec.structs import replace

from telharmonic.errors import NodeError, NotFoundError
from telharmonic.node.feeds import FeedMemory
from telharmonic.node.jack_link import JackLink
from telharmonic.node.jack_member import JackMember
from telharmonic.node.jack_words import Midi, Report, Transport
from telharmonic.node.program_link import ProgramLink
from telharmonic.node.ring_tap import RingTap
from telharmonic.node.session_host import SessionHost
from telharmonic.protocol.jack import JackSpec, JackStatus
from telharmonic.protocol.node_api import StartSession
from telharmonic.protocol.program import ProgramSpec, ProgramStatus

THREADS = 4  # a question takes a millisecond or two

_log = logging.getLogger(__name__)


def server_name(wished: str) -> str:
    """The server's own name: ``default`` is, as for every JACK program, what the environment says."""
    return os.environ.get("JACK_DEFAULT_SERVER") or wished if wished == "default" else wished


def server_command(spec: JackSpec, rate_hz: int) -> tuple[str, ...]:
    """How a JACK server on the dummy driver is started."""
    return ("jackd", "-n", spec.server, "-d", "dummy", "-r", str(rate_hz), "-p", str(spec.period))


def environment_for(spec: JackSpec | None, rate_hz: int) -> dict[str, str]:
    """What a session's programs are told of it."""
    told = {"TELHARMONIC_SAMPLE_RATE_HZ": str(rate_hz)}
    if spec is not None:
        told |= {"JACK_DEFAULT_SERVER": spec.server, "JACK_NO_START_SERVER": "1"}
        told |= {"TELHARMONIC_JACK_CLIENT": spec.client, "TELHARMONIC_PERIOD": str(spec.period)}
    return told


@dataclass(slots=True)
class _Server:
    """A JACK server that we started, and the sessions that need it."""

    program: ProgramLink
    sessions: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Patch:
    """What one session has."""

    host: SessionHost
    jack: JackLink | None = None
    member: JackMember | None = None
    tap: RingTap | None = None
    programs: ProgramLink | None = None
    started: bool = False  # the programs, which wait for the server
    connection: int = -1  # to the server, that the member was told of


class Patchbay:
    """Opens and closes what sessions have beside the engine.

    Parameters
    ----------
    feeds : FeedMemory
        Where live strips are fed.
    slots : int
        How many sessions there can be.
    """

    def __init__(self, feeds: FeedMemory, slots: int) -> None:
        self._feeds = feeds
        self._slots = slots
        self.on_restart: Callable[[], None] = lambda: None  # called when a session's program was started again
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="patchbay")
        self._patches: dict[str, _Patch] = {}
        self._servers: dict[str, _Server] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, wish: StartSession, host: SessionHost) -> None:
        """Give a session its JACK client and its programs; nothing if it has none.

        Raises
        ------
        NodeError
            If a process of ours cannot be started.
        """
        session, jack = wish.description, wish.description.jack_wish
        if not session.is_for_operators:
            return
        if jack is not None:
            jack = replace(jack, server=server_name(jack.server))
        patch = self._patches[wish.id] = _Patch(host)
        try:
            if session.programs:
                patch.programs = ProgramLink(
                    session.programs,
                    folder=wish.base_folder,
                    environment=environment_for(jack, session.sample_rate_hz),
                    threads=self._threads,
                    on_restart=self.on_restart,
                )
            if jack is None:
                await self._start_programs(patch)
                return
            patch.jack = JackLink(
                jack,
                session,
                feeds=host.inputs.feeds,
                memory=self._feeds,
                slots=self._slots,
                said=lambda word: self._hear(wish.id, jack, session.sample_rate_hz, word),
            )
            await patch.jack.start(self._threads)
            if jack.outputs or jack.has_midi or jack.transport != "off":
                patch.member = JackMember(host, jack, patch.jack.tell)
                host.doors.midi.port = patch.jack.play_midi if jack.play_midi else None
                patch.member.join()  # while it is there the session is rendered, whoever listens
            if jack.outputs:
                patch.tap = host.audience.tap(patch.jack.mix)
        except BaseException:
            await self.close(wish.id)
            raise

    def _hear(self, session: str, spec: JackSpec, rate_hz: int, word: Midi | Transport | Report) -> None:
        patch = self._patches.get(session)
        if patch is None:
            return
        if not isinstance(word, Report):
            if patch.member is not None:
                patch.member.hear(word)
            return
        if word.needs_server and spec.start:
            self._need_server(session, spec, rate_hz)
        if word.status.state == "running":
            if (server := self._servers.get(spec.server)) is not None:
                server.sessions.add(session)  # whoever it was started for
            if patch.member is not None and patch.connection != word.status.reconnects:
                patch.member.connected()
            if patch.started and patch.programs is not None and patch.connection != word.status.reconnects:
                self._later(patch.programs.start_again())
            patch.connection = word.status.reconnects
            if not patch.started:
                self._later(self._start_programs(patch))
        if patch.started and patch.programs is not None and word.there:
            patch.programs.look(word.there)

    def _later(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _start_programs(self, patch: _Patch) -> None:
        patch.started = True
        if patch.programs is not None:
            try:
                await patch.programs.start()
            except NodeError as problem:
                _log.error("programs: %s", problem)

    def _need_server(self, session: str, spec: JackSpec, rate_hz: int) -> None:
        """Start the server that is missing, unless it has been; it then starts again by itself."""
        server = self._servers.get(spec.server)
        if server is None:
            _log.info("no JACK server %s runs: starting one", spec.server)
            program = ProgramSpec(id=f"jackd-{len(self._servers)}", command=server_command(spec, rate_hz))
            link = ProgramLink([program], folder="/", environment={}, threads=self._threads)
            server = self._servers[spec.server] = _Server(link)
            self._later(link.start())
        server.sessions.add(session)

    def look(self) -> None:
        """Once a second: how do they do?"""
        for patch in self._patches.values():
            if patch.programs is not None and patch.started:
                patch.programs.look()
                if patch.jack is not None:
                    patch.jack.watch(patch.programs.waits_for_ports)
        for server in self._servers.values():
            server.program.look()

    def jack_status(self, session: str) -> JackStatus | None:
        """How a session does in JACK; None if it is not there."""
        patch = self._patches.get(session)
        if patch is None or patch.jack is None:
            return None
        status = patch.jack.status
        server = self._servers.get(status.server)
        ended = "" if server is None or status.state == "running" else server.program.statuses[0].why
        return replace(status, why=f"jackd: {ended}") if ended else status

    def program_statuses(self, session: str) -> tuple[ProgramStatus, ...]:
        """How a session's programs do."""
        patch = self._patches.get(session)
        return patch.programs.statuses if patch is not None and patch.programs is not None else ()

    def play_again(self, session: str, program: str) -> None:
        """Start a program again, whether it has ended or runs; NotFoundError if the session has none of this name."""
        if program not in (status.id for status in self.program_statuses(session)):
            raise NotFoundError(f"session {session[:64]!r} has no program {program[:64]!r}")
        programs = self._patches[session].programs
        assert programs is not None
        self._later(programs.play_again(program))

    async def close(self, session: str) -> None:
        """Take away what a session had; nothing of it is left."""
        patch = self._patches.pop(session, None)
        if patch is None:
            return
        if patch.tap is not None:
            patch.host.audience.untap(patch.tap)
        if patch.member is not None:
            patch.member.leave()
        if patch.programs is not None:
            await patch.programs.close()
        if patch.jack is not None:
            await patch.jack.close()
        for name, server in list(self._servers.items()):
            server.sessions.discard(session)
            if not server.sessions:
                del self._servers[name]
                await server.program.close()

    async def close_all(self) -> None:
        """At the node's end."""
        for session in list(self._patches):
            with contextlib.suppress(NodeError):
                await self.close(session)
        self._threads.shutdown(wait=False, cancel_futures=True)
