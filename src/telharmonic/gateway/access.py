"""Who asks: the token of a request, the session and role that it gives, and the links that its bearer is shown."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import hdrs, web

from telharmonic.cluster.launcher import NodeAddress
from telharmonic.errors import NodeError, RefusedError, UnauthorizedError
from telharmonic.gateway.address_limit import AddressLimit
from telharmonic.gateway.middleware import HOST, take
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.store import StoredSession
from telharmonic.gateway.tokens import TokenKeeper
from telharmonic.protocol.http_api import Links
from telharmonic.protocol.parts import Role

WRONG_TOKENS_PER_S = 1.0  # of one address; guessing 256 bits is hopeless anyway, this keeps the log short
WRONG_TOKENS_BURST = 20


class Access:
    """Looks at requests; all handlers share one.

    Parameters
    ----------
    sessions : Sessions
        Those that run.
    tokens : TokenKeeper
        Who may do what.
    """

    def __init__(self, sessions: Sessions, tokens: TokenKeeper) -> None:
        self._sessions = sessions
        self._tokens = tokens
        self._wrong_tokens = AddressLimit(rate_per_s=WRONG_TOKENS_PER_S, burst=WRONG_TOKENS_BURST)

    def member(self, request: web.Request) -> tuple[StoredSession, Role, str]:
        """The session of the path, the role of the bearer, and the token that proves it.

        Raises
        ------
        UnauthorizedError, TooOftenError, NotFoundError
            If there is no such token, too often, or its session has ended.
        """
        return self.member_of(request, request.match_info["id"])

    def member_of(self, request: web.Request, identifier: str) -> tuple[StoredSession, Role, str]:
        """The same, where the path does not name the session."""
        token = _bearer(request) or request.query.get("token", "")
        role = self._tokens.role(identifier, token)
        if role is None:  # the same answer whether the session is there or not
            take(self._wrong_tokens, request)
            raise UnauthorizedError("this session needs its token: Authorization: Bearer TOKEN")
        return self._sessions[identifier], role, token

    def controlling(self, request: web.Request, what: str) -> StoredSession:
        """The session, if the bearer is performer or controller; `what` says what a listener may not do.

        Raises
        ------
        RefusedError
            For a listener.
        UnauthorizedError, TooOftenError, NotFoundError
            As `member`.
        """
        session, role, _ = self.member(request)
        if role == "listener":
            raise RefusedError(f"a listener may not {what}; a performer or controller may")
        return session

    def is_admin(self, request: web.Request) -> bool:
        """Whether the bearer is the server's own admin; False without any token.

        Raises
        ------
        UnauthorizedError, TooOftenError
            For any other token.
        """
        token = _bearer(request)
        if token is None:
            return False
        if not self._tokens.is_admin(token):
            take(self._wrong_tokens, request)
            raise UnauthorizedError("this is not the admin token; without one the list has no ids")
        return True

    def links(self, request: web.Request, session: str, token: str) -> Links:
        """Where the bearer of `token` goes on.

        Raises
        ------
        NodeError
            If no node has been there yet.
        """
        front = f"{request.scheme}://{request.host}"
        return make_links(front, request[HOST], self._sessions.address, session, token)


def make_links(front: str, host: str, address: NodeAddress | None, session: str, token: str) -> Links:
    """The links of a session.

    Parameters
    ----------
    front : str
        Where the front door is, ``http://host:port``.
    host : str
        Under which name its machine is reached, without port.
    address : NodeAddress or None
        The node's.
    session, token : str
        The session's id, and the secret of whoever goes there.

    Raises
    ------
    NodeError
        If no node has been there yet.
    """
    path = f"/api/sessions/{session}"
    if address is None:
        raise NodeError("the renderer is starting; try again in a moment")
    schemes = ("wss", "https") if address.tls else ("ws", "http")
    ws, http = (f"{scheme}://{host}:{address.port}{path}" for scheme in schemes)
    fragment = urlencode({"session": session, "token": token, "ws": f"{ws}/ws"}, safe=":/")
    return Links(
        self=front + path,
        page=f"{front}/#{fragment}",
        ws=f"{ws}/ws",
        whep=f"{http}/whep",
        stream=f"{http}/stream",
        state=f"{front}{path}/state",
    )


def _bearer(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
