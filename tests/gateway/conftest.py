"""The whole front door around a fake node, and a client that calls it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from aiohttp.test_utils import TestClient, TestServer

from telharmonic.gateway.app import build_app
from telharmonic.gateway.catalogue import Catalogue
from telharmonic.gateway.kept import KeptSession
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.settings import Settings
from telharmonic.gateway.store import Store
from telharmonic.gateway.tokens import TokenKeeper


class Door:
    """A client of the front door, and what stands behind it."""

    def __init__(self, client: TestClient, sessions: Sessions, tokens: TokenKeeper) -> None:
        self.client = client
        self.sessions = sessions
        self.tokens = tokens

    async def create(self, **body: object) -> dict:
        answer = await self.client.post("/api/sessions", json=body or {"session": "small"})
        assert answer.status == 201, await answer.text()
        return await answer.json()

    async def ask(self, method: str, path: str, token: str | None = None, **more: object) -> tuple[int, dict | None]:
        """Status and JSON of an answer."""
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        answer = await self.client.request(method, path, headers=headers, allow_redirects=False, **more)
        text = await answer.text()
        return answer.status, (await answer.json() if text and answer.content_type == "application/json" else None)


@pytest.fixture
async def open_door(fake_node, tmp_path, write_session):
    """Make a `Door` with other settings than usual."""
    doors: list[Door] = []

    async def make(**values: object) -> Door:
        settings = Settings(state_folder=tmp_path, assets_folder=tmp_path / "assets", **values)
        store = Store(":memory:")
        tokens = TokenKeeper(b"k" * 32)
        sessions = Sessions(
            store=store,
            tokens=tokens,
            maximum=settings.maximum_sessions,
            idle_s=settings.idle_s,
            uploads_folder=settings.uploads_folder,
            patience_s=0.01,
        )
        await sessions.node_ready(fake_node.address)
        catalogue = Catalogue([write_session()])
        kept = KeptSession(catalogue[settings.opened], sessions, tokens) if settings.opened else None
        app = build_app(
            settings=settings, catalogue=catalogue, sessions=sessions, store=store, tokens=tokens, kept=kept
        )
        client = TestClient(TestServer(app, host="127.0.0.1"))
        await client.start_server()
        doors.append(Door(client, sessions, tokens))
        return doors[-1]

    yield make
    for door in doors:
        await door.client.close()
        await door.sessions.node_lost()


@pytest.fixture
async def door(open_door: Callable[..., Awaitable[Door]]) -> Door:
    """The front door with its usual settings."""
    return await open_door()
