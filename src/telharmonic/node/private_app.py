"""What the gateway asks of a node, over the private Unix socket: `protocol.node_api`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from msgspec.structs import replace

from telharmonic.control.restore import restored
from telharmonic.errors import NotFoundError, TelharmonicError
from telharmonic.node.answers import error_answer, json_answer
from telharmonic.node.memory import own_memory_bytes
from telharmonic.node.node import Node
from telharmonic.node.status import node_status
from telharmonic.protocol.music_api import PeaksWish, UploadCheck
from telharmonic.protocol.node_api import LIMIT_BYTES, StartSession, ToldList, parse
from telharmonic.protocol.relay import RelayRefusals, RelayWish
from telharmonic.protocol.session import ImpulseSpec, RecordingSpec
from telharmonic.protocol.session_toml import serialize_toml

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PrivateApp:
    """The handlers of the Unix socket. Who can open the socket may do everything."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def build(self) -> web.Application:
        """The application to be served."""
        app = web.Application(middlewares=[_guard], client_max_size=LIMIT_BYTES)
        app.router.add_post("/node/sessions", self._start)
        app.router.add_delete("/node/sessions/{id}", self._end)
        app.router.add_get("/node/sessions/{id}/state", self._state)
        app.router.add_get("/node/sessions/{id}/log", self._log)
        app.router.add_get("/node/sessions/{id}/file", self._file)
        app.router.add_post("/node/sessions/{id}/peaks", self._peaks)
        app.router.add_post("/node/sessions/{id}/impulses", self._add_impulse)
        app.router.add_post("/node/sessions/{id}/recordings", self._add_recording)
        app.router.add_post("/node/uploads", self._check_upload)
        app.router.add_get("/node/status", self._status)
        app.router.add_post("/node/sessions/{id}/programs/{program}", self._play_again)
        app.router.add_post("/node/osc", self._relay)
        app.router.add_post("/node/osc/refused", self._relay_refused)
        app.router.add_get("/node/osc", self._told)
        return app

    async def _start(self, request: web.Request) -> web.Response:
        wish = parse(await request.read(), StartSession)
        return json_answer(await self._node.start(wish), 201)

    async def _end(self, request: web.Request) -> web.Response:
        await self._node.end(request.match_info["id"])
        return web.Response(status=204)

    async def _state(self, request: web.Request) -> web.Response:
        return json_answer(self._node.host(request.match_info["id"]).snapshot())

    async def _log(self, request: web.Request) -> web.Response:
        text = await self._node.log_text(request.match_info["id"])
        return web.Response(text=text, content_type="application/jsonl")

    async def _file(self, request: web.Request) -> web.Response:
        host = self._node.host(request.match_info["id"])
        spec = replace(host.desk.state.spec, programs=())  # the operator's: their environment may hold secrets
        text = serialize_toml(restored(spec, host.snapshot()))
        return web.Response(text=text, content_type="application/toml")

    async def _peaks(self, request: web.Request) -> web.Response:
        wish = parse(await request.read(), PeaksWish)
        peaks = await self._node.peaks(request.match_info["id"], wish)
        return web.Response(body=peaks, content_type="application/octet-stream")

    async def _add_impulse(self, request: web.Request) -> web.Response:
        await self._node.add_impulse(request.match_info["id"], parse(await request.read(), ImpulseSpec))
        return web.Response(status=204)

    async def _add_recording(self, request: web.Request) -> web.Response:
        await self._node.add_recording(request.match_info["id"], parse(await request.read(), RecordingSpec))
        return web.Response(status=204)

    async def _check_upload(self, request: web.Request) -> web.Response:
        return json_answer(await self._node.inspector.check(parse(await request.read(), UploadCheck)))

    async def _relay(self, request: web.Request) -> web.Response:
        if self._node.relay is None:
            raise NotFoundError("this node has no OSC relay")
        self._node.relay.take(parse(await request.read(), RelayWish))
        return web.Response(status=204)

    async def _relay_refused(self, request: web.Request) -> web.Response:
        told = parse(await request.read(), RelayRefusals)
        if self._node.relay is not None:
            for each in told.refused:
                self._node.relay.relay.note(each)
        return web.Response(status=204)

    async def _told(self, _request: web.Request) -> web.Response:
        return json_answer(ToldList(told=self._node.relay.told.all() if self._node.relay is not None else ()))

    async def _play_again(self, request: web.Request) -> web.Response:
        self._node.patchbay.play_again(request.match_info["id"], request.match_info["program"])
        return web.Response(status=204)

    async def _status(self, _request: web.Request) -> web.Response:
        return json_answer(replace(node_status(self._node), memory_bytes=own_memory_bytes()))


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer our errors in our form."""
    try:
        return await handler(request)
    except TelharmonicError as problem:
        return error_answer(problem)
