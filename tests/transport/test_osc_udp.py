"""The UDP port of OSC: on the interface that is named and no other."""

import asyncio
import socket
from pathlib import Path

import pytest

from telharmonic.errors import NodeError
from telharmonic.transport.osc_udp import LOOPBACK, OscUdp


async def test_takes_datagrams_and_answers_where_they_came_from():
    got = asyncio.Queue()
    port = await OscUdp.open(LOOPBACK, 0, lambda data, address: got.put_nowait((data, address)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(20)
        peer.bind(("127.0.0.1", 0))
        peer.sendto(b"/ping\0\0\0", ("127.0.0.1", port.port))
        data, address = await asyncio.wait_for(got.get(), 20)
        assert (data, address) == (b"/ping\0\0\0", peer.getsockname())
        port.send(b"answer", address)
        assert await asyncio.to_thread(peer.recv, 64) == b"answer"
    port.close()
    port.send(b"to nobody", address)


async def test_listens_on_no_other_interface():
    port = await OscUdp.open(LOOPBACK, 0, lambda *_: None)
    listening = [line.split()[1] for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    ours = [place for place in listening if place.endswith(f":{port.port:04X}")]
    assert ours == [f"0100007F:{port.port:04X}"]
    port.close()


async def test_a_port_that_is_taken_is_named():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        with pytest.raises(NodeError, match=str(other.getsockname()[1])):
            await OscUdp.open(LOOPBACK, other.getsockname()[1], lambda *_: None)
