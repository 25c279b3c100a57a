"""What outlives the server: sessions with their last state, and latency results, in one SQLite file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from telharmonic.errors import NodeError
from telharmonic.protocol.http_api import LatencyResult
from telharmonic.protocol.node_api import Snapshot
from telharmonic.protocol.session import SessionSpec

SCHEMA_VERSION = 1
MAXIMUM_RESULTS = 10_000  # runs of latency tests; the oldest go first

_SCHEMA = """
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    made_s REAL NOT NULL,      -- seconds since 1970
    base_folder TEXT NOT NULL,
    description BLOB NOT NULL, -- JSON, SessionSpec
    snapshot BLOB              -- JSON, Snapshot
) STRICT;
CREATE TABLE latency (
    id INTEGER PRIMARY KEY,
    made_s REAL NOT NULL,
    result BLOB NOT NULL       -- JSON, LatencyResult
) STRICT;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """A session as it is kept."""

    id: str
    made_s: float
    base_folder: str
    description: SessionSpec
    snapshot: Snapshot | None = None


class Store:
    """The file; its methods block for about a millisecond and may be called from any thread.

    What cannot be written, as on a full disk, is a `NodeError` that says why.

    Parameters
    ----------
    path : Path
        Made if it is not there. ``:memory:`` keeps nothing.

    Raises
    ------
    NodeError
        If the file cannot be opened, is no database of ours, or is of a newer version.
    """

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._open()
        except sqlite3.Error as error:
            raise NodeError(f"{path} cannot be used as database: {error}") from error

    def _open(self) -> None:
        execute = self._database.execute
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last second, never the file
        (version,) = execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise NodeError(
                f"the database is of version {version}, made by a newer Telharmonic; this one reads {SCHEMA_VERSION}"
            )
        if version == 0:
            self._database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")

    def close(self) -> None:
        """Write everything out."""
        with self._lock:
            self._database.close()

    @contextmanager
    def _used(self) -> Iterator[sqlite3.Connection]:
        """The database, for this thread alone."""
        with self._lock:
            try:
                yield self._database
            except sqlite3.Error as error:
                raise NodeError(f"the server cannot keep anything at the moment: {error}") from error

    def add_session(self, session: StoredSession) -> None:
        """Keep a new session."""
        row = (session.id, session.made_s, session.base_folder, msgspec.json.encode(session.description))
        with self._used() as database:
            database.execute("INSERT INTO session (id, made_s, base_folder, description) VALUES (?, ?, ?, ?)", row)

    def save_description(self, session: str, description: SessionSpec) -> None:
        """Keep what a session consists of now."""
        with self._used() as database:
            database.execute(
                "UPDATE session SET description = ? WHERE id = ?", (msgspec.json.encode(description), session)
            )

    def save_snapshots(self, snapshots: Iterable[tuple[str, Snapshot]]) -> None:
        """Keep the newest state of several sessions, all or none."""
        rows = [(msgspec.json.encode(snapshot), session) for session, snapshot in snapshots]
        with self._used() as database, database:
            database.execute("BEGIN")
            database.executemany("UPDATE session SET snapshot = ? WHERE id = ?", rows)

    def remove_session(self, session: str) -> None:
        """Forget a session; one that is not there is no error."""
        with self._used() as database:
            database.execute("DELETE FROM session WHERE id = ?", (session,))

    def sessions(self) -> list[StoredSession]:
        """All that are kept, oldest first; what an older version wrote and this one cannot read is dropped."""
        with self._used() as database:
            rows = database.execute(
                "SELECT id, made_s, base_folder, description, snapshot FROM session ORDER BY made_s"
            ).fetchall()
        readable = []
        for row in rows:
            try:
                readable.append(_stored(row))
            except msgspec.MsgspecError:
                self.remove_session(row[0])
        return readable

    def add_latency(self, result: LatencyResult, made_s: float) -> None:
        """Keep one run of a latency test, made `made_s` seconds after 1970."""
        with self._used() as database:
            database.execute(
                "INSERT INTO latency (made_s, result) VALUES (?, ?)", (made_s, msgspec.json.encode(result))
            )
            database.execute("DELETE FROM latency WHERE id <= (SELECT max(id) FROM latency) - ?", (MAXIMUM_RESULTS,))

    def latency(self, limit: int = 1000) -> list[tuple[float, LatencyResult]]:
        """The newest `limit` runs, newest first, each with its time in seconds since 1970."""
        with self._used() as database:
            rows = database.execute("SELECT made_s, result FROM latency ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
        return [(made_s, msgspec.json.decode(result, type=LatencyResult)) for made_s, result in rows]


def _stored(row: Sequence[object]) -> StoredSession:
    identifier, made_s, base_folder, description, snapshot = row
    assert isinstance(identifier, str)
    assert isinstance(made_s, float)
    assert isinstance(base_folder, str)
    assert isinstance(description, bytes)
    return StoredSession(
        id=identifier,
        made_s=made_s,
        base_folder=base_folder,
        description=msgspec.json.decode(description, type=SessionSpec),
        snapshot=msgspec.json.decode(snapshot, type=Snapshot) if isinstance(snapshot, bytes) else None,
    )
