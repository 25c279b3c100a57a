"""Bounces that visitors ordered: one process after another at the lowest priority, and their files for a while."""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from telharmonic.cluster.local import end_process
from telharmonic.errors import FullError, NodeError, NotFoundError, ParameterError
from telharmonic.protocol.music_api import BounceNews, BounceOrder, BounceWish

_log = logging.getLogger(__name__)
MODULE = "telharmonic.commands.bounce_job"


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceRules:
    """What visitors may have rendered; every number is 1 or more.

    Parameters
    ----------
    at_once : int
        Processes.
    waiting : int
        Orders that are not done, of all sessions.
    of_session : int
        Bounces of one session, files that are kept included; a new one takes the place of the oldest file.
    file_bytes : int
        Of one bounce.
    total_bytes : int
        Of all that is kept; the oldest go first.
    keep_s : float
        How long a file can be fetched.

    Raises
    ------
    ParameterError
        If one is below 1.
    """

    at_once: int = 1
    waiting: int = 16
    of_session: int = 4
    file_bytes: int = 4 << 30
    total_bytes: int = 16 << 30
    keep_s: float = 3600.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not getattr(self, name) >= 1:
                raise ParameterError(name, getattr(self, name), "1 or more")


@dataclass(slots=True, kw_only=True, eq=False)
class Bounce:
    """One order, and how far it is."""

    id: str
    session: str
    wish: BounceWish
    folder: Path
    state: Literal["waiting", "running", "done", "failed"] = "waiting"
    progress: float = 0.0
    message: str = ""
    file: Path | None = None
    size_bytes: int = 0
    until_s: float = 0.0  # monotonic; the file is kept so long
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether it is done or failed."""
        return self.state in ("done", "failed")


class Bounces:
    """All bounces of the server. Make it inside a running event loop; `close` it.

    Parameters
    ----------
    folder : Path
        Where the files are; emptied now.
    uploads_folder : Path
        Where visitors' files are.
    rules : BounceRules
        How much there may be.
    command : tuple of str, optional
        Another program instead of our own (tests).

    Raises
    ------
    NodeError
        If the folder cannot be made.
    """

    def __init__(
        self, folder: Path, uploads_folder: Path, rules: BounceRules, command: tuple[str, ...] | None = None
    ) -> None:
        self._folder = folder
        self._uploads_folder = uploads_folder
        self._rules = rules
        self._command = command or (sys.executable, "-m", MODULE)
        self._turn = asyncio.Semaphore(rules.at_once)
        self._all: dict[str, Bounce] = {}  # oldest first
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise NodeError(f"the folder {folder} cannot be used: {error.strerror}") from error

    def get(self, session: str, bounce: str) -> Bounce:
        """A bounce of this session.

        Raises
        ------
        NotFoundError
            If there is none of this id (any more).
        """
        self._sweep()
        found = self._all.get(bounce)
        if found is None or found.session != session:
            raise NotFoundError("no such bounce; files are kept for a while only")
        return found

    def order(self, session: str, base_folder: str, text: bytes, wish: BounceWish) -> Bounce:
        """Have the session file `text`, whose files are under `base_folder`, rendered.

        Raises
        ------
        FullError
            If there are as many orders as allowed.
        """
        self._sweep()
        if sum(not each.is_over for each in self._all.values()) >= self._rules.waiting:
            raise FullError(f"{self._rules.waiting} bounces are waiting already; try again later")
        own = [each for each in self._all.values() if each.session == session]
        if len(own) >= self._rules.of_session:
            oldest = next((each for each in own if each.is_over), None)
            if oldest is None:
                raise FullError(f"{len(own)} bounces of this session are waiting already; try again later")
            self._drop(oldest)
        identifier = secrets.token_hex(8)
        made = Bounce(id=identifier, session=session, wish=wish, folder=self._folder / identifier)
        made.folder.mkdir(mode=0o700)
        (made.folder / "session.toml").write_bytes(text)
        order = BounceOrder(
            folder=str(made.folder.resolve()),
            base_folder=base_folder,
            uploads_folder=str(self._uploads_folder.resolve()),
            format=wish.format,
            stems=wish.stems,
            limit_bytes=self._rules.file_bytes,
        )
        self._all[identifier] = made
        made.task = asyncio.create_task(self._run(made, order), name=f"bounce {identifier}")
        return made

    async def forget(self, bounce: Bounce) -> None:
        """Cancel it, or remove its file."""
        self._all.pop(bounce.id, None)
        if bounce.task is not None:
            bounce.task.cancel()
            await asyncio.wait({bounce.task})
        shutil.rmtree(bounce.folder, ignore_errors=True)

    async def close(self) -> None:
        """Cancel and remove all."""
        await asyncio.gather(*(self.forget(each) for each in list(self._all.values())))

    async def _run(self, bounce: Bounce, order: BounceOrder) -> None:
        try:
            async with self._turn:
                bounce.state = "running"
                self._make_room()
                news = await self._render(bounce, order)
            if news.file:
                bounce.file = bounce.folder / Path(news.file).name
                bounce.size_bytes = bounce.file.stat().st_size
                bounce.state = "done"
            else:
                bounce.state, bounce.message = "failed", news.error or "the renderer ended before it was done"
        except OSError as error:
            bounce.state, bounce.message = "failed", f"the renderer cannot be started: {error.strerror}"
        bounce.until_s = time.monotonic() + self._rules.keep_s
        asyncio.get_running_loop().call_later(self._rules.keep_s + 1.0, self._sweep)

    async def _render(self, bounce: Bounce, order: BounceOrder) -> BounceNews:
        """Run the process; its last news."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the server, which ends this one
        )
        assert process.stdin is not None
        assert process.stdout is not None
        news = BounceNews(progress=0.0)
        try:
            process.stdin.write(msgspec.json.encode(order))
            process.stdin.close()
            async for line in process.stdout:
                news = msgspec.json.decode(line, type=BounceNews)
                bounce.progress = news.progress
            await process.wait()
        except (msgspec.MsgspecError, ConnectionError) as error:
            _log.warning("bounce %s: %s", bounce.id, error)
        finally:
            await end_process(process)
        return news

    def _make_room(self) -> None:
        kept = [each for each in self._all.values() if each.is_over]
        while kept and sum(each.size_bytes for each in kept) + self._rules.file_bytes > self._rules.total_bytes:
            self._drop(kept.pop(0))

    def _sweep(self) -> None:
        """Remove what has been kept for long enough."""
        now_s = time.monotonic()
        for bounce in [each for each in self._all.values() if each.is_over and each.until_s <= now_s]:
            self._drop(bounce)

    def _drop(self, bounce: Bounce) -> None:
        """Remove one that is over."""
        self._all.pop(bounce.id, None)
        shutil.rmtree(bounce.folder, ignore_errors=True)
