"""A real node in a process of its own, for the tests of this folder."""

from __future__ import annotations

import asyncio
import json
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtp import RtcpReceiverInfo, RtcpRrPacket

from telharmonic.cluster.node_link import NodeLink
from telharmonic.protocol.node_api import SessionStarted, Snapshot, StartSession
from telharmonic.protocol.parts import AudioRequest, Resume
from telharmonic.protocol.session import MasterSpec, SessionSpec, StripSpec
from telharmonic.transport.client import Client
from telharmonic.wire.rtp import RtpPacket
from telharmonic.wire.rtp import parse as parse_rtp

TOKENS = {"performer": "p" * 16, "controller": "c" * 16, "listener": "l" * 16}
SINE = SessionSpec(
    strips=(
        StripSpec(id="1", name="Sine", source="sine", freq_hz=1000.0, level_db=-20.0),
        StripSpec(id="2", name="Noise", source="noise", level_db=-20.0, values={"mute": True}),
    ),
    master=MasterSpec(values={"limiter_on": False}),
)

RED = 63  # Chromium's payload type of redundant audio
START_S = 600.0  # for a node: 25 s at a load of 20; with all kernels to be compiled 94 s of CPU, 5 minutes at 7 to 17
WAIT_S = 20.0  # for a peer's handshake, on a machine that is busy with other tests

SCRIPT = """
import dataclasses, json, sys
from pathlib import Path
from telharmonic.errors import TelharmonicError
from telharmonic.node.limits import NodeLimits
from telharmonic.node.stream_process import OscSettings, run_node
from telharmonic.protocol.relay import parse_relay_file
from telharmonic.transport.ice import IceSettings
options = json.loads(sys.argv[1])
paths = {name: Path(value) for name, value in options.pop("paths").items()}
consent = options["limits"].pop("consent_s", 30.0)
ice = IceSettings(consent_s=consent, **options.pop("ice"))
limits = NodeLimits(**options.pop("limits"))
origins = tuple(options.pop("allowed_origins", ()))
port, rules, audit = options.pop("osc_port"), options.pop("osc_relay"), options.pop("osc_audit")
osc_host = options.pop("osc_host") or "127.0.0.1"
osc = OscSettings(port=port, host=osc_host, relay=rules and parse_relay_file(rules), audit=audit and Path(audit))
say = lambda ready: print(json.dumps(dataclasses.asdict(ready)), flush=True)
try:
    options |= paths
    options |= {"limits": limits, "ice": ice, "allowed_origins": origins, "osc": osc}
    sys.exit(run_node(host="127.0.0.1", on_ready=say, **options))
except TelharmonicError as problem:
    sys.exit(f"error: {problem}")
"""


class RtcPeer:
    """One peer connection that wants sound, data channels, or both."""

    def __init__(
        self,
        *,
        audio: bool = True,
        data: bool = True,
        servers: list[RTCIceServer] | None = None,
        plays: MediaStreamTrack | None = None,
    ) -> None:
        policy = RTCIceTransportPolicy.RELAY if servers else RTCIceTransportPolicy.ALL
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=servers or [], iceTransportPolicy=policy))
        self.track: MediaStreamTrack | None = None
        self.control: RTCDataChannel | None = None
        self.meters: RTCDataChannel | None = None
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.metered: asyncio.Queue[str] = asyncio.Queue()
        self._opened = asyncio.Event()
        self.pc.on("track", lambda track: setattr(self, "track", track))
        if audio:
            self.pc.addTransceiver(plays or "audio", "sendrecv" if plays else "recvonly")
        if data:
            self.control = self.pc.createDataChannel("control")
            self.meters = self.pc.createDataChannel("meters", ordered=False, maxRetransmits=0)
            self.control.on("message", self.said.put_nowait)
            self.meters.on("message", self.metered.put_nowait)
            self.control.on("open", self._opened.set)

    async def offer(self, *, red: bool = False) -> str:
        """Its offer, with all candidates; with redundant audio (RFC 2198) as a browser's, since aiortc has none."""
        await self.pc.setLocalDescription(await self.pc.createOffer())
        sdp = self.pc.localDescription.sdp
        if red:
            rtpmap, opus = re.search(r"a=rtpmap:(\d+) opus/48000/2\r\n", sdp).group(0, 1)
            redundant = f"a=rtpmap:{RED} red/48000/2\r\na=fmtp:{RED} {opus}/{opus}\r\n"
            sdp = re.sub(r"(m=audio [^\r]*)", rf"\1 {RED}", sdp, count=1).replace(rtpmap, rtpmap + redundant, 1)
        return sdp

    async def take(self, answer: str) -> None:
        """Read the answer; the connection then comes about."""
        await self.pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def connected(self) -> None:
        """Return once it is."""
        await self.reaches("connected")

    async def reaches(self, *states: str) -> None:
        """Return once the connection is in one of these states."""
        done = asyncio.Event()
        self.pc.on("connectionstatechange", lambda: done.set() if self.pc.connectionState in states else None)
        if self.pc.connectionState not in states:
            await asyncio.wait_for(done.wait(), WAIT_S)

    async def hear(self, seconds: float) -> np.ndarray:
        """So much of the next sound: float in (frames, channels) at 48 kHz."""
        blocks: list[Any] = []
        frames = 0
        while frames < seconds * 48_000:
            frame = await asyncio.wait_for(self.track.recv(), WAIT_S)
            blocks.append(frame.to_ndarray().reshape(-1, 2) / 32768.0)
            frames += frame.samples
        return np.concatenate(blocks)

    async def hear_tone(self, freq_hz: float) -> np.ndarray:
        """The first half second of sound in which a tone of this frequency stands out."""
        for _ in range(40):
            heard = await self.hear(0.5)
            spectrum = np.abs(np.fft.rfft(heard[:24_000, 0] * np.hanning(24_000)))
            if spectrum.max() > 1.0 and abs(np.argmax(spectrum) * 2 - freq_hz) <= 2:
                return heard[:24_000]
        raise AssertionError(f"no tone of {freq_hz} Hz was heard")

    async def opened(self) -> None:
        """Return once `control` is open."""
        await asyncio.wait_for(self._opened.wait(), WAIT_S)

    async def next_meters(self) -> str:
        """The next message over `meters`."""
        return await asyncio.wait_for(self.metered.get(), WAIT_S)

    async def next_text(self) -> str:
        """The next message over `control`."""
        return await asyncio.wait_for(self.said.get(), WAIT_S)

    def time_stamps(self) -> asyncio.Queue[int]:
        """The RTP time stamps of packets as they come; ask before it is connected."""
        stamps: asyncio.Queue[int] = asyncio.Queue()
        receiver = self.pc.getTransceivers()[0].receiver
        handle = receiver._handle_rtp_packet

        async def taken(packet: Any, arrival_time_ms: int) -> None:
            stamps.put_nowait(packet.timestamp)
            await handle(packet, arrival_time_ms)

        receiver._handle_rtp_packet = taken
        return stamps

    def packets(self) -> asyncio.Queue[RtpPacket]:
        """RTP packets as they come, whatever their payload; ask before it is connected."""
        packets: asyncio.Queue[RtpPacket] = asyncio.Queue()
        dtls = self.pc.getTransceivers()[0].receiver.transport
        handle = dtls._handle_rtp_data

        async def taken(data: bytes, arrival_time_ms: int) -> None:
            packets.put_nowait(parse_rtp(data))
            await handle(data, arrival_time_ms)

        dtls._handle_rtp_data = taken
        return packets

    async def report_loss(self, ssrc: int) -> None:
        """Tell the sender of a stream that one in twenty packets was lost."""
        report = RtcpReceiverInfo(
            ssrc=ssrc, fraction_lost=13, packets_lost=9, highest_sequence=1, jitter=96, lsr=0, dlsr=0
        )
        dtls = self.pc.getTransceivers()[0].receiver.transport
        await dtls._send_rtp(bytes(RtcpRrPacket(ssrc=1, reports=[report])))

    def vanish(self) -> None:
        """Be gone without a word, like a phone without a network."""
        transports = {each.sender.transport.transport for each in self.pc.getTransceivers()}
        for ice in transports | ({self.pc.sctp.transport.transport} if self.pc.sctp else set()):
            for protocol in ice._connection._protocols:
                protocol.transport.abort()

    async def close(self) -> None:
        """End it; aiortc waits for its own tasks, and for ever for one that has died."""
        await asyncio.wait_for(self.pc.close(), WAIT_S)


class RealNode:
    """A node's process, and ways to talk to it."""

    def __init__(
        self, folder: Path, *, port: int = 0, certificate: Path | None = None, key: Path | None = None, **options
    ) -> None:
        self.folder = folder
        self.socket: Path = options.pop("control_socket", folder / "node.sock")
        self.tls = certificate is not None
        paths = {"control_socket": str(self.socket), "assets_cache": str(folder / "cache")}
        if certificate is not None:
            paths |= {"tls_certificate": str(certificate), "tls_key": str(key)}
        origins = options.pop("allowed_origins", [])
        within = options.pop("within", [])  # words that run a command somewhere else
        arguments = {"paths": paths, "limits": options, "port": port, "allowed_origins": origins}
        arguments |= {name: options.pop(name, None) for name in ("osc_port", "osc_host", "osc_relay", "osc_audit")}
        arguments["ice"] = options.pop("ice", {})
        self.errors = (folder / "stderr.txt").open("w+")
        self.process = subprocess.Popen(
            [*within, sys.executable, "-W", "default", "-c", SCRIPT, json.dumps(arguments)],
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        assert self.process.stdout is not None
        is_there, _, _ = select.select([self.process.stdout], [], [], START_S)
        line = self.process.stdout.readline() if is_there else ""
        if not line:
            self.process.kill()
            self.process.wait()
            late = f"the node was not ready within {START_S:g} s; are the kernels compiled? (telharmonic compile)"
            raise RuntimeError(self.said() or late)
        self.ready = json.loads(line)
        self.port: int = self.ready["port"]

    def said(self) -> str:
        """What it wrote to stderr."""
        self.errors.seek(0)
        return self.errors.read()

    def children(self) -> list[int]:
        """Its child processes' numbers."""
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in text.split()]

    def end(self, number: int = signal.SIGTERM) -> int:
        """Signal it and wait; its exit status."""
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        try:
            status = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}{'s' if self.tls else ''}://127.0.0.1:{self.port}{path}"

    async def start(
        self, session_id: str, spec: SessionSpec = SINE, state: Snapshot | None = None, base_folder: Path | None = None
    ) -> SessionStarted:
        link = NodeLink(self.socket)
        try:
            wish = StartSession(
                id=session_id, description=spec, base_folder=str(base_folder or self.folder), tokens=TOKENS, state=state
            )
            return await link.start(wish)
        finally:
            await link.close()

    async def end_sessions(self) -> None:
        """End every session that is still open, so that a test that is run again finds the node as it was."""
        link = NodeLink(self.socket)
        try:
            for session in (await link.status()).sessions:
                await link.end(session.id)
        finally:
            await link.close()

    async def join(
        self,
        session_id: str,
        role: str = "performer",
        audio: AudioRequest | None = None,
        meters_hz: float = 0.0,
        resume: Resume | None = None,
        **options,
    ) -> Client:
        url = self.url(f"/api/sessions/{session_id}/ws", "ws")
        return await Client.connect(url, TOKENS[role], audio=audio, meters_hz=meters_hz, resume=resume, **options)

    async def metrics(self) -> dict[str, float]:
        """The figures of /metrics by name and labels."""
        async with aiohttp.ClientSession() as http, http.get(self.url("/metrics")) as answer:
            text = await answer.text()
        rows = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in rows}


@pytest.fixture(scope="session")
def shared_node(tmp_path_factory, relay_rules) -> Iterator[RealNode]:
    """One node for all tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("node")
    node = RealNode(folder, hello_s=0.5, members=6, osc_port=0, osc_relay=relay_rules)
    yield node
    assert node.end() == 0
    assert node.said() == ""


@pytest.fixture(scope="session")
def shared_patched_node(tmp_path_factory) -> Iterator[RealNode]:
    """One node for the tests with programs and JACK, whose children write what those say."""
    node = RealNode(tmp_path_factory.mktemp("patched"))
    yield node
    assert node.end() == 0
    node.errors.close()


@pytest.fixture
async def node(shared_node) -> AsyncIterator[RealNode]:
    """The shared node; the sessions of a test end with it."""
    yield shared_node
    await shared_node.end_sessions()


@pytest.fixture
async def patched_node(shared_patched_node) -> AsyncIterator[RealNode]:
    """The shared node for programs and JACK; the sessions of a test end with it."""
    yield shared_patched_node
    await shared_patched_node.end_sessions()


@pytest.fixture
def make_node(tmp_path) -> Iterator:
    """Nodes with other options; ended with the test."""
    made = []

    def make(**options) -> RealNode:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(RealNode(folder, **options))
        return made[-1]

    yield make
    for node in made:
        node.end()
        node.errors.close()


@pytest.fixture
async def link(node) -> AsyncIterator[NodeLink]:
    """The gateway's line to the shared node."""
    link = NodeLink(node.socket)
    yield link
    await link.close()


@pytest.fixture
async def make_peer() -> AsyncIterator:
    """Clients of the WebRTC line; ended with the test."""
    made = []

    def make(**wanted: Any) -> RtcPeer:
        made.append(RtcPeer(**wanted))
        return made[-1]

    yield make
    for peer in made:
        await peer.close()
