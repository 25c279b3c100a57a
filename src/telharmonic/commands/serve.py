"""``telharmonic serve``: the front door and one node, until a signal."""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from telharmonic.cluster.launcher import NodeAddress
from telharmonic.cluster.local import IceOptions, LocalLauncher, NodeOptions, OscOptions, end_process
from telharmonic.cluster.supervisor import Supervisor
from telharmonic.commands.descriptors import allow_descriptors
from telharmonic.commands.strangers import quiet_strangers

if TYPE_CHECKING:
    from telharmonic.gateway.server import Server
    from telharmonic.gateway.settings import Settings

SOCKET = "node.sock"
PLAY_PAGE = "orchestra.html"
SLOW_S = 5.0  # with compiled kernels the node is ready in about two
DEMOS = ("session.toml", "grains.toml", "live.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """A certificate and its key."""

    certificate: Path
    key: Path


def tls_files(
    state: Path, hosts: tuple[str, ...], *, self_made: bool, certificate: Path | None, key: Path | None
) -> TlsFiles | None:
    """The files that were given, or a pair made for this machine, or None for plain http."""
    if certificate is not None and key is not None:
        return TlsFiles(certificate=certificate, key=key)
    if not self_made:
        return None
    from telharmonic.gateway import tls

    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    made, made_key = tls.self_made(state, hosts)
    return TlsFiles(certificate=made, key=made_key)


def offered_files(named: tuple[Path, ...]) -> tuple[Path, ...]:
    """The session files of a command line, or else the demos and one to play into; and the one of the latency page."""
    from telharmonic.gateway.catalogue import offer_name
    from telharmonic.gateway.static import share_folder

    demo = share_folder() / "demo"
    files = named or tuple(path for name in DEMOS if (path := demo / name).exists())
    test = demo / "latency.toml"
    if not test.exists() or offer_name(test) in map(offer_name, files):
        return files
    return (*files, test)


def serve(
    settings: Settings,
    files: TlsFiles | None,
    *,
    node_port: int,
    cache: Path,
    verbose: bool,
    ice: IceOptions,
    osc: OscOptions,
) -> int:
    """Serve until SIGINT or SIGTERM; the exit status.

    Raises
    ------
    NodeError, SessionFileError
        If it cannot start.
    """
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    quiet_strangers()
    allow_descriptors()
    with tempfile.TemporaryDirectory(prefix="telharmonic-") as folder:  # mode 0700; a short path, as sockets need
        options = NodeOptions(
            host=settings.host.strip("[]"),
            port=node_port,
            control_socket=Path(folder) / SOCKET,
            cache_folder=cache,
            maximum_sessions=settings.maximum_sessions,
            certificate=files.certificate if files else None,
            key=files.key if files else None,
            ice=ice,
            osc=osc,
        )
        asyncio.run(_serve(settings, files, LocalLauncher(options)))
    return 0


async def _serve(settings: Settings, files: TlsFiles | None, launcher: LocalLauncher) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    made: asyncio.Future[Server] = loop.create_future()

    async def on_ready(address: NodeAddress) -> None:
        await (await made).node_ready(address)

    async def on_lost() -> None:
        await (await made).node_lost()

    supervisor = Supervisor(launcher, on_ready=on_ready, on_lost=on_lost)
    starting = asyncio.create_task(supervisor.start())
    await asyncio.sleep(0)  # the node's process is there: while it starts, we import the web
    try:
        server = _make_server(settings, files)
        await server.forget()
        made.set_result(server)
        await server.start()
        await _first(starting, stopped)
        if not stopped.is_set():
            page = PLAY_PAGE if settings.orchestra is not None else ""
            link = await server.open(page) if settings.opened else ""
            _greet(server, settings, link)
        await _decode_until(stopped, settings.session_files, settings.uploads_folder)
        await stopped.wait()
        await server.stop()
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await supervisor.stop()


async def _decode_until(stopped: asyncio.Event, session_files: tuple[Path, ...], uploads_folder: Path) -> None:
    """Decode what the offered sessions play, beside the server, so that the first visitor need not wait for it."""
    if not session_files or stopped.is_set():
        return
    command = [sys.executable, "-m", "telharmonic.cli", "decode", *map(str, session_files)]
    command += ["--uploads", str(uploads_folder)]
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
    ended, waiting = asyncio.create_task(process.wait()), asyncio.create_task(stopped.wait())
    await asyncio.wait({ended, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    await end_process(process)
    await ended


async def _first(starting: asyncio.Task[NodeAddress], stopped: asyncio.Event) -> None:
    """Return when the node is ready or a signal came, whichever is first; raise what kept the node from starting."""
    waiting = asyncio.create_task(stopped.wait())
    done, _ = await asyncio.wait({starting, waiting}, timeout=SLOW_S, return_when=asyncio.FIRST_COMPLETED)
    if not done:
        print("The renderer is still starting: the machine is busy, or compiles new kernels.", file=sys.stderr)
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if starting.done():
        starting.result()


def _make_server(settings: Settings, files: TlsFiles | None) -> Server:
    from telharmonic.gateway.server import Server

    context: ssl.SSLContext | None = None
    if files is not None:
        from telharmonic.gateway.tls import server_context

        context = server_context(files.certificate, files.key)
    return Server(settings, context)


def _greet(server: Server, settings: Settings, link: str) -> None:
    print(f"Telharmonic is ready: {link or server.url}", flush=True)
    if settings.host in ("0.0.0.0", "::"):
        print("It listens on every address of this machine; whoever can reach it can open a session.", flush=True)
    print(f"API: {server.url}api/docs   state: {settings.state_folder}   Ctrl-C ends it", flush=True)
