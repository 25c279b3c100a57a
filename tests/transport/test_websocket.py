"""A member's line between aiohttp's server and aiohttp's client, over a real socket."""

import asyncio
import socket

import aiohttp
import pytest
from aiohttp import web

from telharmonic.errors import MessageError
from telharmonic.protocol.messages import PROTOCOL
from telharmonic.transport.websocket import TCP_NOTSENT_LOWAT, UNREAD_LIMIT_BYTES, UNSENT_BYTES, WebSocketLine, texts


class Server:
    """Accepts lines and hands each to the test."""

    def __init__(self) -> None:
        self.lines: asyncio.Queue[WebSocketLine] = asyncio.Queue()
        self.heard: asyncio.Queue[str | MessageError | None] = asyncio.Queue()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        line = await WebSocketLine.open(request)
        self.lines.put_nowait(line)
        async for text in texts(line):
            self.heard.put_nowait(text)
        self.heard.put_nowait(None)
        return line.response


@pytest.fixture
async def server():
    server = Server()
    app = web.Application()
    app.router.add_get("/", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield server
    await runner.cleanup()


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


async def test_text_goes_both_ways_and_binary_is_answered_not_fatal(server, http):
    async with http.ws_connect(server.url, protocols=(PROTOCOL,)) as client:
        assert client.protocol == PROTOCOL
        line = await server.lines.get()
        await client.send_str("héllo")
        assert await server.heard.get() == "héllo"
        await client.send_bytes(b"\0\1")
        assert isinstance(await server.heard.get(), MessageError)
        await client.send_str("still here")
        assert await server.heard.get() == "still here"
        line.send_text(b"answer")
        assert await client.receive_str() == "answer"
    assert await server.heard.get() is None


async def test_what_is_longer_than_any_message_ends_the_connection(server, http):
    async with http.ws_connect(server.url) as client:
        await client.send_str("x" * ((1 << 20) + 1))
        assert await server.heard.get() is None
        closing = await client.receive()
        assert (closing.type, closing.data) == (aiohttp.WSMsgType.CLOSE, 1009)


async def test_nothing_is_compressed_even_if_the_client_offers_it(server, http):
    async with http.ws_connect(server.url, compress=15) as client:
        assert client.compress == 0


async def test_closing_tells_code_and_reason(server, http):
    async with http.ws_connect(server.url) as client:
        line = await server.lines.get()
        closing = asyncio.create_task(line.close(1008, "because"))
        message = await client.receive()
        assert (message.data, message.extra) == (1008, "because")
        await closing
        line.send_text(b"too late, and no error")


async def test_a_line_that_is_never_read_is_cut_off_before_memory_fills(server):
    host, port = server.url[7:-1].split(":")
    _reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
    writer.write(
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    line = await server.lines.get()
    for _ in range(10 * UNREAD_LIMIT_BYTES // 1_000_000):
        line.send_text(b"x" * 1_000_000)
    assert line.transport.is_closing()
    assert line.transport.get_write_buffer_size() <= UNREAD_LIMIT_BYTES + 2_000_000
    assert await server.heard.get() is None
    writer.close()


async def test_the_kernel_keeps_little_unsent(server, http):
    async with http.ws_connect(server.url):
        line = await server.lines.get()
        connection = line.transport.get_extra_info("socket")
        assert connection.getsockopt(socket.IPPROTO_TCP, TCP_NOTSENT_LOWAT) == UNSENT_BYTES
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
