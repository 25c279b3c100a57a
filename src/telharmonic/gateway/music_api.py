"""The handlers that give a member the music of a session: waveforms, the session as a file, invitations."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from aiohttp import hdrs, web

from telharmonic.errors import RefusedError
from telharmonic.gateway.access import Access
from telharmonic.gateway.additions import Additions
from telharmonic.gateway.bodies import json_body
from telharmonic.gateway.middleware import json_response
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.tokens import TokenKeeper
from telharmonic.gateway.uploads import Uploads
from telharmonic.protocol import http_api
from telharmonic.protocol.music_api import (
    ImpulseAdded,
    ImpulseWish,
    Invitation,
    InvitationWish,
    PeaksWish,
    RecordingAdded,
    RecordingWish,
)

LISTS: tuple[str, ...] = ("strips", "recordings")  # what has commas between, of a wish for waveforms
PEAKS_S = 300  # a session's waveforms never change; a browser need not ask again for so long


class MusicApi:
    """The handlers, with what they need.

    Parameters
    ----------
    access : Access
        Who asks.
    sessions : Sessions
        Those that run.
    tokens : TokenKeeper
        What invitations hold.
    uploads : Uploads
        What visitors sent.
    """

    def __init__(self, *, access: Access, sessions: Sessions, tokens: TokenKeeper, uploads: Uploads) -> None:
        self._access = access
        self._sessions = sessions
        self._additions = Additions(sessions)
        self._tokens = tokens
        self._uploads = uploads

    def routes(self) -> list[web.RouteDef]:
        """Where each handler is."""
        one = "/api/sessions/{id}"
        return [
            web.get(f"{one}/peaks", self.peaks),
            web.get(f"{one}/file", self.file),
            web.post(f"{one}/impulses", self.add_impulse),
            web.post(f"{one}/recordings", self.add_recording),
            web.post(f"{one}/invitations", self.invite),
        ]

    async def peaks(self, request: web.Request) -> web.Response:
        """GET /api/sessions/{id}/peaks."""
        session, _, _ = self._access.member(request)
        query = {name: value for name, value in request.query.items() if name != "token"}
        lists = {name: query.pop(name).split(",") for name in LISTS if name in query}
        wish = http_api.parse_query({**query, **lists}, PeaksWish)
        body = await self._sessions.peaks(session.id, wish)
        tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        headers = {hdrs.ETAG: tag, hdrs.CACHE_CONTROL: f"private, max-age={PEAKS_S}"}
        if tag in request.headers.get(hdrs.IF_NONE_MATCH, ""):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type="application/octet-stream", headers=headers)

    async def file(self, request: web.Request) -> web.Response:
        """GET /api/sessions/{id}/file."""
        session, _, _ = self._access.member(request)
        name = quote(f"{session.description.name or 'session'}.toml", safe="")
        headers = {hdrs.CONTENT_DISPOSITION: f"attachment; filename=\"session.toml\"; filename*=UTF-8''{name}"}
        text = await self._sessions.file(session.id)
        return web.Response(body=text, content_type="application/toml", headers=headers)

    async def add_impulse(self, request: web.Request) -> web.Response:
        """POST /api/sessions/{id}/impulses."""
        session = self._access.controlling(request, "add impulse responses")
        wish = http_api.parse(await json_body(request), ImpulseWish)
        impulse = await self._additions.add_impulse(session.id, self._uploads.use(wish.upload), wish.name)
        return json_response(ImpulseAdded(id=impulse.id, name=impulse.name), 201)

    async def add_recording(self, request: web.Request) -> web.Response:
        """POST /api/sessions/{id}/recordings."""
        session = self._access.controlling(request, "add recordings")
        wish = http_api.parse(await json_body(request), RecordingWish)
        recording = await self._additions.add_recording(session.id, self._uploads.use(wish.upload), wish.name)
        return json_response(RecordingAdded(id=recording.id, name=recording.name), 201)

    async def invite(self, request: web.Request) -> web.Response:
        """POST /api/sessions/{id}/invitations."""
        session, role, _ = self._access.member(request)
        wish = http_api.parse(await json_body(request), InvitationWish)
        if role not in ("performer", wish.role):
            raise RefusedError(f"a {role} may not invite a {wish.role}; a performer may, or a {wish.role}")
        token = self._tokens.token(session.id, wish.role)
        page = self._access.links(request, session.id, token).page
        return json_response(Invitation(role=wish.role, token=token, page=page), 201)
