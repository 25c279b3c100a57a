"""The node object in this process, with its real children: slots, memory, and the clock while sessions come and go."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from telharmonic.errors import AssetError, NotFoundError, RefusedError
from telharmonic.node.limits import NodeLimits
from telharmonic.node.node import Node
from telharmonic.node.render_link import RenderLink
from telharmonic.node.shared_state import Build, Remove, Wish
from telharmonic.protocol.node_api import StartSession
from telharmonic.protocol.session import AuxSpec, ClipSpec, SessionSpec, StripSpec

pytestmark = pytest.mark.realtime

SPEC = SessionSpec(
    strips=tuple(StripSpec(id=str(number), source="noise", values={"send/hall": -6.0}) for number in range(8)),
    auxes=(AuxSpec(id="hall"),),
)


def wish(session_id: str, spec: SessionSpec = SPEC) -> StartSession:
    return StartSession(id=session_id, description=spec, base_folder="/nonexistent", tokens={"performer": "p"})


@pytest.fixture
async def node(tmp_path: Path):
    cache = {"cache_folder": tmp_path, "cache_bytes": 1 << 30}
    with closing(RenderLink(slots=3, **cache)) as link:
        node = Node(link, **cache, limits=NodeLimits(sessions=3))
        await node.wait_until_ready()
        yield node
        await node.say_goodbye()
        await node.close()


async def test_a_full_node_refuses_and_a_freed_slot_is_used_again(node):
    for name in "abc":
        await node.start(wish(name))
    with pytest.raises(RefusedError, match="full"):
        await node.start(wish("d"))
    await node.end("b")
    await node.start(wish("d"))
    assert {host.slot for host in node.hosts.values()} == {0, 1, 2}


async def test_a_failed_start_gives_its_slot_back(node):
    broken = SessionSpec(strips=(StripSpec(id="1", clips=(ClipSpec(file="gone.wav"),)),))
    for _ in range(5):
        with pytest.raises(AssetError):
            await node.start(wish("x", broken))
    for name in "abc":
        await node.start(wish(name))


async def test_unknown_sessions_are_named(node):
    with pytest.raises(NotFoundError, match="nobody"):
        await node.end("nobody")


def resident_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_Dirty"))


async def test_a_hundred_sessions_one_after_another_leave_no_memory_behind(node):
    async def come_and_go(count: int) -> int:
        for number in range(count):
            await node.start(wish(f"s{number}"))
            await node.end(f"s{number}")
        return resident_bytes(node.link.child.pid)

    before = await come_and_go(10)
    after = await come_and_go(100)
    # one engine of this size holds over 2 MB: ten kept of a hundred would show
    assert after - before < 20_000_000


async def test_the_clock_keeps_time_while_sessions_are_built(node):
    gauges = node.link.shared.gauges
    await asyncio.to_thread(node.link.request, Build(slot=2, session=SPEC, base_folder="/"))
    node.link.post(2, Wish(awake=True, meters=False))
    ring = node.link.shared.ring(2)
    node._free.remove(2)
    for _ in range(5):  # a machine that stands still for 40 ms skips blocks too, but not every time
        before = gauges.count("skipped_blocks")
        for number in range(10):
            await node.start(wish(f"s{number}"))
            await node.end(f"s{number}")
            ring.give_back(ring.written)
        skipped = gauges.count("skipped_blocks") - before
        if not skipped:
            break
    assert skipped == 0
    await asyncio.to_thread(node.link.request, Remove(slot=2))
