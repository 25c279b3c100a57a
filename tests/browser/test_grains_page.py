"""The grain instrument's page: what is turned there is heard, alone, together, by chance, between stored clouds."""

from __future__ import annotations

import numpy as np
import pytest
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
        script = "async () => { const c = await telharmonic.capture(0.5); return Array.from(c.left); }"
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
