"""The seam between the gateway and whatever gives it a node: a process here, later an actor or a rented machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAddress:
    """Where a node is reached.

    Parameters
    ----------
    host : str
        Address on which it listens; ``0.0.0.0`` means every address of its machine.
    port : int
        Port for control and audio.
    tls : bool
        Whether that port speaks TLS.
    control_socket : Path
        Unix socket for the gateway's own words (`protocol.node_api`).
    realtime : bool
        Whether its clock thread was granted real-time priority.
    """

    host: str
    port: int
    tls: bool
    control_socket: Path
    realtime: bool = False


class NodeProcess(Protocol):
    """One node that was launched and is ready."""

    @property
    def address(self) -> NodeAddress:
        """Where it is reached."""

    async def wait(self) -> int:
        """Return once it has ended, with its exit status (negative: the signal that ended it)."""

    async def stop(self) -> None:
        """End it: politely, then by force."""


class Launcher(Protocol):
    """Gives nodes."""

    async def launch(self) -> NodeProcess:
        """Start a node and return once it is ready.

        Raises
        ------
        NodeError
            If it does not become ready; says why.
        """
