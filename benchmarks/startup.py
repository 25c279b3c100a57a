"""(e) From the command to the first audible block, and from a new session to its first block.

Peer: node-web-audio-api, which (like dspNode) needs a process for each listener: from its start to the end of
rendering the first hundredth of a second of the same console. Aims: 3 s with warm kernels; 50 ms for a further session.

A server takes up the sessions of its last life before it lets anyone in. So every life ends those that it made, and one
life more is measured that finds them.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import numpy as np

from benchmarks import web_audio_peers
from benchmarks.report import Claim, Result
from telharmonic.protocol import messages
from telharmonic.protocol.parts import AudioRequest
from telharmonic.transport.client import Client

PORT, NODE_PORT = 8751, 8752
STARTS, SESSIONS = 5, 10


async def create(http: aiohttp.ClientSession) -> dict[str, Any] | None:
    """A new demo session, or None while nobody listens yet."""
    try:
        async with http.post(f"http://127.0.0.1:{PORT}/api/sessions", json={"session": "demo"}) as reply:
            return await reply.json() if reply.status == 201 else None
    except aiohttp.ClientError:
        return None


async def until_heard(session: dict[str, Any], *, audible: bool) -> None:
    """Join, play, wait for the first block (that is not silence)."""
    client = await Client.connect(session["links"]["ws"], session["tokens"]["performer"], audio=AudioRequest())
    async with client:
        if audible:
            await client.send(messages.Play(id=client.next_id()))
        while not np.any((await client.next_block()).samples) and audible:
            pass


async def end(http: aiohttp.ClientSession, session: dict[str, Any]) -> None:
    """End a session, so that the next life does not find it."""
    headers = {"Authorization": f"Bearer {session['tokens']['performer']}"}
    async with http.delete(f"http://127.0.0.1:{PORT}/api/sessions/{session['id']}", headers=headers) as reply:
        reply.raise_for_status()


async def cold_start(begin: float, *, keep: bool) -> tuple[float, list[float]]:
    """Seconds to the first audible block, and the seconds of further sessions to their first."""
    async with aiohttp.ClientSession() as http:
        while (session := await create(http)) is None:
            await asyncio.sleep(0.02)
        await until_heard(session, audible=True)
        first = time.monotonic() - begin
        made, more = [session], []
        for _ in range(SESSIONS):
            start = time.monotonic()
            session = await create(http)
            if session is None:
                raise RuntimeError("the server refused a session")
            await until_heard(session, audible=False)
            more.append(time.monotonic() - start)
            made.append(session)
        for session in () if keep else made:
            await end(http, session)
    return first, more


def start_once(folder: Path, *, keep: bool = False) -> tuple[float, list[float]]:
    """One life of a server; its sessions are kept for the next one if so wished."""
    begin = time.monotonic()
    options = ["--port", str(PORT), "--node-port", str(NODE_PORT), "--state", str(folder)]
    command = [sys.executable, "-m", "telharmonic.cli", "serve", *options, "--sessions-per-minute", "600"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return asyncio.run(asyncio.wait_for(cold_start(begin, keep=keep), 60))
    finally:
        server.terminate()
        server.wait(20)


def peer_start(folder: Path) -> float:
    """Seconds from the peer's start to its first hundredth of a second of sound."""
    command = ["node", str(web_audio_peers.HERE / "node_peer.mjs"), str(folder), "0.01", "cold"]
    begin = time.monotonic()
    subprocess.run(command, check=True, capture_output=True, cwd=web_audio_peers.HERE)
    return time.monotonic() - begin


def run() -> Result:
    """Starts of server and peer in turn; medians."""
    result = Result(name="startup")
    starts, sessions, peers = [], [], []
    with TemporaryDirectory() as name:
        folder = Path(name)
        web_audio_peers.write_material(folder)
        start_once(folder)  # decodes the demo, once for all
        for number in range(STARTS):
            first, more = start_once(folder, keep=number == STARTS - 1)
            starts.append(first)
            sessions += more
            peers.append(peer_start(folder))
        again, _ = start_once(folder)
    start, session, peer = (statistics.median(times) for times in (starts, sessions, peers))
    result.claims.append(
        Claim(
            claim="a further session: from the HTTP request to its first block at the client",
            measured=f"{1000 * session:.0f} ms median, {1000 * max(sessions):.0f} ms worst of {len(sessions)}",
            aim="<= 50 ms",
            met=session <= 0.05,
            ratio=peer / session,
            peer="node-web-audio-api, a process for each listener",
        )
    )
    result.claims.append(
        Claim(
            claim="from the command to the first audible block, kernels warm",
            measured=f"{start:.2f} s median, {max(starts):.2f} s worst of {len(starts)}",
            aim="<= 3 s",
            met=start <= 3,
        )
    )
    result.claims.append(
        Claim(
            claim=f"the same, with {SESSIONS + 1} sessions of the last life to be taken up before",
            measured=f"{again:.2f} s",
            aim="shown",
            met=True,
        )
    )
    return result
