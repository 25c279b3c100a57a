"""The node's front process: sockets, words and bytes; the sound is made by its child.

`run_node` is what ``telharmonic node`` calls. Little is imported here: the child needs longer than we do until it is
ready, so it starts before we import the web, WebRTC and OSC (`node_server`).
"""

from __future__ import annotations

import contextlib
import os
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from telharmonic.errors import NodeError
from telharmonic.node.child import end_with_parent
from telharmonic.node.limits import NodeLimits
from telharmonic.node.render_link import RenderLink
from telharmonic.protocol.relay import RelayFile
from telharmonic.transport.ice import IceSettings, host_addresses

NICE = -10


@dataclass(frozen=True, slots=True, kw_only=True)
class OscSettings:
    """What a node does by OSC.

    Parameters
    ----------
    port : int, optional
        Listen on this UDP port (0 lets the system choose); without it, not at all.
    host : str
        The IPv4 address to listen on; on another than the loopback interface's it is announced by mDNS.
    relay : RelayFile, optional
        What members and visitors may have sent; without it, nothing.
    audit : Path, optional
        Where what is refused is written down.
    """

    port: int | None = None
    host: str = "127.0.0.1"
    relay: RelayFile | None = None
    audit: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where a node is found, as `run_node` says."""

    host: str
    port: int
    control_socket: Path
    origins: tuple[str, ...]
    tls: ssl.SSLContext | None


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
    link = RenderLink(slots=limits.sessions, cache_folder=assets_cache, cache_bytes=assets_cache_bytes)
    with contextlib.closing(link):
        from telharmonic.node.node_server import serve

        return serve(
            link,
            cache_folder=assets_cache,
            cache_bytes=assets_cache_bytes,
            limits=limits,
            ice=ice,
            doors=Doors(host=host, port=port, control_socket=control_socket, origins=allowed_origins, tls=tls),
            osc=osc or OscSettings(),
            on_ready=on_ready,
        )


def _ask_for_priority() -> None:
    """Go before everyday programs, where we may; the clock's thread and the loop ask for more by themselves."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)


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
