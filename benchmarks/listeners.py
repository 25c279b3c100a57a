"""(c) How many listeners of one mix one core serves, against aiohttp's own ``send_bytes`` to each.

Aim: at least 400 at 5 ms float32 messages without late blocks and without losing one.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks import web_audio_peers
from benchmarks.report import Claim, Result
from benchmarks.rig import NODE_CORE, crowd, hello, one_core_node, tokens
from benchmarks.sessions import TRIES, Load, clean_if_possible, hopeless, served, wanted

COUNTS = (100, 300, 400, 500)  # at 600, 15 % were not heard in the time
PEER_LISTENERS = 100
SECONDS = 15.0


@dataclass(frozen=True, kw_only=True)
class Peer:
    """What the peer needed."""

    cpu_share: float
    lost: int


def measure_peer(port: int = 8741) -> Peer:
    """aiohttp as shipped, `PEER_LISTENERS` listeners, on the same core."""
    command = ["taskset", "-c", str(NODE_CORE), sys.executable, "-m", "benchmarks.aiohttp_peer", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        server.stdout.readline()
        targets = [("127.0.0.1", port, "/", hello("none"))] * PEER_LISTENERS
        listeners = crowd(targets, SECONDS)
        process = psutil.Process(server.pid)
        before = sum(process.cpu_times()[:2])
        seen = json.loads(listeners.communicate(timeout=SECONDS + 30)[0].splitlines()[-1])
        return Peer(cpu_share=(sum(process.cpu_times()[:2]) - before) / SECONDS, lost=seen["lost"])
    finally:
        server.terminate()
        server.wait(10)


async def climb(port: int) -> list[Load]:
    """More and more listeners of one session."""
    loads: list[Load] = []
    with TemporaryDirectory() as name, one_core_node(port) as node:
        web_audio_peers.write_material(Path(name))
        await node.request("POST", "/node/sessions", wanted(0, Path(name)))
        for count in COUNTS:
            target = ("127.0.0.1", node.port, "/api/sessions/s0/ws", hello(tokens(0)["listener"]))
            load = await clean_if_possible(node, [target] * count, SECONDS)
            loads.append(load)
            if hopeless(loads):
                break
    return loads


def run() -> Result:
    """The climb, and the peer in the same run."""
    result = Result(name="listeners")
    loads = asyncio.run(climb(8742))
    peer = measure_peer()
    good = served(loads)
    most = good[-1] if good else loads[0]
    each, peer_each = most.cpu_share / most.listeners, peer.cpu_share / PEER_LISTENERS
    result.claims.append(
        Claim(
            claim="listeners of one mix on one core, 5 ms float32, late or lost < 0.1 %",
            measured=f"{most.listeners if good else 0} (CPU {most.cpu_share:.0%}, one session's rendering included)",
            aim=">= 400",
            met=bool(good) and most.listeners >= 400,
            ratio=peer_each / each,
            peer="aiohttp send_bytes, CPU per listener",
        )
    )
    result.notes.append(f"the first clean of at most {TRIES} measurements of {SECONDS:g} s at each count")
    result.notes += [load.describe() for load in loads]
    result.notes.append(f"peer: {PEER_LISTENERS} listeners took {peer.cpu_share:.0%} of the core, {peer.lost} lost")
    return result
