"""The JSON body of a request."""

from __future__ import annotations

import asyncio

from aiohttp import web

from telharmonic.errors import MessageError

BODY_S = 10.0  # a body that takes longer is not waited for


async def json_body(request: web.Request) -> bytes:
    """The body, at most `http_api.LIMIT_BYTES` of it.

    Raises
    ------
    MessageError
        If it is said to be something else than JSON.
    TimeoutError
        If it does not come within `BODY_S`.
    """
    if request.content_type != "application/json":
        raise MessageError(f"Content-Type is {request.content_type!r}; allowed: application/json")
    async with asyncio.timeout(BODY_S):
        return await request.read()
