"""(b) How many sessions one core renders and streams, each with a listener of its own; what one more needs of memory.

The node (render and stream process) is pinned to one core, the listeners to the other. Aims: at least 60 with fewer
than 0.1 % late blocks; at most 6 MB for each further session. Peer: how many of the same console node-web-audio-api
could render on a core, streaming not counted.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import msgspec

from benchmarks import web_audio_peers
from benchmarks.bare_clock import BareClock
from benchmarks.reference_console import reference_console
from benchmarks.report import Claim, Result
from benchmarks.rig import NODE_CORE, Node, crowd, hello, one_core_node, tokens

COUNTS = (20, 40, 60, 80, 100)
SECONDS = 15.0
TRIES = 3
LATE_SHARE = 0.001
HEARD_SHARE = 0.99  # the listeners' clock and ours begin and end a few messages apart
BLOCK_S = 0.005


@dataclass(frozen=True, kw_only=True)
class Load:
    """One run."""

    listeners: int
    late_share: float
    machine_late_share: float  # of the ticks of a thread that computes as long as the node, and does nothing else
    lost: int
    silent: int  # of the messages that were looked into
    refused: int
    messages: int
    expected: int  # of messages, at the rate of the sound
    cpu_share: float
    memory_bytes: int

    @property
    def clean(self) -> bool:
        """True if fewer than one block in a thousand was late, skipped or lost, and everyone was let in and heard all.

        Blocks that the machine alone makes late, by standing still, are not the node's.
        """
        own, limit = self.late_share - self.machine_late_share, LATE_SHARE * self.messages
        heard_all = self.messages >= HEARD_SHARE * self.expected  # what waits before the node is neither late nor lost
        return own < LATE_SHARE and self.lost <= limit and not (self.silent or self.refused) and heard_all

    def describe(self) -> str:
        """One line."""
        return (
            f"{self.listeners} listeners: {100 * self.late_share:.3f} % late or skipped (a thread that only computes "
            f"as long: {100 * self.machine_late_share:.3f} %), {self.lost} of {self.messages} messages lost, "
            f"{self.silent} silent ({self.expected} expected), CPU {self.cpu_share:.0%} of the core, "
            f"{self.memory_bytes / 1e6:.0f} MB"
        )


async def counters(node: Node) -> dict[str, float]:
    """The figures of ``/metrics`` by name."""
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{node.port}/metrics") as reply:
        lines = (await reply.text()).splitlines()
    return {line.split()[0]: float(line.split()[1]) for line in lines if not line.startswith("#")}


def wanted(index: int, folder: Path) -> dict[str, Any]:
    """The request for one playing session."""
    session = reference_console([f"strip{n}.wav" for n in range(8)], "impulse.wav")
    transport = {"playing": True, "position_s": 1.0, "frame": 0, "loop": {"on": False, "start_s": 0, "end_s": 0}}
    state = {"values": {}, "transport": transport | {"tempo": 120.0}, "scenes": {}}
    description = json.loads(msgspec.json.encode(session))
    start = {"id": f"s{index}", "description": description, "base_folder": str(folder), "tokens": tokens(index)}
    return start | {"state": state}


async def measure_targets(
    node: Node, targets: list[Any], seconds: float, crowd: Callable[[list[Any], float], subprocess.Popen[str]] = crowd
) -> Load:
    """Let listeners come to sessions that exist already, for `seconds`."""
    listeners = crowd(targets, seconds)
    before, cpu = await counters(node), node.cpu_seconds()
    await asyncio.sleep(seconds)
    after, cpu = await counters(node), node.cpu_seconds() - cpu
    memory = node.memory_bytes()
    seen = json.loads(listeners.communicate(timeout=30)[0].splitlines()[-1])
    with BareClock(NODE_CORE, 1e3 * after['telharmonic_tick_seconds{quantile="0.5"}']) as bare:
        await asyncio.sleep(seconds)  # nobody listens any more: the node sleeps
        machine = bare.read()
    late, blocks, skipped = (
        after[f"telharmonic_{name}_total"] - before[f"telharmonic_{name}_total"]
        for name in ("late_blocks", "blocks", "skipped_blocks")
    )
    return Load(
        listeners=len(targets),
        late_share=(late + skipped) / max(1, blocks),
        machine_late_share=machine.late_share,
        lost=seen["lost"],
        silent=seen["silent"],
        refused=seen["refused"],
        messages=seen["messages"],
        expected=round(len(targets) * seconds / BLOCK_S),
        cpu_share=cpu / seconds,
        memory_bytes=memory,
    )


async def clean_if_possible(
    node: Node, targets: list[Any], seconds: float, crowd: Callable[[list[Any], float], subprocess.Popen[str]] = crowd
) -> Load:
    """The first clean one of `TRIES` measurements, or the last: the machine is shared, and stands still at times."""
    for _ in range(TRIES):
        load = await measure_targets(node, targets, seconds, crowd)
        print(f"  {load.describe()}")
        if load.clean:
            break
    return load


async def climb(node: Node, folder: Path) -> list[Load]:
    """More and more sessions until blocks are late."""
    loads: list[Load] = []
    made = 0
    for count in COUNTS:
        while made < count:
            await node.request("POST", "/node/sessions", wanted(made, folder))
            made += 1
        targets = [
            ("127.0.0.1", node.port, f"/api/sessions/s{n}/ws", hello(tokens(n)["listener"])) for n in range(count)
        ]
        loads.append(await clean_if_possible(node, targets, SECONDS))
        if hopeless(loads):
            break
    return loads


def served(loads: list[Load]) -> list[Load]:
    """Those up to the first that was not clean: a count above one that was not served is not served either."""
    return list(takewhile(lambda load: load.clean, loads))


def hopeless(loads: list[Load]) -> bool:
    """True if two in a row were not clean: more will not be either."""
    return len(loads) > 1 and not any(load.clean for load in loads[-2:])


def run() -> Result:
    """The climb, and the peer in the same run."""
    result = Result(name="sessions")
    with TemporaryDirectory() as name, one_core_node() as node:
        folder = Path(name)
        web_audio_peers.write_material(folder)
        loads = asyncio.run(climb(node, folder))
    with TemporaryDirectory() as name:
        web_audio_peers.write_material(Path(name))
        peer = 1000 / web_audio_peers.node_web_audio_ms(Path(name), 20)
    good = served(loads)
    most = good[-1] if good else loads[0]
    result.claims.append(
        Claim(
            claim="sessions with their own mix and WebSocket listener on one core, late blocks < 0.1 %",
            measured=f"{most.listeners if good else 0} (late {100 * most.late_share:.3f} %, "
            f"a thread that only computes as long {100 * most.machine_late_share:.3f} %; CPU {most.cpu_share:.0%})",
            aim=">= 60",
            met=bool(good) and most.listeners >= 60,
            ratio=(most.listeners if good else 0) / peer,
            peer="node-web-audio-api, rendering alone",
        )
    )
    each = (loads[-1].memory_bytes - loads[0].memory_bytes) / (loads[-1].listeners - loads[0].listeners) / 1e6
    result.claims.append(
        Claim(claim="memory of one more session", measured=f"{each:.2f} MB", aim="<= 6 MB", met=each <= 6)
    )
    result.notes.append(f"the first clean of at most {TRIES} measurements of {SECONDS:g} s at each count")
    result.notes += [load.describe() for load in loads]
    return result
