"""A member's WebSocket: words are awaited from it, and written to it without waiting."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import WSMsgType, web

from telharmonic.errors import MessageError
from telharmonic.protocol.messages import PROTOCOL
from telharmonic.transport.encoded import EncodedMessage
from telharmonic.wire.framing import websocket_text

HEARTBEAT_S = 20.0  # a connection that answers no ping for half of this is given up
HARD_LIMIT_BYTES = 1 << 20  # a longer message ends the connection; what is merely too long is answered by an error
LEFT = (1000, 1001)  # normal closure, going away (RFC 6455, section 7.4.1)
UNREAD_LIMIT_BYTES = 4 << 20  # a member that reads nothing while we talk is cut off here
UNSENT_BYTES = 16_384  # what the kernel may hold unsent: a slow listener shows in our own buffer within 0.1 s

TCP_NOTSENT_LOWAT = getattr(socket, "TCP_NOTSENT_LOWAT", 25)


class WebSocketLine:
    """One connection, after the upgrade.

    Parameters
    ----------
    request : web.Request
        The upgrade request.
    response : web.WebSocketResponse
        Prepared.
    """

    def __init__(self, request: web.Request, response: web.WebSocketResponse) -> None:
        assert request.transport is not None
        self.transport: asyncio.Transport = request.transport
        self._response = response
        keep_unsent_short(self.transport)

    @classmethod
    async def open(cls, request: web.Request) -> WebSocketLine:
        """Upgrade the request; no compression, since sound does not compress and words are short."""
        response = web.WebSocketResponse(
            protocols=(PROTOCOL,), heartbeat=HEARTBEAT_S, compress=False, max_msg_size=HARD_LIMIT_BYTES
        )
        await response.prepare(request)
        return cls(request, response)

    def send(self, message: EncodedMessage) -> None:
        """Send words that were encoded for several members."""
        self.send_frame(message.frame)

    def send_text(self, payload: bytes) -> None:
        """Send UTF-8 text; lost if the connection is closing."""
        self.send_frame(websocket_text(payload))

    def send_frame(self, frame: bytes) -> None:
        """Send a whole frame that was made for several members."""
        transport = self.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > UNREAD_LIMIT_BYTES:
            transport.abort()
            return
        transport.write(frame)

    async def receive(self) -> str | None:
        """The next text; None once the other side has closed.

        Raises
        ------
        MessageError
            For a binary message. The connection goes on.
        """
        message = await self._response.receive()
        if message.type is WSMsgType.TEXT:
            text: str = message.data
            return text
        if message.type is WSMsgType.BINARY:
            raise MessageError("a binary message; allowed: JSON text")
        return None

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye with a close frame; a peer that does not answer is cut off after a second."""
        closing = self._response.close(code=code, message=reason.encode()[:120])
        try:
            await asyncio.wait_for(closing, 1.0)
        except (TimeoutError, ConnectionError):
            self.transport.abort()

    @property
    def was_left(self) -> bool:
        """Whether the other side said that it does not come back."""
        return self._response.close_code in LEFT

    @property
    def response(self) -> web.WebSocketResponse:
        """What the request handler returns."""
        return self._response


async def texts(line: WebSocketLine) -> AsyncIterator[str | MessageError]:
    """Everything that a member sends, errors in their place, until it goes."""
    while True:
        try:
            text = await line.receive()
        except MessageError as problem:
            yield problem
            continue
        if text is None:
            return
        yield text


def keep_unsent_short(transport: asyncio.BaseTransport) -> None:
    """Let the kernel keep little unsent, so that it is here that a slow reader is noticed.

    What is on its way may still fill the path: only unsent bytes are limited (tcp(7), TCP_NOTSENT_LOWAT).
    """
    connection: Any = transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_BYTES)
