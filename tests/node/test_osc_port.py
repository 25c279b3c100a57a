"""OSC over UDP against liblo, an implementation that shares nothing with ours: its oscsend sends, its oscdump reads."""

import asyncio
import contextlib
import os
import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest
from tests.waiting import wait_until

from telharmonic.commands.play import free_port
from telharmonic.protocol import messages
from telharmonic.protocol.osc import OscMessage, parse, serialize, serialize_bundle, time_tag

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("oscsend") is None, reason="needs liblo-tools"),
]


class Udp:
    """A socket that speaks OSC with our own words, for what liblo's programs cannot do."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", port))

    def send(self, *messages_: OscMessage, tag: int = 1) -> None:
        self.socket.send(serialize_bundle(messages_, tag))

    async def answer_to(self, data: bytes) -> OscMessage:
        """The first message of its answer. What a busy machine loses on the way is sent again: it is UDP."""
        self.socket.settimeout(2)
        for _ in range(10):
            self.socket.send(data)
            with contextlib.suppress(TimeoutError):
                return (await self.told())[0]
        raise AssertionError(f"no answer to {data[:16]!r}")

    async def told(self) -> list[OscMessage]:
        return [each.message for each in parse(await asyncio.to_thread(self.socket.recv, 65_536))]

    async def wait_for(self, address: str) -> OscMessage:
        for _ in range(500):
            for message in await self.told():
                if message.address == address:
                    return message
        raise AssertionError(f"no {address} came")


@pytest.fixture
def udp(node):
    made = Udp(node.ready["osc_port"])
    yield made
    made.socket.close()


def oscsend(node, address, *words):
    subprocess.run(["oscsend", "localhost", str(node.ready["osc_port"]), address, *words], check=True, timeout=10)


async def test_liblo_turns_a_fader_and_the_members_see_it(node):
    await node.start("liblo")
    async with await node.join("liblo") as client:
        oscsend(node, "/session/liblo/strip/1/fader", "f", "-7.5")
        change = await client.wait_for(messages.Change)
        assert (change.address, change.value, change.ramp_s) == ("strip/1/fader", -7.5, 0.0)
        oscsend(node, "/session/liblo/strip/{1,2}/fader", "ff", "-12", "0.5")
        seen = [await client.wait_for(messages.Change) for _ in range(2)]
        assert {(each.address, each.value, each.ramp_s) for each in seen} == {
            ("strip/1/fader", -12.0, 0.5),
            ("strip/2/fader", -12.0, 0.5),
        }
        assert seen[0].frame == seen[1].frame
        oscsend(node, "/session/liblo/strip/1/mute", "T")
        assert (await client.wait_for(messages.Change)).value is True


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a raw socket")
async def test_liblo_reads_what_a_subscriber_is_told(node, tmp_path):
    await node.start("dump")
    port = free_port()
    with (tmp_path / "dump.txt").open("w+") as out, subprocess.Popen(["oscdump", "-L", str(port)], stdout=out) as dump:
        try:
            await asyncio.to_thread(wait_for_udp, port)
            # what is told goes to the port that asked, which is oscdump's: so the header is our own
            send_from(port, node.ready["osc_port"], serialize(OscMessage("/session/dump/subscribe", ("all",))))
            oscsend(node, "/session/dump/strip/2/pan", "f", "-0.25")
            oscsend(node, "/session/dump/play")  # in a session that is silent no levels are told
            text = ""
            for _ in range(600):
                text = (tmp_path / "dump.txt").read_text()
                if "/session/dump/meter/master" in text and "/strip/2/pan f -0.250000" in text:
                    break
                await asyncio.sleep(0.05)
        finally:
            dump.terminate()
    assert "/session/dump/strip/2/pan f -0.250000" in text
    assert "/session/dump/strip/1/mute F" in text
    assert "/session/dump/meter/master fffffff" in text


def wait_for_udp(port: int) -> None:
    def listens() -> bool:
        return any(f":{port:04X} " in Path(f"/proc/net/{name}").read_text() for name in ("udp", "udp6"))

    wait_until(listens, "oscdump")


def send_from(source: int, target: int, data: bytes) -> None:
    """A datagram whose source is a port of another program's, on the loopback interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as raw:
        raw.sendto(struct.pack(">HHHH", source, target, 8 + len(data), 0) + data, ("127.0.0.1", 0))


async def test_ping_is_answered(node, udp):
    await node.start("pong")
    udp.send(OscMessage("/session/pong/ping", (42,)))
    assert (await udp.told())[0] == OscMessage("/session/pong/pong", (42,))


async def test_two_servers_never_talk_of_errors_for_ever(node, udp):
    """A forged packet from another server's port, of any of these, would begin it."""
    await node.start("quiet")
    for address in ("/error", "/pong", "/session/quiet/error", "/session/none/pong"):
        udp.send(OscMessage(address, ("/x", "no such address")))
    udp.send(OscMessage("/session/quiet/ping", (1,)))
    assert await udp.told() == [OscMessage("/session/quiet/pong", (1,))]


async def test_packets_that_are_no_osc_are_answered_so_often_only(node, udp):
    await node.start("unread")
    for _ in range(200):
        udp.socket.send(b"nonsense")
    udp.send(OscMessage("/session/unread/ping"))
    answers = 0
    while (await udp.told())[0].address == "/error":
        answers += 1
    assert answers < 100


async def test_a_time_tag_moves_the_sound_at_its_frame(node, udp):
    await node.start("tagged")
    async with await node.join("tagged") as client:
        echo = await client.ask(messages.Echo(id=client.next_id(), client_us=0))
        assert echo.server_us > 0
        tags = [time_tag(time.time() + after_s) for after_s in (1.0, 1.25)]
        for value, tag in zip((-3.0, -6.0), tags, strict=True):
            udp.send(OscMessage("/session/tagged/strip/1/fader", (value,)), tag=tag)
        first = await client.wait_for(messages.Change)
        second = await client.wait_for(messages.Change)
        assert (first.value, second.value) == (-3.0, -6.0)
        # 250 ms apart, whatever the machine does meanwhile: both are frames, not wake-ups
        assert second.frame - first.frame == pytest.approx(12_000, abs=1200)


async def test_without_a_name_it_is_the_session_that_was_opened_first(make_node):
    node = make_node(osc_port=0)
    udp = Udp(node.ready["osc_port"])
    udp.send(OscMessage("/strip/1/fader"))
    assert (await udp.told())[0].address == "/error"
    await node.start("first")
    await node.start("second")
    async with await node.join("first") as first, await node.join("second") as second:
        udp.send(OscMessage("/strip/1/fader", (-5.0,)))
        assert (await first.wait_for(messages.Change)).value == -5.0
        udp.send(OscMessage("/session/second/strip/1/fader", (-4.0,)))
        assert (await second.wait_for(messages.Change)).value == -4.0
    udp.socket.close()


async def test_broken_packets_are_answered_and_nothing_else_happens(node, udp):
    await node.start("broken")
    async with await node.join("broken") as client:
        for data in (b"nonsense", b"/a", b"#bundle\0" + b"\0" * 8 + struct.pack(">i", -4), b"\0" * 60_000):
            assert (await udp.answer_to(data)).address == "/error"
        stray = OscMessage("/session/none/strip/1/fader", (1.0,))
        about, reason = (await udp.answer_to(serialize(stray))).arguments
        assert (about, "no session" in reason) == (stray.address, True)
        udp.send(stray, OscMessage("/session/broken/ping"))  # what is wrong keeps nothing back
        assert {(await udp.told())[0].address for _ in range(2)} == {"/error", "/session/broken/pong"}
        udp.send(OscMessage("/session/broken/strip/1/fader", (-1.0,)))
        assert (await client.wait_for(messages.Change)).value == -1.0
