"""A Csound with its control channels open to this machine: OSC ``/channel/NAME f`` becomes ``chnset``.

``python -m telharmonic.node.channel_bridge --port N --folder DIR -- csound -L stdin ... FILE.csd``: a program that
sessions run in Csound's place. Csound's own server (``--port``) would take orchestra code from whoever reaches that
port, on every address of the machine; this one is on loopback, and all that it says to Csound is lines of score for
`INSTRUMENT`, through a pipe.

It ends with Csound, with its status.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import re
import signal
import socket
import sys
from collections.abc import Iterable

from telharmonic.errors import MessageError
from telharmonic.protocol.osc import PACKET_BYTES, parse

ADDRESS = re.compile(r"/channel/(?P<name>[A-Za-z0-9_.:+@-]{1,64})")
INSTRUMENT = "telharmonic_channel"  # its score line: a name, a value
CODE = f"""
instr {INSTRUMENT}
  SName strget p4
  chnset p5, SName
endin
"""
PACKETS_AT_ONCE = 256
PIPE_BYTES = 4096  # POSIX: so many are written whole, or not at all
LARGEST = 1e12


def score_lines(packets: Iterable[bytes]) -> list[bytes]:
    """What Csound is told: the last value for each channel that these packets name; what is none is left out."""
    values: dict[str, float] = {}
    for packet in packets:
        try:
            messages = [timed.message for timed in parse(packet)]
        except MessageError:
            continue
        for message in messages:
            named = ADDRESS.fullmatch(message.address)
            if named is None or len(message.arguments) != 1:
                continue
            value = message.arguments[0]
            if isinstance(value, int | float) and math.isfinite(value) and abs(value) <= LARGEST:
                values.pop(named["name"], None)
                values[named["name"]] = float(value)
    return [f'i "{INSTRUMENT}" 0 0 "{name}" {value:.9g}\n'.encode() for name, value in values.items()]


def pieces(lines: Iterable[bytes]) -> list[bytes]:
    """Whole lines together, up to what a pipe takes whole."""
    found = [b""]
    for line in lines:
        if len(found[-1]) + len(line) > PIPE_BYTES:
            found.append(b"")
        found[-1] += line
    return [piece for piece in found if piece]


class Bridge:
    """Packets in, lines out.

    Parameters
    ----------
    listening : socket.socket
        UDP, not blocking.
    pipe : int
        To Csound; not blocking. While it is full, what comes is lost: the next move of a hand makes it good.
    """

    def __init__(self, listening: socket.socket, pipe: int) -> None:
        self._listening = listening
        self._pipe = pipe

    def take(self) -> None:
        """Pass on what has come."""
        packets: list[bytes] = []
        with contextlib.suppress(BlockingIOError):
            while len(packets) < PACKETS_AT_ONCE:
                packets.append(self._listening.recv(PACKET_BYTES))
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            for piece in pieces(score_lines(packets)):
                os.write(self._pipe, piece)


async def run(port: int, command: list[str]) -> int:
    """Csound's whole life; its exit status, 128 and more if a signal ended it.

    Raises
    ------
    OSError
        If the port is taken, or Csound cannot be started.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: None)  # the whole group is told; Csound ends, and then we do
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", port))
        listening.setblocking(False)
        theirs, ours = os.pipe()
        os.set_blocking(ours, False)
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=theirs)
        finally:
            os.close(theirs)
        loop.add_reader(listening.fileno(), Bridge(listening, ours).take)
        status = await process.wait()
        loop.remove_reader(listening.fileno())
        os.close(ours)
    return status if status >= 0 else 128 - status


def main(arguments: list[str]) -> int:
    """Run it; 1 and a line on stderr if it cannot be."""
    parser = argparse.ArgumentParser(prog="channel_bridge")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("command", nargs="+")
    wish = parser.parse_args(arguments)
    try:
        os.chdir(wish.folder)
        return asyncio.run(run(wish.port, wish.command))
    except OSError as problem:
        print(f"channels on port {wish.port}: {problem}", file=sys.stderr)  # noqa: T201 - the supervisor logs it
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
