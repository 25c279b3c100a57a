"""A visitor's own music on a real server: drawn, taken home, opened again."""

from __future__ import annotations

import asyncio
import io
import json
import urllib.error
import urllib.request

import numpy as np
import pytest
import soundfile

from telharmonic.protocol import editing, messages
from telharmonic.protocol.session_file import parse_toml
from telharmonic.protocol.waveforms import unpack
from telharmonic.transport.client import Client

pytestmark = pytest.mark.realtime


async def test_the_demo_is_drawn_from_far_and_near(visit):
    opened = visit("demo")
    whole = opened.get("/peaks?points=500")
    head, numbers = unpack(whole)
    assert len(head.strips) == 8
    assert 250 <= head.bins <= 500
    low, high = np.frombuffer(numbers, np.int8).reshape(8, 3, head.bins)[:, :2].swapaxes(0, 1)
    assert (low <= high).all()
    assert (high.max(axis=1) > 10).all()  # every strip sounds somewhere
    near, numbers = unpack(opened.get("/peaks?start_s=10&end_s=11&strips=1"))
    assert (near.bin_frames, near.bins, len(numbers)) == (64, 750, 3 * 750)


async def test_the_file_is_the_session_as_it_is_now(visit, tell):
    opened = visit("demo")
    async with await opened.join(audio=False) as client:
        await tell(client, messages.Set, address="strip/1/fader", value=-17.5)
        await tell(client, messages.SceneStore, name="Mine")
        await client.wait_for(messages.Scenes)
    spec = parse_toml(opened.get("/file").decode())
    assert spec.strips[0].values["fader"] == -17.5
    assert spec.scenes[-1].name == "Mine"
    again = visit({"version": 1, "strip": [{"id": "1", "source": "sine"}]})
    assert parse_toml(again.get("/file").decode()).strips[0].source == "sine"


def wav(samples: np.ndarray, rate_hz: int = 44_100) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, format="WAV", subtype="PCM_16")
    return file.getvalue()


def upload(server, data: bytes, name: str) -> tuple[int, dict]:
    request = urllib.request.Request(f"{server.url}/api/uploads?name={name}", data, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as answer:
        return answer.code, json.loads(answer.read())


async def add_impulse(server, created: dict, tell) -> str:
    """Bring a response into a session and choose it, as a member; the address of the choice."""
    room = np.random.default_rng(1).uniform(-0.1, 0.1, 24_000) * np.exp(-np.arange(24_000) / 5000)
    _, sent = upload(server, wav(room), "Our%20church.wav")
    token = created["tokens"]["performer"]
    async with await Client.connect(created["links"]["ws"], token) as client:
        aux = next(aux.id for aux in client.welcome.state.auxes if aux.kind == "reverb")
        body = {"upload": sent["upload"], "name": "Our church"}
        path = f"/api/sessions/{created['id']}/impulses"
        status, answer = await asyncio.to_thread(server.request, "POST", path, body, token)
        assert status == 201, answer
        told = await client.wait_for(editing.Impulses)
        assert (told.impulses[-1].id, told.impulses[-1].name) == ("our-church", "Our church")
        await tell(client, messages.Set, address=f"aux/{aux}/impulse", value="our-church")
        await client.wait_for(messages.Change)
    return f"aux/{aux}/impulse"


async def add_recording(server, created: dict, tell) -> None:
    """Bring a recording for grains into a session and let its player read it, as a member."""
    _, sent = upload(server, wav(0.5 * np.sin(2 * np.pi * 2000 * np.arange(22_050) / 44_100)), "Bells.wav")
    token = created["tokens"]["performer"]
    async with await Client.connect(created["links"]["ws"], token) as client:
        body, path = {"upload": sent["upload"], "name": "Bells"}, f"/api/sessions/{created['id']}/recordings"
        status, answer = await asyncio.to_thread(server.request, "POST", path, body, token)
        assert (status, json.loads(answer)) == (201, {"id": "bells", "name": "Bells"})
        told = await client.wait_for(editing.Recordings)
        assert (told.recordings[-1].id, told.recordings[-1].name) == ("bells", "Bells")
        await tell(client, messages.Set, address="strip/1/grain_recording", value="recording/bells")
        await client.wait_for(messages.Change)


async def test_music_and_a_room_that_were_sent_outlive_the_server(start_server, tmp_path, tell):
    server = start_server(tmp_path)
    place = np.arange(44_100) / 44_100
    status, sent = upload(server, wav(0.25 * np.sin(2 * np.pi * 1000 * place)), "Tone.wav")
    assert (status, sent["duration_s"], sent["channels"]) == (201, pytest.approx(1.0, abs=1e-3), 1)
    status, answer = upload(server, wav(place)[:20_000], "Cut%20off.wav")
    assert (status, answer["error"]["message"]) == (400, "'Cut off.wav' is cut off: its end is missing")
    status, answer = upload(server, b"%PDF-1.7" + bytes(1000), "Score.pdf")
    assert status == 400
    assert "'Score.pdf' is not a sound that can be read" in answer["error"]["message"]
    body = {"uploads": [{"upload": sent["upload"], "name": "Tone.wav"}], "name": "Mine", "players": 1}
    status, answer = server.request("POST", "/api/sessions", body)
    assert status == 201, answer
    created = json.loads(answer)
    token = created["tokens"]["performer"]
    _, file = server.request("GET", f"/api/sessions/{created['id']}/file", token=token)
    assert parse_toml(file.decode()).strips[0].clips[0].file == sent["file"]
    address = await add_impulse(server, created, tell)
    await add_recording(server, created, tell)
    assert server.stop() == 0
    server = start_server(tmp_path)
    _, state = server.request("GET", f"/api/sessions/{created['id']}/state", token=token)
    assert json.loads(state)["values"][address] == "our-church"
    assert json.loads(state)["values"]["strip/1/grain_recording"] == "recording/bells"
    path = f"/api/sessions/{created['id']}/peaks?points=64&recordings=bells"
    status, peaks = server.request("GET", path, token=token)
    assert status == 200
    head, numbers = unpack(peaks)
    assert head.strips == ("1", "recording/bells")
    high = np.frombuffer(numbers, np.int8).reshape(2, 3, head.bins)[:, 1]
    assert (np.abs(high[0, 2:-2] - 32) <= 1).all()  # 0.25 of full scale
    assert (np.abs(high[1, 2 : head.bins // 2 - 2] - 64) <= 1).all()  # half as long, twice as loud
    assert not high[1, head.bins // 2 + 2 :].any()
    server.stop()


async def test_the_mix_of_a_running_session_is_taken_home(server, visit, tell):
    samples = 0.25 * np.sin(2 * np.pi * 1000 * np.arange(24_000) / 48_000)
    _, sent = upload(server, wav(samples, 48_000), "Tone.wav")
    opened = visit({"version": 1, "strip": [{"id": "1", "clip": [{"file": sent["file"]}]}]})
    async with await opened.join(audio=False) as client:
        await tell(client, messages.Set, address="strip/1/fader", value=-6.0)
        await client.wait_for(messages.Change)
    path, token = f"/api/sessions/{opened.id}/bounces", opened.tokens["controller"]
    status, answer = server.request("POST", path, {"format": "flac", "stems": False}, token)
    assert status == 202, answer
    view = json.loads(answer)
    while view["state"] in ("waiting", "running"):
        await asyncio.sleep(0.05)  # between two questions: the limit on requests is 50 a second
        view = json.loads(server.request("GET", f"{path}/{view['id']}", token=token)[1])
    assert view["state"] == "done", view
    _, file = server.request("GET", f"{path}/{view['id']}/file", token=token)
    sound, rate = soundfile.read(io.BytesIO(file))
    assert rate == 48_000
    middle = sound[4_000:20_000]
    rms = np.sqrt(np.mean(middle**2, axis=0))
    # a mono strip in the middle: -3 dB a side by the sine law of the pan, and the fader
    np.testing.assert_allclose(rms, 0.25 / 2 * 10 ** (-6 / 20), rtol=0.01)
