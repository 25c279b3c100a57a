"""A real jackd on the dummy driver, under a name of its own, for the tests that need one."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Jackd:
    """Runs from `start` to `stop`."""

    def __init__(self, name: str, *, rate_hz: int = 48_000, period: int = 256) -> None:
        self.name = name
        self.environment = {**os.environ, "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
        self._command = ["jackd", "-n", name, "-d", "dummy", "-r", str(rate_hz), "-p", str(period)]
        self._socket = Path(f"/dev/shm/jack_{name}_{os.getuid()}_0")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return once it takes clients."""
        self._socket.unlink(missing_ok=True)  # one that was killed left it behind
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 20
        while not self._socket.exists():
            assert self._process.poll() is None, "jackd has ended"
            assert time.monotonic() < end, "jackd does not start"
            time.sleep(0.02)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it, in order or by SIGKILL."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(20)
            self._process = None


@contextmanager
def jackd(**more: int) -> Iterator[Jackd]:
    """One of this test's own."""
    server = Jackd(f"t{os.getpid()}-{time.monotonic_ns() % 1_000_000}", **more)
    server.start()
    try:
        yield server
    finally:
        server.stop()
