"""All sessions of this server: made, kept through crashes and restarts, and ended when nobody comes any more."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from telharmonic.cluster.launcher import NodeAddress
from telharmonic.cluster.node_link import NodeLink
from telharmonic.errors import FullError, NodeError, NotFoundError, TelharmonicError
from telharmonic.gateway.status_log import StatusLog
from telharmonic.gateway.store import Store, StoredSession
from telharmonic.gateway.tokens import TokenKeeper, new_session_id
from telharmonic.protocol.music_api import PeaksWish, UploadCheck, UploadFacts
from telharmonic.protocol.node_api import NodeStatus, SessionStatus, Snapshot, StartSession
from telharmonic.protocol.session import SessionSpec

WATCH_S = 2.0  # how much of the console's last moves a crash may take
PATIENCE_S = 10.0  # a node starts in about one second; with kernels to compile it takes longer, and says so
PLAYING_S = 6.0  # a session that only plays is written down more seldom

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Sessions:
    """The table of sessions, and the line to the node that renders them.

    Parameters
    ----------
    store : Store
        Where they outlive this process.
    tokens : TokenKeeper
        What the node is told to let in.
    maximum : int
        Sessions at once.
    idle_s : float
        A session ends so long after its last member left.
    uploads_folder : Path
        Where the files are that visitors sent.
    patience_s : float
        How long a visitor waits for a node that is just starting.
    """

    def __init__(
        self,
        *,
        store: Store,
        tokens: TokenKeeper,
        maximum: int,
        idle_s: float,
        uploads_folder: Path,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._maximum = maximum
        self._idle_s = idle_s
        self._uploads_folder = uploads_folder
        self._patience_s = patience_s
        self._link: NodeLink | None = None
        self._link_there = asyncio.Event()
        self._being_made: list[StoredSession] = []
        self._table = {session.id: session for session in store.sessions()}
        self._snapshots = {each.id: each.snapshot for each in self._table.values() if each.snapshot is not None}
        self._saved_s: dict[str, float] = {}
        self.kept = ""  # the id of the one that ends with the server alone
        self.node: NodeStatus | None = None
        self.log_of_status = StatusLog(WATCH_S)
        self.address: NodeAddress | None = None

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, session: str) -> StoredSession:
        if session not in self._table:
            raise NotFoundError("no such session; it may have ended because nobody was there")
        return self._table[session]

    @property
    def ready(self) -> bool:
        """Whether a node is there."""
        return self._link is not None

    def all(self) -> list[StoredSession]:
        """Every session, oldest first."""
        return list(self._table.values())

    @property
    def descriptions(self) -> list[SessionSpec]:
        """Of every session, those that are being made too."""
        return [session.description for session in (*self._table.values(), *self._being_made)]

    def status(self, session: str) -> SessionStatus | None:
        """What the node said last about a session; None before it was asked."""
        rows = self.node.sessions if self.node else ()
        return next((row for row in rows if row.id == session), None)

    async def create(self, description: SessionSpec, folder: Path, session_id: str = "") -> StoredSession:
        """Open a session on the node; its audio files lie in `folder`. Its id is new if none is given.

        Raises
        ------
        FullError
            If there are as many as allowed.
        NodeError
            If the node is not there at the moment, or the disk is full.
        SessionFileError, AssetError
            What the node says about the description.
        """
        link = await self.linked()
        if len(self._table) + len(self._being_made) >= self._maximum:
            raise FullError(f"all {self._maximum} sessions are taken; try again later")
        identifier = session_id or new_session_id()
        session = StoredSession(
            id=identifier, made_s=time.time(), base_folder=str(folder.resolve()), description=description
        )
        self._being_made.append(session)
        try:
            await self._start(link, session)
        finally:
            self._being_made.remove(session)
        self._table[session.id] = session
        try:
            await self._in_thread(self._store.add_session, session)
        except NodeError:  # a full disk: nobody will learn the way to this session
            await self.end(session.id)
            raise
        return session

    async def end(self, session: str) -> None:
        """End a session and forget it."""
        self._table.pop(session, None)
        self._snapshots.pop(session, None)
        self._saved_s.pop(session, None)
        try:
            await self._in_thread(self._store.remove_session, session)
        except NodeError as error:
            _log.warning("session %s will be back after a restart: %s", session, error)
        if self._link is not None:
            try:
                await self._link.end(session)
            except (NodeError, NotFoundError) as error:
                _log.warning("ending session %s: %s", session, error)

    async def snapshot(self, session: str) -> Snapshot:
        """The state of a session at this moment."""
        return await (await self.linked()).snapshot(session)

    async def log(self, session: str) -> bytes:
        """The command log of a session, JSONL."""
        return await (await self.linked()).log(session)

    async def peaks(self, session: str, wish: PeaksWish) -> bytes:
        """The waveforms of a session's strips."""
        return await (await self.linked()).peaks(session, wish)

    async def check_upload(self, path: Path) -> UploadFacts:
        """Let the node decode a file that a visitor sent.

        Raises
        ------
        AssetError
            Naming the file and what is wrong with it.
        """
        return await (await self.linked()).check_upload(UploadCheck(path=str(path.resolve())))

    async def redescribe(self, session: str, description: SessionSpec) -> None:
        """A session consists of this now, also after a restart; what its node has to know it was told."""
        self._table[session] = dataclasses.replace(self[session], description=description)
        await self._in_thread(self._store.save_description, session, description)

    def files_in_use(self) -> set[str]:
        """Every file that a session plays or is about to play."""
        return {file for description in self.descriptions for file in description.files}

    async def file(self, session: str) -> bytes:
        """A session as it is at this moment, as TOML."""
        return await (await self.linked()).file(session)

    async def node_ready(self, address: NodeAddress) -> None:
        """A node is there: give it every session, each where it was last seen."""
        await self.node_lost()
        link = NodeLink(address.control_socket)
        for session in self.all():
            try:
                await self._start(link, session)
            except NodeError:
                await link.close()
                raise
            except TelharmonicError as error:  # its files are gone, or it is of another version
                _log.warning("session %s cannot be restored: %s", session.id, error)
                await self.end(session.id)
        self.address = address
        self._link = link
        self._link_there.set()

    async def node_lost(self) -> None:
        """The node is gone: until the next one comes, nothing can be made."""
        self.node = None
        self._link_there.clear()
        if self._link is not None:
            await self._link.close()
            self._link = None

    async def watch(self) -> None:
        """Look at the node every `WATCH_S`: write down what changed, end what is idle. Runs until cancelled."""
        while True:
            await asyncio.sleep(WATCH_S)
            try:
                await self.look(time.monotonic())
            except TelharmonicError as error:
                _log.warning("the sessions were not looked at: %s", error)

    async def look(self, now_s: float) -> None:
        """One round of `watch`, at `now_s` on a monotonic clock."""
        if self._link is None:
            return
        self.node = await self._link.status()
        self.log_of_status.note(self.node)
        for row in self.node.sessions:
            if row.idle_s > self._idle_s and row.id in self._table and row.id != self.kept:
                _log.info("session %s ends: nobody was there for %.0f s", row.id, row.idle_s)
                await self.end(row.id)
        changed = [row.id for row in self.node.sessions if row.id in self._table and self._is_due(row, now_s)]
        await self._save(self._link, changed, now_s)

    async def save_all(self) -> None:
        """Write down every session's state; called before the node is stopped."""
        if self._link is not None:
            await self._save(self._link, list(self._table), time.monotonic())

    def _is_due(self, row: SessionStatus, now_s: float) -> bool:
        saved = self._snapshots.get(row.id)
        if saved is None or saved.seq != row.seq:
            return True
        return row.playing and now_s - self._saved_s.get(row.id, now_s - PLAYING_S) >= PLAYING_S

    async def _save(self, link: NodeLink, sessions: list[str], now_s: float) -> None:
        snapshots = []
        for session in sessions:
            try:
                snapshots.append((session, await link.snapshot(session)))
            except NotFoundError:
                continue
        for session, snapshot in snapshots:
            self._snapshots[session] = snapshot
            self._saved_s[session] = now_s
        if snapshots:
            await self._in_thread(self._store.save_snapshots, snapshots)

    async def _start(self, link: NodeLink, session: StoredSession) -> None:
        request = StartSession(
            id=session.id,
            description=session.description,
            base_folder=session.base_folder,
            uploads_folder=str(self._uploads_folder.resolve()),
            tokens=self._tokens.tokens(session.id),
            state=self._snapshots.get(session.id),
        )
        await link.start(request)

    async def linked(self) -> NodeLink:
        try:
            async with asyncio.timeout(self._patience_s):
                await self._link_there.wait()
        except TimeoutError:
            raise NodeError("the renderer is starting; try again in a moment") from None
        assert self._link is not None
        return self._link

    async def _in_thread(self, call: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(None, call, *arguments)
