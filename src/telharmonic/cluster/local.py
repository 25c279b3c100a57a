"""A launcher that starts the node as a process on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from telharmonic.cluster.launcher import NodeAddress
from telharmonic.errors import NodeError

READY_S = 900.0  # kernels may have to be compiled first: a minute, or three to five on a busy machine
STOP_S = 5.0  # a node that has not ended so long after SIGTERM is killed
LINE_BYTES = 4096  # longest line of readiness


@dataclass(frozen=True, slots=True, kw_only=True)
class IceOptions:
    """Which servers help WebRTC connections to come about; none by default.

    Parameters
    ----------
    stun, turn : str
        URIs (``stun:HOST:PORT``, ``turn:HOST:PORT?transport=udp``).
    turn_secret : Path, optional
        A file with the secret that the TURN server shares with us.
    """

    stun: str = ""
    turn: str = ""
    turn_secret: Path | None = None

    def command(self) -> list[str]:
        """These options on a command line."""
        pairs = (("--stun", self.stun), ("--turn", self.turn), ("--turn-secret", self.turn_secret))
        return [word for name, value in pairs if value for word in (name, str(value))]


@dataclass(frozen=True, slots=True, kw_only=True)
class OscOptions:
    """What a node does by OSC; nothing by default.

    Parameters
    ----------
    port : int, optional
        UDP port where it listens.
    host : str
        The address it listens on.
    relay, audit : Path, optional
        The rules of its relay, and where it writes down what it refuses.
    """

    port: int | None = None
    host: str = "127.0.0.1"
    relay: Path | None = None
    audit: Path | None = None

    def command(self) -> list[str]:
        """These options on a command line."""
        pairs = (
            ("--osc-port", self.port),
            ("--osc-host", self.host if self.port is not None else None),
            ("--osc-relay", self.relay),
            ("--osc-audit", self.audit),
        )
        return [word for name, value in pairs if value is not None for word in (name, str(value))]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeOptions:
    """What the options of ``telharmonic node`` say.

    Parameters
    ----------
    host, port : str, int
        Where listeners come in; port 0 lets the system choose.
    control_socket : Path
        Unix socket for the gateway; at most 107 bytes long (Linux).
    cache_folder : Path
        Folder of decoded audio.
    cache_bytes : int
        Its greatest size.
    maximum_sessions : int
        Sessions at once.
    origins : tuple of str
        Origins whose pages may connect; empty: the node's own host name on any port.
    certificate, key : Path, optional
        PEM files; with both the port speaks TLS.
    ice : IceOptions
        For its WebRTC connections.
    osc : OscOptions
        What it does by OSC.
    """

    host: str
    port: int
    control_socket: Path
    cache_folder: Path
    cache_bytes: int = 4 << 30
    maximum_sessions: int = 128
    origins: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    ice: IceOptions = IceOptions()
    osc: OscOptions = OscOptions()

    def command(self) -> list[str]:
        """The command line that starts this node with our own Python."""
        words = [sys.executable, "-m", "telharmonic.cli", "node", "--launched"]
        words += ["--host", self.host, "--port", str(self.port), "--socket", str(self.control_socket)]
        words += ["--cache", str(self.cache_folder), "--cache-bytes", str(self.cache_bytes)]
        words += ["--max-sessions", str(self.maximum_sessions)]
        for origin in self.origins:
            words += ["--origin", origin]
        if self.certificate and self.key:
            words += ["--cert", str(self.certificate), "--key", str(self.key)]
        return words + self.ice.command() + self.osc.command()


class LocalProcess:
    """A node in a child process; made by `LocalLauncher`."""

    def __init__(self, process: asyncio.subprocess.Process, address: NodeAddress) -> None:
        self._process = process
        self.address = address

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def wait(self) -> int:
        """Return once it has ended, with its exit status (negative: the signal that ended it)."""
        return await self._process.wait()

    async def stop(self) -> None:
        """End it: SIGTERM, and SIGKILL if it is still there after `STOP_S`."""
        await end_process(self._process)


class LocalLauncher:
    """Starts ``telharmonic node`` and waits for the line in which it says that it is ready.

    Parameters
    ----------
    options : NodeOptions
        Passed on as they are; a port of 0 is replaced by the first port that was given, so that a restarted
        node is found where the first one was.
    command : sequence of str, optional
        Another command line instead (tests).
    """

    def __init__(self, options: NodeOptions, command: Sequence[str] | None = None) -> None:
        self._options = options
        self._command = list(command) if command else options.command()

    async def launch(self) -> LocalProcess:
        """Start a node and return once it is ready.

        Raises
        ------
        NodeError
            If it ends first or is not ready within `READY_S`; its own last words are on stderr.
        """
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES,
            start_new_session=True,  # Ctrl-C ends the server first, which then writes down what the node plays
        )
        try:
            async with asyncio.timeout(READY_S):
                address = await self._ready(process)
        except TimeoutError:
            await end_process(process)
            raise NodeError(f"the node was not ready after {READY_S:g} s") from None
        except BaseException:
            await end_process(process)
            raise
        self._keep_port(address.port)
        return LocalProcess(process, address)

    async def _ready(self, process: asyncio.subprocess.Process) -> NodeAddress:
        assert process.stdout is not None
        line = await process.stdout.readline()
        if not line:
            status = await process.wait()
            raise NodeError(f"the node ended before it was ready, with status {status}")
        try:
            ready = json.loads(line)
            return NodeAddress(
                host=ready["host"],
                port=ready["port"],
                tls=self._options.certificate is not None,
                control_socket=self._options.control_socket,
                realtime=ready["realtime"],
            )
        except (ValueError, KeyError, TypeError):
            raise NodeError(f"the node said {line[:80]!r} instead of being ready") from None

    def _keep_port(self, port: int) -> None:
        if "--port" in self._command:
            self._command[self._command.index("--port") + 1] = str(port)


async def end_process(process: asyncio.subprocess.Process) -> None:
    """SIGTERM, then SIGKILL after `STOP_S`; returns once it has ended."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
    await process.wait()
