"""Undo, scenes and automation from the page, heard."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

A_HZ, B_HZ, RATE_HZ = 440.0, 1000.0, 48_000
TONE_DB = -26 - 3.0103  # in the middle of a -3 dB pan law


def drawer(page, name):
    page.get_by_role("group", name="Tools").get_by_role("button", name=name).click()
    return page.get_by_role("region", name=name, exact=True)


def test_undo_and_redo_of_ones_own_change_are_heard(page, enter, tones):
    listener = enter(page, tones, play=True)
    before_db = listener.level_db(A_HZ, TONE_DB)  # its mark is a step of its own: no more of them until the end
    page.get_by_role("slider", name="Low Fader").focus()
    page.keyboard.press("PageDown")
    listener.wait_until("s.state.values['strip/a/fader'] === -3")
    expect(page.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("Control+z")
    listener.wait_until("s.state.values['strip/a/fader'] === 0")
    page.get_by_role("button", name="Redo").click()
    listener.wait_until("s.state.values['strip/a/fader'] === -3")
    assert listener.level_db(A_HZ, before_db - 3) == pytest.approx(before_db - 3, abs=0.1)


def test_a_scene_is_stored_renamed_and_recalled_over_a_cross_fade_without_a_click(page, enter, tones):
    listener = enter(page, tones, play=True)
    scenes = drawer(page, "Scenes")
    scenes.get_by_label("Name of the new scene").fill("Loud")
    scenes.get_by_role("button", name="Store", exact=True).click()
    scenes.get_by_role("button", name="Rename Loud").click()
    scenes.get_by_label("New name of Loud").fill("Verse")
    page.keyboard.press("Enter")
    expect(scenes.get_by_role("button", name="Recall Verse")).to_be_visible()
    for strip in ("a", "b"):
        listener.tell(type="set", address=f"strip/{strip}/fader", value=-20)
    scenes.get_by_label("Cross-fade, seconds").fill("1")
    scenes.get_by_role("button", name="Recall Verse").click()
    heard = listener.hear_once(1.5)
    if heard.gaps == 0:  # a gap of the machine's is no click of the scene's
        # two sines of -29 dBFS: between samples nothing moves further than their slopes allow
        steepest = 2 * np.pi * (A_HZ + B_HZ) / heard.rate_hz * 10 ** (-29 / 20)
        assert np.max(np.abs(np.diff(heard.left))) < 1.1 * steepest
    listener.wait_until("s.state.values['strip/a/fader'] === 0")
    assert listener.level_db(A_HZ, TONE_DB) == pytest.approx(TONE_DB, abs=0.1)  # when the cross-fade is over
    scenes.get_by_role("button", name="Delete Verse").click()
    scenes.get_by_role("button", name="Delete Verse?").click()
    expect(scenes.get_by_role("listitem")).to_have_count(0)


def test_a_scene_is_called_otherwise_by_going_elsewhere_but_never_as_another_one(page, enter, tones):
    listener = enter(page, tones)
    for name in ("Verse", "Chorus"):
        listener.tell(type="scene_store", name=name)
    scenes = drawer(page, "Scenes")
    scenes.get_by_role("button", name="Rename Verse").click()
    scenes.get_by_label("New name of Verse").fill("Chorus")
    scenes.get_by_label("Cross-fade, seconds").fill("1e999")
    expect(scenes.get_by_text("There is already a scene called Chorus.")).to_be_visible()
    scenes.get_by_role("button", name="Rename Verse").click()
    scenes.get_by_label("New name of Verse").fill("Intro")
    expect(scenes.get_by_text("It takes 0 to 600 s, and stays at 2 s.")).to_be_visible()
    scenes.get_by_role("button", name="Recall Chorus").click()  # the name is taken, and the press is not lost
    listener.wait_until("s.state.scenes.includes('Intro') && !s.state.scenes.includes('Verse')")
    scenes.get_by_label("Name of the new scene").fill("Intro")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(scenes).to_be_hidden()


def test_moves_are_recorded_and_played_again(page, enter, steps):
    listener = enter(page, steps)
    automation = drawer(page, "Automation")
    automation.get_by_role("button", name="Record moves").click()
    listener.wait_until("s.state.armed === null")
    listener.tell(type="play")
    listener.wait_until("s.position > 0.5")
    listener.tell(type="set", address="strip/1/fader", value=-20)
    listener.wait_until("s.state.lanes?.['strip/1/fader']?.some(([, value]) => value === -20)")
    listener.tell(type="stop")
    automation.get_by_role("button", name="Record moves").click()
    listener.wait_until("s.state.armed?.length === 0")
    at_s = listener.run("return s.state.lanes['strip/1/fader'].find(([, value]) => value === -20)[0]")
    listener.tell(type="set", address="strip/1/fader", value=0)
    frame = listener.run("return (await s.sendCommand({type: 'play'})).frame")
    heard = listener.hear(1.0, frame + round((at_s + 0.3) * RATE_HZ))
    loudest_db = max(heard.level_db(hz) for hz in (300.0, 600.0, 1200.0))
    assert loudest_db == pytest.approx(-20 - 23, abs=1.5)  # the file's -20 dBFS, -3 dB of the pan law
    expect(automation.get_by_role("listitem")).to_contain_text("Steps: Fader")


def test_a_lane_is_drawn_edited_by_keys_and_pointer_and_cleared(page, enter, steps):
    listener = enter(page, steps)
    automation = drawer(page, "Automation")
    automation.get_by_label("Column of a new lane").select_option("Steps")
    automation.get_by_label("Parameter of a new lane").select_option("Pan")
    expect(automation.get_by_label("Address of a new lane")).to_have_value("strip/1/pan")
    automation.get_by_role("button", name="Draw").click()
    listener.wait_until("s.state.lanes?.['strip/1/pan']?.length === 1")
    page.keyboard.press("Escape")
    expect(page.locator(".lane-scale span")).to_have_text(["R100", "Steps: Pan", "L100"])
    box = page.get_by_role("slider", name="Position", exact=True).bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.75)
    listener.wait_until("s.state.lanes['strip/1/pan'].length === 2")
    point = page.get_by_role("slider", name="Pan, point 2")
    point.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    listener.wait_until("s.state.lanes['strip/1/pan'][1][0] > 6.05")
    handle = page.get_by_role("slider", name="Pan, point 2").bounding_box()
    assert handle is not None
    page.mouse.move(handle["x"] + 7, handle["y"] + 7)
    page.mouse.down()
    page.mouse.move(handle["x"] + 7 + box["width"] / 4, handle["y"] - 20, steps=4)
    page.mouse.up()
    listener.wait_until("s.state.lanes['strip/1/pan'][1][0] > 8.5")
    page.get_by_role("slider", name="Pan, point 2").focus()
    page.keyboard.press("Delete")
    listener.wait_until("s.state.lanes['strip/1/pan'].length === 1")
    drawer(page, "Automation").get_by_role("button", name="Clear Steps: Pan").click()
    listener.wait_until("!s.state.lanes['strip/1/pan']")
