"""The front door, running: state folder, sessions, sockets."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import ssl
from typing import BinaryIO

from aiohttp import web

from telharmonic.cluster.launcher import NodeAddress
from telharmonic.errors import NodeError, NotFoundError, ParameterError
from telharmonic.gateway.access import make_links
from telharmonic.gateway.app import build_app
from telharmonic.gateway.catalogue import Catalogue, Offer
from telharmonic.gateway.kept import KeptSession, is_same
from telharmonic.gateway.middleware import AccessLogger
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.settings import Settings
from telharmonic.gateway.store import Store
from telharmonic.gateway.tokens import TokenKeeper, load_key, write_secret

CLOSE_S = 2.0  # how long open requests may still take when the server ends


class Server:
    """Everything that `settings` describe, except the node: whoever keeps the node calls `node_ready`, `node_lost`.

    Parameters
    ----------
    settings : Settings
        What to serve, and where.
    tls : ssl.SSLContext, optional
        Speak https.

    Raises
    ------
    NodeError
        If the state folder cannot be used, or another server uses it.
    SessionFileError
        If a session file is not understood.
    ParameterError
        If none is called as the one to open.
    """

    def __init__(self, settings: Settings, tls: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._tls = tls
        catalogue = Catalogue(settings.session_files)
        opened = _offer(catalogue, settings.opened) if settings.opened else None
        self._offers = catalogue.offers
        self._lock = lock_folder(settings)
        self._tokens = tokens = TokenKeeper(load_key(settings.state_folder / "server.key"))
        write_secret(settings.state_folder / "admin.token", tokens.admin_token)
        self._store = Store(settings.state_folder / "telharmonic.db")
        self.sessions = Sessions(
            store=self._store,
            tokens=tokens,
            maximum=settings.maximum_sessions,
            idle_s=settings.idle_s,
            uploads_folder=settings.uploads_folder,
        )
        self._kept = KeptSession(opened, self.sessions, tokens) if opened is not None else None
        app = build_app(
            settings=settings,
            catalogue=catalogue,
            sessions=self.sessions,
            store=self._store,
            tokens=tokens,
            kept=self._kept if settings.orchestra is None else None,
        )
        self._runner = web.AppRunner(
            app, access_log_class=AccessLogger, shutdown_timeout=CLOSE_S, keepalive_timeout=settings.request_s
        )
        self._watch: asyncio.Task[None] | None = None
        self.port = settings.port

    async def start(self) -> None:
        """Open the door.

        Raises
        ------
        NodeError
            If the port is taken.
        """
        await self._runner.setup()
        host, port = self._settings.host.strip("[]"), self._settings.port
        site = web.TCPSite(self._runner, host, port, ssl_context=self._tls)
        try:
            await site.start()
        except OSError as error:
            raise NodeError(cannot_listen(host, port, error)) from error
        self.port = self._runner.addresses[0][1]
        self._watch = asyncio.create_task(self.sessions.watch(), name="watch sessions")

    async def stop(self) -> None:
        """Write down every session and close the door. The node must still be there."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        with contextlib.suppress(NodeError):
            await self.sessions.save_all()
        await self._runner.cleanup()
        await self.sessions.node_lost()
        self._store.close()
        self._lock.close()

    async def open(self, page: str) -> str:
        """Open the session that `settings.opened` names; a performer's link to our page of that name, "" for the usual.

        Raises
        ------
        TelharmonicError
            As `Sessions.create`.
        """
        assert self._kept is not None
        session = await self._kept.open()
        front, token = self.url.rstrip("/"), self._tokens.token(session.id, "performer")
        host = front.rpartition("/")[2].rpartition(":")[0]
        links = make_links(front, host, self.sessions.address, session.id, token)
        return links.page.replace("/#", f"/{page}#", 1)

    async def forget(self) -> None:
        """End the sessions of earlier runs with JACK or programs that this run's session files do not name.

        Call it before a node is there, which would start their programs again.
        """
        for session in self.sessions.all():
            if session.description.is_for_operators and not any(
                session.base_folder == str(offer.folder.resolve()) and is_same(session.description, offer.description)
                for offer in self._offers
            ):
                await self.sessions.end(session.id)

    async def node_ready(self, address: NodeAddress) -> None:
        """A node is there."""
        await self.sessions.node_ready(address)

    async def node_lost(self) -> None:
        """The node is gone."""
        await self.sessions.node_lost()

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the page."""
        host = self._settings.host
        host = "localhost" if host in ("0.0.0.0", "::", "[::]", "127.0.0.1") else host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}/"


def _offer(catalogue: Catalogue, name: str) -> Offer:
    try:
        return catalogue[name]
    except NotFoundError:
        raise ParameterError("--open", name, " or ".join(catalogue.names)) from None


def cannot_listen(host: str, port: int, error: OSError) -> str:
    """What is wrong with an address that cannot be listened on, and which option to change."""
    is_port = error.errno in (errno.EADDRINUSE, errno.EACCES)
    known = error.errno is not None and error.errno > 0  # getaddrinfo's own numbers are below
    reason = os.strerror(error.errno) if known and error.errno is not None else error.strerror
    return f"port {port} on {host} cannot be used ({reason}); choose another: {'--port' if is_port else '--host'}"


def lock_folder(settings: Settings) -> BinaryIO:
    """Make the state folder if need be, and keep other servers out of it for as long as the returned file is open.

    Raises
    ------
    NodeError
        If it cannot be made or written, or another server is in it.
    """
    folder = settings.state_folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.fdopen(os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    except OSError as error:
        raise NodeError(
            f"the state folder {folder} cannot be used: {error.strerror}; choose another: --state"
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise NodeError(f"another server uses the state folder {folder}; choose another: --state") from None
    return file
