"""WHEP: a session's WebRTC line for players that know nothing of ours (draft-ietf-wish-whep-03).

======================================  ==========================================================================
``POST /api/sessions/{id}/whep``        an SDP offer with a token -> 201, the answer, `Location`, `ETag`, `Link`
``DELETE /api/sessions/{id}/whep/{r}``  end it
``PATCH /api/sessions/{id}/whep/{r}``   more ICE candidates, or an ICE restart (RFC 8840 fragments)
``GET`` of both                         204: they have nothing to show
``OPTIONS`` of both                     which ICE servers there are, with a token also their credentials
======================================  ==========================================================================
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import msgspec
from aiohttp import web

from telharmonic.control.roles import may_hear
from telharmonic.errors import MessageError, NotFoundError, ParameterError, TelharmonicError, UnauthorizedError
from telharmonic.node.answers import refusal
from telharmonic.node.bearer import bearer, role_shown
from telharmonic.node.node import Node
from telharmonic.node.rtc_line import LineUser
from telharmonic.node.session_host import SessionHost
from telharmonic.node.whep_player import Player
from telharmonic.protocol.rtc import OpusRequest
from telharmonic.transport.http_conditions import accepts, if_match
from telharmonic.transport.offer import LIMIT_CHARACTERS, parse_offer
from telharmonic.transport.trickle import Fragment, parse_fragment, write_fragment

SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
PATH = "/api/sessions/{id}/whep"
LINE = PATH + "/{player}"
# what a page of another origin may read of an answer
EXPOSED = "Location, ETag, Link, Accept-Patch, Accept-Post, Allow, Retry-After, WWW-Authenticate, Telharmonic-Audio"


class Whep:
    """The handlers.

    Parameters
    ----------
    node : Node
        Whose sessions are played.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._players: dict[str, Player] = {}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Where each handler is."""
        router.add_post(PATH, self._post)
        router.add_get(PATH, self._nothing)
        router.add_delete(LINE, self._delete)
        router.add_patch(LINE, self._patch)
        router.add_get(LINE, self._nothing)

    async def _post(self, request: web.Request) -> web.Response:
        host = self._node.host(request.match_info["id"])
        role = role_shown(request, host.tokens)
        if request.content_type != SDP:
            return _wrong_type(request, SDP, "Accept-Post")
        if not accepts(request.headers.get("Accept"), SDP):
            return refusal(406, f"the answer is {SDP}; Accept allows only other things")
        offer = parse_offer(await _body(request))
        if offer.direction in ("sendonly", "inactive"):
            raise MessageError(f"the offer's audio is {offer.direction}; allowed: recvonly or sendrecv")
        wanted = _wishes(request.query)
        player = Player(host, bearer(request), role, self._node.limits.hello_s)

        def closed(reason: str) -> None:
            self._players.pop(player.id, None)
            player.closed(reason)

        user = LineUser(
            token=player.token, hears=may_hear(player.role), opened=player.opened, said=player.said, closed=closed
        )
        player.line = host.rtc.open(user, wanted)
        self._players[player.id] = player
        answer = await player.line.answer(offer)
        headers = {"Location": f"{request.path}/{player.id}", "ETag": _etag(player), "Accept-Patch": FRAGMENT}
        response = web.Response(status=201, text=answer, content_type=SDP, headers=headers)
        if (sent := player.line.placed()) is not None:
            response.headers["Telharmonic-Audio"] = msgspec.json.encode(sent).decode()
        for link in ice_links(host, with_credentials=True):
            response.headers.add("Link", link)
        return response

    async def _delete(self, request: web.Request) -> web.Response:
        await self._player(request).line.close("the player ended it")
        return web.Response(status=200)

    async def _nothing(self, request: web.Request) -> web.Response:
        if "player" in request.match_info:
            self._player(request)
        else:
            self._node.host(request.match_info["id"])
        return web.Response(status=204)

    async def _patch(self, request: web.Request) -> web.Response:
        player = self._player(request)
        if request.content_type != FRAGMENT:
            return _wrong_type(request, FRAGMENT, "Accept-Patch")
        fragment = parse_fragment(await _body(request))
        async with player.changing:
            self._player(request)  # it may have ended meanwhile
            return await self._change(request, player, fragment)

    async def _change(self, request: web.Request, player: Player, fragment: Fragment) -> web.Response:
        asked = request.headers.get("If-Match", "")
        if not asked:
            return refusal(428, "If-Match is missing; allowed: the ETag of the line, or * to restart ICE")
        if not if_match(asked, _etag(player)):
            return refusal(412, "this is not the line's newest ICE session")
        known = player.line.peer.offer
        assert known is not None
        if fragment.pwd and (fragment.ufrag, fragment.pwd) != (known.ufrag, known.pwd):
            return await self._restart(player, fragment)
        if fragment.ufrag and fragment.ufrag != known.ufrag:  # of a session that has been left (RFC 8840, section 4.4)
            return refusal(412, "these candidates are of another ICE session; a restart needs a=ice-pwd as well")
        for candidate in fragment.candidates:
            await player.line.peer.add_candidate(candidate)
        if fragment.ended:
            await player.line.peer.add_candidate("")
        return web.Response(status=204)

    async def _restart(self, player: Player, fragment: Fragment) -> web.Response:
        if not fragment.ufrag:
            raise MessageError("an ICE restart needs new credentials: a=ice-ufrag and a=ice-pwd")
        peer = player.line.peer
        await peer.restart_ice(fragment.ufrag, fragment.pwd, fragment.candidates, ended=fragment.ended)
        ours = peer.connection.line
        text = write_fragment(ours.local_username, ours.local_password, peer.local_candidates, fragment.first_section)
        return web.Response(text=text, content_type=FRAGMENT, headers={"ETag": _etag(player)})

    def _player(self, request: web.Request) -> Player:
        """The one that a path names; who knows its name need not show the token again, but may not show another."""
        player = self._players.get(request.match_info["player"])
        if player is None or player.host is not self._node.host(request.match_info["id"]):
            raise NotFoundError("no such line; it may have ended")
        token = bearer(request)
        if token and not secrets.compare_digest(token.encode(), player.token.encode()):
            raise UnauthorizedError("the token is not the one with which this line was made", given=True)
        return player

    def options(self, request: web.Request) -> web.Response:
        """What pages of other origins may send, and which ICE servers there are."""
        is_line = request.path.count("/") > PATH.count("/")
        headers = {
            "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
            "Access-Control-Allow-Methods": "POST, PATCH, DELETE",
            "Access-Control-Max-Age": "600",
            "Accept-Post": SDP,
            "Allow": "DELETE, GET, HEAD, OPTIONS, PATCH" if is_line else "GET, HEAD, OPTIONS, POST",
        }
        if is_line:
            headers["Accept-Patch"] = FRAGMENT
        response = web.Response(headers=headers)
        try:
            host = self._node.host(request.path.split("/")[3])
            role_shown(request, host.tokens)
        except TelharmonicError:
            return response
        for link in ice_links(host, with_credentials=True):
            response.headers.add("Link", link)
        return response


def is_whep(path: str) -> bool:
    """Whether a request's path is one of ours."""
    parts = path.split("/")
    return len(parts) in (5, 6) and parts[1:3] == ["api", "sessions"] and parts[4] == "whep"


def ice_links(host: SessionHost, *, with_credentials: bool) -> list[str]:
    """`Link` headers that name the ICE servers (draft-ietf-wish-whep, section 4.6)."""
    links = []
    for server in host.rtc.info().ice_servers:
        for url in server.urls:
            link = f'<{url}>; rel="ice-server"'
            if server.username is not None and with_credentials:
                link += f'; username="{server.username}"; credential="{server.credential}"; credential-type="password"'
            links.append(link)
    return links


def _etag(player: Player) -> str:
    """Another for each ICE session."""
    return f'"{player.line.peer.connection.line.local_username}"'


def _wrong_type(request: web.Request, allowed: str, header: str) -> web.Response:
    return refusal(415, f"the body is {request.content_type[:64]}; allowed: {allowed}", {header: allowed})


async def _body(request: web.Request) -> str:
    """A short text.

    Raises
    ------
    MessageError
        If it is too long, or no text.
    """
    data = bytearray()
    async for part in request.content.iter_any():
        data += part
        if len(data) > LIMIT_CHARACTERS:
            raise MessageError(f"the body is too long; allowed: up to {LIMIT_CHARACTERS} bytes")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise MessageError("the body is no UTF-8") from None


def _wishes(query: Mapping[str, str]) -> OpusRequest:
    """The wishes about Opus, from the query's fields, which are those of `OpusRequest`."""
    given = {name: value for name, value in query.items() if name != "token"}
    try:
        return msgspec.convert(given, OpusRequest, strict=False)
    except msgspec.ValidationError as problem:
        raise ParameterError("query", "&".join(given)[:64], str(problem)) from None
