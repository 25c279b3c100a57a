"""One text message as every kind of line takes it, made once however many read it."""

from __future__ import annotations

from functools import cached_property

from telharmonic.protocol.message import ServerMessage
from telharmonic.protocol.messages import encode
from telharmonic.wire.framing import websocket_text


class EncodedMessage:
    """UTF-8 JSON, and what it becomes on a WebSocket and on a data channel.

    Parameters
    ----------
    payload : bytes
        UTF-8.
    """

    def __init__(self, payload: bytes) -> None:
        self.payload = payload

    @classmethod
    def of(cls, message: ServerMessage) -> EncodedMessage:
        """A message that has not been encoded yet."""
        return cls(encode(message))

    @cached_property
    def frame(self) -> bytes:
        """A whole WebSocket frame."""
        return websocket_text(self.payload)

    @cached_property
    def text(self) -> str:
        """What a data channel sends."""
        return self.payload.decode()
