"""A bad line between two interfaces: each frame late, some never. For kernels without ``netem``.

``python -m benchmarks.wire carry A B DELAY_MS JITTER_MS LOSS_PERCENT SEED`` copies frames between two ends of veth
pairs until it is ended. Delay holds each way; jitter is uniform about it, and frames may overtake each other.
``python -m benchmarks.wire checksums A`` switches offloads of an interface off: a frame that is copied by hand carries
only what the sender wrote into it.
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import gc
import heapq
import os
import random
import select
import socket
import struct
import sys
import time

ETH_P_ALL, PACKET_OUTGOING = 3, 4
SIOCETHTOOL = 0x8946
OFFLOADS = (0x15, 0x17, 0x1F, 0x24, 0x2C)  # ETHTOOL_ SRXCSUM, STXCSUM, STSO, SGSO, SGRO
PRIORITY = 60  # above the renderer: what it carries late is not the line's doing


def write_checksums(interface: str) -> None:
    """Switch the offloads off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for command in OFFLOADS:
            value = array.array("B", struct.pack("II", command, 0))
            request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
            with contextlib.suppress(OSError):  # one that it has not
                fcntl.ioctl(any_socket, SIOCETHTOOL, request)


class Wire:
    """The line.

    Parameters
    ----------
    interfaces : tuple of str
        Its ends.
    delay_s, jitter_s : float
        Each way.
    loss : float
        Share of frames that are lost, 0 to 1.
    seed : int
        Of what happens by chance.
    """

    def __init__(self, interfaces: tuple[str, str], *, delay_s: float, jitter_s: float, loss: float, seed: int) -> None:
        self._ends = tuple(_open(name) for name in interfaces)
        self._delay_s, self._jitter_s, self._loss = delay_s, jitter_s, loss
        self._chance = random.Random(seed)
        self._waiting: list[tuple[float, int, socket.socket, bytes]] = []
        self._count = 0

    def run(self) -> None:
        """Carry until the process ends."""
        while True:
            until = max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else None
            ready, _, _ = select.select(self._ends, [], [], until)
            for end in ready:
                self._take(end)
            now = time.monotonic()
            while self._waiting and self._waiting[0][0] <= now:
                _, _, out, frame = heapq.heappop(self._waiting)
                with contextlib.suppress(OSError):
                    out.send(frame)

    def _take(self, end: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                frame, address = end.recvfrom(65_535)
                if address[2] == PACKET_OUTGOING or self._chance.random() < self._loss:
                    continue
                self._count += 1
                late_s = self._delay_s + self._chance.uniform(-self._jitter_s, self._jitter_s)
                other = self._ends[1] if end is self._ends[0] else self._ends[0]
                heapq.heappush(self._waiting, (time.monotonic() + max(0.0, late_s), self._count, other, frame))


def _open(name: str) -> socket.socket:
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    end.bind((name, ETH_P_ALL))
    end.setblocking(False)
    return end


def main() -> None:
    what, *words = sys.argv[1:]
    if what == "checksums":
        write_checksums(words[0])
        return
    delay_ms, jitter_ms, loss_percent = map(float, words[2:5])
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    gc.disable()
    wire = Wire(
        (words[0], words[1]),
        delay_s=delay_ms / 1000,
        jitter_s=jitter_ms / 1000,
        loss=loss_percent / 100,
        seed=int(words[5]),
    )
    print("carrying", flush=True)
    wire.run()


if __name__ == "__main__":
    main()
