"""Our ICE line against aioice as it is shipped."""

import asyncio
import contextlib
import time
from pathlib import Path

import aioice
import pytest
from aioice import stun
from tests.waiting import PATIENCE_S, until

from telharmonic.errors import FullError, NodeError, RefusedError
from telharmonic.transport.ice import IceSettings
from telharmonic.transport.ice_line import CANDIDATES, COMING, QUEUE, RESTARTS, IceLine
from telharmonic.transport.ice_session import Allowance

SETTINGS = IceSettings(addresses=("127.0.0.1",))


class Phone:
    """The other side: aioice's own connection, which chooses the path."""

    def __init__(self) -> None:
        self.ice = aioice.Connection(ice_controlling=True)

    async def gather(self) -> None:
        self.ice._local_candidates_start = True  # on loopback, whatever networks this machine has
        self.ice._local_candidates = await self.ice.get_component_candidates(1, ["127.0.0.1"])
        self.ice._local_candidates_end = True

    async def meet(self, line: IceLine) -> None:
        """Exchange everything but `line`'s side of the credentials, and connect."""
        self.ice.remote_username, self.ice.remote_password = line.local_username, line.local_password
        for candidate in line.local_candidates:
            await self.ice.add_remote_candidate(candidate)
        await self.ice.add_remote_candidate(None)
        await self.ice.connect()


async def connected(settings: IceSettings = SETTINGS) -> tuple[IceLine, Phone]:
    line, phone = IceLine(settings, time.time()), Phone()
    await asyncio.gather(line.gather_candidates(), phone.gather())
    line.remote_username, line.remote_password = phone.ice.local_username, phone.ice.local_password
    # whom the peer's end of candidates has not reached waits for more of them, whatever becomes of the peer
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(line.connect(), phone.meet(line))
    return line, phone


async def exchange(line: IceLine, phone: Phone) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await line.send(b"\x80down")
        assert await phone.ice.recv() == b"\x80down"
        await phone.ice.send(b"\x80up")
        assert await line.recv() == b"\x80up"


async def test_connects_without_one_candidate_of_the_peer_and_offers_only_its_own_addresses():
    line, phone = await connected()
    assert [candidate.host for candidate in line.local_candidates] == ["127.0.0.1"]
    await exchange(line, phone)
    await asyncio.gather(line.close(), phone.ice.close())
    with pytest.raises(ConnectionError):
        await line.recv()


async def test_a_restart_changes_the_path_and_loses_nothing_above_it():
    line, old = await connected()
    before, credentials = line.path, line.local_password
    moved = asyncio.Event()
    line.on_path = moved.set
    new = Phone()
    await new.gather()
    await line.restart(new.ice.local_username, new.ice.local_password, 10.0)
    assert line.local_password != credentials
    await exchange(line, old)  # goes on until the new session has connected
    waiting = asyncio.ensure_future(line.recv())
    await new.meet(line)
    await asyncio.wait_for(moved.wait(), 10.0)
    assert line.path is not before
    await new.ice.send(b"\x80here")
    assert await waiting == b"\x80here"
    await exchange(line, new)
    await asyncio.gather(line.close(), old.ice.close(), new.ice.close())


async def test_a_restart_that_nobody_answers_is_given_up_and_the_old_path_serves_on():
    line, phone = await connected()
    credentials = line.local_password
    await line.restart("abcd", "x" * 24, 0.05)
    assert line.local_password != credentials
    await asyncio.wait_for(asyncio.shield(line._restarting), 10.0)
    assert line.local_password == credentials
    await exchange(line, phone)
    await asyncio.gather(line.close(), phone.ice.close())


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_restarts_that_come_at_once_are_done_one_by_one_and_leave_nothing_behind():
    tasks, before = asyncio.all_tasks(), descriptors()
    line, phone = await connected()
    alone = descriptors()
    wishes = [line.restart(f"abcd{number}", "x" * 24, 10.0) for number in range(RESTARTS)]
    await asyncio.gather(*wishes)
    assert descriptors() <= alone + 1  # the newest's socket
    await exchange(line, phone)
    async with asyncio.timeout(10):
        await asyncio.gather(line.close(), phone.ice.close())
    assert descriptors() == before
    assert asyncio.all_tasks() == tasks


async def test_too_many_restarts_are_refused_and_those_that_come_after_the_end():
    line, phone = await connected()
    for _ in range(RESTARTS):
        await line.restart("abcd", "x" * 24, 10.0)
    with pytest.raises(FullError, match=f"allowed: {RESTARTS}"):
        await line.restart("abcd", "x" * 24, 10.0)
    line._restarts = Allowance(1, 1)
    late = asyncio.gather(line.close(), line.restart("abcd", "x" * 24, 10.0), return_exceptions=True)
    assert isinstance((await late)[1], RefusedError)
    await phone.ice.close()


async def test_the_end_gives_up_a_restart_that_has_not_begun():
    line, phone = await connected()
    before = asyncio.all_tasks()
    restart = asyncio.ensure_future(line.restart("abcd", "x" * 24, 10.0))
    while line._next is None and not restart.done():  # its connecting is a task that has not run yet
        await asyncio.sleep(0)
    assert line._next is not None
    await line.close()
    with contextlib.suppress(RefusedError):
        await restart
    assert asyncio.all_tasks() <= before
    await phone.ice.close()


async def test_a_restart_without_a_socket_is_refused_and_the_line_goes_on(monkeypatch):
    line, phone = await connected()

    async def without(_self: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("aioice.Connection.gather_candidates", without)
    with pytest.raises(NodeError, match="Too many open files"):
        await line.restart("abcd", "x" * 24, 10.0)
    await exchange(line, phone)
    async with asyncio.timeout(10):
        await asyncio.gather(line.close(), phone.ice.close())


async def test_a_peer_that_answers_no_more_is_noticed():
    line, phone = await connected(IceSettings(consent_s=0.3))
    for protocol in phone.ice._protocols:
        protocol.transport.abort()
    await asyncio.wait_for(line.get_event(), 20.0)
    with pytest.raises(ConnectionError):
        await line.recv()
    await line.close()


async def test_too_many_candidates_are_refused():
    line = IceLine(SETTINGS, time.time())
    for port in range(1, CANDIDATES + 1):
        await line.add_remote_candidate(candidate(f"1 1 udp 1 127.0.0.1 {port} typ host"))
    with pytest.raises(RefusedError, match="allowed: 64"):
        await line.add_remote_candidate(candidate("1 1 udp 1 127.0.0.1 9999 typ host"))
    await line.close()


async def test_names_of_the_peers_own_network_are_passed_over():
    line = IceLine(SETTINGS, time.time())
    await line.add_remote_candidate(candidate("1 1 udp 1 5e1d.local 9 typ host"))
    await line.add_remote_candidate(None)
    assert line.remote_candidates == []
    await line.add_remote_candidate(candidate("1 1 udp 1 127.0.0.1 9 typ host"))  # after the end: not taken
    assert line.remote_candidates == []
    await line.close()


async def test_floods_of_strangers_are_bounded_and_empty_datagrams_are_dropped():
    line, phone = await connected()
    own = line.local_candidates[0]
    loop = asyncio.get_running_loop()
    stranger, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(own.host, own.port))
    stranger.sendto(b"")
    for _ in range(3):
        line._now.data_received(b"", 1)
    for _ in range(COMING + 10):
        line._now.data_received(b"\x16garbage", 1)
    assert line.lost_datagrams == 10
    await until(lambda: line._inbox.qsize() >= COMING, "a turn for each")
    line._allowance = Allowance(1, 2 * QUEUE)
    for _ in range(QUEUE):
        line._now.data_received(b"\x16garbage", 1)
        await asyncio.sleep(0)
    await until(lambda: not line._coming, "a turn for each")
    assert line._inbox.qsize() == QUEUE
    assert line.lost_datagrams == 10 + COMING
    stranger.close()
    await asyncio.gather(line.close(), phone.ice.close())


async def test_a_peer_with_a_thousand_addresses_is_followed_to_some_of_them_only():
    line, phone = await connected()
    check = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    check.attributes["PRIORITY"] = 1
    protocol = line.path.protocol
    for port in range(20_000, 21_000):
        line._now.check_incoming(check, ("127.0.0.1", port), protocol)
    assert len(line.remote_candidates) <= 2 * CANDIDATES
    await asyncio.gather(line.close(), phone.ice.close())


async def test_leaves_no_task_behind():
    before = asyncio.all_tasks()
    line, phone = await connected()
    await asyncio.gather(line.close(), phone.ice.close())
    unconnected = IceLine(SETTINGS, time.time())
    await unconnected.gather_candidates()
    await unconnected.close()
    assert asyncio.all_tasks() == before


def candidate(text: str) -> aioice.Candidate:
    return aioice.Candidate.from_sdp(text)
