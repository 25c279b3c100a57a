"""The handlers that render a session into a file."""

from __future__ import annotations

import time
from urllib.parse import quote

from aiohttp import hdrs, web

from telharmonic.errors import NotFoundError
from telharmonic.gateway.access import Access
from telharmonic.gateway.bodies import json_body
from telharmonic.gateway.bounces import Bounce, Bounces
from telharmonic.gateway.middleware import json_response
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.store import StoredSession
from telharmonic.protocol import http_api
from telharmonic.protocol.music_api import BounceView, BounceWish

WHAT = "have the session rendered into a file"
TYPES = {".wav": "audio/wav", ".flac": "audio/flac", ".ogg": "audio/ogg", ".zip": "application/zip"}


class BounceApi:
    """The handlers, with what they need.

    Parameters
    ----------
    access : Access
        Who asks.
    sessions : Sessions
        Those that run.
    bounces : Bounces
        What is rendered.
    """

    def __init__(self, *, access: Access, sessions: Sessions, bounces: Bounces) -> None:
        self._access = access
        self._sessions = sessions
        self._bounces = bounces

    def routes(self) -> list[web.RouteDef]:
        """Where each handler is."""
        one = "/api/sessions/{id}/bounces"
        return [
            web.post(one, self.order),
            web.get(f"{one}/{{bounce}}", self.view),
            web.delete(f"{one}/{{bounce}}", self.forget),
            web.get(f"{one}/{{bounce}}/file", self.file),
        ]

    async def order(self, request: web.Request) -> web.Response:
        """POST /api/sessions/{id}/bounces."""
        session = self._access.controlling(request, WHAT)
        wish = http_api.parse(await json_body(request), BounceWish)
        text = await self._sessions.file(session.id)
        view = self._view(request, self._bounces.order(session.id, session.base_folder, text, wish))
        return json_response(view, 202, {hdrs.LOCATION: view.self})

    async def view(self, request: web.Request) -> web.Response:
        """GET /api/sessions/{id}/bounces/{bounce}."""
        _, bounce = self._bounce(request)
        return json_response(self._view(request, bounce))

    async def forget(self, request: web.Request) -> web.Response:
        """DELETE /api/sessions/{id}/bounces/{bounce}."""
        _, bounce = self._bounce(request)
        await self._bounces.forget(bounce)
        return web.Response(status=204)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """GET /api/sessions/{id}/bounces/{bounce}/file."""
        session, bounce = self._bounce(request)
        if bounce.file is None:
            raise NotFoundError("the bounce is not done yet" if not bounce.is_over else bounce.message)
        suffix = bounce.file.suffix
        name = quote(f"{session.description.name or 'session'}{suffix}", safe="")
        headers = {hdrs.CONTENT_DISPOSITION: f"attachment; filename=\"bounce{suffix}\"; filename*=UTF-8''{name}"}
        response = web.FileResponse(bounce.file, headers=headers)
        response.content_type = TYPES[suffix]
        return response

    def _bounce(self, request: web.Request) -> tuple[StoredSession, Bounce]:
        session = self._access.controlling(request, WHAT)
        return session, self._bounces.get(session.id, request.match_info["bounce"])

    @staticmethod
    def _view(request: web.Request, bounce: Bounce) -> BounceView:
        link = f"{request.scheme}://{request.host}/api/sessions/{bounce.session}/bounces/{bounce.id}"
        return BounceView(
            id=bounce.id,
            state=bounce.state,
            progress=bounce.progress,
            format=bounce.wish.format,
            stems=bounce.wish.stems,
            self=link,
            file=f"{link}/file" if bounce.file is not None else None,
            size_bytes=bounce.size_bytes,
            left_s=round(max(bounce.until_s - time.monotonic(), 0.0), 1) if bounce.is_over else 0.0,
            message=bounce.message,
        )
