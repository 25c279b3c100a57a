"""Bounded runs of the atheris harness, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("atheris", reason="atheris has no wheel for this Python")

HARNESS = Path(__file__).with_name("text_parsers.py")
DATA_OFFER = """1v=0
o=- 1 1 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=mid:0
a=sctp-port:5000
a=candidate:1 1 udp 2130706431 127.0.0.1 33530 typ host
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
""".format(fingerprint=":".join(["AA"] * 32))
AUDIO_OFFER = "1" + (Path(__file__).parents[1] / "references" / "chromium_offer.sdp").read_text()
CANDIDATES = """8a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
m=audio 9 RTP 0
a=mid:0
a=candidate:1 1 udp 1 ::1 9 typ host"""
SEEDS = [
    DATA_OFFER,
    AUDIO_OFFER,
    CANDIDATES,
    '0{"type":"hello","token":"t","audio":{"encoding":"f32","frames":240,"channels":2},"resume":{"epoch":1,"seq":2}}',
    '0{"type":"set","id":1,"address":"strip/1/send/hall","value":"-inf","ramp_s":0.1,"at_beat":2}',
    '0{"type":"set_many","id":1,"values":{"strip/1/fader":-6,"strip/1/mute":1}}',
    '0{"type":"automation_write","id":1,"address":"strip/1/fader","points":[[0,-6],[1.5,"-inf"]],"from_s":0,"to_s":2}',
    '0{"type":"automation_record","id":1,"addresses":["strip/1/pan"],"on":true}',
    '0{"type":"analyse","id":1,"target":"aux/hall"}',
    '5{"log":"telharmonic.v1","sample_rate_hz":48000}\n{"frame":0,"message":{"type":"automation_clear","id":1}}',
    '3[[strip]]\nid = "1"\n[[automation]]\naddress = "strip/1/pan"\npoints = [[0, 1], [1.5, -1]]',
    '0{"channel":1,"param":"gain","value":"0.774","rampTime":"0.1"}',
    '2{"id":7}',
    '3version = 1\n[[strip]]\nid = "1"\nset = {fader = -6, "send/hall" = 0}\n[[strip.clip]]\nfile = "a.wav"\n[[aux]]\n'
    'id = "hall"\n[loop]\non = true\nend_s = 1',
    '4{"strip":[{"id":"1","clip":[{"file":"a.wav"}],"set":{"fader":-6}}],"scene":[{"name":"A","values":{}}]}',
    '5{"log":"telharmonic.v1","sample_rate_hz":48000}\n{"frame":0,"message":{"type":"play","id":1}}',
    '6{"kind":"sound","samples_ms":[1.5],"split_ms":{"ring":1}}',
    '6{"session":"demo"}',
    '7{"id":"s","description":{"strip":[{"id":"1"}]},"base_folder":"/","tokens":{"listener":"x"}}',
]


@pytest.mark.slow
def test_no_text_raises_anything_but_our_errors(tmp_path):
    for number, seed in enumerate(SEEDS):
        (tmp_path / str(number)).write_bytes(seed.encode())
    limits = (
        "-atheris_runs=30000",
        "-seed=1",
        "-max_len=8192",
        "-timeout=30",
        "-rss_limit_mb=8192",
        f"-artifact_prefix={tmp_path}/",
    )
    command = [sys.executable, str(HARNESS), *limits, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done 30000" in done.stderr or "DONE" in done.stderr, done.stderr[-3000:]
