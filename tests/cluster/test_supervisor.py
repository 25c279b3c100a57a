import asyncio
from pathlib import Path

import pytest

from telharmonic.cluster.backoff import Backoff
from telharmonic.cluster.launcher import NodeAddress
from telharmonic.cluster.supervisor import Supervisor
from telharmonic.errors import NodeError


class FakeProcess:
    def __init__(self, port: int) -> None:
        self.address = NodeAddress(host="h", port=port, tls=False, control_socket=Path("s"))
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait(self) -> int:
        return await asyncio.shield(self.ended)

    async def stop(self) -> None:
        if not self.ended.done():
            self.ended.set_result(0)


class FakeLauncher:
    """Gives nodes with rising ports; `failing` launches in a row go wrong first."""

    def __init__(self) -> None:
        self.nodes: list[FakeProcess] = []
        self.failing = 0

    async def launch(self) -> FakeProcess:
        if self.failing:
            self.failing -= 1
            raise NodeError("no")
        self.nodes.append(FakeProcess(len(self.nodes)))
        return self.nodes[-1]


class Watcher:
    def __init__(self) -> None:
        self.heard: asyncio.Queue[object] = asyncio.Queue()
        self.failing = 0

    async def ready(self, address: NodeAddress) -> None:
        if self.failing:
            self.failing -= 1
            raise NodeError("died while sessions were restored")
        self.heard.put_nowait(address.port)

    async def lost(self) -> None:
        self.heard.put_nowait("lost")


def supervise(launcher: FakeLauncher, watcher: Watcher) -> Supervisor:
    quick = Backoff(first_s=0.0, longest_s=0.001)
    return Supervisor(launcher, on_ready=watcher.ready, on_lost=watcher.lost, backoff=quick)


async def test_a_node_that_dies_is_replaced_and_everyone_is_told_in_order():
    launcher, watcher = FakeLauncher(), Watcher()
    supervisor = supervise(launcher, watcher)
    assert (await supervisor.start()).port == 0
    launcher.nodes[0].ended.set_result(-9)
    assert [await watcher.heard.get() for _ in range(3)] == [0, "lost", 1]
    assert supervisor.restarts == 1
    await supervisor.stop()


async def test_launching_is_tried_again_until_it_works():
    launcher, watcher = FakeLauncher(), Watcher()
    supervisor = supervise(launcher, watcher)
    await supervisor.start()
    launcher.failing = 3
    launcher.nodes[0].ended.set_result(1)
    assert [await watcher.heard.get() for _ in range(3)] == [0, "lost", 1]
    assert supervisor.restarts == 4
    await supervisor.stop()


async def test_a_node_on_which_sessions_cannot_be_restored_is_replaced():
    launcher, watcher = FakeLauncher(), Watcher()
    supervisor = supervise(launcher, watcher)
    await supervisor.start()
    watcher.failing = 1
    launcher.nodes[0].ended.set_result(1)
    assert [await watcher.heard.get() for _ in range(4)] == [0, "lost", "lost", 2]
    assert launcher.nodes[1].ended.result() == 0
    await supervisor.stop()


async def test_a_first_node_that_does_not_start_is_the_callers_error():
    launcher = FakeLauncher()
    launcher.failing = 1
    with pytest.raises(NodeError):
        await supervise(launcher, Watcher()).start()


async def test_stop_ends_the_node_and_starts_no_other():
    launcher, watcher = FakeLauncher(), Watcher()
    supervisor = supervise(launcher, watcher)
    await supervisor.start()
    await supervisor.stop()
    assert launcher.nodes[0].ended.done()
    assert len(launcher.nodes) == 1
