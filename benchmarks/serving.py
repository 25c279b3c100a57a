"""A whole server for a benchmark: ``telharmonic serve`` with its gateway and node, and its processes by name."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROLES = {
    "serve": "gateway",
    "node": "stream",
    "telharmonic.node.render_process": "render",
    "telharmonic.node.loader_process": "loader",
}


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server."""

    url: str
    process: subprocess.Popen[str]

    def open(self, name: str) -> dict[str, Any]:
        """A new session of this name: what ``POST /api/sessions`` answers. Blocks for some milliseconds."""
        body = json.dumps({"session": name}).encode()
        wanted = urllib.request.Request(f"{self.url}/api/sessions", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(wanted, timeout=30) as answer:
            created: dict[str, Any] = json.load(answer)
        return created

    def end(self, created: dict[str, Any]) -> None:
        """End a session."""
        headers = {"Authorization": f"Bearer {created['tokens']['performer']}"}
        path = f"{self.url}/api/sessions/{created['id']}"
        with urllib.request.urlopen(urllib.request.Request(path, headers=headers, method="DELETE"), timeout=30):
            pass

    def counters(self, created: dict[str, Any]) -> dict[str, float]:
        """The figures of the node's ``/metrics`` by name; `created` is any session on it."""
        node = created["links"]["stream"].partition("/api/")[0]
        with urllib.request.urlopen(f"{node}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}

    def processes(self) -> dict[str, psutil.Process]:
        """The server's processes by what they do: gateway, stream, render, loader."""
        parent = psutil.Process(self.process.pid)
        found: dict[str, psutil.Process] = {}
        for process in (parent, *parent.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                role = next((ROLES[word] for word in process.cmdline() if word in ROLES), None)
                if role is not None:
                    found.setdefault(role, process)
        return found


@contextlib.contextmanager
def running_server(state: Path, *options: str) -> Iterator[Server]:
    """Start a server on free ports that lets one address open many sessions; ended with the block."""
    command = [sys.executable, "-m", "telharmonic.cli", "serve", "--state", str(state), "--port", "0"]
    command += ["--node-port", "0", "--sessions-per-minute", "6000", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"https?://[^\s/]+", process.stdout.readline())
        if found is None:
            raise RuntimeError("the server did not start")
        yield Server(url=found[0], process=process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
