"""A page's microphone in the mix and in a take, by Chromium's fake device."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Page
from scipy.signal import correlate
from tests.browser.conftest import AXE, FIND_VIOLATIONS, MAY_SOUND, settled

TONE_HZ, TONE = 700.0, 0.2
RATE_HZ = 48_000
FEW_MS = 10  # a player's own unsteadiness; Chromium's way from a node to the encoder, of which it says nothing, has 6
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

FETCH_TAKE = """
const url = new URL(argument.path, argument.ws.replace(/^ws/, "http"));
const answer = await fetch(url, {headers: {Authorization: `Bearer ${argument.token}`}});
const bytes = new Uint8Array(await answer.arrayBuffer());
return {status: answer.status, bytes: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))};
"""


@pytest.fixture
def microphone_page(chromium: Any, tmp_path: Path) -> Iterator[Page]:
    """A page of a browser whose microphone is a file with a tone."""
    wave = TONE * np.sin(2 * np.pi * TONE_HZ / RATE_HZ * np.arange(10 * RATE_HZ))
    soundfile.write(tmp_path / "tone.wav", np.stack([wave, wave], axis=1), RATE_HZ, subtype="PCM_16")
    browser = chromium(MAY_SOUND, *FAKE, f"--use-file-for-fake-audio-capture={tmp_path / 'tone.wav'}")
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    if AXE.exists():
        context.add_init_script(path=AXE)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    browser.close()
    assert errors == []


@pytest.fixture
def enter_live(console_server: Any) -> Any:
    """A session of these strips, heard."""

    def open_live(page: Page, strips: list[dict[str, Any]]) -> tuple[Any, dict[str, Any]]:
        created = console_server.open({"version": 1, "name": "Live", "strip": strips})
        page.goto(created["links"]["page"])
        return settled(page), created

    return open_live


def fetch(listener: Any, created: dict[str, Any], take: dict[str, Any]) -> np.ndarray:
    argument = {"path": take["path"], "ws": created["links"]["ws"], "token": created["tokens"]["performer"]}
    got = listener.run(FETCH_TAKE, argument)
    assert got["status"] == 200
    sound, rate = soundfile.read(io.BytesIO(base64.b64decode(got["bytes"])), dtype="float64")
    assert rate == RATE_HZ
    return np.asarray(sound)


def test_the_microphone_is_heard_in_the_mix_and_recorded_as_it_was_played(microphone_page, enter_live):
    page = microphone_page
    listener, created = enter_live(page, [{"id": "mic", "name": "Voice", "source": "live", "stereo": True}])
    page.get_by_role("button", name="Microphone", exact=True).click()
    page.get_by_role("button", name="Play in").click()
    listener.wait_until("s.stats().transport === 'webrtc' && telharmonicMicrophone.upstream?.packets > 200")
    told = listener.run("const m = telharmonicMicrophone; return {processed: m.processed, settings: m.settings}")
    assert told["processed"] == []
    assert told["settings"]["echoCancellation"] is False
    wanted_db = 20 * np.log10(TONE)
    assert listener.level_db(TONE_HZ, wanted_db, 1.0) == pytest.approx(wanted_db, abs=1.0)
    assert listener.run("return telharmonicMicrophone.levelDb") == pytest.approx(wanted_db, abs=2.0)
    page.get_by_text("You hear yourself after").wait_for()
    page.get_by_role("button", name="Record").click()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="End the take").click()
    link = page.get_by_role("link", name="take-1.wav")
    link.wait_for()
    path = page.evaluate("(link) => new URL(link.href).pathname", link.element_handle())
    if AXE.exists():  # the drawer in use, with level, delays and a take
        assert page.evaluate(FIND_VIOLATIONS) == []
    sound = fetch(listener, created, {"path": path})
    assert len(sound) > RATE_HZ // 2
    spectrum = np.abs(np.fft.rfft(sound[:, 0] * np.hanning(len(sound))))
    assert np.argmax(spectrum) * RATE_HZ / len(sound) == pytest.approx(TONE_HZ, rel=0.01)
    assert np.percentile(np.abs(sound), 99) == pytest.approx(TONE, rel=0.1)
    page.get_by_role("button", name="Stop", exact=True).last.click()
    page.get_by_role("button", name="Play in").wait_for()


# A performer who plays exactly what is heard: the worklet's sound, behind the delays of loudspeaker and microphone that
# the page reckons with, is the microphone.
PLAY_ALONG = """
const {context} = s.outputNode;
const lateS = (s.stats().outputMs + telharmonicMicrophone.captureMs) / 1000;
const microphone = new MediaStreamAudioDestinationNode(context);
s.outputNode.connect(new DelayNode(context, {delayTime: lateS})).connect(microphone);
await telharmonicMicrophone.start({strip: "mic", stream: microphone.stream});
"""
TAKE = """
await s.sendCommand({type: "seek", position_s: 1});
await new Promise((resolve) => setTimeout(resolve, 1000));
await telharmonicMicrophone.take(true);
await new Promise((resolve) => setTimeout(resolve, 2000));
return await telharmonicMicrophone.take(false);
"""


def lags_ms(take: np.ndarray, song: np.ndarray, reach_s: float = 0.2) -> np.ndarray:
    """By how much each quarter of a second of a take lies behind the song, from the peak of their correlation."""
    piece, reach = RATE_HZ // 4, round(reach_s * RATE_HZ)
    lags = []
    for at in range(reach, len(take) - piece - reach, piece):
        here = correlate(song[at - reach : at + piece + reach], take[at : at + piece], "valid", method="fft")
        lags.append(1000 * (reach - np.argmax(here)) / RATE_HZ)
    return np.asarray(lags)


@pytest.mark.alone
def test_a_take_of_what_was_heard_lies_where_it_was_heard(microphone_page, enter_live, assets):
    noise = np.random.default_rng(1).uniform(-0.2, 0.2, 30 * RATE_HZ)
    soundfile.write(assets / "noise.wav", noise, RATE_HZ, subtype="FLOAT")
    song = {"id": "song", "name": "Song", "clip": [{"file": "noise.wav"}]}
    voice = {"id": "mic", "name": "Voice", "source": "live", "stereo": True, "set": {"mute": True}}
    listener, created = enter_live(microphone_page, [song, voice])
    listener.tell(type="play")
    listener.run(PLAY_ALONG)
    listener.wait_until("s.stats().transport === 'webrtc' && telharmonicMicrophone.upstream?.packets > 200")
    found = []
    for _ in range(8):  # a machine that stands still meanwhile moves the buffers, by which a take is placed
        take = listener.run(TAKE)
        if take["duration_s"] < 1.5 or take.get("start_s") is None:
            continue
        sound, first = fetch(listener, created, take)[:, 0], round(take["start_s"] * RATE_HZ)
        found.append(float(np.median(lags_ms(sound, noise[first : first + len(sound)]))))
        if abs(found[-1]) <= FEW_MS:
            break
    assert min(map(abs, found), default=np.inf) <= FEW_MS, found
