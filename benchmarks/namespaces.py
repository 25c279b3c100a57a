"""Networks of this machine alone: namespaces joined by pairs of interfaces. Needs root, and iproute2."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from types import TracebackType


def reason_without() -> str:
    """Why there can be no namespaces here; empty if there can."""
    if shutil.which("ip") is None:
        return "iproute2 is not installed"
    if os.geteuid() != 0:
        return "network namespaces need root"
    name = f"th{os.getpid()}-try"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode:
        return f"this system allows no network namespaces: {made.stderr.strip()}"
    subprocess.run(["ip", "netns", "delete", name], check=True)
    return ""


class Network:
    """Namespaces that end with it; their names carry this process's number.

    Parameters
    ----------
    names : str
        One each.
    """

    def __init__(self, *names: str) -> None:
        self._made: list[str] = []
        for name in names:
            _ip("netns", "add", self._space(name))
            self._made.append(name)
            _ip("-n", self._space(name), "link", "set", "lo", "up")

    def __enter__(self) -> Network:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self._made:
            _ip("netns", "delete", self._space(name))

    @staticmethod
    def _space(name: str) -> str:
        return f"th{os.getpid()}-{name}"

    def join(self, one: str, other: str, label: str, addresses: tuple[str, str] = ("", "")) -> tuple[str, str]:
        """Lay a line between two namespaces; the names of its ends, which have these addresses if any."""
        ends = (f"{label}0", f"{label}1")
        _ip(
            *("link", "add", ends[0], "netns", self._space(one), "type", "veth"),
            *("peer", "name", ends[1], "netns", self._space(other)),
        )
        for name, end, address in zip((one, other), ends, addresses, strict=True):
            if address:
                _ip("-n", self._space(name), "address", "add", f"{address}/24", "dev", end)
            _ip("-n", self._space(name), "link", "set", end, "up")
        return ends

    def within(self, name: str, *command: str) -> list[str]:
        """The command that runs `command` in a namespace."""
        return ["ip", "netns", "exec", self._space(name), *command]

    def compute_checksums(self, name: str, interface: str) -> None:
        """Let an end write checksums into its frames, which the kernel leaves out between its own interfaces."""
        command = self.within(name, sys.executable, "-m", "benchmarks.wire", "checksums", interface)
        subprocess.run(command, check=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
