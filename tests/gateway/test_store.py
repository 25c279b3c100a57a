import sqlite3
from threading import Thread

import msgspec
import pytest

from telharmonic.errors import NodeError
from telharmonic.gateway import store as store_module
from telharmonic.gateway.store import Store, StoredSession
from telharmonic.protocol.http_api import LatencyResult
from telharmonic.protocol.node_api import Snapshot
from telharmonic.protocol.parts import LoopState, TransportState
from telharmonic.protocol.session import ImpulseSpec


@pytest.fixture
def session(small_session):
    return StoredSession(id="a", made_s=1.5, base_folder="/music", description=small_session)


def snapshot(seq: int) -> Snapshot:
    loop = LoopState(on=True, start_s=0.0, end_s=8.0)
    transport = TransportState(playing=True, position_s=2.5, frame=120_000, loop=loop, tempo=90.0)
    return Snapshot(values={"strip/1/fader": -6.0}, transport=transport, scenes={"A": {"strip/1/mute": True}}, seq=seq)


def test_sessions_come_back_after_closing(tmp_path, session):
    path = tmp_path / "x.db"
    first = Store(path)
    first.add_session(session)
    first.save_snapshots([("a", snapshot(3)), ("a", snapshot(4))])
    first.close()
    (kept,) = Store(path).sessions()
    assert kept.description == session.description
    assert kept.snapshot == snapshot(4)
    assert (kept.id, kept.made_s, kept.base_folder) == ("a", 1.5, "/music")


def test_a_removed_session_is_gone(session):
    store = Store(":memory:")
    store.add_session(session)
    store.remove_session("a")
    store.remove_session("never there")
    assert store.sessions() == []


def test_a_snapshot_of_a_session_that_ended_is_ignored(session):
    store = Store(":memory:")
    store.save_snapshots([("a", snapshot(1))])
    assert store.sessions() == []


def test_what_cannot_be_read_any_more_is_dropped(tmp_path, session):
    path = tmp_path / "x.db"
    store = Store(path)
    store.add_session(session)
    with sqlite3.connect(path) as other:
        other.execute("UPDATE session SET description = ?", (b'{"version": 99}',))
    assert store.sessions() == []
    assert Store(path).sessions() == []


def test_latency_results_come_newest_first_and_the_oldest_go(monkeypatch):
    monkeypatch.setattr(store_module, "MAXIMUM_RESULTS", 3)
    store = Store(":memory:")
    for number in range(5):
        store.add_latency(LatencyResult(kind="sound", samples_ms=(float(number),)), made_s=float(number))
    assert [(made_s, result.samples_ms) for made_s, result in store.latency()] == [
        (4.0, (4.0,)),
        (3.0, (3.0,)),
        (2.0, (2.0,)),
    ]
    assert len(store.latency(limit=1)) == 1


def test_threads_may_share_it(tmp_path):
    store = Store(tmp_path / "x.db")

    def add() -> None:
        for _ in range(20):
            store.add_latency(LatencyResult(kind="control", samples_ms=(1.0,)), made_s=0.0)

    threads = [Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.latency()) == 80


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "x.db"
    path.write_text("this is no database" * 100)
    with pytest.raises(NodeError, match=r"x\.db cannot be used as database"):
        Store(path)


def test_a_database_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(NodeError, match="version 99"):
        Store(path)


def test_a_description_that_changed_is_kept(tmp_path, small_session):
    store = Store(tmp_path / "x.db")
    store.add_session(StoredSession(id="a", made_s=1.0, base_folder="/", description=small_session))
    changed = msgspec.structs.replace(small_session, impulses=(ImpulseSpec(id="own", file="uploads/x.wav"),))
    store.save_description("a", changed)
    assert Store(tmp_path / "x.db").sessions()[0].description == changed


def test_what_does_not_fit_on_the_disk_is_one_error_of_ours_and_loses_nothing_else(tmp_path, session):
    store = Store(tmp_path / "x.db")
    store.add_session(session)
    store.save_snapshots([("a", snapshot(3))])
    (pages,) = store._database.execute("PRAGMA page_count").fetchone()
    store._database.execute(f"PRAGMA max_page_count = {pages}")  # SQLite says the same as on a full disk
    large = msgspec.structs.replace(snapshot(4), values={f"strip/{number}/fader": 0.0 for number in range(2000)})
    with pytest.raises(NodeError, match="full"):
        store.save_snapshots([("a", large)])
    assert store.sessions()[0].snapshot == snapshot(3)
