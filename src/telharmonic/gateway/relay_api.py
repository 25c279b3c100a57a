"""``/osc``: OSC for who can only speak HTTP, in the words of CloudOrch's relay; the node has the rules and sends.

A GET changes something, which any page could make a browser send: so one with its queue in the address needs a token,
which such a page does not have. Without one the queue is in the GET's body, which no browser sends.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from telharmonic.errors import NotFoundError, RefusedError, UnauthorizedError
from telharmonic.gateway.access import Access
from telharmonic.gateway.address_limit import AddressLimit, network
from telharmonic.gateway.bodies import BODY_S
from telharmonic.gateway.middleware import json_response, take
from telharmonic.gateway.refusals import TooLargeError
from telharmonic.gateway.relay_refusals import JUDGED, RefusalBook
from telharmonic.gateway.sessions import Sessions
from telharmonic.protocol.parts import Role
from telharmonic.protocol.relay import BODY_BYTES, RelayFile, RelayOk, RelayWish, parse_queue, speaking

PATH = "/osc"
QUERY = "json"
PREFLIGHT_S = "600"


class RelayApi:
    """The handlers, with what they need.

    Parameters
    ----------
    rules : RelayFile, optional
        For the pages that may ask, and how often; without it there is no relay.
    access : Access
        Who asks.
    sessions : Sessions
        The way to the node.
    """

    def __init__(self, *, rules: RelayFile | None, access: Access, sessions: Sessions) -> None:
        self._rules = rules
        self._access = access
        self._sessions = sessions
        rate = rules.messages_per_s if rules is not None else 1.0
        self._book = RefusalBook(sessions)
        self._requests = AddressLimit(rate_per_s=rate, burst=max(1, int(2 * rate)))

    def routes(self) -> list[web.RouteDef]:
        """Where each handler is; nowhere without rules."""
        if self._rules is None:
            return []
        return [
            web.post(PATH, self.relay),
            web.get(PATH, self.relay, allow_head=False),
            web.options(PATH, self.preflight),
        ]

    def middlewares(self) -> tuple[Middleware, ...]:
        """What must see a request before the front door's own checks: what they refuse is noted."""
        return (self._book.watching(PATH),) if self._rules is not None else ()

    @property
    def pages(self) -> dict[str, tuple[str, ...]]:
        """Origins whose pages may ask, by path."""
        return {PATH: self._rules.origins} if self._rules is not None else {}

    async def close(self, _: web.Application) -> None:
        """Note no more."""
        self._book.close()

    async def preflight(self, request: web.Request) -> web.Response:
        """OPTIONS /osc."""
        self._check_page(request)
        headers = {
            str(hdrs.ACCESS_CONTROL_ALLOW_METHODS): "GET, POST",
            str(hdrs.ACCESS_CONTROL_ALLOW_HEADERS): "Authorization, Content-Type",
            str(hdrs.ACCESS_CONTROL_MAX_AGE): PREFLIGHT_S,
        }
        return web.Response(status=204, headers=headers)

    async def relay(self, request: web.Request) -> web.Response:
        """POST /osc and GET /osc."""
        take(self._requests, request)
        self._check_page(request)
        session, role = self._speaker(request)
        queue = parse_queue(await self._body(request, with_token=role is not None)).queue
        who = network(request.remote or "unknown")
        wish = RelayWish(queue=queue, who=who, role=speaking(role), session=session)
        request[JUDGED] = True
        await (await self._sessions.linked()).relay(wish)
        return json_response(RelayOk())

    def _speaker(self, request: web.Request) -> tuple[str, Role | None]:
        """Which session's token is shown, and for which role; nobody's without one."""
        session = request.query.get("session", "")
        if session:
            found, role, _ = self._access.member_of(request, session)
            return found.id, role
        if hdrs.AUTHORIZATION in request.headers or "token" in request.query:
            raise UnauthorizedError("a token needs its session as well: /osc?session=ID")
        return "", None

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """Let a page of one of the origins read the answer, a refusal too."""
        origin = request.headers.get(hdrs.ORIGIN)
        if request.path == PATH and self._rules is not None and origin in self._rules.origins:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            response.headers[hdrs.VARY] = "Origin"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"

    def _check_page(self, request: web.Request) -> None:
        """Let pass what asks for no page, for one of ours, or for one of the origins.

        Raises
        ------
        RefusedError
            For any other page.
        """
        assert self._rules is not None
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is None:
            if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
                raise RefusedError("this is not allowed from a page of another origin")
        elif urlsplit(origin).netloc != request.headers.get(hdrs.HOST, "") and origin not in self._rules.origins:
            raise RefusedError(f"pages of {origin[:128]} may not have OSC sent")

    async def _body(self, request: web.Request, *, with_token: bool) -> bytes:
        if request.content_length is not None and request.content_length > BODY_BYTES:
            raise TooLargeError(f"a body of {request.content_length} bytes; allowed: {BODY_BYTES}")
        if request.method == hdrs.METH_GET and not request.body_exists:
            if QUERY not in request.query:
                raise NotFoundError("GET /osc has its queue in its body, or, with a token, in the address as json=...")
            if not with_token:
                raise UnauthorizedError("a queue in the address needs a token: /osc?session=ID&token=TOKEN&json=...")
            return request.query[QUERY].encode()
        async with asyncio.timeout(BODY_S):
            return await request.read()
