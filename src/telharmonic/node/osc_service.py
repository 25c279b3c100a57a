"""All of a node's OSC: its port, and its relay."""

from __future__ import annotations

from telharmonic.errors import NodeError
from telharmonic.node.audit_log import AuditLog
from telharmonic.node.node import Node
from telharmonic.node.osc_port import OscPort
from telharmonic.node.oscquery_door import OscQueryDoor
from telharmonic.node.relay_door import RelayDoor
from telharmonic.node.stream_process import OscSettings

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
        for _ in range(TRIES):
            port = await self._port.open(self._settings.port)
            try:
                await self._query.open(port)
            except NodeError:
                if self._settings.port:
                    raise
                self._port.shut()  # the system's choice was free for UDP only: let it choose again
            else:
                return port
        raise NodeError("no port is free for both UDP and TCP; choose one: --osc-port")

    async def close(self) -> None:
        """No more OSC."""
        await self._query.close()
        self._port.close()
        if self._relay is not None:
            self._relay.close()
