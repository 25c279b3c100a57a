"""One ICE session's socket, and what strangers throw at it; in uvloop, which a node runs in."""

import asyncio
import time

import aioice
import pytest
import uvloop
from aioice import stun
from hypothesis import given, settings
from hypothesis import strategies as st

from telharmonic.transport.ice import IceSettings
from telharmonic.transport.ice_session import STUN_BURST, STUN_PER_S, Allowance, BoundConnection
from telharmonic.transport.unanswered import AGAIN_S, Unanswered


class Pair:
    """A session and aioice's own at the other end."""

    async def connect(self) -> None:
        self.taken: list[bytes] = []
        self.ours = BoundConnection(IceSettings(), {}, self.taken.append, controlling=False)
        self.theirs = aioice.Connection(ice_controlling=True)
        self.theirs._local_candidates_start = self.theirs._local_candidates_end = True
        self.theirs._local_candidates = await self.theirs.get_component_candidates(1, ["127.0.0.1"])
        await self.ours.gather_candidates()
        for one, other in ((self.ours, self.theirs), (self.theirs, self.ours)):
            one.remote_username, one.remote_password = other.local_username, other.local_password
            for candidate in other.local_candidates:
                await one.add_remote_candidate(candidate)
            await one.add_remote_candidate(None)
        await asyncio.gather(self.ours.connect(), self.theirs.connect())

    async def throw(self, *datagrams: bytes) -> None:
        """A stranger's, from a socket of its own; returns when they have been read."""
        own = self.ours.local_candidates[0]
        loop = asyncio.get_running_loop()
        stranger, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(own.host, own.port))
        for datagram in datagrams:
            stranger.sendto(datagram)
        await self.theirs.send(b"\x80after")  # by another socket, but loopback keeps the order
        async with asyncio.timeout(20):
            while b"\x80after" not in self.taken:
                await asyncio.sleep(0.001)
        stranger.close()

    async def close(self) -> None:
        await asyncio.gather(self.ours.close(), self.theirs.close())


def in_uvloop(what):
    """Run it; whatever the loop would have logged is raised."""
    problems = []

    async def go():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
        pair = Pair()
        await pair.connect()
        await what(pair)
        await pair.close()

    uvloop.run(go())
    assert problems == []


def malformed_check() -> bytes:
    """A binding request whose PRIORITY is three bytes long."""
    check = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    return bytes(check)[:2] + b"\x00\x08" + bytes(check)[4:20] + b"\x00\x24\x00\x03abc\x00"


def test_a_malformed_datagram_of_a_stranger_raises_nothing_in_the_loop():
    async def go(pair):
        await pair.throw(malformed_check())
        assert pair.ours.refused_datagrams == 1

    in_uvloop(go)


def test_what_strangers_send_beside_stun_reaches_nobody():
    async def go(pair):
        await pair.throw(b"", b"\x16\xfe\xfd garbage like DTLS", b"\x80 like RTP", b"\xff")
        assert pair.taken == [b"\x80after"]
        assert pair.ours.refused_datagrams == 3

    in_uvloop(go)


def test_a_flood_of_checks_is_cut_off():
    answered = 0

    async def go(pair):
        nonlocal answered
        sent = pair.ours.respond_error
        answers = []
        pair.ours.respond_error = lambda *words: answers.append(sent(*words))
        check = bytes(stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST))
        for _ in range(30):
            await pair.throw(*[check] * 100)
            pair.taken.clear()
        answered = len(answers)

    began = time.monotonic()
    in_uvloop(go)
    assert 0 < answered <= STUN_BURST + STUN_PER_S * (time.monotonic() - began)
    assert answered < 3000


def test_a_flood_of_strangers_takes_nothing_from_the_peer():
    """4000 a second ended anybody's line by its consent."""

    async def go(pair):
        check = bytes(stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST))
        pair.ours._strange_checks = Allowance(1, 1)
        for _ in range(3):
            await pair.throw(*[check] * 100)
            pair.taken.clear()
        refused = pair.ours.refused_datagrams
        assert refused >= 298
        (path,) = pair.theirs._nominated.values()
        answer, _ = await path.protocol.request(
            pair.theirs.build_request(path, nominate=False),
            path.remote_addr,
            integrity_key=pair.theirs.remote_password.encode(),
        )
        assert answer.message_class is stun.Class.RESPONSE
        pair.ours._checks = Allowance(1, 1)
        assert pair.ours._checks.take()
        answer, _ = await pair.ours.path.protocol.request(  # nor an answer to our own question
            pair.ours.build_request(pair.ours.path, nominate=False),
            pair.ours.path.remote_addr,
            integrity_key=pair.ours.remote_password.encode(),
        )
        assert answer.message_class is stun.Class.RESPONSE
        assert pair.ours.refused_datagrams == refused

    in_uvloop(go)


@settings(max_examples=40)
@given(st.lists(st.binary(max_size=80), max_size=20), st.integers(0, 3))
def test_no_bytes_disturb(datagrams, first):
    async def go(pair):
        header = bytes([first, 1, 0, 0]) + b"\x21\x12\xa4\x42" + bytes(12)
        await pair.throw(*datagrams, *(header[:2] + len(each).to_bytes(2) + header[4:] + each for each in datagrams))
        await pair.theirs.send(b"\x80still")
        async with asyncio.timeout(20):
            while b"\x80still" not in pair.taken:
                await asyncio.sleep(0.001)

    in_uvloop(go)


@pytest.mark.parametrize(("wait_s", "more"), [(0.0, 0), (0.1, 1), (0.35, 3), (100.0, 5)])
def test_an_allowance_fills_up_at_its_rate_and_not_beyond_its_burst(wait_s, more):
    now = 0.0
    allowance = Allowance(10, 5, lambda: now)
    assert [allowance.take() for _ in range(6)] == [True] * 5 + [False]
    now = wait_s
    assert sum(allowance.take() for _ in range(20)) == more


class Server(asyncio.DatagramProtocol):
    """A STUN server that answers, or only counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.answers = False

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data, addr) -> None:
        self.asked += 1
        if self.answers:
            answer = stun.Message(
                message_method=stun.Method.BINDING,
                message_class=stun.Class.RESPONSE,
                transaction_id=stun.parse_message(data).transaction_id,
            )
            answer.attributes["XOR-MAPPED-ADDRESS"] = addr
            self.transport.sendto(bytes(answer), addr)


@pytest.fixture
async def server():
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
    yield server
    transport.close()


async def gathered(settings, unanswered, **servers) -> set[str]:
    session = BoundConnection(settings, servers, lambda _: None, controlling=False, unanswered=unanswered)
    await session.gather_candidates()
    kinds = {candidate.type for candidate in session.local_candidates}
    await session.close()
    return kinds


async def test_a_stun_server_that_is_down_holds_up_one_session_a_minute(server, monkeypatch):
    monkeypatch.setattr("telharmonic.transport.ice_session.GATHER_S", 0.05)
    now_s, address = 1000.0, server.transport.get_extra_info("sockname")
    unanswered = Unanswered(lambda: now_s)
    assert await gathered(IceSettings(), unanswered, stun_server=address) == {"host"}
    asked = server.asked
    assert asked > 0
    assert await gathered(IceSettings(), unanswered, stun_server=address) == {"host"}
    assert server.asked == asked  # and nobody waited
    now_s += AGAIN_S
    server.answers = True
    monkeypatch.setattr("telharmonic.transport.ice_session.GATHER_S", 20.0)
    for _ in range(2):
        assert await gathered(IceSettings(), unanswered, stun_server=address) == {"host", "srflx"}


async def test_a_relay_without_which_there_is_nothing_is_asked_by_every_session(server, monkeypatch):
    monkeypatch.setattr("telharmonic.transport.ice_session.GATHER_S", 0.05)
    settings = IceSettings(turn="turn:127.0.0.1:1", turn_secret="s", relay_only=True)
    turn = {"turn_server": server.transport.get_extra_info("sockname"), "turn_username": "u", "turn_password": "p"}
    unanswered = Unanswered()
    assert await gathered(settings, unanswered, **turn) == set()
    asked = server.asked
    assert await gathered(settings, unanswered, **turn) == set()
    assert server.asked > asked > 0
