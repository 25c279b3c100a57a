"""Telephones, upright and lying, and desktop windows at twice their size: everything can be reached."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

SIZES = [(390, 844), (390, 664), (360, 640), (320, 568), (844, 390), (667, 375), (720, 450), (1024, 600)]
WITH_A_MOUSE = [(720, 450), (1024, 600)]

# Scrolled to as the browser does it for the focus, a control is inside the window, and nothing lies over its middle.
OUT_OF_REACH = """(within) => [...document.querySelectorAll(within)].filter((each) => {
  if (each.getClientRects().length === 0) return false;
  each.scrollIntoView({block: "nearest", inline: "nearest"});
  const {left, right, top, bottom} = each.getBoundingClientRect();
  const inside = left >= -1 && right <= innerWidth + 1 && top >= -1 && bottom <= innerHeight + 1;
  const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return !inside || !hit || (each !== hit && !each.contains(hit));
}).map((each) => each.getAttribute("aria-label") ?? each.textContent)"""
CONTROLS = ", ".join(
    [
        *(f".bar {kind}" for kind in ("button:not(.drawer *)", "a")),
        *(f".desk {kind}" for kind in ("[role=slider]", "button", "input", "h2")),
        *(".zoom button", ".pager button"),
    ]
)
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
LEAST_FADER_PX = 125


@pytest.fixture
def screen(chromium):
    """``screen(width, height)``: a page of that size, for fingers if it is a telephone's."""
    contexts = []

    def screen(width, height):
        fingers = (width, height) not in WITH_A_MOUSE
        made = chromium().new_context(viewport={"width": width, "height": height}, has_touch=fingers, is_mobile=fingers)
        contexts.append(made)
        return made.new_page()

    yield screen
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_control_can_be_reached_and_no_fader_is_cut_off(screen, enter, tones, width, height):
    page = screen(width, height)
    listener = enter(page, tones)
    assert page.evaluate(OUT_OF_REACH, CONTROLS) == []
    assert page.evaluate(SIDEWAYS) == 0
    for name in ("Low", "Master"):
        assert page.get_by_role("slider", name=f"{name} Fader").bounding_box()["height"] >= LEAST_FADER_PX
    assert page.get_by_role("heading", name="Low").bounding_box()["height"] >= 16
    listener.run("s.hush()")
    expect(page.get_by_role("button", name="Listen", exact=True)).to_be_visible()
    assert page.evaluate(OUT_OF_REACH, ".bar button:not(.drawer *)") == []


END = """() => {
  const drawer = document.querySelector(":popover-open");
  drawer.scrollTop = drawer.scrollHeight;
  const {top, bottom} = drawer.getBoundingClientRect();
  return {inside: top >= 0 && bottom <= innerHeight, high: bottom - top >= Math.min(drawer.scrollHeight, 340)};
}"""


@pytest.mark.parametrize(("width", "height"), [(390, 664), (320, 568), (844, 390), (720, 450)])
def test_every_drawer_ends_inside_the_window(screen, enter, tones, width, height):
    page = screen(width, height)
    listener = enter(page, tones)
    for number in range(12):
        listener.tell(type="scene_store", name=f"Scene {number}")
    for name in ("Live", "Scenes", "Automation", "Files", "MIDI"):
        page.locator(".bar .opener").filter(has_text=name).click()
        assert page.evaluate(END) == {"inside": True, "high": True}
        page.keyboard.press("Escape")


FOCUSED = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
PANELS_PLACE = """() => {
  const place = (selector) => document.querySelector(selector).getBoundingClientRect();
  const [panel, bar] = [place(".strip .panel"), place(".master-bar")];
  return panel.top === 0 && panel.bottom <= bar.top + 0.5 && bar.bottom === innerHeight && panel.width === innerWidth;
}"""


def test_a_panel_that_covers_the_page_is_a_dialog_with_the_masters_fader_below_it(screen, enter, tones):
    page = screen(390, 664)
    listener = enter(page, tones)
    page.get_by_role("button", name="Low settings").press("Enter")
    expect(page.get_by_role("dialog", name="Low settings")).to_be_visible()
    assert page.evaluate(FOCUSED) == "Done with Low"
    assert page.evaluate(PANELS_PLACE)
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.closest('.panel, .master-bar, body').className"))
    assert seen <= {"panel", "master-bar", "console covered"}
    master = page.locator(".master-bar").get_by_role("slider", name="Master Fader", exact=True)
    master.press("ArrowDown")
    listener.wait_until("s.state.values['master/fader'] < 0")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate(FOCUSED) == "Low settings"
    page.get_by_role("button", name="Play").click(trial=True)


@pytest.mark.parametrize("name", ["", "grains.html", "latency.html", "status.html", "parameters.html", "api/docs"])
def test_no_page_is_wider_than_a_small_telephone(screen, console_server, name):
    page = screen(320, 568)
    page.goto(f"{console_server.url}/{name}")
    page.wait_for_load_state("networkidle")
    if name == "grains.html":
        page.get_by_text("Pad for all players").click(timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
