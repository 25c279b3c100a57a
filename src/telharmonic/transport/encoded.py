"""One text message as every kind of line takes it, made once however many read it."""

from __future__ import annotations

from functools import cached_property

from telharmonic.protocol.message import ServerMessage
from telharmonic.protocol.messages import encode
from telharmonic.wire.framing import websocket_text


class EncodedMessage:
    """A message, and what it becomes on a WebSocket, on a data channel, and elsewhere.

    Parameters
    ----------
    message : ServerMessage
        Encoded when the first line asks for it.
    """

    def __init__(self, message: ServerMessage) -> None:
        self.message = message

    @cached_property
    def payload(self) -> bytes:
        """UTF-8 JSON."""
        return encode(self.message)

    @cached_property
    def frame(self) -> bytes:
        """A whole WebSocket frame."""
        return websocket_text(self.payload)

    @cached_property
    def text(self) -> str:
        """What a data channel sends."""
        return self.payload.decode()
