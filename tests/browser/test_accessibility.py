"""Every page against axe-core's rules (WCAG A and AA, best practices) in both themes; and the themes themselves."""

from __future__ import annotations

import pytest

GROUND = "getComputedStyle(document.body).backgroundColor"
PANELS = ("Live", "Scenes", "Automation", "Files", "MIDI")
PAGES = ("latency.html", "status.html", "parameters.html", "api/docs")


def in_both_themes(page, violations):
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("(scheme) => document.documentElement.dataset.theme === scheme", arg=scheme)
        found += [f"{scheme}: {violation}" for violation in violations(page)]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation_on_the_page(page, violations, console_server, name):
    page.goto(f"{console_server.url}/{name}")
    page.wait_for_load_state("networkidle")
    assert in_both_themes(page, violations) == []


def test_axe_finds_no_violation_on_the_console(page, violations, enter):
    listener = enter(page, "demo")
    listener.tell(type="scene_store", name="Verse")
    points = [[5, -10], [20, -3], [40, -20]]
    listener.tell(type="automation_write", address="strip/1/fader", points=points, from_s=0, to_s=60)
    page.get_by_role("button", name="Violin settings").click()
    found = in_both_themes(page, violations)
    for name in PANELS:
        page.get_by_role("group", name="Tools").or_(page.get_by_role("group", name="Line")).get_by_role(
            "button", name=name
        ).click()
        if name == "Automation":
            page.locator(".lanes .wide").click()
        found += [f"{name}: {violation}" for violation in violations(page)]
        page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert found + violations(page) == []


OVER_THE_EDGE = """[...document.querySelectorAll(":popover-open, :popover-open *")].filter((each) => {
  const {left, right} = each.getBoundingClientRect();
  return left < 0 || right > innerWidth;
}).map(({className}) => className)"""


def test_every_drawer_is_whole_on_a_tablet_and_on_a_phone(page, enter, tones):
    page.set_viewport_size({"width": 820, "height": 1180})  # here the master begins folded
    listener = enter(page, tones)
    listener.tell(type="scene_store", name="The verse with the harpsichord, without the organ")
    for width, height in ((820, 1180), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for name in PANELS:
            page.locator(".bar .opener").filter(has_text=name).click()
            assert page.locator(":popover-open").count() == 1
            assert page.evaluate(OVER_THE_EDGE) == []
            page.keyboard.press("Escape")


def test_the_grain_page_fits_a_phone_and_axe_finds_no_violation(page, violations, console_server):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{console_server.url}/grains.html")
    page.locator(".player").first.get_by_text("More", exact=True).click(timeout=30_000)
    page.get_by_text("Pad for all players").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert in_both_themes(page, violations) == []


def test_the_theme_follows_the_system_until_it_is_chosen_and_is_kept(page, console_server):
    page.emulate_media(color_scheme="light")
    page.goto(f"{console_server.url}/latency.html")
    light = page.evaluate(GROUND)
    page.get_by_role("button", name="Light theme").click()
    dark = page.evaluate(GROUND)
    assert dark != light
    page.reload()
    assert page.evaluate(GROUND) == dark


JUMPS = """(address) => {
  const fader = document.querySelector('[aria-label="Low Fader"]');
  globalThis.seen = [];
  new MutationObserver(() => seen.push(Number(fader.getAttribute("aria-valuenow"))))
    .observe(fader, {attributes: true, attributeFilter: ["aria-valuenow"]});
}"""
MOVING = """[...document.querySelectorAll("*")].filter((each) => {
  const style = getComputedStyle(each);
  const long = (text) => text.split(",").some((part) => parseFloat(part) > 0.01);
  return (style.animationName !== "none" && long(style.animationDuration)) || long(style.transitionDuration);
}).map((each) => each.className)"""


def test_where_less_motion_is_wanted_nothing_glides_and_nothing_is_animated(page, enter, tones):
    page.emulate_media(reduced_motion="reduce")
    listener = enter(page, tones)
    page.evaluate(JUMPS)
    listener.tell(type="set", address="strip/a/fader", value=-24)
    page.wait_for_function("() => seen.includes(-24)")
    assert page.evaluate("seen") == [-24]
    assert page.evaluate(MOVING) == []


GROUNDS = """(chosen) => Object.fromEntries(Object.entries(chosen).map(([name, [selector, part]]) => [
  name, getComputedStyle(document.querySelector(selector), part || null).backgroundColor]))"""
GROUNDS_OF = {
    "page": ["body", ""],
    "muted": ['[aria-label="Low Mute"]', ""],
    "sounding": ['[aria-label="High Mute"]', ""],
    "pan": [".strip .slider .cap", ""],
    "zero line": [".strip .zero-line", ""],
    "chosen band": [".eq-handle.chosen", ""],
    "other band": [".eq-handle:not(.chosen)", ""],
    "orange": [".swatch[data-colour='#d08770']", "::before"],
}


def test_in_forced_colours_on_and_off_are_told_apart_and_every_control_is_seen(page, enter, tones):
    page.emulate_media(forced_colors="active")
    enter(page, tones)
    page.get_by_role("button", name="Low settings").click()
    page.get_by_role("button", name="Low Mute").click()
    page.locator('[aria-label="Low Mute"][aria-pressed="true"]').wait_for()
    grounds = page.evaluate(GROUNDS, GROUNDS_OF)
    assert grounds["muted"] != grounds["sounding"]
    assert grounds["chosen band"] != grounds["other band"]
    assert grounds["page"] not in (grounds["pan"], grounds["zero line"], grounds["orange"])
    assert page.evaluate("getComputedStyle(document.querySelector('.fader'), '::before').borderTopWidth") == "1px"
