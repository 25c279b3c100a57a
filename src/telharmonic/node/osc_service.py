"""All of a node's OSC: its port, and its relay."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from telharmonic.node.audit_log import AuditLog
from telharmonic.node.node import Node
from telharmonic.node.osc_port import OscPort
from telharmonic.node.relay_door import RelayDoor
from telharmonic.protocol.relay import RelayFile


@dataclass(frozen=True, slots=True, kw_only=True)
class OscSettings:
    """What a node does by OSC.

    Parameters
    ----------
    port : int, optional
        Listen on this UDP port of the loopback interface (0 lets the system choose); without it, not at all.
    relay : RelayFile, optional
        What members and visitors may have sent; without it, nothing.
    audit : Path, optional
        Where what is refused is written down.
    """

    port: int | None = None
    relay: RelayFile | None = None
    audit: Path | None = None


class OscService:
    """Starts and ends them. Make it inside the event loop.

    Parameters
    ----------
    node : Node
        Whose sessions they play.
    settings : OscSettings
        Which of them there are.

    Raises
    ------
    NodeError
        If a target of the relay is not known.
    """

    def __init__(self, node: Node, settings: OscSettings) -> None:
        self._settings = settings
        self._port = OscPort(node)
        self._relay: RelayDoor | None = None
        if settings.relay is not None:
            self._relay = node.relay = RelayDoor(settings.relay, self._port, AuditLog(settings.audit))

    async def open(self) -> int | None:
        """Listen, if that is wanted; the port.

        Raises
        ------
        NodeError
            If it is taken.
        """
        return await self._port.open(self._settings.port) if self._settings.port is not None else None

    def close(self) -> None:
        """No more OSC."""
        self._port.close()
        if self._relay is not None:
            self._relay.close()
