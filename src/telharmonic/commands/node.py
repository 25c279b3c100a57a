"""``telharmonic node``: one renderer, until it is told to end."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from telharmonic.commands.descriptors import allow_descriptors
from telharmonic.node.limits import NodeLimits
from telharmonic.node.stream_process import NodeReady, run_node


def print_ready(ready: NodeReady) -> None:
    """The line of JSON for which `cluster.local` waits."""
    print(json.dumps(dataclasses.asdict(ready)), flush=True)


def start_node(
    *,
    host: str,
    port: int,
    socket: Path,
    cache: Path,
    cache_bytes: int,
    origins: tuple[str, ...],
    certificate: Path | None,
    key: Path | None,
    maximum_sessions: int,
    launched: bool,
) -> int:
    """Run the node of these options; its exit status."""
    allow_descriptors()
    return run_node(
        host=host,
        port=port,
        control_socket=socket,
        assets_cache=cache,
        assets_cache_bytes=cache_bytes,
        allowed_origins=origins,
        tls_certificate=certificate,
        tls_key=key,
        limits=NodeLimits(sessions=maximum_sessions),
        on_ready=print_ready if launched else None,
        with_parent=launched,
    )
