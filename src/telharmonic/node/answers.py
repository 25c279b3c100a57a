"""A node's answers over HTTP: our dataclasses, and our errors with their status and headers."""

from __future__ import annotations

from aiohttp import hdrs, web

from telharmonic.errors import FullError, NodeError, NotFoundError, RefusedError, TelharmonicError, UnauthorizedError
from telharmonic.protocol.decoding import Record
from telharmonic.protocol.http_api import ErrorBody, ErrorReply, error_reply
from telharmonic.protocol.node_api import serialize

AGAIN_S = 2  # connections that are being made and sessions that start have gone on by then
_STATUS = ((UnauthorizedError, 401), (FullError, 503), (NotFoundError, 404), (RefusedError, 403), (NodeError, 503))


def json_answer(record: Record, status: int = 200) -> web.Response:
    """An HTTP answer that holds a dataclass."""
    return web.Response(body=serialize(record), status=status, content_type="application/json")


def error_answer(problem: TelharmonicError) -> web.Response:
    """An HTTP answer that tells about an error of ours: which token is missing, or when to come again."""
    status = next((status for kind, status in _STATUS if isinstance(problem, kind)), 400)
    answer = json_answer(error_reply(problem), status)
    if status == 503:
        answer.headers[hdrs.RETRY_AFTER] = str(AGAIN_S)
    if isinstance(problem, UnauthorizedError):  # RFC 6750, section 3: an error is named if there was a token
        answer.headers[hdrs.WWW_AUTHENTICATE] = 'Bearer error="invalid_token"' if problem.given else "Bearer"
    return answer


def refusal(status: int, text: str, headers: dict[str, str] | None = None) -> web.Response:
    """An answer that says no for a reason that only HTTP knows."""
    answer = json_answer(ErrorReply(error=ErrorBody(code="refused", message=text)), status)
    answer.headers.update(headers or {})
    return answer
