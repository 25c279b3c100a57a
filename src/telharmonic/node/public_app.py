"""What the world may ask of a node: a session's WebSocket and stream, metrics, health, the schema."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from telharmonic.control.outcome import error_message
from telharmonic.control.parser import parse_hello
from telharmonic.control.roles import may_hear, role_of
from telharmonic.errors import MessageError, NodeError, NotFoundError, RefusedError, TelharmonicError
from telharmonic.node.answers import error_answer, json_answer
from telharmonic.node.bearer import role_shown
from telharmonic.node.inputs import Inputs
from telharmonic.node.metrics import metrics_text
from telharmonic.node.node import Node
from telharmonic.node.session_host import SessionHost
from telharmonic.node.status import node_status
from telharmonic.node.whep import EXPOSED, Whep, is_whep
from telharmonic.protocol.messages import Bye, Hello, encode
from telharmonic.protocol.parts import Role
from telharmonic.protocol.schema import protocol_schema
from telharmonic.transport.http_stream import open_stream, parse_stream_query
from telharmonic.transport.origin import cross_origin_headers, origin_allowed
from telharmonic.transport.websocket import WebSocketLine, texts

POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PublicApp:
    """The handlers of the public port."""

    def __init__(self, node: Node, allowed_origins: tuple[str, ...]) -> None:
        self._node = node
        self._origins = allowed_origins
        self._waiting = 0
        self._whep = Whep(node)

    def build(self) -> web.Application:
        """The application to be served."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/api/sessions/{id}/ws", self._websocket)
        app.router.add_get("/api/sessions/{id}/stream", self._stream, allow_head=False)
        app.router.add_get("/api/sessions/{id}/takes", self._takes, allow_head=False)
        app.router.add_get("/api/sessions/{id}/takes/{name}.wav", self._take, allow_head=False)
        self._whep.add_routes(app.router)
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/schema", self._schema)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse pages of other origins, and answer our errors in our form."""
        origin = request.headers.get("Origin")
        if not origin_allowed(origin, request.headers.get("Host"), self._origins):
            return error_answer(RefusedError(f"pages of {str(origin)[:128]} may not connect to this node"))
        headers = cross_origin_headers(origin)
        if origin is not None and is_whep(request.path):
            headers["Access-Control-Expose-Headers"] = EXPOSED
        answer: web.StreamResponse
        try:
            if request.method == "OPTIONS":
                answer = self._whep.options(request) if is_whep(request.path) else _preflight_answer()
            else:
                answer = await handler(request)
        except TelharmonicError as problem:
            answer = error_answer(problem)
        except web.HTTPException as problem:
            answer = error_answer(NotFoundError(f"no {request.method} {request.path[:128]} here"))
            answer.set_status(problem.status)
            if "Allow" in problem.headers:
                answer.headers["Allow"] = problem.headers["Allow"]
        if not answer.prepared:
            answer.headers.update(headers)
        return answer

    # -- WebSocket

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if self._waiting >= self._node.limits.waiting:
            raise NodeError("too many connections are waiting to say hello; try again")
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise MessageError("this address speaks WebSocket: send an upgrade request")
        line = await WebSocketLine.open(request)
        try:
            host, hello, role = await self._greet(line, request.match_info["id"])
            member = host.join(line, hello, role)
        except TelharmonicError as problem:
            line.send_text(encode(error_message(problem)))
            line.send_text(encode(Bye(reason=str(problem)[:120])))
            await line.close(POLICY_VIOLATION, str(problem))
            return line.response
        try:
            async for text in texts(line):
                host.receive(member, text)
        finally:
            (host.leave if line.was_left else host.lose)(member)
        return line.response

    async def _greet(self, line: WebSocketLine, session_id: str) -> tuple[SessionHost, Hello, Role]:
        """The session, the hello and its role."""
        self._waiting += 1
        try:
            async with asyncio.timeout(self._node.limits.hello_s):
                text = await line.receive()
        except TimeoutError:
            raise RefusedError(f"no hello came within {self._node.limits.hello_s:g} s") from None
        finally:
            self._waiting -= 1
        hello = parse_hello(text if text is not None else "")
        host = self._node.host(session_id)
        return host, hello, role_of(hello.token, host.tokens)

    # -- HTTP

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        wanted = parse_stream_query(request.query)
        host = self._node.host(request.match_info["id"])
        role = role_shown(request, host.tokens)
        if not may_hear(role):
            raise RefusedError(f"a {role} is sent no audio; performers and listeners are")
        host.check_room()
        headers = cross_origin_headers(request.headers.get("Origin"))
        response, transport = await open_stream(request, wanted, host.desk.state.spec.sample_rate_hz, headers)
        outlet = host.add_body(transport, wanted.shape, wanted.wrapping)
        try:
            await host.ended.wait()
        finally:
            host.remove_body(outlet)
        return response

    async def _takes(self, request: web.Request) -> web.Response:
        return json_answer(self._inputs(request).listed())

    async def _take(self, request: web.Request) -> web.StreamResponse:
        take = self._inputs(request).takes.file(request.match_info["name"])
        headers = {"Content-Type": "audio/wav", "Content-Disposition": f'attachment; filename="{take.name}.wav"'}
        return web.FileResponse(take.path, headers=headers)

    def _inputs(self, request: web.Request) -> Inputs:
        """What came into a session, for those who may fetch it."""
        host = self._node.host(request.match_info["id"])
        if (role := role_shown(request, host.tokens)) != "performer":
            raise RefusedError(f"a {role} may not fetch takes; performers may")
        return host.inputs

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=metrics_text(self._node), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _health(self, _request: web.Request) -> web.Response:
        status = node_status(self._node)
        return web.json_response({"ready": status.ready}, status=200 if status.ready else 503)

    async def _schema(self, _request: web.Request) -> web.Response:
        return web.json_response(protocol_schema(), content_type="application/schema+json")


def _preflight_answer() -> web.Response:
    """What a page may send across origins: a GET with its token."""
    headers = {"Access-Control-Allow-Headers": "Authorization", "Access-Control-Allow-Methods": "GET"}
    return web.Response(status=204, headers=headers | {"Access-Control-Max-Age": "600"})
