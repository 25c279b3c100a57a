"""CloudOrch's own chain, written anew from its paper for comparison alone: ``python -m benchmarks.paper_chain``.

One process: a JACK client with one input, into which JACK mixes what is connected; what comes is sent to every listener
as raw float32 over a WebSocket, a message a period; the OSC proxy, a web application that takes JSON by HTTP and sends
UDP; and the page (`web_audio/paper_page.js`). The player is Csound, its control rate 100 Hz as in the paper. JACK runs
at 44.1 kHz in periods of 256 frames.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import socket
from pathlib import Path

from aiohttp import WSMsgType, web

from telharmonic.dsp import jack_cycle
from telharmonic.node.jack_memory import JackMemory
from telharmonic.protocol.osc import OscMessage, serialize
from telharmonic.transport.jack_client import JackClient, function_address, quieten

RATE_HZ, PERIOD = 44_100, 256
CLIENT = "paper"
PAGE = Path(__file__).parent / "web_audio" / "paper_page.js"
WAIT_S = 20.0


class Chain:
    """The sink, the proxy and the page.

    Parameters
    ----------
    player : (str, int)
        Where the player listens for OSC.
    """

    def __init__(self, player: tuple[str, int]) -> None:
        self._player = player
        self._listeners: set[asyncio.Queue[bytes]] = set()
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._loop = asyncio.get_running_loop()
        self._memory = JackMemory(function_address)

    def join(self, server: str) -> JackClient:
        """Become a client of a JACK server. What JACK calls is our compiled function: the replica shall not be slow."""
        client = JackClient(CLIENT, server, inputs=["in"], outputs=(), midi=False)
        self._memory.attach(client)
        client.run(jack_cycle.cycle.address, self._memory.address)
        self._loop.add_reader(self._memory.wake_descriptor, self._spread)
        return client

    def _spread(self) -> None:
        os.eventfd_read(self._memory.wake_descriptor)
        while (sound := self._memory.take(PERIOD)) is not None:
            for queue in self._listeners:
                queue.put_nowait(sound.tobytes())

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        """GET /audio."""
        line = web.WebSocketResponse(compress=False)
        await line.prepare(request)
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._listeners.add(queue)

        async def send() -> None:
            with contextlib.suppress(ConnectionError):
                while True:
                    await line.send_bytes(await queue.get())

        sending = asyncio.create_task(send())
        async for message in line:
            if message.type == WSMsgType.ERROR:
                break
        self._listeners.discard(queue)
        sending.cancel()
        return line

    async def relay(self, request: web.Request) -> web.Response:
        """POST /osc."""
        for _host, address, *rest in json.loads(await request.read())["queue"]:
            packet = serialize(OscMessage(address, tuple(map(float, rest[1::2])), "".join(rest[::2])))
            self._udp.sendto(packet, self._player)
        return web.json_response({"ok": "ok"})

    async def page(self, _: web.Request) -> web.Response:
        """GET /."""
        return web.Response(text=f"<!doctype html><script>{PAGE.read_text()}</script>", content_type="text/html")


async def connect(client: JackClient, source: str) -> None:
    """Connect the player, once it is there."""
    async with asyncio.timeout(WAIT_S):
        while client.connections == 0:
            client.connect([(source, f"{CLIENT}:in")])
            await asyncio.sleep(0.05)


async def serve(server: str, port: int, player: int, source: str) -> None:
    """Until the process is ended."""
    chain = Chain(("127.0.0.1", player))
    quieten()
    app = web.Application()
    app.router.add_get("/", chain.page)
    app.router.add_get("/audio", chain.listen)
    app.router.add_post("/osc", chain.relay)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    client = chain.join(server)
    await connect(client, source)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("server")
    parser.add_argument("port", type=int)
    parser.add_argument("player", type=int)
    parser.add_argument("source")
    chosen = parser.parse_args()
    asyncio.run(serve(chosen.server, chosen.port, chosen.player, chosen.source))
