"""The page of a Csound piece: what is turned there is heard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import settled
from tests.integration.test_play import Piece

UNTIL_SILENT = """() => new Promise((done) => globalThis.telharmonic.on("meters",
    ({master: {peak}}) => Math.max(...peak) < -70 && done()))"""
PHONE = {"width": 390, "height": 844}
DEMO = Path(__file__).parents[2] / "demo"


@pytest.fixture(scope="module")
def piece(start_server, tmp_path_factory):
    piece = Piece(start_server, tmp_path_factory.mktemp("play"))
    yield piece
    assert piece.server.stop() == 0


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_piece_is_turned_by_keys_and_by_typing_and_heard(piece, page, violations):
    page.goto(piece.server.link)
    listener = settled(page)
    expect(page.get_by_role("status").filter(has_text="Csound plays.")).to_be_visible(timeout=30_000)
    assert listener.level_db(440, -12.04, 0.5) == pytest.approx(-12.04, abs=0.5)  # 0.25, as the file says

    page.get_by_label("/tone/pitch, typed").fill("880")
    page.get_by_label("/tone/pitch, typed").press("Enter")
    assert listener.level_db(880, -12.04, 0.5) == pytest.approx(-12.04, abs=0.5)
    expect(page.get_by_role("slider", name="/tone/pitch", exact=True)).to_have_attribute("aria-valuetext", "880")
    expect(page.get_by_role("region", name="Audio ping")).to_have_count(0)  # it answers none

    page.get_by_role("slider", name="level", exact=True).press("End")  # 0.5
    assert listener.level_db(880, -6.02, 0.5) == pytest.approx(-6.02, abs=0.5)

    page.reload()
    listener = settled(page)
    expect(page.get_by_label("/tone/pitch, typed")).to_have_value("880", timeout=30_000)
    expect(page.get_by_label("level, typed", exact=True)).to_have_value("0.5")

    page.get_by_label("brightness, typed").fill("99")
    page.get_by_label("brightness, typed").press("Enter")
    expect(page.get_by_label("brightness, typed")).to_have_attribute("aria-invalid", "true")

    expect(page.locator("#notice")).to_contain_text("brightness cannot be “99”; allowed: 1 to 16")
    page.get_by_label("brightness, typed").fill("2")
    page.get_by_label("brightness, typed").press("Enter")
    expect(page.locator("#notice")).to_be_hidden()

    page.get_by_role("button", name="Mute").click()
    assert listener.level_db(880, -150, 90) < -60
    page.get_by_role("button", name="Mute").click()

    assert fits(page)
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Light theme").click()
    assert fits(page)
    assert violations(page) == []


def test_a_listener_sees_the_controls_and_cannot_turn_them(piece, page):
    page.goto(piece.server.link)
    settled(page)
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Invite", exact=True).first.click()
    assert page.locator(".drawer").bounding_box()["x"] >= 0
    page.get_by_label("Role of whom you invite").select_option("listener")
    page.locator(".invite .button:not(select)").first.click()
    link = page.get_by_label("Invitation link")
    expect(link).to_have_value(re.compile(r"/orchestra\.html#session="))
    invited = link.input_value()
    page.goto("about:blank")
    page.goto(invited)
    expect(page.get_by_text("You listen: only performers")).to_be_visible(timeout=30_000)
    assert page.evaluate("document.getElementById('controls').inert")


def test_a_piece_that_answers_the_audio_ping_is_pinged_in_silence(start_server, tmp_path, page, violations):
    (tmp_path / "grains").symlink_to(DEMO / "grains")
    piece = Piece(start_server, tmp_path, (DEMO / "grains.csd").read_text(), port="3666")
    page.goto(piece.server.link)
    settled(page)
    page.get_by_label("Pings of a player").fill("5")
    ping = page.get_by_role("region", name="Audio ping")
    expect(page.get_by_role("status").filter(has_text="Csound plays.")).to_be_visible(timeout=30_000)
    ping.get_by_role("button", name="Ping Csound").click()
    expect(ping).to_contain_text("the piece sounds")

    page.get_by_label("/grain/gkAmp, typed").fill("0")
    page.get_by_label("/grain/gkAmp, typed").press("Enter")
    page.evaluate(UNTIL_SILENT)  # sounding grains end first
    ping.get_by_role("button", name="Ping Csound").click()
    expect(ping).to_contain_text(re.compile(r"median \d+\.\d, p95"), timeout=60_000)
    ping.get_by_text("Pings", exact=True).click()
    expect(ping).to_contain_text(re.compile(r"[3-5] of 5 pings by WebSocket"))
    assert fits(page)
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert fits(page)
    assert piece.server.stop() == 0
