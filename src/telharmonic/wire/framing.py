"""How a message is wrapped for one kind of connection: WebSocket frames (RFC 6455), HTTP chunks (RFC 9112). Pure.

A server's frames are not masked, so one frame's bytes serve every listener.
"""

from __future__ import annotations

import struct

TEXT = 0x1
BINARY = 0x2
CLOSE = 0x8

_FINAL = 0x80
_SHORT = struct.Struct("!BBH")
_LONG = struct.Struct("!BBQ")


def websocket_header(opcode: int, length: int) -> bytes:
    """The 2, 4 or 10 bytes before an unmasked payload of `length` bytes (RFC 6455, section 5.2)."""
    if length < 126:
        return bytes((_FINAL | opcode, length))
    if length < 65_536:
        return _SHORT.pack(_FINAL | opcode, 126, length)
    return _LONG.pack(_FINAL | opcode, 127, length)


def websocket_text(payload: bytes) -> bytes:
    """A whole text frame; `payload` is UTF-8."""
    return websocket_header(TEXT, len(payload)) + payload


def chunk_header(length: int) -> bytes:
    """What stands before `length` bytes of a chunked body (RFC 9112, section 7.1); ``CHUNK_END`` stands after."""
    return b"%x\r\n" % length


CHUNK_END = b"\r\n"
