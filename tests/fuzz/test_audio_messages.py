"""A bounded run of the atheris harness for binary messages, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from telharmonic.protocol import osc
from telharmonic.protocol.osc import OscMessage
from telharmonic.wire import red, rtp
from telharmonic.wire.pcm import AudioHeader, Encoding, serialize_message

pytest.importorskip("atheris", reason="atheris has no wheel for this Python")

HARNESS = Path(__file__).with_name("audio_messages.py")


@pytest.mark.slow
def test_no_bytes_raise_anything_but_our_errors(tmp_path):
    for encoding in Encoding:
        header = AudioHeader(
            encoding=encoding, channels=1, frames=120, epoch=1, sequence=2, first_frame=3, sample_rate_hz=48_000
        )
        (tmp_path / encoding.name).write_bytes(serialize_message(header, np.zeros((120, 1), np.float32)))
    redundant = red.serialize(111, b"newest", [(480, b"oldest"), (240, b"older")])
    (tmp_path / "red").write_bytes(redundant)
    packet = rtp.RtpPacket(payload_type=63, sequence=1, timestamp=2, ssrc=3, payload=redundant)
    (tmp_path / "rtp").write_bytes(rtp.serialize(packet))
    messages = [OscMessage("/strip/*/fader", (-6.0, 0.5)), OscMessage("/scene/recall", ("A", 1, True, b"x"))]
    (tmp_path / "osc").write_bytes(osc.serialize(messages[0]))
    (tmp_path / "osc-bundle").write_bytes(osc.serialize_bundle(messages, osc.time_tag(1e9 + 5)))
    limits = (
        "-atheris_runs=50000",
        "-seed=1",
        "-max_len=1024",
        "-timeout=30",
        "-rss_limit_mb=8192",
        f"-artifact_prefix={tmp_path}/",
    )
    command = [sys.executable, str(HARNESS), *limits, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done 50000" in done.stderr, done.stderr[-3000:]
