"""The handler behind the page of a Csound piece: what it can be told, and how it does."""

from __future__ import annotations

from aiohttp import web

from telharmonic.errors import NotFoundError
from telharmonic.gateway.middleware import json_response
from telharmonic.gateway.sessions import Sessions
from telharmonic.protocol.orchestra import Orchestra, OrchestraView
from telharmonic.protocol.program import ProgramStatus


class OrchestraApi:
    """The handler, with what it needs.

    Parameters
    ----------
    orchestra : Orchestra, optional
        What is played; only ``telharmonic play`` has one.
    sessions : Sessions
        Among them the one that plays it.
    """

    def __init__(self, *, orchestra: Orchestra | None, sessions: Sessions) -> None:
        self._orchestra = orchestra
        self._sessions = sessions

    def routes(self) -> list[web.RouteDef]:
        """Where the handler is."""
        return [web.get("/api/orchestra", self.view)]

    async def view(self, _: web.Request) -> web.Response:
        """GET /api/orchestra. No values and no ids: what it says is in the file."""
        if self._orchestra is None:
            raise NotFoundError("no Csound piece is played here; start one with: telharmonic play FILE.csd")
        program = self._program()
        if program is None:
            return json_response(OrchestraView(orchestra=self._orchestra))
        view = OrchestraView(orchestra=self._orchestra, state=program.state, restarts=program.restarts, why=program.why)
        return json_response(view)

    def _program(self) -> ProgramStatus | None:
        """Csound, as the node saw it last."""
        rows = (self._sessions.status(each.id) for each in self._sessions.all() if each.description.programs)
        return next((program for row in rows if row is not None for program in row.programs), None)
