import asyncio
import logging

from aiohttp import web
from aiohttp.test_utils import TestServer

from telharmonic.commands.strangers import SERVER_LOG, is_ours, quiet_strangers


async def answer_to(server: TestServer, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


async def test_bytes_that_are_no_http_leave_nothing_in_the_log_and_a_failing_handler_does(caplog):
    async def fail(_: web.Request) -> web.Response:
        raise ValueError("ours")

    app = web.Application()
    app.router.add_get("/fail", fail)
    quiet_strangers()
    async with TestServer(app) as server:
        for request in (b"GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n"):
            assert (await answer_to(server, request)).startswith(b"HTTP/1.0 400")
        assert caplog.text == ""
        assert b" 500 " in await answer_to(server, b"GET /fail HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert "ValueError: ours" in caplog.text
    logging.getLogger(SERVER_LOG).removeFilter(is_ours)
