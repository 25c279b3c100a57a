"""Several devices in one session: invitations from the page, and what each role may do there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

A_HZ = 440.0
TONE_DB = -26 - 3.0103  # in the middle of a -3 dB pan law


def invite(page, role):
    """Have the page invite; the link that it shows."""
    page.get_by_role("button", name="Live").click()
    drawer = page.get_by_role("region", name="Line")
    drawer.get_by_label("Role of whom you invite").select_option(role)
    drawer.get_by_role("button", name="Invite").click()
    expect(drawer.get_by_role("img", name="QR code")).to_be_visible()
    link = drawer.get_by_label("Invitation link").input_value()
    page.keyboard.press("Escape")
    return link


def test_a_tablet_that_was_invited_controls_what_the_first_page_plays(context, enter, tones):
    television = enter(context.new_page(), tones, play=True)
    tablet = context.new_page()
    tablet.goto(invite(television.page, "controller"))
    tablet.wait_for_function("() => globalThis.telharmonic?.link.state === 'open'")
    assert tablet.evaluate("[telharmonic.role, telharmonic.audible]") == ["controller", False]
    before_db = television.level_db(A_HZ, TONE_DB)
    fader = tablet.get_by_role("slider", name="Low Fader")
    fader.focus()
    fader.press("PageDown")
    television.wait_until("s.state.values['strip/a/fader'] === -3")
    assert television.level_db(A_HZ, before_db - 3) == pytest.approx(before_db - 3, abs=0.1)
    television.page.get_by_role("button", name="Live").click()
    expect(television.page.get_by_role("region", name="Line").get_by_role("listitem")).to_contain_text(
        ["performer", "controller"]
    )


def test_a_listener_hears_and_is_told_why_he_turns_nothing(context, enter, tones):
    first = enter(context.new_page(), tones, play=True)
    page = context.new_page()
    page.goto(invite(first.page, "listener"))
    page.wait_for_function("() => globalThis.telharmonic?.stats().playedFrame > 0")
    page.keyboard.press("Space")
    expect(page.get_by_role("alert")).to_contain_text("listener")
    assert first.run("return s.state.transport.playing") is True
