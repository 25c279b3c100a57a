"""Strips called otherwise from the page: for all members, undone, and kept over a restart of the server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

TEAL = "rgb(143, 188, 187)"


@pytest.fixture
def routed(tones):
    """The two tones, a group and a delay."""
    return {**tones, "group": [{"id": "g", "name": "Band"}], "aux": [{"id": "echo", "name": "Echo", "kind": "delay"}]}


def unfold(page, name):
    region = page.get_by_role("region", name=name, exact=True)
    region.get_by_role("button", name=f"{name} settings").click()
    return region


def rename(page, old, new):
    field = page.get_by_label(f"Name of {old}", exact=True)
    field.fill(new)
    field.press("Enter")


def test_a_new_name_and_colour_are_seen_by_all_and_undone(context, enter, routed):
    first = enter(context.new_page(), routed)
    other = context.new_page()
    other.goto(first.page.url)
    other.wait_for_function("() => globalThis.telharmonic?.stats().playedFrame > 0")
    unfold(first.page, "Low")
    rename(first.page, "Low", "Bass")
    first.page.get_by_role("button", name="Bass: Teal").click()
    for page in (first.page, other):
        expect(page.get_by_role("slider", name="Bass Fader")).to_be_visible()
        expect(page.get_by_role("slider", name=re.compile("^Low (Fader|Pan|Threshold)"))).to_have_count(0)
        expect(page.get_by_role("region", name="Bass", exact=True)).to_have_css("border-top-color", TEAL)
    first.page.get_by_role("button", name="Undo").click()
    expect(other.get_by_role("region", name="Bass", exact=True)).not_to_have_css("border-top-color", TEAL)
    first.page.get_by_role("button", name="Undo").click()
    expect(other.get_by_role("slider", name="Low Fader")).to_be_visible()
    first.page.keyboard.press("Control+Shift+z")
    expect(other.get_by_role("slider", name="Bass Fader")).to_be_visible()


def test_groups_and_auxes_are_called_otherwise_where_strips_name_them(page, enter, routed):
    enter(page, routed)
    low = unfold(page, "Low")
    for old, new in (("Band", "Choir"), ("Echo", "Slap")):
        page.get_by_role("heading", name=re.compile(old)).dblclick()
        rename(page, old, new)
    expect(low.get_by_role("slider", name="Low Send level: Slap")).to_be_visible()
    expect(low.get_by_text("Slap", exact=True)).to_be_visible()
    expect(low.get_by_label("Low Output").locator("option")).to_have_text(["Master", "Choir"])
    expect(low.get_by_label("Low Output")).to_have_value("master")


def test_a_listener_sees_everything_and_turns_nothing(page, console_server, routed):
    created = console_server.open(routed)
    page.goto(created["links"]["page"].replace(created["tokens"]["performer"], created["tokens"]["listener"]))
    page.wait_for_function("() => globalThis.telharmonic?.role === 'listener'")
    unfold(page, "Low")
    expect(page.get_by_label("Name of Low")).to_have_attribute("readonly", "")
    expect(page.get_by_role("button", name="Low Mute")).to_be_disabled()
    expect(page.get_by_role("combobox", name="Low Output")).to_be_disabled()
    fader = page.get_by_role("slider", name="Low Fader")
    before = fader.get_attribute("aria-valuetext")
    fader.press("End")
    box = fader.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
    page.mouse.up()
    assert fader.get_attribute("aria-valuetext") == before
    for name in ("Play", "Undo", "Scenes", "Automation"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
