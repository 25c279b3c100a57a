"""What a request shows: its token, and the role that the token gives in a session."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import hdrs, web

from telharmonic.control.roles import role_of
from telharmonic.errors import RefusedError, UnauthorizedError
from telharmonic.protocol.parts import Role


def bearer(request: web.Request) -> str:
    """The token, from the header or (where a redirect has taken that away) from the query; empty if there is none."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.query.get("token", "")


def role_shown(request: web.Request, tokens: Mapping[Role, str]) -> Role:
    """The role of whoever asks.

    Raises
    ------
    UnauthorizedError
        If there is no token, or it is none of the session's.
    """
    token = bearer(request)
    if not token:
        raise UnauthorizedError("this session needs its token: Authorization: Bearer TOKEN")
    try:
        return role_of(token, tokens)
    except RefusedError as problem:
        raise UnauthorizedError(str(problem), given=True) from None
