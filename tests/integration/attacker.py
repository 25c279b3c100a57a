"""What a stranger might do to a node; one attack a run. ``python attacker.py ATTACK WS_URL TOKEN [SECONDS]``.

Prints one line of JSON: what was tried and how it was answered. All connections are to the loopback address given, at
most 2000 at once.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import aiohttp

CONNECTIONS = 2000
PROTOCOLS = ("telharmonic.v1",)


def hello(token: str, **fields: object) -> str:
    return json.dumps({"type": "hello", "token": token, "meters_hz": 0, **fields})


async def huge(url: str, token: str, end: float) -> Counter[str]:
    """Messages of 17 KiB to 8 MiB, before and after the hello, as text and as binary."""
    seen: Counter[str] = Counter()
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < end:
            for size in (17_000, 200_000, 2_000_000, 8_000_000):
                async with http.ws_connect(url, protocols=PROTOCOLS, max_msg_size=1 << 24) as line:
                    if size % 3:
                        await line.send_str(hello(token))
                    try:
                        await line.send_str('{"type":"set","id":1,"address":"' + "x" * size)
                        await line.send_bytes(bytes(size))
                    except ConnectionError:
                        seen["cut off"] += 1
                seen["sent"] += 1
    return seen


async def flood(url: str, token: str, end: float) -> Counter[str]:
    """Ten thousand commands a second from one member, who comes back whenever it is sent away."""
    seen: Counter[str] = Counter()
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < end:
            async with http.ws_connect(url, protocols=PROTOCOLS) as line:
                await line.send_str(hello(token))
                counting = asyncio.create_task(count_answers(line, seen))
                with contextlib.suppress(ConnectionError):
                    await send_commands(line, seen, end)
                counting.cancel()
            seen["visits"] += 1
    return seen


async def count_answers(line: aiohttp.ClientWebSocketResponse, seen: Counter[str]) -> None:
    async for message in line:
        seen[json.loads(message.data)["type"]] += 1


async def send_commands(line: aiohttp.ClientWebSocketResponse, seen: Counter[str], end: float) -> None:
    due = time.monotonic()
    while time.monotonic() < end and not line.closed:
        for _ in range(50):
            seen["sent"] += 1
            command = {"type": "set", "id": seen["sent"], "address": "strip/1/eq_low_gain", "value": seen["sent"] % 18}
            await line.send_str(json.dumps(command))
        due += 0.005
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def garbage(url: str, token: str, end: float) -> Counter[str]:
    """Random bytes: as binary messages, as text, as WebSocket frames, and instead of HTTP."""
    seen: Counter[str] = Counter()
    place = urlsplit(url)
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < end:
            async with http.ws_connect(url, protocols=PROTOCOLS) as line:
                await line.send_str(hello(token))
                for _ in range(50):
                    await line.send_bytes(os.urandom(1000))
                    await line.send_str(os.urandom(500).decode("latin-1"))
                    seen["messages"] += 2
            for head in (b"", upgrade(place.path)):
                reader, writer = await asyncio.open_connection(place.hostname, place.port)
                writer.write(head + os.urandom(10_000))
                try:
                    await writer.drain()
                    await asyncio.wait_for(reader.read(1000), 1.0)
                except (ConnectionError, TimeoutError):
                    pass
                writer.close()
                seen["raw"] += 1
    return seen


async def tokens(url: str, _: str, end: float) -> Counter[str]:
    """Wrong tokens as fast as they are refused."""
    seen: Counter[str] = Counter()
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < end:
            async with http.ws_connect(url, protocols=PROTOCOLS) as line:
                await line.send_str(hello(base64.urlsafe_b64encode(os.urandom(32)).decode()))
                answer = json.loads((await line.receive()).data)
                seen[answer["type"]] += 1
    return seen


async def slow(url: str, token: str, end: float) -> Counter[str]:
    """Forty listeners that read nothing."""
    place = urlsplit(url)
    audio = {"encoding": "f32", "frames": 240, "channels": 2}
    writers = []
    for _ in range(40):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((place.hostname, place.port))
        reader, writer = await asyncio.open_connection(sock=connection, limit=1000)
        writer.write(upgrade(place.path))
        await reader.readuntil(b"\r\n\r\n")
        payload = hello(token, audio=audio).encode()
        writer.write(bytes([0x81, 0xFE]) + len(payload).to_bytes(2, "big") + bytes(4) + payload)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writers.append(writer)
    await asyncio.sleep(max(0.0, end - time.monotonic()))
    for writer in writers:
        writer.transport.abort()
    return Counter({"listeners": len(writers)})


async def half_open(url: str, _: str, end: float) -> Counter[str]:
    """Two thousand connections: that say nothing, half a request, or upgrade and say no hello."""
    seen: Counter[str] = Counter()
    place = urlsplit(url)
    words = (b"", b"GET / HTTP/1.1\r\nHost: 127.0", upgrade(place.path))
    writers = []
    for number in range(CONNECTIONS):
        try:
            connecting = asyncio.open_connection(place.hostname, place.port)
            reader, writer = await asyncio.wait_for(connecting, 2.0)
        except (OSError, TimeoutError):
            seen["not let in"] += 1
            continue
        writer.write(words[number % 3])
        writers.append((reader, writer))
    seen["opened"] = len(writers)
    await asyncio.sleep(max(0.0, end - time.monotonic()))
    for reader, writer in writers:
        try:
            data = await asyncio.wait_for(reader.read(400), 0.001)
            seen[data[:12].decode("latin-1") or "closed"] += 1
        except (TimeoutError, ConnectionError):
            seen["no answer"] += 1
        writer.transport.abort()
    return seen


def upgrade(path: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: telharmonic.v1\r\n\r\n"
    ).encode()


ATTACKS: dict[str, Callable[[str, str, float], Awaitable[Counter[str]]]] = {
    attack.__name__: attack for attack in (huge, flood, garbage, tokens, slow, half_open)
}


def main() -> None:
    name, url, token, seconds = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
    seen = asyncio.run(ATTACKS[name](url, token, time.monotonic() + seconds))  # type: ignore[arg-type]
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main()
