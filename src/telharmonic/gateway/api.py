"""The handlers of ``/api``: what they take and give is `protocol.http_api`."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlencode

import msgspec
from aiohttp import hdrs, web

from telharmonic.errors import RefusedError
from telharmonic.gateway.access import Access
from telharmonic.gateway.address_limit import AddressLimit
from telharmonic.gateway.bodies import json_body
from telharmonic.gateway.catalogue import Catalogue
from telharmonic.gateway.kept import KeptSession
from telharmonic.gateway.latency import report
from telharmonic.gateway.middleware import json_response, take
from telharmonic.gateway.operators import check_for_anyone, check_free
from telharmonic.gateway.own_session import own_session
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.settings import Settings
from telharmonic.gateway.store import Store, StoredSession
from telharmonic.gateway.tokens import TokenKeeper
from telharmonic.gateway.uploads import Uploads
from telharmonic.protocol import http_api
from telharmonic.protocol.http_api import (
    CreateSession,
    LatencyResult,
    SessionCreated,
    SessionList,
    SessionListing,
    SessionView,
    Tokens,
)
from telharmonic.protocol.session_file import check


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
        What a new session's creator is given.
    access : Access
        Who asks.
    uploads : Uploads
        What visitors sent.
    kept : KeptSession, optional
        What is open for everybody who asks for its offer.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        catalogue: Catalogue,
        sessions: Sessions,
        store: Store,
        tokens: TokenKeeper,
        access: Access,
        uploads: Uploads,
        kept: KeptSession | None = None,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._sessions = sessions
        self._store = store
        self._tokens = tokens
        self._access = access
        self._uploads = uploads
        self._kept = kept
        self._new_sessions = AddressLimit(rate_per_s=settings.sessions_per_minute / 60.0, burst=settings.sessions_burst)

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
            web.post(f"{one}/whep", self.whep),
            web.get(f"{one}/whep", self.whep_endpoint),
            web.options(f"{one}/whep", self.whep_endpoint),
            web.get("/api/parameters", self.parameters),
            web.get("/api/latency", self.latency),
            web.post("/api/latency", self.add_latency),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """POST /api/sessions."""
        take(self._new_sessions, request)
        wanted = http_api.parse(await json_body(request), CreateSession)
        if self._kept is not None and wanted.session == self._kept.offer.name:
            session = await self._kept.open()
        else:
            session = await self._create(wanted)
        tokens = self._tokens.tokens(session.id)
        links = self._access.links(request, session.id, tokens["performer"])
        created = SessionCreated(id=session.id, name=session.description.name, links=links, tokens=Tokens(**tokens))
        return json_response(created, 201, {hdrs.LOCATION: links.self})

    async def _create(self, wanted: CreateSession) -> StoredSession:
        if wanted.session is not None:
            offer = self._catalogue[wanted.session]
            description, folder = offer.description, offer.folder
            check_free(description, self._sessions.descriptions)
        elif wanted.uploads is not None:
            files = [(each, self._uploads.use(each.upload)) for each in wanted.uploads]
            first = self._catalogue[self._catalogue.default] if self._catalogue.default is not None else None
            description = own_session(wanted.name, files, first, wanted.players)
            folder = first.folder if first is not None else self._settings.assets_folder
        else:
            assert wanted.description is not None
            description, folder = check_for_anyone(check(wanted.description)), self._settings.assets_folder
        return await self._sessions.create(description, folder)

    async def list(self, request: web.Request) -> web.Response:
        """GET /api/sessions."""
        is_admin = self._access.is_admin(request)
        rows = [self._listing(session, with_id=is_admin) for session in self._sessions.all()]
        return json_response(SessionList(count=len(rows), sessions=tuple(rows), available=self._catalogue.names))

    async def view(self, request: web.Request) -> web.Response:
        """GET /api/sessions/{id}."""
        session, role, token = self._access.member(request)
        status = self._sessions.status(session.id)
        view = SessionView(
            id=session.id,
            name=session.description.name,
            role=role,
            links=self._access.links(request, session.id, token),
            members=status.members if status else 0,
            playing=status.playing if status else False,
            idle_s=status.idle_s if status else 0.0,
        )
        return json_response(view)

    async def end(self, request: web.Request) -> web.Response:
        """DELETE /api/sessions/{id}."""
        session, role, _ = self._access.member(request)
        if role != "performer":
            raise RefusedError(f"a {role} may not end the session; a performer may")
        if session.id == self._sessions.kept:
            raise RefusedError("the server keeps this session open for everybody; it ends with the server")
        await self._sessions.end(session.id)
        return web.Response(status=204)

    async def state(self, request: web.Request) -> web.Response:
        """GET /api/sessions/{id}/state."""
        session, _, _ = self._access.member(request)
        return json_response(await self._sessions.snapshot(session.id))

    async def log(self, request: web.Request) -> web.Response:
        """GET /api/sessions/{id}/log."""
        session, role, _ = self._access.member(request)
        if role == "listener":
            raise RefusedError("a listener may not read the command log; a performer or controller may")
        return web.Response(body=await self._sessions.log(session.id), content_type="application/x-ndjson")

    async def stream(self, request: web.Request) -> web.Response:
        """GET /api/sessions/{id}/stream: on to the node, which has the sound."""
        session, _, token = self._access.member(request)
        query = {name: value for name, value in request.query.items() if name != "token"} | {"token": token}
        location = f"{self._access.links(request, session.id, token).stream}?{urlencode(query)}"
        return web.Response(status=307, headers={hdrs.LOCATION: location})

    async def whep(self, request: web.Request) -> web.Response:
        """POST /api/sessions/{id}/whep: on to the node, which answers offers."""
        session, _, token = self._access.member(request)
        query = {name: value for name, value in request.query.items() if name != "token"} | {"token": token}
        location = f"{self._access.links(request, session.id, token).whep}?{urlencode(query)}"
        return web.Response(status=307, headers={hdrs.LOCATION: location})

    async def whep_endpoint(self, request: web.Request) -> web.Response:
        """GET and OPTIONS /api/sessions/{id}/whep: nothing to show, and what may be posted."""
        headers = {hdrs.ALLOW: "GET, HEAD, OPTIONS, POST", "Accept-Post": "application/sdp"}
        if request.method == hdrs.METH_OPTIONS:
            return web.Response(headers=headers)
        self._access.member(request)
        return web.Response(status=204, headers=headers)

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
        result = http_api.parse(await json_body(request), LatencyResult)
        await asyncio.to_thread(self._store.add_latency, result, time.time())
        return web.Response(status=204)

    def _listing(self, session: StoredSession, *, with_id: bool) -> SessionListing:
        status = self._sessions.status(session.id)
        return SessionListing(
            name=session.description.name,
            members=status.members if status else 0,
            id=session.id if with_id else None,
        )
