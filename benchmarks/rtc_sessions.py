"""(h) How many sessions one core renders, encodes and sends, each to a WebRTC listener of its own, who came by WHEP.

The whole node (render and stream process) is pinned to one core, the crowd to the other. Aim: at least 40 with fewer
than 0.1 % late blocks, Opus of 5 ms at 128 kbit/s and complexity 5.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import web_audio_peers
from benchmarks.report import Claim, Result
from benchmarks.rig import Node, one_core_node, rtc_crowd, tokens
from benchmarks.sessions import TRIES, Load, clean_if_possible, hopeless, served, wanted

COUNTS = (20, 40, 50, 60)
SECONDS = 10.0
AIM = 40


async def climb(node: Node, folder: Path, counts: tuple[int, ...] = COUNTS, seconds: float = SECONDS) -> list[Load]:
    """More and more sessions until blocks are late."""
    loads: list[Load] = []
    made = 0
    for count in counts:
        while made < count:
            await node.request("POST", "/node/sessions", wanted(made, folder))
            made += 1
        targets = [
            (f"http://127.0.0.1:{node.port}/api/sessions/s{n}/whep", tokens(n)["listener"]) for n in range(count)
        ]
        loads.append(await clean_if_possible(node, targets, seconds, rtc_crowd))
        if hopeless(loads):
            break
    return loads


def judge(loads: list[Load]) -> Claim:
    """What the climb shows."""
    good = served(loads)
    most = good[-1] if good else loads[0]
    return Claim(
        claim="sessions with their own mix, encoder (complexity 5) and WebRTC listener on one core, late < 0.1 %",
        measured=f"{most.listeners if good else 0} (late {100 * most.late_share:.3f} %, CPU {most.cpu_share:.0%})",
        aim=f">= {AIM}",
        met=bool(good) and most.listeners >= AIM,
    )


def run() -> Result:
    """The climb."""
    result = Result(name="rtc_sessions")
    with TemporaryDirectory() as name, one_core_node() as node:
        web_audio_peers.write_material(Path(name))
        loads = asyncio.run(climb(node, Path(name)))
    result.claims.append(judge(loads))
    result.notes.append(f"the first clean of at most {TRIES} measurements of {SECONDS:g} s at each count")
    result.notes += [load.describe() for load in loads]
    return result
