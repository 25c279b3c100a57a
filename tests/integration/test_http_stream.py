"""The stream as other programs read it: libsndfile, ffmpeg and curl, plain and encrypted."""

from __future__ import annotations

import io
import json
import shutil
import ssl
import subprocess
import urllib.request

import numpy as np
import pytest
import soundfile

from telharmonic.protocol import messages
from telharmonic.transport.client import Client

pytestmark = pytest.mark.realtime

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def stream_url(session, query: str) -> str:
    """By way of the front door, which sends on to the node."""
    return f"{session.server.url}/api/sessions/{session.id}/stream?token={session.tokens['listener']}&{query}"


def is_the_tone(samples: np.ndarray, rate_hz: int) -> bool:
    """Whether the strongest frequency is 1 kHz, at the strip's level."""
    spectrum = np.abs(np.fft.rfft(samples[:, 0] * np.hanning(len(samples))))
    peak_hz = np.argmax(spectrum) * rate_hz / len(samples)
    return abs(peak_hz - 1000) < 10 and abs(np.abs(samples).max() - 0.1 * np.sqrt(0.5)) < 1e-3


@pytest.mark.parametrize("encoding", ["s16", "s24", "f32"])
async def test_libsndfile_reads_the_stream_as_a_wav_file(visit, tell, encoding):
    session = visit()
    async with await session.join(audio=False) as client:
        await tell(client, messages.Play)
        with urllib.request.urlopen(stream_url(session, f"format=wav&encoding={encoding}"), timeout=10) as answer:
            assert answer.headers["Content-Type"] == "audio/wav"
            data = io.BytesIO(answer.read(200_000))
    with soundfile.SoundFile(data) as file:
        assert (file.samplerate, file.channels) == (48_000, 2)
        assert is_the_tone(file.read(12_000)[4800:], 48_000)


@needs_ffmpeg
async def test_ffmpeg_reads_the_stream(visit, tell):
    session = visit()
    async with await session.join(audio=False) as client:
        await tell(client, messages.Play)
        url = stream_url(session, "format=wav")
        command = ["ffmpeg", "-v", "error", "-i", url, "-t", "0.5", "-f", "f32le", "-"]
        run = subprocess.run(command, capture_output=True, timeout=60, check=True)
    samples = np.frombuffer(run.stdout, np.float32).reshape(-1, 2)
    assert len(samples) == 24_000
    assert is_the_tone(samples[4800:], 48_000)


async def test_a_controllers_token_and_a_wrong_question_are_refused(visit, server):
    session = visit()
    path = f"/api/sessions/{session.id}/stream"
    assert server.request("GET", f"{path}?format=wav", token=session.tokens["controller"])[0] == 403
    assert server.request("GET", f"{path}?format=wav")[0] == 401
    status, answer = server.request("GET", f"{path}?format=mp3", token=session.tokens["listener"])
    assert status == 400
    assert b"raw, wav" in answer


@pytest.mark.slow
@needs_curl
async def test_over_tls_words_and_stream_need_the_servers_certificate(start_server, tmp_path, tell):
    server = start_server(tmp_path / "state", "--tls")
    certificate = str(tmp_path / "state" / "certificate.pem")

    def curl(*arguments: str, trusted: bool = True) -> subprocess.CompletedProcess[bytes]:
        trust = ["--cacert", certificate] if trusted else []
        return subprocess.run(["curl", "-s", *trust, *arguments], capture_output=True, timeout=30, check=False)

    assert curl(f"{server.url}/api/sessions", trusted=False).returncode == 60  # cannot be authenticated
    body = json.dumps({"session": "latency"})
    made = curl("-H", "Content-Type: application/json", "-d", body, f"{server.url}/api/sessions")
    created = json.loads(made.stdout)
    assert created["links"]["stream"].startswith("https://")
    tls = ssl.create_default_context(cafile=certificate)
    async with await Client.connect(created["links"]["ws"], created["tokens"]["performer"], tls=tls) as client:
        await tell(client, messages.Play)
        url = f"{created['links']['stream']}?format=wav&token={created['tokens']['listener']}"
        heard = curl("--max-time", "1", url)
    assert heard.returncode == 28  # curl's own time limit: the stream has no end
    assert heard.stdout[:4] == b"RIFF"
    assert len(heard.stdout) > 48_000
