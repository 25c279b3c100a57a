"""All of a node's OSC: its port, who is told of it, and its relay."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telharmonic.errors import NodeError
from telharmonic.node.audit_log import AuditLog
from telharmonic.node.node import Node
from telharmonic.node.osc_port import OscPort
from telharmonic.node.oscquery_door import OscQueryDoor
from telharmonic.node.relay_door import RelayDoor
from telharmonic.node.stream_process import OscSettings
from telharmonic.transport.ice import host_addresses
from telharmonic.transport.osc_udp import LOOPBACK

if TYPE_CHECKING:
    from telharmonic.node.osc_announcement import OscAnnouncement

_log = logging.getLogger(__name__)

TRIES = 8


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
        self._query = OscQueryDoor(self._port)
        self._announcement: OscAnnouncement | None = None
        self._relay: RelayDoor | None = None
        if settings.relay is not None:
            self._relay = node.relay = RelayDoor(settings.relay, self._port, AuditLog(settings.audit))

    async def open(self) -> int | None:
        """Listen, if that is wanted; the port, which is the same for UDP and, for OSCQuery, TCP.

        Raises
        ------
        NodeError
            If it is taken.
        """
        if self._settings.port is None:
            return None
        port = await self._open_both(self._settings.host, self._settings.port)
        if self._settings.host != LOOPBACK:
            from telharmonic.node.osc_announcement import OscAnnouncement  # costs a start 0.1 s

            host = self._settings.host
            _log.warning("OSC listens on %s port %d: whoever is on that network may turn everything", host, port)
            self._announcement = OscAnnouncement(host_addresses(host), port)
        return port

    async def _open_both(self, host: str, wanted: int) -> int:
        for _ in range(TRIES):
            port = await self._port.open(host, wanted)
            try:
                await self._query.open(host, port)
            except NodeError:
                if wanted:
                    raise
                self._port.shut()  # the system's choice was free for UDP only: let it choose again
            else:
                return port
        raise NodeError("no port is free for both UDP and TCP; choose one: --osc-port")

    async def close(self) -> None:
        """No more OSC."""
        if self._announcement is not None:
            await self._announcement.close()
        await self._query.close()
        self._port.close()
        if self._relay is not None:
            self._relay.close()
