"""Players that share no code with us or with aiortc play a session by WHEP."""

import asyncio
import base64
import json
import os
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from telharmonic.protocol import messages

pytestmark = pytest.mark.realtime

HERE = Path(__file__).parent
DEBIANS_PYTHON = Path("/usr/bin/python3")  # the bindings of GStreamer are Debian's, for its Python alone
WERIFT = HERE.parents[1] / "node_modules" / "werift"
NTP_1970_S = 2_208_988_800


def has_gstreamer() -> bool:
    """Whether webrtcbin, the elements that it needs, and their bindings are there."""
    elements = "('webrtcbin', 'nicesrc', 'dtlsdec', 'srtpdec', 'opusdec')"
    look = (
        "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstWebRTC', '1.0'); "
        "from gi.repository import Gst, GstWebRTC; Gst.init(None); "
        f"assert all(map(Gst.ElementFactory.find, {elements}))"
    )
    if not DEBIANS_PYTHON.exists():
        return False
    return subprocess.run([DEBIANS_PYTHON, "-c", look], capture_output=True, check=False).returncode == 0


async def run(*words: str | Path) -> dict:
    """What a player saw; its own complaints stay out of it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    process = await asyncio.create_subprocess_exec(
        *map(str, words), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=environment
    )
    said, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()[-2000:]
    return json.loads(said.splitlines()[-1])


def check_tone(sound: np.ndarray) -> None:
    """The last second of it is the session's tone, 1000 Hz at -23 dBFS on both sides, and nothing else above -63 dB."""
    sound = sound[-48_000:]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(48_000)[:, None], axis=0)) / 12_000  # peak of a sine
    assert spectrum.argmax(axis=0).tolist() == [1000, 1000]
    assert spectrum.max(axis=0) == pytest.approx(0.0707, rel=0.05)  # -20 dBFS and the pan's -3 dB; Opus adds less
    spectrum[990:1011] = 0
    assert spectrum.max() < 0.0707 * 10 ** (-40 / 20)


@pytest.mark.skipif(not has_gstreamer(), reason="GStreamer's webrtcbin, libnice or its bindings are not installed")
@pytest.mark.parametrize("way", ["whole", "trickle"])
async def test_gstreamer_plays_a_session(node, tmp_path, way):
    await node.start(f"gstreamer-{way}")
    out = tmp_path / "sound"
    async with await node.join(f"gstreamer-{way}") as client:
        await client.ask(messages.Play(id=client.next_id()))
        url = node.url(f"/api/sessions/gstreamer-{way}/whep")
        seen = await run(DEBIANS_PYTHON, HERE / "gstreamer_player.py", url, "l" * 16, "2.5", out, way)
    assert "error" not in seen, seen
    assert (seen["status"], seen["deleted"]) == (201, 200)
    if way == "trickle":
        assert (seen["offered_candidates"], seen["patched"]) == (0, 204)
    check_tone(np.fromfile(out, np.float32).reshape(-1, 2))
    check_sender_report(seen)


def check_sender_report(seen: dict) -> None:
    """What the newest one counts and says of time agrees with the packets that came."""
    report = seen["sender_report"]
    assert report["have-sr"]
    behind = seen["packets"] - report["sr-packet-count"]
    assert -20 <= behind <= 400  # it is up to 1.5 s old, 200 packets a second; a few went before the player was ready
    assert report["sr-octet-count"] / report["sr-packet-count"] == pytest.approx(
        seen["octets"] / seen["packets"], rel=0.05
    )
    came_s, time_stamp = seen["last_packet"]
    since = (time_stamp - report["sr-rtptime"] + 2**31) % 2**32 - 2**31
    sent_s = report["sr-ntptime"] / 2**32 - NTP_1970_S + since / 48_000
    assert abs(came_s - sent_s) < 2.0  # both clocks are this machine's; a wrong pair would be off by hours


@pytest.mark.skipif(not WERIFT.exists(), reason="werift is not installed: npm ci")
async def test_werift_plays_a_session_and_becomes_a_member(node):
    await node.start("werift")
    async with await node.join("werift") as client:
        await client.ask(messages.Play(id=client.next_id()))
        url = node.url("/api/sessions/werift/whep")
        seen = await run("node", HERE / "werift_player.mjs", url, "l" * 16, "500")
    assert (seen["status"], seen["deleted"]) == (201, 200)
    assert (seen["said"][0]["type"], seen["said"][0]["role"]) == ("welcome", "listener")
    assert seen["srtp"] == 7  # AEAD_AES_128_GCM of RFC 7714, though it also offers SHA-1
    first, last = seen["payloads"][0], seen["payloads"][-1]
    assert first["type"] == last["type"] == 111
    assert (last["timestamp"] - first["timestamp"]) % 2**32 == 240 * ((last["sequence"] - first["sequence"]) % 2**16)
    decoder = av.CodecContext.create("opus", "r")  # FFmpeg's own, not libopus
    decoder.sample_rate, decoder.layout = 48_000, "stereo"
    packets = (av.Packet(base64.b64decode(each["data"])) for each in seen["payloads"])
    check_tone(np.concatenate([frame.to_ndarray().T for packet in packets for frame in decoder.decode(packet)]))
