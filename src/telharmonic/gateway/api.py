"""The handlers of ``/api``: what they take and give is `protocol.http_api`."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlencode

import msgspec
from aiohttp import hdrs, web

from telharmonic.errors import MessageError, NodeError, RefusedError
from telharmonic.gateway.address_limit import AddressLimit
from telharmonic.gateway.catalogue import Catalogue
from telharmonic.gateway.latency import report
from telharmonic.gateway.middleware import HOST, json_response, take
from telharmonic.gateway.refusals import UnauthorizedError
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.settings import Settings
from telharmonic.gateway.store import Store, StoredSession
from telharmonic.gateway.tokens import TokenKeeper
from telharmonic.protocol import http_api
from telharmonic.protocol.http_api import (
    CreateSession,
    LatencyResult,
    Links,
    SessionCreated,
    SessionList,
    SessionListing,
    SessionView,
    Tokens,
)
from telharmonic.protocol.parts import Role
from telharmonic.protocol.session_file import check

BODY_S = 10.0  # a body that takes longer is not waited for
WRONG_TOKENS_PER_S = 1.0  # of one address; guessing 256 bits is hopeless anyway, this keeps the log short
WRONG_TOKENS_BURST = 20


class Api:
    """The handlers, with what they need.

    Parameters
    ----------
    settings : Settings
        Limits and folders.
    catalogue : Catalogue
        Sessions by name.
    sessions : Sessions
        Those that run.
    store : Store
        Where latency results go.
    tokens : TokenKeeper
        Who may do what.
    """

    def __init__(
        self, *, settings: Settings, catalogue: Catalogue, sessions: Sessions, store: Store, tokens: TokenKeeper
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._sessions = sessions
        self._store = store
        self._tokens = tokens
        self._new_sessions = AddressLimit(rate_per_s=settings.sessions_per_minute / 60.0, burst=settings.sessions_burst)
        self._wrong_tokens = AddressLimit(rate_per_s=WRONG_TOKENS_PER_S, burst=WRONG_TOKENS_BURST)

    def routes(self) -> list[web.RouteDef]:
        """Where each handler is."""
        one = "/api/sessions/{id}"
        return [
            web.post("/api/sessions", self.create),
            web.get("/api/sessions", self.list),
            web.get(one, self.view),
            web.delete(one, self.end),
            web.get(f"{one}/state", self.state),
            web.get(f"{one}/log", self.log),
            web.get(f"{one}/stream", self.stream),
            web.get("/api/parameters", self.parameters),
            web.get("/api/latency", self.latency),
            web.post("/api/latency", self.add_latency),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """POST /api/sessions."""
        take(self._new_sessions, request)
        wanted = http_api.parse(await self._body(request), CreateSession)
        if wanted.session is not None:
            offer = self._catalogue[wanted.session]
            description, folder = offer.description, offer.folder
        else:
            assert wanted.description is not None
            description, folder = check(wanted.description), self._settings.assets_folder
        session = await self._sessions.create(description, folder)
        tokens = self._tokens.tokens(session.id)
        links = self._links(request, session.id, tokens["performer"])
        created = SessionCreated(id=session.id, name=description.name, links=links, tokens=Tokens(**tokens))
        return json_response(created, 201, {hdrs.LOCATION: links.self})

    async def list(self, request: web.Request) -> web.Response:
        """GET /api/sessions."""
        token = self._bearer(request)
        if token is not None and not self._tokens.is_admin(token):
            take(self._wrong_tokens, request)
            raise UnauthorizedError("this is not the admin token; without one the list has no ids")
        rows = [self._listing(session, with_id=token is not None) for session in self._sessions.all()]
        return json_response(SessionList(count=len(rows), sessions=tuple(rows), available=self._catalogue.names))

    async def view(self, request: web.Request) -> web.Response:
        """GET /api/sessions/{id}."""
        session, role, token = self._member(request)
        status = self._sessions.status(session.id)
        view = SessionView(
            id=session.id,
            name=session.description.name,
            role=role,
            links=self._links(request, session.id, token),
            members=status.members if status else 0,
            playing=status.playing if status else False,
            idle_s=status.idle_s if status else 0.0,
        )
        return json_response(view)

    async def end(self, request: web.Request) -> web.Response:
        """DELETE /api/sessions/{id}."""
        session, role, _ = self._member(request)
        if role != "performer":
            raise RefusedError(f"a {role} may not end the session; a performer may")
        await self._sessions.end(session.id)
        return web.Response(status=204)

    async def state(self, request: web.Request) -> web.Response:
        """GET /api/sessions/{id}/state."""
        session, _, _ = self._member(request)
        return json_response(await self._sessions.snapshot(session.id))

    async def log(self, request: web.Request) -> web.Response:
        """GET /api/sessions/{id}/log."""
        session, role, _ = self._member(request)
        if role == "listener":
            raise RefusedError("a listener may not read the command log; a performer or controller may")
        return web.Response(body=await self._sessions.log(session.id), content_type="application/x-ndjson")

    async def stream(self, request: web.Request) -> web.Response:
        """GET /api/sessions/{id}/stream: on to the node, which has the sound."""
        session, _, token = self._member(request)
        query = {name: value for name, value in request.query.items() if name != "token"} | {"token": token}
        location = f"{self._links(request, session.id, token).stream}?{urlencode(query)}"
        return web.Response(status=307, headers={hdrs.LOCATION: location})

    async def parameters(self, _: web.Request) -> web.Response:
        """GET /api/parameters."""
        body = msgspec.json.encode(http_api.parameter_rows())
        return web.Response(body=body, content_type="application/json")

    async def latency(self, _: web.Request) -> web.Response:
        """GET /api/latency."""
        runs = await asyncio.to_thread(self._store.latency)
        return json_response(report(runs))

    async def add_latency(self, request: web.Request) -> web.Response:
        """POST /api/latency."""
        result = http_api.parse(await self._body(request), LatencyResult)
        await asyncio.to_thread(self._store.add_latency, result, time.time())
        return web.Response(status=204)

    async def _body(self, request: web.Request) -> bytes:
        if request.content_type != "application/json":
            raise MessageError(f"Content-Type is {request.content_type!r}; allowed: application/json")
        async with asyncio.timeout(BODY_S):
            return await request.read()

    def _member(self, request: web.Request) -> tuple[StoredSession, Role, str]:
        """The session of the path, the role of the bearer, and the token that proves it."""
        token = self._bearer(request) or request.query.get("token", "")
        identifier = request.match_info["id"]
        role = self._tokens.role(identifier, token)
        if role is None:  # the same answer whether the session is there or not
            take(self._wrong_tokens, request)
            raise UnauthorizedError("this session needs its token: Authorization: Bearer TOKEN")
        return self._sessions[identifier], role, token

    @staticmethod
    def _bearer(request: web.Request) -> str | None:
        scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def _listing(self, session: StoredSession, *, with_id: bool) -> SessionListing:
        status = self._sessions.status(session.id)
        return SessionListing(
            name=session.description.name,
            members=status.members if status else 0,
            id=session.id if with_id else None,
        )

    def _links(self, request: web.Request, session: str, token: str) -> Links:
        front = f"{request.scheme}://{request.host}"
        path = f"/api/sessions/{session}"
        address = self._sessions.address
        if address is None:
            raise NodeError("the renderer is starting; try again in a moment")
        schemes = ("wss", "https") if address.tls else ("ws", "http")
        ws, http = (f"{scheme}://{request[HOST]}:{address.port}{path}" for scheme in schemes)
        fragment = urlencode({"session": session, "token": token, "ws": f"{ws}/ws"}, safe=":/")
        return Links(
            self=front + path,
            page=f"{front}/#{fragment}",
            ws=f"{ws}/ws",
            stream=f"{http}/stream",
            state=f"{front}{path}/state",
        )
