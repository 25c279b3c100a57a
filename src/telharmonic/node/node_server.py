"""The front process once its child is starting: a node, its two HTTP servers and its OSC, until a signal."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import uvloop
from aiohttp import web

from telharmonic.errors import NodeError
from telharmonic.node.limits import NodeLimits
from telharmonic.node.node import Node
from telharmonic.node.osc_service import OscService
from telharmonic.node.private_app import PrivateApp
from telharmonic.node.public_app import PublicApp
from telharmonic.node.render_link import RenderLink
from telharmonic.node.sending_priority import SendingPriority
from telharmonic.node.stream_process import Doors, NodeReady, OscSettings
from telharmonic.transport.ice import IceSettings

_log = logging.getLogger(__name__)


def serve(
    link: RenderLink,
    *,
    cache_folder: Path,
    cache_bytes: int,
    limits: NodeLimits,
    ice: IceSettings,
    doors: Doors,
    osc: OscSettings,
    on_ready: Callable[[NodeReady], None] | None,
) -> int:
    """Serve until a signal; the exit status, as `run_node` says."""

    async def live() -> int:
        node = Node(link, cache_folder=cache_folder, cache_bytes=cache_bytes, limits=limits, ice=ice)
        try:
            return await _serve(node, doors, osc, on_ready)
        finally:
            await node.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(live())


async def _serve(node: Node, doors: Doors, osc: OscSettings, on_ready: Callable[[NodeReady], None] | None) -> int:
    """Listen until a signal comes (0) or the render process ends (1)."""
    stop: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _finish, stop, 0)
    child = node.link.child
    loop.add_reader(child.exit_descriptor, _finish, stop, 1)
    public = web.AppRunner(
        PublicApp(node, doors.origins).build(),
        access_log=None,
        handler_cancellation=True,
        keepalive_timeout=node.limits.request_s,
        shutdown_timeout=1.0,
    )
    private = web.AppRunner(PrivateApp(node).build(), access_log=None, shutdown_timeout=1.0)
    service = OscService(node, osc)
    ours = False
    try:
        await node.wait_until_ready()
        await public.setup()
        await private.setup()
        await _listen_privately(private, doors.control_socket)
        ours = True
        node.port = await _listen_publicly(public, doors)
        osc_port = await service.open()
        # nothing that lives now is looked at again: a collection takes 0.1 ms instead of 50
        gc.collect()
        gc.freeze()
        priority = asyncio.create_task(SendingPriority().keep())  # of this thread alone, not of what it starts
        realtime = bool(node.link.shared.gauges.count("realtime"))
        if on_ready is not None:
            on_ready(NodeReady(host=doors.host, port=node.port, pid=os.getpid(), realtime=realtime, osc_port=osc_port))
        status = await stop
        priority.cancel()
        if status:
            _log.error("the render process ended with status %s", child.status)
        return status
    finally:
        loop.remove_reader(child.exit_descriptor)
        await service.close()
        await node.say_goodbye()
        await asyncio.gather(public.cleanup(), private.cleanup())
        if ours:
            doors.control_socket.unlink(missing_ok=True)


def _finish(stop: asyncio.Future[int], status: int) -> None:
    if not stop.done():
        stop.set_result(status)


async def _listen_publicly(runner: web.AppRunner, doors: Doors) -> int:
    """Open the public port; its number."""
    site = web.TCPSite(runner, doors.host, doors.port, ssl_context=doors.tls, backlog=512)
    try:
        await site.start()
    except OSError as problem:
        raise NodeError(f"cannot listen on {doors.host} port {doors.port}: {_reason(problem)}") from None
    address = runner.addresses[0]
    return int(address[1])


async def _listen_privately(runner: web.AppRunner, path: Path) -> None:
    """Open the Unix socket, readable by nobody else; one left by a dead node is replaced."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_dead_socket(path)
        site = web.UnixSite(runner, path)
        before = os.umask(0o177)
        try:
            await site.start()
        finally:
            os.umask(before)
    except OSError as problem:
        raise NodeError(f"cannot listen on the socket {path}: {_reason(problem)}") from None


def _reason(problem: OSError) -> str:
    """The system's words; the event loop puts an address of its own before them."""
    return os.strerror(problem.errno) if problem.errno else str(problem)


def _remove_dead_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        except FileNotFoundError:
            return
        else:
            raise NodeError(f"another node listens on {path}")
