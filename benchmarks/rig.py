"""A node pinned to one core, and a crowd of listeners on the other."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import psutil

NODE_CORE, CROWD_CORE = 0, 1
ROLES = ("performer", "controller", "listener")


@dataclass(kw_only=True)
class Node:
    """A running node and how to talk to it."""

    process: subprocess.Popen[bytes]
    socket: Path
    port: int

    async def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One request of `protocol.node_api` on the private socket."""
        connector = aiohttp.UnixConnector(path=str(self.socket))
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.request(method, f"http://node{path}", json=body) as reply,
        ):
            text = await reply.text()
            if reply.status >= 300:
                raise RuntimeError(f"{method} {path}: {reply.status} {text}")
            return json.loads(text) if text else None

    def cpu_seconds(self) -> float:
        """User and system time of the node and its children."""
        return sum(sum(process.cpu_times()[:2]) for process in self.family())

    def memory_bytes(self) -> int:
        """Private memory of the node and its children (what is mapped by several counts for nobody)."""
        return sum(process.memory_full_info().uss for process in self.family())

    def family(self) -> list[psutil.Process]:
        """The node's processes."""
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]


@contextlib.contextmanager
def one_core_node(port: int = 8731) -> Iterator[Node]:
    """A node (stream and render process) that may use only core `NODE_CORE`."""
    with TemporaryDirectory() as folder:
        socket = Path(folder) / "node.socket"
        arguments = ["node", "--socket", str(socket), "--port", str(port), "--cache", str(Path(folder) / "cache")]
        process = subprocess.Popen(
            ["taskset", "-c", str(NODE_CORE), sys.executable, "-m", "telharmonic.cli", *arguments]
        )
        try:
            _wait_until(lambda: socket.exists() and _listens(port), process)
            yield Node(process=process, socket=socket, port=port)
        finally:
            process.terminate()
            process.wait(20)


def crowd(targets: list[tuple[str, int, str, str]], seconds: float) -> subprocess.Popen[str]:
    """The listeners of `benchmarks.load`, already listening when this returns."""
    process = _start_crowd("benchmarks.load", targets, seconds)
    _expect(process, "listening")
    return process


def rtc_crowd(
    targets: list[tuple[str, str]], seconds: float, begin: Callable[[], None] = lambda: None
) -> subprocess.Popen[str]:
    """The listeners of `benchmarks.rtc_crowd`, already listening when this returns; `begin` when all have joined."""
    process = _start_crowd("benchmarks.rtc_crowd", targets, seconds)
    _expect(process, "joined")
    begin()
    _expect(process, "listening")
    return process


def _start_crowd(module: str, targets: Sequence[object], seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        ["taskset", "-c", str(CROWD_CORE), sys.executable, "-m", module, str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(targets))
    process.stdin.close()
    process.stdin = None  # or `communicate` would flush it
    return process


def _expect(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    if process.stdout.readline().strip() != word:
        raise RuntimeError("the crowd did not come in")


def hello(token: str, frames: int = 240, encoding: str = "f32") -> str:
    """The first message of a listener that wants sound and no meters."""
    audio = {"encoding": encoding, "frames": frames, "channels": 2}
    return json.dumps({"type": "hello", "token": token, "name": "crowd", "audio": audio, "meters_hz": 0})


def tokens(index: int) -> dict[str, str]:
    """One token a role."""
    return {role: f"{role}-{index:04d}-0123456789abcdef0123456789abcdef" for role in ROLES}


def _listens(port: int) -> bool:
    import socket as sockets

    with sockets.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until(done: Any, process: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        if process.poll() is not None:
            raise RuntimeError(f"the node ended with status {process.returncode}")
        if time.monotonic() > end:
            raise RuntimeError("the node did not start")
        time.sleep(0.05)
