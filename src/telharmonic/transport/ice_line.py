"""ICE as a node does it: on its own addresses only, bounded, with the restart that aioice has not.

`IceLine` stands where aiortc expects one `aioice.Connection` and hands on to whichever connection is in use: a restart
(RFC 8445, section 2.4) makes a second one beside the first and changes over once that has connected, while DTLS above
goes on unaware.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import aioice
from aioice.ice import CandidatePair, ConnectionClosed

from telharmonic.errors import FullError, NodeError, RefusedError
from telharmonic.transport.ice import IceSettings, turn_credentials
from telharmonic.transport.ice_session import CANDIDATES, Allowance, BoundConnection
from telharmonic.transport.turns import Turns
from telharmonic.transport.unanswered import Unanswered

QUEUE = 1024  # datagrams: a second of 5 ms packets and their reports; what comes on top of that is lost
PER_S = 1000  # datagrams of the upper layers, over and over: sound of 2.5 ms packets is 400, and some words
COMING = 256  # of those, ones that wait for their turn: no peer fills what all share
RESTARTS_PER_S, RESTARTS = 1, 10  # a telephone that walks from one network to the next does one in seconds
IN_A_ROW = 16  # datagrams that are read before everyone else has a turn: 1 to 2 ms of work


class IceLine:
    """What aiortc takes for its ICE connection.

    Parameters
    ----------
    settings : IceSettings
        Addresses and servers.
    now_s : float
        Seconds since 1970, for the TURN server's credentials.
    turns : Turns, optional
        Those of all lines; each datagram waits there for its turn.
    unanswered : Unanswered, optional
        Which servers no line need wait for.
    """

    def __init__(
        self,
        settings: IceSettings,
        now_s: float,
        turns: Turns | None = None,
        unanswered: Unanswered | None = None,
    ) -> None:
        self._settings = settings
        self._turns = turns or Turns()
        self._unanswered = unanswered or Unanswered()
        self._servers = _servers(settings, now_s)
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._ended = asyncio.Event()
        self._restarting: asyncio.Task[None] | None = None
        self._next: BoundConnection | None = None
        self._open: dict[BoundConnection, asyncio.Task[None]] = {}  # who tells of the end of each
        self._changing = asyncio.Lock()  # one restart, or the end, after the other
        self._restarts = Allowance(RESTARTS_PER_S, RESTARTS)
        self._is_closed = False
        self._candidates = 0
        self.on_path: Callable[[], None] = lambda: None
        self.lost_datagrams = 0
        self._allowance = Allowance(PER_S, QUEUE)
        self._in_a_row = 0
        self._coming = 0  # datagrams whose turn has not come
        self._now = self._make(controlling=False)

    def _make(self, *, controlling: bool) -> BoundConnection:
        connection = BoundConnection(
            self._settings,
            self._servers,
            self._take,
            controlling=controlling,
            turns=self._turns,
            unanswered=self._unanswered,
        )
        self._open[connection] = watch = asyncio.ensure_future(self._watch(connection))
        watch.add_done_callback(lambda _: self._open.pop(connection))
        return connection

    def _take(self, data: bytes) -> None:
        there_is_room = self._coming < COMING and self._inbox.qsize() + self._coming < QUEUE
        if there_is_room and self._allowance.take() and self._turns.give(self._arrive, data):
            self._coming += 1
        else:
            self.lost_datagrams += 1

    def _arrive(self, data: bytes) -> None:
        self._coming -= 1
        self._inbox.put_nowait(data)

    async def _watch(self, connection: BoundConnection) -> None:
        await connection.get_event()
        if connection is self._now:
            self._ended.set()
            self._inbox.put_nowait(None)

    # -- what aiortc asks of a connection

    @property
    def ice_controlling(self) -> bool:
        """Whether we choose the path."""
        return self._now.ice_controlling

    @ice_controlling.setter
    def ice_controlling(self, controlling: bool) -> None:
        self._now.ice_controlling = controlling

    @property
    def local_username(self) -> str:
        """Of the newest session: what the next answer says."""
        return self._newest.local_username

    @property
    def local_password(self) -> str:
        """Of the newest session."""
        return self._newest.local_password

    @property
    def local_candidates(self) -> list[aioice.Candidate]:
        """Of the newest session."""
        return self._newest.local_candidates

    @property
    def remote_candidates(self) -> list[aioice.Candidate]:
        """Of the newest session."""
        return self._newest.remote_candidates

    @property
    def _newest(self) -> BoundConnection:
        return self._next or self._now

    @property
    def _nominated(self) -> dict[int, CandidatePair]:
        """As aioice has it, for who looks there for the path in use."""
        return self._now._nominated

    async def gather_candidates(self) -> None:
        """Open our sockets."""
        await self._now.gather_candidates()

    async def add_remote_candidate(self, candidate: aioice.Candidate | None) -> None:
        """One more address of the peer, or no more (None).

        A name that only its own network resolves (mDNS, ``.local``) is passed over: the peer finds us.

        Raises
        ------
        RefusedError
            If it has too many.
        """
        if self._newest._remote_candidates_end:
            return
        if candidate is not None:
            if self._candidates >= CANDIDATES:
                raise RefusedError(f"too many ICE candidates; allowed: {CANDIDATES}")
            self._candidates += 1
            if not candidate.host.endswith(".local"):
                await self._newest.add_remote_candidate(candidate)
        else:
            await self._newest.add_remote_candidate(None)

    def _set_remote(self, name: str, value: str | bool | None) -> None:
        setattr(self._now, f"remote_{name}", value)

    # aiortc only sets these
    remote_is_lite = property(fset=lambda self, value: self._set_remote("is_lite", value))
    remote_username = property(fset=lambda self, value: self._set_remote("username", value))
    remote_password = property(fset=lambda self, value: self._set_remote("password", value))

    async def connect(self) -> None:
        """Return once there is a path."""
        await self._now.connect()

    async def get_event(self) -> ConnectionClosed:
        """Return once the line has ended."""
        await self._ended.wait()
        return ConnectionClosed()

    async def recv(self) -> bytes:
        """The next datagram of the upper layers."""
        self._in_a_row = 0 if self._inbox.empty() else self._in_a_row + 1
        if self._in_a_row >= IN_A_ROW:  # a queue that is never empty would never let go of the loop
            self._in_a_row = 0
            await asyncio.sleep(0)
        data = await self._inbox.get()
        if data is None:
            self._inbox.put_nowait(None)
            raise ConnectionError("the ICE line has ended")
        return data

    async def send(self, data: bytes) -> None:
        """Send a datagram of the upper layers."""
        await self._now.send(data)

    async def close(self) -> None:
        """End it, and a restart under way; those that still wait are refused."""
        self._is_closed = True
        async with self._changing:
            await self._give_up()
            for connection in list(self._open):
                await connection.close()
            if self._open:
                await asyncio.wait(self._open.values())
            self._ended.set()

    # -- restart

    @property
    def path(self) -> CandidatePair | None:
        """The pair of addresses in use."""
        return self._now.path

    async def restart(self, username: str, password: str, wait_s: float) -> None:
        """Begin a new ICE session with the peer's new credentials; the old one serves until it has connected.

        After this the `local_*` are the new session's and candidates belong to it. It is given up after `wait_s`, and
        for the next restart.

        Raises
        ------
        FullError
            If there were too many of late.
        RefusedError
            If the line has ended.
        NodeError
            If this machine has no socket left.
        """
        async with self._changing:
            if self._is_closed:
                raise RefusedError("the line has ended")
            if not self._restarts.take():
                raise FullError(f"too many ICE restarts; allowed: {RESTARTS}, and {RESTARTS_PER_S} more each second")
            await self._give_up()
            connection = self._make(controlling=self._now.ice_controlling)
            connection.remote_username, connection.remote_password = username, password
            try:
                await connection.gather_candidates()
            except OSError as problem:
                await connection.close()
                raise NodeError(f"no address for the new ICE session: {problem.strerror}") from None
            self._next, self._candidates = connection, 0
            self._restarting = asyncio.ensure_future(self._change_over(connection, wait_s))

    async def _give_up(self) -> None:
        """End a restart that is under way."""
        if self._restarting is not None:
            self._restarting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._restarting
        if self._next is not None:  # it was ended before it had begun
            await self._next.close()
            self._next = None

    async def _change_over(self, connection: BoundConnection, wait_s: float) -> None:
        try:
            async with asyncio.timeout(wait_s):
                await connection.connect()
        except (ConnectionError, TimeoutError, asyncio.CancelledError) as problem:
            self._next = None
            await connection.close()
            if isinstance(problem, asyncio.CancelledError):
                raise
            return
        old, self._now, self._next = self._now, connection, None
        self.on_path()
        await old.close()


def _servers(settings: IceSettings, now_s: float) -> dict[str, object]:
    """aioice's arguments for the servers that are configured; none otherwise."""
    from aiortc import RTCIceServer
    from aiortc.rtcicetransport import connection_kwargs

    servers = [RTCIceServer(urls=settings.stun)] if settings.stun else []
    if settings.turn:
        username, credential = turn_credentials(settings.turn_secret, now_s + settings.turn_s)
        servers.append(RTCIceServer(urls=settings.turn, username=username, credential=credential))
    return connection_kwargs(servers)
