"""The front door as one web application: API, schema, pages."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from telharmonic.gateway.access import Access
from telharmonic.gateway.address_limit import AddressLimit
from telharmonic.gateway.api import Api
from telharmonic.gateway.api_page import STYLE, render_api_page
from telharmonic.gateway.bounce_api import BounceApi
from telharmonic.gateway.bounces import Bounces
from telharmonic.gateway.catalogue import Catalogue
from telharmonic.gateway.headers import add_headers, content_security_policy
from telharmonic.gateway.hosts import HostNames
from telharmonic.gateway.kept import KeptSession
from telharmonic.gateway.middleware import HOST, errors_as_json, known_hosts, limited
from telharmonic.gateway.music_api import MusicApi
from telharmonic.gateway.orchestra_api import OrchestraApi
from telharmonic.gateway.relay_api import RelayApi
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.settings import Settings
from telharmonic.gateway.static import TYPES, page_files, share_folder
from telharmonic.gateway.status_api import StatusApi
from telharmonic.gateway.store import Store
from telharmonic.gateway.tokens import TokenKeeper
from telharmonic.gateway.upload_api import UploadApi
from telharmonic.gateway.uploads import Uploads
from telharmonic.protocol.http_api import LIMIT_BYTES
from telharmonic.protocol.openapi import openapi_document
from telharmonic.protocol.schema import protocol_schema


def build_app(
    *,
    settings: Settings,
    catalogue: Catalogue,
    sessions: Sessions,
    store: Store,
    tokens: TokenKeeper,
    kept: KeptSession | None = None,
) -> web.Application:
    """Put the parts together; starts nothing.

    Raises
    ------
    NodeError
        If the pages are not installed, or the folder of uploads cannot be used.
    """
    requests = AddressLimit(rate_per_s=settings.requests_per_s, burst=settings.requests_burst)
    files = AddressLimit(rate_per_s=settings.files_per_s, burst=settings.files_burst)
    access = Access(sessions, tokens)
    relay = RelayApi(rules=settings.relay, access=access, sessions=sessions)
    middlewares = [
        errors_as_json(),
        *relay.middlewares(),
        known_hosts(HostNames(settings.public_hosts), relay.pages),
        limited(requests, files),
    ]
    app = web.Application(middlewares=middlewares, client_max_size=LIMIT_BYTES)
    app.on_response_prepare.append(relay.add_headers)
    app.on_response_prepare.append(_header_signal(sessions))
    app.on_cleanup.append(relay.close)
    uploads = Uploads(settings.uploads_folder, settings.uploads, sessions.files_in_use)
    api = Api(
        settings=settings,
        catalogue=catalogue,
        sessions=sessions,
        store=store,
        tokens=tokens,
        access=access,
        uploads=uploads,
        kept=kept,
    )
    app.router.add_routes(api.routes())
    app.router.add_routes(MusicApi(access=access, sessions=sessions, tokens=tokens, uploads=uploads).routes())
    app.router.add_routes(UploadApi(rules=settings.uploads, uploads=uploads, sessions=sessions).routes())
    status = StatusApi(sessions=sessions, uploads=uploads, maximum=settings.maximum_sessions)
    app.router.add_routes(status.routes())
    app.router.add_routes(OrchestraApi(orchestra=settings.orchestra, access=access, sessions=sessions).routes())
    app.router.add_routes(relay.routes())
    _add_bounces(app, settings, sessions, access)
    document = openapi_document()
    _add_text(app, "/api/openapi.json", json.dumps(document), "application/json")
    _add_text(app, "/api/docs", render_api_page(document), "text/html")
    _add_text(app, "/api/docs.css", STYLE.read_text(encoding="utf-8"), "text/css")
    _add_text(app, "/schema", json.dumps(protocol_schema()), "application/schema+json")
    _add_health(app, sessions)
    _add_pages(app)
    return app


def _add_bounces(app: web.Application, settings: Settings, sessions: Sessions, access: Access) -> None:
    bounces = Bounces(settings.bounces_folder, settings.uploads_folder, settings.bounces)

    async def close(_: web.Application) -> None:
        await bounces.close()

    app.on_cleanup.append(close)
    app.router.add_routes(BounceApi(access=access, sessions=sessions, bounces=bounces).routes())


def _header_signal(sessions: Sessions) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def on_response_prepare(request: web.Request, response: web.StreamResponse) -> None:
        address = sessions.address
        policy = content_security_policy(
            request.get(HOST, "localhost"), address.port if address else None, tls=bool(address and address.tls)
        )
        add_headers(response.headers, policy)

    return on_response_prepare


def _add_text(app: web.Application, path: str, text: str, content_type: str) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type=content_type, headers={hdrs.CACHE_CONTROL: "no-cache"})

    app.router.add_get(path, handler)


def _add_health(app: web.Application, sessions: Sessions) -> None:
    begun_s = time.monotonic()

    async def handler(_: web.Request) -> web.Response:
        answer = {"ready": sessions.ready, "sessions": len(sessions), "up_s": round(time.monotonic() - begun_s, 1)}
        return web.json_response(answer, status=200 if sessions.ready else 503)

    app.router.add_get("/healthz", handler)


def _add_pages(app: web.Application) -> None:
    files = page_files(share_folder())

    async def handler(request: web.Request) -> web.StreamResponse:
        path = files.get(request.path)
        if path is None:
            raise web.HTTPNotFound
        # "no-cache" means: ask each time, which costs a 304 from the file's ETag
        response = web.FileResponse(path, headers={hdrs.CACHE_CONTROL: "no-cache"})
        response.content_type = TYPES[path.suffix]
        if TYPES[path.suffix].startswith("text/"):
            response.charset = "utf-8"
        return response

    app.router.add_get("/{path:.*}", handler)
