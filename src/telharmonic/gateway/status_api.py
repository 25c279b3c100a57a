"""The handler behind the status page."""

from __future__ import annotations

import time

from aiohttp import web

from telharmonic.gateway.beside import beside
from telharmonic.gateway.middleware import json_response
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.status_log import load
from telharmonic.gateway.uploads import Uploads
from telharmonic.protocol.music_api import ServerStatus, SessionCost


class StatusApi:
    """The handler, with what it needs.

    Parameters
    ----------
    sessions : Sessions
        Those that run, and what their node says.
    uploads : Uploads
        What visitors sent.
    maximum : int
        Sessions at once.
    """

    def __init__(self, *, sessions: Sessions, uploads: Uploads, maximum: int) -> None:
        self._sessions = sessions
        self._uploads = uploads
        self._maximum = maximum
        self._begun_s = time.monotonic()

    def routes(self) -> list[web.RouteDef]:
        """Where the handler is."""
        return [web.get("/api/status", self.status)]

    async def status(self, _: web.Request) -> web.Response:
        """GET /api/status. No ids: they are nobody's business."""
        node = self._sessions.node
        sizes = self._uploads.sizes
        status = ServerStatus(
            ready=self._sessions.ready,
            up_s=round(time.monotonic() - self._begun_s, 1),
            realtime=node.realtime if node else False,
            maximum_sessions=self._maximum,
            sessions=tuple(self._costs()),
            late_blocks=node.late_blocks if node else 0,
            skipped_blocks=node.skipped_blocks if node else 0,
            memory_bytes=node.memory_bytes if node else 0,
            uploads=len(sizes),
            upload_bytes=sum(sizes),
            history=self._sessions.log_of_status.history(),
        )
        return json_response(status)

    def _costs(self) -> list[SessionCost]:
        found = []
        for session in self._sessions.all():
            row = self._sessions.status(session.id)
            if row is not None:
                cost = SessionCost(
                    name=session.description.name,
                    members=row.members,
                    playing=row.playing,
                    cost_us=row.cost_us,
                    load=round(load(row), 4),
                    beside=beside(row),
                )
                found.append(cost)
        return found
