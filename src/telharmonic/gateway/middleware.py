"""What happens to every request before its handler, and to every answer after it."""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Collection, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

import msgspec
from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.typedefs import Handler, Middleware

from telharmonic.errors import FullError, NotFoundError, RefusedError, TelharmonicError
from telharmonic.gateway.address_limit import AddressLimit
from telharmonic.gateway.hosts import HostNames
from telharmonic.gateway.refusals import TooLargeError, TooOftenError, http_headers, http_status
from telharmonic.protocol.decoding import Record
from telharmonic.protocol.http_api import LIMIT_BYTES, ErrorBody, ErrorReply, error_reply

_log = logging.getLogger(__name__)
HOST = web.RequestKey("host", str)  # the checked host name, without port
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def json_response(record: Record, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer of one of our dataclasses."""
    return web.Response(
        body=msgspec.json.encode(record), status=status, headers=headers, content_type="application/json"
    )


def errors_as_json() -> Middleware:
    """Every failure becomes an `ErrorReply`; what we did not expect is logged and tells nothing."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except TelharmonicError as error:
            return json_response(error_reply(error), http_status(error), http_headers(error))
        except web.HTTPRequestEntityTooLarge:
            return json_response(error_reply(TooLargeError(f"a body of more than {LIMIT_BYTES} bytes")), 413)
        except web.HTTPException as error:
            return _refused_by_router(request, error)
        except TimeoutError:
            return json_response(ErrorReply(error=ErrorBody(code="timeout", message="the request took too long")), 408)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                return _failed(request)
            _log.error("%s %s: no room on the disk", request.method, request.path)
            return json_response(error_reply(FullError("the server has no room on its disk")), 503)
        except Exception:  # noqa: BLE001 - the border to the stranger; logged below
            return _failed(request)

    return middleware


def _failed(request: web.Request) -> web.Response:
    _log.exception("%s %s failed", request.method, request.path)
    body = ErrorBody(code="internal", message="the server failed; its log says why")
    return json_response(ErrorReply(error=body), 500)


def _refused_by_router(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        raise error
    if error.status == 404:
        return json_response(error_reply(NotFoundError(f"there is nothing at {request.path[:100]}")), 404)
    body = ErrorBody(
        code=error.reason.lower().replace(" ", "_"), message=f"{request.method} {request.path[:100]}: {error.reason}"
    )
    headers = {str(hdrs.ALLOW): error.headers[hdrs.ALLOW]} if hdrs.ALLOW in error.headers else {}
    return json_response(ErrorReply(error=body), error.status, headers)


def known_hosts(names: HostNames, pages: Mapping[str, Collection[str]] = MappingProxyType({})) -> Middleware:
    """Only our own names, and nothing that changes something from a page of somebody else.

    Parameters
    ----------
    names : HostNames
        Ours.
    pages : mapping
        Origins whose pages may do what a path does, by that path.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        header = request.headers.get(hdrs.HOST, "")
        request[HOST] = names.check(header)
        origin = request.headers.get(hdrs.ORIGIN)
        is_ours = origin is None or urlsplit(origin).netloc == header or origin in pages.get(request.path, ())
        if not is_ours and request.method not in _SAFE_METHODS:
            raise RefusedError("this is not allowed from a page of another origin")
        return await handler(request)

    return middleware


def limited(requests: AddressLimit, files: AddressLimit) -> Middleware:
    """So many requests of one address to the API, and so many more for files: one page is made of about 120."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        take(requests if request.path.startswith("/api/") else files, request)
        return await handler(request)

    return middleware


def take(limit: AddressLimit, request: web.Request, amount: int = 1) -> None:
    """Count a request of this address, `amount` times.

    Raises
    ------
    TooOftenError
        If it was one too many.
    """
    wait_s = limit.take(request.remote or "", time.monotonic(), amount)
    if wait_s > 0:
        raise TooOftenError(wait_s)


class AccessLogger(AbstractAccessLogger):
    """One line a request, without its query: that is where a token may be."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time_s: float) -> None:
        self.logger.info(
            "%s %s %s %d %.1f ms", request.remote, request.method, request.path, response.status, 1e3 * time_s
        )
