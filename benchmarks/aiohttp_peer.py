"""The peer of `listeners`: aiohttp as its documentation shows a broadcast, ``send_bytes`` to each listener.

``python -m benchmarks.aiohttp_peer PORT``; sends one message of the same size as ours every 5 ms.
"""

from __future__ import annotations

import asyncio
import struct
import sys

import uvloop
from aiohttp import web


async def main(port: int) -> None:
    listeners: set[web.WebSocketResponse] = set()

    async def join(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False, protocols=("telharmonic.v1",))
        await socket.prepare(request)
        await socket.receive()
        listeners.add(socket)
        async for _ in socket:
            pass
        listeners.discard(socket)
        return socket

    app = web.Application()
    app.router.add_get("/", join)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    due, sequence = loop.time(), 0
    while True:
        due += 0.005
        await asyncio.sleep(max(0.0, due - loop.time()))
        message = bytes(12) + struct.pack("<I", sequence) + bytes(16 + 240 * 2 * 4)
        sequence += 1
        for socket in list(listeners):
            if not socket.closed:
                await socket.send_bytes(message)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
