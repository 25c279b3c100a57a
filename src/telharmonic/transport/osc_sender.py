"""OSC to one program: a UDP socket that is connected to it, so that nobody else can reach the socket."""

from __future__ import annotations

import contextlib
import socket

from telharmonic.errors import NodeError


class OscSender:
    """Sends packets to one address.

    Parameters
    ----------
    address, port : str, int
        Of the program; a name is looked up once, here.

    Raises
    ------
    NodeError
        If there is no such address.
    """

    def __init__(self, address: str, port: int) -> None:
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_DGRAM)[0]
            self._socket = socket.socket(family, kind, protocol)
            self._socket.setblocking(False)
            self._socket.connect(place)
        except OSError as problem:
            raise NodeError(f"OSC cannot be sent to {address} port {port}: {problem.strerror}") from None

    def send(self, packet: bytes) -> None:
        """Send without waiting; lost if nobody listens there or the system has no room."""
        with contextlib.suppress(OSError):
            self._socket.send(packet)

    def close(self) -> None:
        """Send no more."""
        self._socket.close()
