"""The session that is open for everybody, at the front door and in the table."""

import asyncio

import pytest
from msgspec.structs import replace

from telharmonic.gateway.catalogue import Catalogue
from telharmonic.gateway.kept import KeptSession, is_same
from telharmonic.gateway.sessions import Sessions
from telharmonic.gateway.store import Store
from telharmonic.gateway.tokens import TokenKeeper
from telharmonic.protocol.session import ImpulseSpec, SessionSpec, StripSpec

SESSION = SessionSpec(strips=(StripSpec(id="1", source="sine"),))
ROOM, HALL = (ImpulseSpec(id=name, file=f"{name}.wav") for name in ("room", "hall"))


def test_what_visitors_add_leaves_a_session_the_same_and_what_the_file_changes_does_not():
    offered = replace(SESSION, impulses=(ROOM,))
    assert is_same(replace(offered, impulses=(ROOM, HALL)), offered)
    assert not is_same(SESSION, offered)
    assert not is_same(replace(offered, name="Other"), offered)


@pytest.fixture
async def kept(fake_node, tmp_path, write_session):
    tokens = TokenKeeper(b"k" * 32)
    sessions = Sessions(store=Store(":memory:"), tokens=tokens, maximum=3, idle_s=60.0, uploads_folder=tmp_path)
    await sessions.node_ready(fake_node.address)
    kept = KeptSession(Catalogue([write_session()])["small"], sessions, tokens)
    yield kept
    await sessions.node_lost()


async def test_whoever_asks_first_or_last_comes_into_the_same(kept):
    opened = await asyncio.gather(*(kept.open() for _ in range(4)))
    assert len({session.id for session in opened}) == 1


async def test_is_never_idle(kept, fake_node):
    session = await kept.open()
    other = await kept._sessions.create(SESSION, kept.offer.folder)
    for each in (session, other):
        fake_node.set_status(each.id, idle_s=61.0)
    await kept._sessions.look(0.0)
    assert [each.id for each in kept._sessions.all()] == [session.id]


async def test_visitors_come_in_and_cannot_end_it(open_door):
    door = await open_door(opened="small")
    first, second = await door.create(), await door.create(session="small")
    assert first == second
    path, token = f"/api/sessions/{first['id']}", first["tokens"]["performer"]
    status, told = await door.ask("DELETE", path, token)
    assert status == 403
    assert "ends with the server" in told["error"]["message"]
    other = await door.create(description={"version": 1, "strip": [{"id": "a", "source": "pink"}]})
    assert other["id"] != first["id"]
