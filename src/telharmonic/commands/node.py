"""``telharmonic node``: one renderer, until it is told to end."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from telharmonic.cluster.local import IceOptions, OscOptions
from telharmonic.commands.descriptors import allow_descriptors
from telharmonic.commands.relay_file import read_relay_file
from telharmonic.commands.strangers import quiet_strangers
from telharmonic.errors import ParameterError
from telharmonic.node.limits import NodeLimits
from telharmonic.node.stream_process import NodeReady, OscSettings, run_node
from telharmonic.transport.ice import IceSettings, host_addresses


def print_ready(ready: NodeReady) -> None:
    """The line of JSON for which `cluster.local` waits."""
    print(json.dumps(dataclasses.asdict(ready)), flush=True)


def ice_settings(host: str, options: IceOptions) -> IceSettings | None:
    """How connections to a node on `host` come about; None without servers: by its own addresses."""
    if not (options.stun or options.turn or options.turn_secret):
        return None
    secret = read_secret(options.turn_secret) if options.turn_secret else ""
    return IceSettings(addresses=host_addresses(host), stun=options.stun, turn=options.turn, turn_secret=secret)


def read_secret(file: Path) -> str:
    """What we share with the TURN server.

    Raises
    ------
    ParameterError
        If the file cannot be read, or is no text.
    """
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ParameterError("--turn-secret", str(file), "a text file that we may read") from None


def osc_settings(options: OscOptions) -> OscSettings:
    """What a node does by OSC.

    Raises
    ------
    SessionFileError
        If the rules of the relay are not understood.
    """
    return OscSettings(port=options.port, host=options.host, relay=read_relay_file(options.relay), audit=options.audit)


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
    ice: IceOptions,
    osc: OscOptions,
) -> int:
    """Run the node of these options; its exit status.

    Raises
    ------
    ParameterError
        If a STUN or TURN server is none, or its secret cannot be read.
    """
    quiet_strangers()
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
        ice=ice_settings(host, ice),
        osc=osc_settings(osc),
        on_ready=print_ready if launched else None,
        with_parent=launched,
    )
