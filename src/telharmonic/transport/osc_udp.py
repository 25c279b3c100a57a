"""OSC's UDP port, on the loopback interface unless another is named: who can reach it may do everything."""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import socket
from collections.abc import Callable
from typing import cast

from telharmonic.errors import NodeError

LOOPBACK = "127.0.0.1"
RECEIVE_BYTES = 1 << 20  # what the kernel keeps for us while the event loop is busy: a thousand bundles

Address = tuple[str, int]


class OscUdp(asyncio.DatagramProtocol):
    """One open port.

    Parameters
    ----------
    received : callable
        Given every datagram and where it came from.
    """

    def __init__(self, received: Callable[[bytes, Address], None]) -> None:
        self._received = received
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, host: str, port: int, received: Callable[[bytes, Address], None]) -> OscUdp:
        """Listen at an IPv4 address of this machine; port 0 lets the system choose.

        Raises
        ------
        NodeError
            If the port is taken, or the address is not this machine's.
        """
        protocol = cls(received)
        listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listening.setblocking(False)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
            listening.bind((host, port))
        except OSError as problem:
            listening.close()
            raise NodeError(f"cannot listen for OSC on {host} port {port}: {problem.strerror}") from None
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: protocol, sock=listening)
        return protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's."""
        self._transport = cast("asyncio.DatagramTransport", transport)  # uvloop's is none by type

    def datagram_received(self, data: bytes, address: Address) -> None:
        """asyncio's."""
        self._received(data, address)

    def error_received(self, exc: Exception) -> None:
        """asyncio's: a peer has closed its port; its subscription runs out."""

    def send(self, packet: bytes, address: Address) -> None:
        """Send without waiting; lost if nobody listens."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(packet, address)

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._transport is not None
        number: int = self._transport.get_extra_info("sockname")[1]
        return number

    def close(self) -> None:
        """Listen no more."""
        if self._transport is not None:
            self._transport.close()


@functools.lru_cache(maxsize=256)
def is_near(address: str) -> bool:
    """Whether an IPv4 address is this machine's or of a private network (RFC 1918, link-local): never a stranger's."""
    ip = ipaddress.ip_address(address)
    return ip.is_private or ip.is_link_local
