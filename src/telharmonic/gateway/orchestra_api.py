"""The handler behind the page of a Csound piece: what it can be told, and how it does."""

from __future__ import annotations

from aiohttp import web
from msgspec.structs import replace

from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.gateway.access import Access
from telharmonic.gateway.middleware import json_response
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.store import StoredSession
from telharmonic.protocol.orchestra import Orchestra, OrchestraView
from telharmonic.protocol.program import ProgramStatus

NONE = "no Csound piece is played here; start one with: telharmonic play FILE.csd"


class OrchestraApi:
    """The handler, with what it needs.

    Parameters
    ----------
    orchestra : Orchestra, optional
        What is played; only ``telharmonic play`` has one.
    access : Access
        Who asks.
    sessions : Sessions
        Among them the one that plays it.
    """

    def __init__(self, *, orchestra: Orchestra | None, access: Access, sessions: Sessions) -> None:
        self._orchestra = orchestra
        self._access = access
        self._sessions = sessions

    def routes(self) -> list[web.RouteDef]:
        """Where each handler is."""
        return [web.get("/api/orchestra", self.view), web.post("/api/orchestra/play", self.play)]

    async def view(self, request: web.Request) -> web.Response:
        """GET /api/orchestra. What it says is in the file; with a token of the session, how it is now as well."""
        if self._orchestra is None:
            raise NotFoundError(NONE)
        view = OrchestraView(orchestra=self._orchestra)
        session, program = self._playing()
        if program is not None:
            view = replace(view, state=program.state, restarts=program.restarts, why=program.why)
        if "session" in request.query:
            asked, _, _ = self._access.member_of(request, request.query["session"])
            if program is not None and session is not None and asked.id == session.id:
                told = await (await self._sessions.linked()).told()
                view = replace(view, said=program.said, told=told.told)
        return json_response(view)

    async def play(self, request: web.Request) -> web.Response:
        """POST /api/orchestra/play: from its beginning, whether it has ended or plays."""
        asked, role, _ = self._access.member_of(request, request.query.get("session", ""))
        if role == "listener":
            raise RefusedError("a listener may not start the piece again; a performer or controller may")
        session, program = self._playing()
        if self._orchestra is None or session is None or program is None or asked.id != session.id:
            raise NotFoundError(NONE)
        await (await self._sessions.linked()).play_again(session.id, program.id)
        return web.Response(status=204)

    def _playing(self) -> tuple[StoredSession | None, ProgramStatus | None]:
        """The session with Csound, and Csound as the node saw it last."""
        session = next((each for each in self._sessions.all() if each.description.programs), None)
        row = self._sessions.status(session.id) if session is not None else None
        return session, next(iter(row.programs), None) if row is not None else None
