"""The node's front process: sockets, words and bytes; the sound is made by its child.

`run_node` is what ``telharmonic node`` calls.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvloop
from aiohttp import web

from telharmonic.errors import NodeError
from telharmonic.node.child import end_with_parent
from telharmonic.node.limits import NodeLimits
from telharmonic.node.node import Node
from telharmonic.node.osc_service import OscService, OscSettings
from telharmonic.node.private_app import PrivateApp
from telharmonic.node.public_app import PublicApp
from telharmonic.transport.ice import IceSettings, host_addresses

_log = logging.getLogger(__name__)

NICE = -10


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReady:
    """What the launcher is told once both sockets listen and the clock runs."""

    host: str
    port: int
    pid: int
    realtime: bool  # SCHED_FIFO was granted to the clock thread
    osc_port: int | None = None


def run_node(
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    control_socket: Path,
    assets_cache: Path,
    assets_cache_bytes: int = 4 << 30,
    allowed_origins: tuple[str, ...] = (),
    tls_certificate: Path | None = None,
    tls_key: Path | None = None,
    limits: NodeLimits | None = None,
    ice: IceSettings | None = None,
    osc: OscSettings | None = None,
    on_ready: Callable[[NodeReady], None] | None = None,
    with_parent: bool = False,
) -> int:
    """Run one node until SIGTERM or SIGINT; blocks.

    Public port (`host`, `port`; 0 lets the system choose, `NodeReady.port` says which):
    ``GET /api/sessions/{id}/ws``,
    ``GET /api/sessions/{id}/stream?format=raw|wav&encoding=f32|s16|s24&frames=240&channels=2&token=T``,
    ``/metrics``, ``/healthz``, ``/schema``.
    Private Unix socket (`control_socket`, mode 0600, HTTP and JSON of `protocol.node_api`):
    ``POST /node/sessions``, ``DELETE /node/sessions/{id}``, ``GET /node/sessions/{id}/state``,
    ``GET /node/sessions/{id}/log``, ``GET /node/status``.

    Parameters
    ----------
    host, port : str, int
        Where listeners come in.
    control_socket : Path
        Unix socket for the gateway; replaced if a dead one is there, removed at the end.
    assets_cache : Path
        Folder of decoded audio, shared by all nodes of this machine; made if missing.
    assets_cache_bytes : int
        Size at which the oldest unused entries are dropped.
    allowed_origins : tuple of str
        Origins (``https://host:port``) whose pages may connect; ``"*"`` allows every page; empty allows only the
        same host name as the request's own, on any port (so that gateway and node on one machine need nothing).
        Requests without an Origin header (curl, Python) are always allowed: the token decides.
    tls_certificate, tls_key : Path, optional
        PEM files; with both the public port speaks TLS.
    limits : NodeLimits, optional
        Counts and times.
    ice : IceSettings, optional
        How WebRTC connections come about; without it over the addresses of `host`, and no server is asked.
    osc : OscSettings, optional
        What is done by OSC; nothing without it.
    on_ready : callable, optional
        Called once, in the event loop, when the first visitor could come.
    with_parent : bool
        Be told to end (SIGTERM) by the kernel when the process that started this one ends.

    Returns
    -------
    int
        Exit status: 0 after a signal, 1 if the render process died.

    Raises
    ------
    NodeError
        If a port is taken, the folder cannot be written, or the render process does not start.
    """
    limits = limits or NodeLimits()
    ice = ice or IceSettings(addresses=host_addresses(host))
    if with_parent:
        end_with_parent()
    _ask_for_priority()
    tls = _tls(tls_certificate, tls_key)
    sys.setswitchinterval(0.001)  # the threads that wait for the children have little to say

    async def serve() -> int:
        node = Node(cache_folder=assets_cache, cache_bytes=assets_cache_bytes, limits=limits, ice=ice)
        try:
            return await _serve(node, host, port, control_socket, allowed_origins, tls, osc or OscSettings(), on_ready)
        finally:
            await node.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(serve())


async def _serve(
    node: Node,
    host: str,
    port: int,
    control_socket: Path,
    allowed_origins: tuple[str, ...],
    tls: ssl.SSLContext | None,
    osc: OscSettings,
    on_ready: Callable[[NodeReady], None] | None,
) -> int:
    """Listen until a signal comes (0) or the render process ends (1)."""
    stop: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _finish, stop, 0)
    child = node.link.child
    loop.add_reader(child.exit_descriptor, _finish, stop, 1)
    public = web.AppRunner(
        PublicApp(node, allowed_origins).build(),
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
        await _listen_privately(private, control_socket)
        ours = True
        node.port = await _listen_publicly(public, host, port, tls)
        osc_port = await service.open()
        # nothing that lives now is looked at again: a collection takes 0.1 ms instead of 50
        gc.collect()
        gc.freeze()
        realtime = bool(node.link.shared.gauges.count("realtime"))
        if on_ready is not None:
            on_ready(NodeReady(host=host, port=node.port, pid=os.getpid(), realtime=realtime, osc_port=osc_port))
        status = await stop
        if status:
            _log.error("the render process ended with status %s", child.status)
        return status
    finally:
        loop.remove_reader(child.exit_descriptor)
        await service.close()
        await node.say_goodbye()
        await asyncio.gather(public.cleanup(), private.cleanup())
        if ours:
            control_socket.unlink(missing_ok=True)


def _ask_for_priority() -> None:
    """Go before everyday programs, where we may; the clock's thread asks for more than that by itself."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)


def _finish(stop: asyncio.Future[int], status: int) -> None:
    if not stop.done():
        stop.set_result(status)


async def _listen_publicly(runner: web.AppRunner, host: str, port: int, tls: ssl.SSLContext | None) -> int:
    """Open the public port; its number."""
    site = web.TCPSite(runner, host, port, ssl_context=tls, backlog=512)
    try:
        await site.start()
    except OSError as problem:
        raise NodeError(f"cannot listen on {host} port {port}: {_reason(problem)}") from None
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


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise NodeError("TLS needs a certificate and its key; one of them is missing")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as problem:
        raise NodeError(f"cannot read the certificate {certificate} with the key {key}: {problem}") from None
    return context
