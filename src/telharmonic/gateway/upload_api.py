"""The handlers that take a visitor's files in."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from aiohttp import hdrs, web

from telharmonic.errors import MessageError
from telharmonic.gateway.address_limit import AddressLimit, network
from telharmonic.gateway.middleware import json_response, take
from telharmonic.gateway.refusals import LengthRequiredError, TooLargeError, TooOftenError
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.uploads import UploadRules, Uploads, safe_name
from telharmonic.protocol.music_api import IMPULSE_S, KINDS, UPLOAD_S, UPLOADS, Uploaded, UploadLimits
from telharmonic.protocol.session import MAXIMUM_STRIPS

STALL_BYTES = 64 * 1024  # less than this in `stall_s` is no upload
KIB = 1024


class UploadApi:
    """The handlers, with what they need.

    Parameters
    ----------
    rules : UploadRules
        What a visitor may send.
    uploads : Uploads
        Where it goes.
    sessions : Sessions
        The line to the node, which looks whether it is music.
    """

    def __init__(self, *, rules: UploadRules, uploads: Uploads, sessions: Sessions) -> None:
        self._rules = rules
        self._uploads = uploads
        self._sessions = sessions
        self._files = AddressLimit(rate_per_s=rules.files_an_hour / 3600.0, burst=rules.files_an_hour)
        kib_an_hour = max(rules.bytes_an_hour // KIB, 1)
        self._kib = AddressLimit(rate_per_s=kib_an_hour / 3600.0, burst=kib_an_hour)
        self._coming: Counter[str] = Counter()  # uploads that are under way, by address

    def routes(self) -> list[web.RouteDef]:
        """Where each handler is."""
        return [web.get("/api/uploads", self.limits), web.post("/api/uploads", self.add)]

    async def limits(self, _: web.Request) -> web.Response:
        """GET /api/uploads."""
        rules = self._rules
        limits = UploadLimits(
            kinds=KINDS,
            file_bytes=rules.file_bytes,
            file_duration_s=UPLOAD_S,
            files_an_hour=rules.files_an_hour,
            bytes_an_hour=rules.bytes_an_hour,
            at_once=rules.at_once,
            impulse_s=IMPULSE_S,
            session_strips=MAXIMUM_STRIPS,
        )
        return json_response(limits)

    async def add(self, request: web.Request) -> web.Response:
        """POST /api/uploads."""
        name = safe_name(request.query.get("name", ""))
        size_bytes = self._announced(request, name)
        with self._coming_in(request):
            take(self._files, request)
            take(self._kib, request, -(-size_bytes // KIB))
            part = await self._uploads.receive(self._pieces(request), name, size_bytes)
            try:
                facts = await self._sessions.check_upload(part.path)
                upload = self._uploads.keep(part, facts.kind)
            finally:
                self._uploads.forget(part)
        uploaded = Uploaded(
            upload=upload,
            file=UPLOADS + upload,
            name=name,
            size_bytes=size_bytes,
            duration_s=facts.duration_s,
            channels=facts.channels,
            sample_rate_hz=facts.sample_rate_hz,
        )
        return json_response(uploaded, 201)

    def _announced(self, request: web.Request, name: str) -> int:
        """How many bytes will come."""
        size_bytes = request.content_length
        if hdrs.CONTENT_ENCODING in request.headers:  # what is unpacked may be larger than any length says
            raise MessageError("an upload comes as it is, without Content-Encoding")
        if size_bytes is None:
            raise LengthRequiredError("an upload must say its length: Content-Length")
        if size_bytes > self._rules.file_bytes:
            raise TooLargeError(f"{name!r} has {size_bytes} bytes; allowed: up to {self._rules.file_bytes}")
        if size_bytes == 0:
            raise MessageError(f"{name!r} is empty")
        return size_bytes

    @contextmanager
    def _coming_in(self, request: web.Request) -> Iterator[None]:
        """One more upload of this address is under way."""
        address = network(request.remote or "")
        rules = self._rules
        if self._coming[address] >= rules.at_once or self._coming.total() >= rules.all_at_once:
            raise TooOftenError(1.0, f"more than {rules.at_once} uploads at once; send the next when one is done")
        self._coming[address] += 1
        try:
            yield
        finally:
            self._coming[address] -= 1
            self._coming += Counter()  # drops what is zero

    async def _pieces(self, request: web.Request) -> AsyncIterator[bytes]:
        """The body as it comes.

        Raises
        ------
        TimeoutError
            If too little comes.
        MessageError
            If the line is cut.
        """
        loop = asyncio.get_running_loop()
        deadline_s, mark, received = loop.time() + self._rules.stall_s, STALL_BYTES, 0
        while not request.content.at_eof():
            try:
                async with asyncio.timeout_at(deadline_s):
                    piece = await request.content.readany()
            except ConnectionError:
                raise MessageError("the upload was cut off") from None
            received += len(piece)
            if received >= mark:
                deadline_s, mark = loop.time() + self._rules.stall_s, received + STALL_BYTES
            yield piece
