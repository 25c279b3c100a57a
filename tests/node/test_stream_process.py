"""How a node begins and ends: signals, crashes, what is wrong with its options; nothing is left behind."""

import asyncio
import contextlib
import os
import select
import signal
from pathlib import Path

import pytest

from telharmonic.node.clock import PRIORITY
from telharmonic.node.sending_priority import SENDING_PRIORITY
from telharmonic.protocol import messages
from telharmonic.protocol.parts import AudioRequest

pytestmark = pytest.mark.realtime


def named_in_shared_memory(process: int) -> set[str]:
    """The files of /dev/shm that a process has open or mapped: what it could leave there."""
    names = [line.split(maxsplit=5)[-1] for line in Path(f"/proc/{process}/maps").read_text().splitlines()]
    for each in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it was closed meanwhile
            names.append(str(each.readlink()))
    return {name for name in names if name.startswith("/dev/shm/")}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_in_order_and_leaves_nothing(make_node, number):
    node = make_node()
    children = [os.pidfd_open(pid) for pid in node.children()]
    assert len(children) == 2
    await node.start("s")
    async with await node.join("s", audio=AudioRequest()) as client:
        await client.next_block()
        assert [named_in_shared_memory(each) for each in (node.process.pid, *node.children())] == [set()] * 3
        ending = asyncio.create_task(asyncio.to_thread(node.end, number))
        assert "stopping" in (await client.wait_for(messages.Bye)).reason
        assert await ending == 0
    for child in children:
        assert select.select([child], [], [], 20)[0]
        os.close(child)
    assert node.said() == ""
    assert not node.socket.exists()


def test_its_loop_goes_before_everyday_programs_and_after_the_clock_where_the_system_allows_it(node):
    granted = node.ready["realtime"]
    assert os.sched_getscheduler(node.process.pid) & ~os.SCHED_RESET_ON_FORK == (
        os.SCHED_FIFO if granted else os.SCHED_OTHER
    )
    assert os.sched_getparam(node.process.pid).sched_priority == (SENDING_PRIORITY if granted else 0)
    assert 0 < SENDING_PRIORITY < PRIORITY


async def test_a_killed_node_takes_its_children_with_it(make_node):
    node = make_node()
    children = [os.pidfd_open(pid) for pid in node.children()]
    assert node.end(signal.SIGKILL) == -signal.SIGKILL
    for child in children:
        assert select.select([child], [], [], 20)[0]
        os.close(child)


async def test_a_dead_render_process_ends_the_node_with_status_1_and_a_word(make_node):
    node = make_node()
    await node.start("s")
    async with await node.join("s") as client:
        render = next(pid for pid in node.children() if b"render_process" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(render, signal.SIGKILL)
        await client.wait_for(messages.Bye)
    assert node.process.wait(20) == 1
    assert "the render process ended" in node.said()


async def test_a_certificate_that_cannot_be_read_is_named(make_node, tmp_path):
    (tmp_path / "bad.pem").write_text("nonsense")
    with pytest.raises(RuntimeError, match=r"error: cannot read the certificate .*bad\.pem"):
        make_node(certificate=tmp_path / "bad.pem", key=tmp_path / "bad.pem")
