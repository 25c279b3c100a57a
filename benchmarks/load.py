"""A crowd of listeners in a process of their own: WebSocket clients that read, check sequence numbers and throw away.

Run as ``python -m benchmarks.load SECONDS < targets.json`` with ``[[host, port, path, hello], ...]``; prints JSON.
Bare asyncio: a comfortable client library would need more CPU for reading than the node does for rendering.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import sys
import time
from dataclasses import dataclass, field

import uvloop

_AUDIO_MESSAGE = 0x82
_HEADER_BYTES = 32
_LISTEN_EVERY = 200  # messages between two looks at whether there is sound in them


@dataclass(kw_only=True)
class Tally:
    """What all listeners together saw."""

    messages: int = 0
    lost: int = 0
    silent: int = 0  # of the messages that were looked into
    gaps_ms: list[float] = field(default_factory=list)
    refused: int = 0


class Listener(asyncio.Protocol):
    """One WebSocket connection that has said hello and listens."""

    def __init__(self, path: str, hello: str, tally: Tally) -> None:
        self._request = path
        self._hello = hello
        self._tally = tally
        self._buffer = bytearray()
        self._upgraded = False
        self._sequence: int | None = None
        self._arrived = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            f"GET {self._request} HTTP/1.1",
            "Host: 127.0.0.1",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: telharmonic.v1",
        )
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Count whole frames; keep the rest."""
        self._buffer += data
        if not self._upgraded:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._buffer.startswith(b"HTTP/1.1 101"):
                self._tally.refused += 1
                self._transport.close()
                return
            del self._buffer[: end + 4]
            self._upgraded = True
            self._transport.write(_masked(self._hello.encode()))  # type: ignore[attr-defined]
        self._read_frames()

    def _read_frames(self) -> None:
        buffer, start = self._buffer, 0
        while len(buffer) - start >= 2:
            length, head = buffer[start + 1], 2
            if length == 126:
                if len(buffer) - start < 4:
                    break
                length, head = (buffer[start + 2] << 8) | buffer[start + 3], 4
            elif length == 127:
                if len(buffer) - start < 10:
                    break
                length, head = struct.unpack_from(">Q", buffer, start + 2)[0], 10
            if len(buffer) - start < head + length:
                break
            if buffer[start] == _AUDIO_MESSAGE and length >= _HEADER_BYTES:
                self._count(struct.unpack_from("<I", buffer, start + head + 12)[0])
                if self._sequence % _LISTEN_EVERY == 0:  # type: ignore[operator]
                    self._tally.silent += not any(buffer[start + head + _HEADER_BYTES : start + head + length])
            start += head + length
        del buffer[:start]

    def _count(self, sequence: int) -> None:
        now = time.monotonic()
        if self._sequence is not None:
            self._tally.lost += (sequence - self._sequence - 1) & 0xFFFFFFFF
            self._tally.gaps_ms.append(1000 * (now - self._arrived))
        self._sequence, self._arrived = sequence, now
        self._tally.messages += 1


def _masked(payload: bytes) -> bytes:
    size = len(payload)
    head = bytes([0x81, 0x80 | size]) if size < 126 else bytes([0x81, 0x80 | 126]) + struct.pack(">H", size)
    return head + b"\0\0\0\0" + payload  # a mask of zeros leaves the payload as it is


async def listen(targets: list[tuple[str, int, str, str]], seconds: float) -> Tally:
    """Join every target, let the crowd settle, then count for `seconds`."""
    tally = Tally()
    loop = asyncio.get_running_loop()
    transports = []
    for host, port, path, hello in targets:
        transport, _ = await loop.create_connection(lambda p=path, h=hello: Listener(p, h, tally), host, port)  # type: ignore[misc]
        transports.append(transport)
    await asyncio.sleep(2.0)
    print("listening", flush=True)
    tally.messages = tally.lost = tally.silent = 0
    tally.gaps_ms.clear()
    await asyncio.sleep(seconds)
    messages, lost, silent, gaps = tally.messages, tally.lost, tally.silent, sorted(tally.gaps_ms)
    for transport in transports:
        transport.close()
    return Tally(messages=messages, lost=lost, silent=silent, gaps_ms=gaps, refused=tally.refused)


def main() -> None:
    targets = json.load(sys.stdin)
    tally = uvloop.run(listen([tuple(target) for target in targets], float(sys.argv[1])))
    p999 = tally.gaps_ms[int(0.999 * len(tally.gaps_ms))] if tally.gaps_ms else 0.0
    summary = {"messages": tally.messages, "lost": tally.lost, "silent": tally.silent, "refused": tally.refused}
    print(json.dumps(summary | {"gap_p999_ms": p999}), flush=True)


if __name__ == "__main__":
    main()
