from pathlib import Path

import msgspec
import pytest

from telharmonic.errors import AssetError, FullError, NodeError, NotFoundError
from telharmonic.gateway.sessions import PLAYING_S, Sessions
from telharmonic.gateway.store import Store
from telharmonic.gateway.tokens import TokenKeeper

TOKENS = TokenKeeper(b"k" * 32)


@pytest.fixture
def store():
    return Store(":memory:")


@pytest.fixture
async def sessions(store, fake_node):
    sessions = made(store)
    await sessions.node_ready(fake_node.address)
    yield sessions
    await sessions.node_lost()


UPLOADS = Path("/state/uploads")


def made(store, **values) -> Sessions:
    return Sessions(
        store=store,
        tokens=TOKENS,
        **{"maximum": 3, "idle_s": 60.0, "patience_s": 0.01, "uploads_folder": UPLOADS} | values,
    )


def move(fake_node, session: str, seq: int, **values: float) -> None:
    """Somebody turned something."""
    fake_node.snapshots[session] = msgspec.structs.replace(fake_node.snapshots[session], values=values, seq=seq)
    fake_node.set_status(session, seq=seq)


async def test_the_node_gets_description_folder_and_tokens(sessions, fake_node, small_session, tmp_path):
    session = await sessions.create(small_session, tmp_path)
    told = fake_node.started[session.id]
    assert (told.description, told.base_folder) == (small_session, str(tmp_path))
    assert told.tokens == TOKENS.tokens(session.id)
    assert told.state is None
    assert sessions[session.id] is session


async def test_there_are_never_more_than_allowed(sessions, small_session, tmp_path):
    for _ in range(3):
        await sessions.create(small_session, tmp_path)
    with pytest.raises(FullError, match="all 3 sessions"):
        await sessions.create(small_session, tmp_path)
    await sessions.end(sessions.all()[0].id)
    await sessions.create(small_session, tmp_path)


async def test_what_the_node_refuses_leaves_nothing_behind(sessions, fake_node, small_session, tmp_path, store):
    fake_node.refusal = AssetError("no such file")
    for _ in range(5):
        with pytest.raises(AssetError, match="no such file"):
            await sessions.create(small_session, tmp_path)
    assert len(sessions) == 0
    assert store.sessions() == []


async def test_an_ended_session_is_gone_everywhere(sessions, fake_node, small_session, tmp_path, store):
    session = await sessions.create(small_session, tmp_path)
    await sessions.end(session.id)
    assert fake_node.started == {}
    assert store.sessions() == []
    with pytest.raises(NotFoundError):
        sessions[session.id]


async def test_after_a_crash_of_the_node_everything_is_where_it_was_last_seen(
    sessions, fake_node, small_session, tmp_path
):
    session = await sessions.create(small_session, tmp_path)
    move(fake_node, session.id, 7, **{"master/fader": -12.0})
    await sessions.look(0.0)
    fake_node.started.clear()
    await sessions.node_lost()
    await sessions.node_ready(fake_node.address)
    assert fake_node.started[session.id].state.values == {"master/fader": -12.0}
    assert fake_node.started[session.id].state.seq == 7


async def test_after_a_restart_of_the_server_ids_tokens_and_states_are_the_same(
    sessions, fake_node, small_session, tmp_path, store
):
    session = await sessions.create(small_session, tmp_path)
    before = fake_node.started.pop(session.id)
    move(fake_node, session.id, 1, **{"master/fader": -3.0})
    await sessions.save_all()
    other = made(store)
    await other.node_ready(fake_node.address)
    again = fake_node.started[session.id]
    assert (again.tokens, again.description, again.base_folder) == (
        before.tokens,
        before.description,
        before.base_folder,
    )
    assert again.state.values == {"master/fader": -3.0}
    await other.node_lost()


async def test_a_session_whose_files_are_gone_is_dropped_when_restored(
    sessions, fake_node, small_session, tmp_path, store
):
    await sessions.create(small_session, tmp_path)
    await sessions.node_lost()
    fake_node.refusal = AssetError("gone")
    await sessions.node_ready(fake_node.address)
    assert len(sessions) == 0
    assert store.sessions() == []


async def test_only_what_changed_is_written_down(sessions, fake_node, small_session, tmp_path, store):
    session = await sessions.create(small_session, tmp_path)
    await sessions.look(0.0)
    fake_node.snapshots[session.id] = msgspec.structs.replace(fake_node.snapshots[session.id], values={"x": 1.0})
    await sessions.look(PLAYING_S)  # same sequence number, not playing: not asked
    assert store.sessions()[0].snapshot.values == {"master/fader": 0.0}
    fake_node.set_status(session.id, playing=True)
    await sessions.look(2 * PLAYING_S)
    assert store.sessions()[0].snapshot.values == {"x": 1.0}


async def test_a_session_ends_when_nobody_was_there_for_long(sessions, fake_node, small_session, tmp_path):
    idle, busy, fresh = [(await sessions.create(small_session, tmp_path)).id for _ in range(3)]
    fake_node.set_status(idle, idle_s=60.1)
    fake_node.set_status(busy, idle_s=0.0, members=1)
    fake_node.set_status(fresh, idle_s=59.0)
    await sessions.look(0.0)
    assert [session.id for session in sessions.all()] == [busy, fresh]
    assert set(fake_node.started) == {busy, fresh}


async def test_without_a_node_a_visitor_waits_and_is_then_told(store, small_session, tmp_path):
    with pytest.raises(NodeError, match="starting"):
        await made(store).create(small_session, tmp_path)


async def test_state_and_log_come_from_the_node(sessions, fake_node, small_session, tmp_path):
    session = await sessions.create(small_session, tmp_path)
    assert (await sessions.snapshot(session.id)).values == {"master/fader": 0.0}
    assert session.id.encode() in await sessions.log(session.id)


async def test_a_node_that_answers_no_more_does_not_end_the_watch(sessions, fake_node, small_session, tmp_path):
    session = await sessions.create(small_session, tmp_path)
    fake_node.snapshots.clear()  # the session ended between the node's two answers
    await sessions.look(0.0)
    assert sessions[session.id] is session


async def test_on_a_full_disk_no_session_is_left_that_nobody_can_reach(
    sessions, fake_node, small_session, tmp_path, store
):
    store._database.execute("PRAGMA query_only = ON")
    with pytest.raises(NodeError, match="cannot keep"):
        await sessions.create(small_session, tmp_path)
    assert (len(sessions), fake_node.started) == (0, {})


async def test_on_a_full_disk_idle_sessions_end_all_the_same(sessions, fake_node, small_session, tmp_path, store):
    idle, playing = [(await sessions.create(small_session, tmp_path)).id for _ in range(2)]
    fake_node.set_status(idle, idle_s=60.1)
    move(fake_node, playing, 2)
    store._database.execute("PRAGMA query_only = ON")
    with pytest.raises(NodeError, match="cannot keep"):  # what `watch` waits for the next round with
        await sessions.look(0.0)
    assert set(fake_node.started) == {playing}
