"""The grain instrument's page: what is turned there is heard, alone, together, by chance, between stored clouds."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect

VALUES = "[...Array(14)].map((_, n) => s.state.values[`strip/${n + 1}/${argument}`])"


@pytest.fixture
def instrument(page, console_server):
    """The page with its fourteen players, which play."""

    def enter():
        page.goto(f"{console_server.url}/grains.html")
        page.wait_for_function("() => globalThis.telharmonic?.stats().playedFrame > 0", timeout=30_000)
        page.get_by_role("button", name="Play", exact=True).click()
        expect(page.get_by_role("region", name="Aria", exact=True)).to_be_visible()
        return Instrument(page)

    return enter


class Instrument:
    def __init__(self, page):
        self.page = page

    def values(self, name):
        return self.page.evaluate(f"(argument) => {{ const s = globalThis.telharmonic; return {VALUES}; }}", name)

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def wait_for(self, name, test):
        self.page.wait_for_function(
            f"(argument) => {{ const s = globalThis.telharmonic; const values = {VALUES}; return {test}; }}", arg=name
        )

    def level(self):
        script = "async () => { const c = await telharmonic.capture(0.5); return c.left; }"
        return float(np.std(self.page.evaluate(script)))


def test_what_is_turned_is_turned_alone_or_together_and_heard(instrument):
    made = instrument()
    assert made.level() > 1e-3
    dial = made.page.get_by_role("slider", name="Aria Pitch ratio")
    dial.press("Home")
    made.wait_for("grain_pitch", "values[0] === 0.0625 && values[1] !== 0.0625")
    made.press("All together")
    dial.press("End")
    made.wait_for("grain_pitch", "values.every((value) => value === 8)")
    for _ in range(14):
        made.page.get_by_role("slider", name="Aria Amplitude").press("Home")
    made.wait_for("grain_amp", "values.every((value) => value === -120)")
    made.page.wait_for_timeout(1500)  # the hall's tail
    assert made.level() < 1e-4


def test_clouds_are_made_by_chance_spread_stored_and_morphed(instrument):
    made = instrument()
    made.press("Store cloud A")
    first = made.values("grain_density")
    made.press("Randomise all")
    made.wait_for("grain_seed", "new Set(values).size > 5 && values[0] !== 1")
    made.page.keyboard.press("Control+z")  # all of it is one step
    made.wait_for("grain_density", f"values.every((value, n) => value === {first}[n])")
    made.press("Redo")
    made.wait_for("grain_seed", "new Set(values).size > 5 && values[0] !== 1")
    made.press("Store cloud B")
    second = made.values("grain_density")
    morph = made.page.get_by_role("slider", name="Morph", exact=True)
    morph.fill("0.5")
    made.wait_for("grain_density", f"Math.abs(values[0] - {(first[0] + second[0]) / 2}) < 0.01")
    made.press("Go to cloud A")
    made.wait_for("grain_density", f"values[0] === {first[0]}")
    made.press("Spread over players")
    made.wait_for("grain_position", "values[0] === 0 && values[13] === 1 && values[7] > values[6]")
    view = made.page.locator(".player .cloud-view").first
    box = view.bounding_box()
    made.page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 10)
    made.wait_for("grain_position", "Math.abs(values[0] - 0.75) < 0.01")
    made.press("Undo")
    made.wait_for("grain_position", "values[0] === 0")


IN_SIGHT = "(each) => { const {top, bottom} = each.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; }"


def test_on_a_telephone_play_undo_and_all_together_are_at_hand_beside_the_last_player(instrument):
    made = instrument()
    made.page.set_viewport_size({"width": 390, "height": 664})
    made.page.get_by_label("Go to player").select_option(label="Breath")
    last = made.page.get_by_role("region", name="Breath", exact=True)
    expect(last.get_by_role("heading")).to_be_in_viewport()
    for name in ("Pause", "Stop and return to the beginning", "Undo", "All together"):
        assert made.page.get_by_role("button", name=name, exact=True).evaluate(IN_SIGHT), name
    assert made.page.locator(".at-hand").bounding_box()["height"] < 64
    last.get_by_role("button", name="Randomise Breath").click()
    made.press("Pause")
    made.page.wait_for_function("() => !telharmonic.state.transport.playing")


def test_a_listener_is_told_that_it_listens_and_finds_nothing_to_turn(page, console_server):
    created = console_server.open("grains")
    page.goto(
        created["links"]["page"]
        .replace("/#", "/grains.html#")
        .replace(created["tokens"]["performer"], created["tokens"]["listener"])
    )
    expect(page.get_by_text("You only listen: performers and controllers")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("region", name="Aria", exact=True)).to_be_visible()
    assert page.locator("main button:not([disabled]), main input:not([readonly])").count() == 0
    assert page.locator("main [role=slider]:not([aria-disabled])").count() == 0


WAYS = {"websocket": "WebSocket", "datachannel": "data channel", "http": "HTTP relay"}


def test_a_player_is_pinged_by_each_way_which_is_shown_by_its_stages_and_kept(instrument, console_server):
    made = instrument()
    made.press("Ping Aria")
    aria = made.page.get_by_role("region", name="Aria", exact=True)
    expect(aria.get_by_role("status")).to_have_text("pause first: a ping is found in silence")
    made.press("Pause")
    made.page.wait_for_function("() => !telharmonic.state.transport.playing")
    made.page.get_by_label("Pings of a player").fill("6")
    for way, name in WAYS.items():
        made.page.get_by_label("Way of the pings").select_option(way)
        made.press("Ping Aria")
        expect(aria.locator(".card")).to_contain_text(f"pings by {name}", timeout=60_000)
        expect(aria.get_by_role("status")).to_have_text(re.compile(r"median [\d.]+, p95 [\d.]+ ms"))
        assert aria.locator(".card canvas.histogram").count() == 1
        assert {"to the server", "network", "ring"} <= set(
            re.split(r"[\d. ]+ms", aria.locator(".legend").text_content())
        )
    kept = json.loads(console_server.request("GET", "/api/latency")[1])["summaries"]
    of_aria = {each["transport"]: each for each in kept if each["client"].endswith(", player Aria")}
    assert set(of_aria) == set(WAYS.values())
    for each in of_aria.values():
        assert each["samples"] > 0
        whole = sum(each["split_ms"][stage] or 0 for stage in ("control", "wait", "render", "network", "ring"))
        mean = sum((edge + 0.5) * count for edge, count in each["histogram_ms"]) / each["samples"]
        assert whole == pytest.approx(mean, abs=0.6)  # a histogram's bins are 1 ms wide


def test_a_recording_is_brought_into_the_session_while_it_plays_and_read_by_all(instrument, tmp_path):
    made = instrument()
    place = np.arange(2 * 48_000) / 48_000
    soundfile.write(tmp_path / "Glass harp.wav", 0.5 * np.sin(2 * np.pi * 750 * place), 48_000, subtype="FLOAT")
    session = made.page.evaluate("telharmonic.sessionId")
    made.page.set_input_files("#choose-recording", tmp_path / "Glass harp.wav")
    made.wait_for("grain_recording", "values.every((value) => value === 'recording/glass-harp')")
    assert made.page.evaluate("telharmonic.sessionId") == session
    assert made.page.evaluate("telharmonic.state.transport.playing")
    aria = made.page.get_by_role("region", name="Aria", exact=True)
    aria.get_by_text("More", exact=True).click()
    expect(aria.get_by_label("Aria Recording")).to_have_value("recording/glass-harp")
    expect(aria.get_by_label("Aria Recording").locator("option").last).to_have_text("Glass harp")
    made.page.evaluate(
        "() => telharmonic.sendCommand({type: 'set_many', values: Object.fromEntries([...Array(14)].map((_, n) => "
        "[`strip/${n + 1}/mute`, n > 0]))})"
    )
    script = "async () => { const c = await telharmonic.capture(1.0); return [c.left, c.sampleRateHz]; }"
    for _ in range(20):  # until what was there before, and the hall, have died away
        left, rate_hz = made.page.evaluate(script)
        spectrum = np.abs(np.fft.rfft(left * np.hanning(len(left))))
        loudest_hz = np.argmax(spectrum) * rate_hz / len(left)
        if abs(loudest_hz - 750) < 10:
            break
    assert loudest_hz == pytest.approx(750, abs=10)  # Aria's pitch ratio is 1; grains of 120 ms are some Hz wide
