"""What the page says when something is not as it should be, and that nothing moves for it."""

from __future__ import annotations

from playwright.sync_api import expect

PLACES = """() => [".strip .way", ".strip .level", ".master .way", ".master .level"]
  .map((each) => document.querySelector(each).getBoundingClientRect().toJSON())"""


def test_a_link_that_leads_nowhere_says_so_and_offers_another_session(page, console_server, tones):
    created = console_server.open(tones)
    for link in (
        created["links"]["page"].replace(created["tokens"]["performer"], "wrong"),
        f"{console_server.url}/?session=nope",
    ):
        page.goto(link)
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("Open a new one", timeout=15_000)
        page.wait_for_timeout(1500)  # longer than an opening session is waited for without a word
        expect(alert).not_to_contain_text("Opening")
    page.get_by_role("button", name="Open a new one").click()
    page.wait_for_function("() => globalThis.telharmonic?.link.state === 'open'")


def test_a_wrong_value_is_named_with_its_range_and_nothing_moves(page, enter, tones):
    enter(page, tones)
    before = page.evaluate(PLACES)
    field = page.get_by_role("textbox", name="Low Fader, dB")
    field.fill("5 parsecs")
    field.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Low Fader cannot be “5 parsecs”; allowed: ")
    assert page.evaluate(PLACES) == before
    page.get_by_role("button", name="Dismiss").click()
    expect(alert).to_be_hidden()
    field.fill("-7,5 dB")
    field.press("Tab")
    page.wait_for_function("() => telharmonic.state.values['strip/a/fader'] === -7.5")


def test_faders_and_meters_keep_within_a_window_that_shrinks_and_beside_the_lamp_of_solo(page, enter, tones):
    page.set_viewport_size({"width": 1440, "height": 900})
    listener = enter(page, tones)
    page.wait_for_timeout(300)
    page.set_viewport_size({"width": 1440, "height": 720})
    listener.tell(type="set", address="strip/b/solo", value=True)
    page.get_by_role("button", name="Solo: High").wait_for()
    page.wait_for_timeout(300)
    for way, level in zip(*[iter(page.evaluate(PLACES))] * 2, strict=True):
        assert way["bottom"] <= level["top"]
        assert level["bottom"] <= 720
    for canvas in page.locator("canvas.meter").all():
        assert canvas.bounding_box()["y"] + canvas.bounding_box()["height"] <= page.evaluate(PLACES)[1]["top"]
    page.get_by_role("button", name="Solo: High").click()
    listener.wait_until("s.state.values['strip/b/solo'] === false")
    expect(page.get_by_role("button", name="Solo: High")).to_be_hidden()
