"""The node's front process: sockets, words and bytes; the sound is made by its child.

`run_node` is what ``telharmonic node`` calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from telharmonic.errors import NodeError
from telharmonic.node.limits import NodeLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReady:
    """What the launcher is told once both sockets listen and the clock runs."""

    host: str
    port: int
    pid: int
    realtime: bool  # SCHED_FIFO was granted to the clock thread


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
    on_ready: Callable[[NodeReady], None] | None = None,
) -> int:
    """Run one node until SIGTERM, SIGINT or the end of its parent; blocks.

    Public port (`host`, `port`; 0 lets the system choose, `NodeReady.port` says which):
    ``GET /api/sessions/{id}/ws``, ``GET /api/sessions/{id}/stream[?format=raw|wav&encoding=f32|s16|s24&frames=240&token=T]``,
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
    on_ready : callable, optional
        Called once, in the event loop, when the first visitor could come.

    Returns
    -------
    int
        Exit status: 0 after a signal, 1 if the render process died.

    Raises
    ------
    NodeError
        If a port is taken, the folder cannot be written, or the render process does not start.
    """
    raise NodeError("the node is not built yet")
