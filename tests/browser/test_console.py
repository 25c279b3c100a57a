"""The console page in Chromium: what one does on it, and what is heard then."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

A_HZ, B_HZ, RATE_HZ = 440.0, 1000.0, 48_000
STEPS_HZ = (300.0, 600.0, 1200.0)
TONE_DB = -26 - 3.0103  # in the middle of a -3 dB pan law
ABSENT_DB = -80.0


def fader(page, name):
    return page.get_by_role("slider", name=f"{name} Fader")


# Playwright's own questions to a page count as its user's doing, so the page itself says when it asks for a click.
WATCH_FOR_START = """
new MutationObserver((_, observer) => {
  if (!document.querySelector(".start")) return;
  observer.disconnect();
  console.log(`asked while audible is ${telharmonic.audible}`);
}).observe(document, {childList: true, subtree: true});
"""


@pytest.mark.parametrize("path", ["/", "/grains.html"])
def test_one_clear_button_starts_the_sound_where_the_browser_wants_a_click(chromium, console_server, path):
    page = chromium("--autoplay-policy=document-user-activation-required").new_page()
    page.add_init_script(WATCH_FOR_START)
    with page.expect_console_message(lambda message: message.text.startswith("asked")) as asked:
        page.goto(console_server.url + path)
    assert asked.value.text == "asked while audible is false"
    size = page.viewport_size
    assert page.get_by_role("dialog").bounding_box() == {"x": 0, "y": 0, **size}  # it lies over the whole page
    page.wait_for_timeout(1500)  # in which sound comes that nobody hears
    for _ in range(3):
        page.keyboard.press("Tab")  # nothing behind it is reached
        assert page.evaluate("document.activeElement.matches('.start *, body')")
    page.get_by_role("button", name="Start listening").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_focused()
    page.wait_for_function("() => telharmonic.stats().playedFrame > 0")
    page.wait_for_timeout(400)
    assert page.evaluate("telharmonic.stats().fillMs") < 150  # what had come before is passed over
    page.close()


def test_the_demo_is_played_and_heard(page, enter):
    listener = enter(page, "demo")
    expect(page.get_by_role("region", name="Harpsichord")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    listener.wait_until("s.state.transport.playing")
    heard = listener.hear(2.0, listener.frame_after_now() + RATE_HZ)
    assert 0.003 < heard.rms() < 0.7
    assert np.all(np.isfinite(heard.left))
    assert np.max(np.abs(heard.left)) <= 10 ** (-1 / 20) + 0.01  # the limiter's ceiling, and the resampler's ripple


def test_the_browsers_own_analyser_hears_it_too(page, enter, tones):
    listener = enter(page, tones, play=True)
    listener.frame_after_now()
    loudest_hz = listener.run(
        """const analyser = new AnalyserNode(s.outputNode.context, {fftSize: 8192, smoothingTimeConstant: 0});
        s.outputNode.connect(analyser);
        await s.capture(0.5);
        const bins = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(bins);
        return bins.indexOf(Math.max(...bins)) * s.outputNode.context.sampleRate / analyser.fftSize;"""
    )
    assert min(abs(loudest_hz - hz) for hz in (A_HZ, B_HZ)) < 10


def test_a_fader_moved_down_by_6_db_is_heard_6_db_softer(page, enter, tones):
    listener = enter(page, tones, play=True)
    before_db = {hz: listener.level_db(hz, TONE_DB) for hz in (A_HZ, B_HZ)}
    fader(page, "Low").focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    expect(fader(page, "Low")).to_have_attribute("aria-valuetext", "-6.0 dB")
    listener.wait_until("s.state.values['strip/a/fader'] === -6")
    for hz, change_db in ((A_HZ, -6.0), (B_HZ, 0.0)):
        wanted_db = before_db[hz] + change_db
        assert listener.level_db(hz, wanted_db, 0.05) == pytest.approx(wanted_db, abs=0.05)


def test_a_fader_drawn_with_the_pointer_moves_and_a_level_can_be_typed(page, enter, tones):
    listener = enter(page, tones, play=True)
    box = fader(page, "High").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=5)
    page.mouse.up()
    listener.wait_until("s.state.values['strip/b/fader'] < -1")
    field = page.get_by_label("High Fader, dB")
    field.fill("-20")
    field.press("Enter")
    listener.wait_until("s.state.values['strip/b/fader'] === -20")
    field.fill("20")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")


def test_mute_silences_its_strip_and_no_other(page, enter, tones):
    listener = enter(page, tones, play=True)
    page.get_by_role("button", name="Low Mute").click()
    listener.wait_until("s.state.values['strip/a/mute'] === true")
    assert listener.level_db(A_HZ, -200, 200 + ABSENT_DB) < ABSENT_DB
    assert listener.level_db(B_HZ, TONE_DB) == pytest.approx(TONE_DB, abs=0.1)


def test_solo_leaves_its_strip_alone(page, enter, tones):
    listener = enter(page, tones, play=True)
    page.get_by_role("button", name="High Solo").click()
    listener.wait_until("s.state.values['strip/b/solo'] === true")
    assert listener.level_db(A_HZ, -200, 200 + ABSENT_DB) < ABSENT_DB
    assert listener.level_db(B_HZ, TONE_DB, 1.0) > -31


def test_pan_to_the_left_empties_the_right(page, enter, tones):
    listener = enter(page, tones, play=True)
    page.get_by_role("slider", name="Low Pan").focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="High Mute").click()
    listener.wait_until("s.state.values['strip/a/pan'] === -1 && s.state.values['strip/b/mute']")
    assert listener.level_db(A_HZ, -26.0) == pytest.approx(-26, abs=0.1)
    assert np.max(np.abs(listener.hear_until(lambda heard: np.max(np.abs(heard.right)) < 1e-4).right)) < 1e-4


def test_the_seek_bar_goes_where_one_clicks(page, enter, steps):
    listener = enter(page, steps)
    page.get_by_role("button", name="Play").click()
    listener.wait_until("s.state.transport.playing")
    bar = page.get_by_role("slider", name="Position").bounding_box()
    assert bar is not None
    for place, hz in ((0.75, STEPS_HZ[2]), (0.4, STEPS_HZ[1]), (0.05, STEPS_HZ[0])):
        for _ in range(10):  # the song goes on while a busy machine is heard again, so one clicks again
            page.mouse.click(bar["x"] + place * bar["width"], bar["y"] + bar["height"] / 2)
            listener.wait_until(f"Math.abs(s.state.transport.position_s - {12 * place}) < 0.2")
            heard = listener.hear_once(0.5, listener.frame_after_now())
            levels = {each: heard.level_db(each) for each in STEPS_HZ}
            if max(levels, key=levels.__getitem__) == hz:
                break
        assert max(levels, key=levels.__getitem__) == hz, levels


def test_two_pages_in_one_session_see_and_hear_each_others_moves(context, enter, tones):
    first = enter(context.new_page(), tones, play=True)
    other = context.new_page()
    other.goto(first.page.url)
    other.wait_for_function("() => globalThis.telharmonic?.stats().playedFrame > 0")
    second = type(first)(other)
    fader(first.page, "Low").focus()
    first.page.keyboard.press("Home")
    expect(fader(other, "Low")).to_have_attribute("aria-valuetext", "silence")
    assert second.level_db(A_HZ, -200, 200 + ABSENT_DB) < ABSENT_DB
    assert second.run("return s.state.members.length") == 2


def test_commands_are_refused_in_words_that_name_value_and_range(page, enter, tones):
    listener = enter(page, tones, play=True)
    told = listener.run(
        """try { await s.sendCommand({type: "set", address: "strip/a/fader", value: 99}); }
        catch (error) { return [error.name, error.parameter, error.value, error.allowed]; }"""
    )
    assert told[0] == "CommandError"
    assert told[1:3] == ["strip/a/fader", 99]
    assert "12 dB" in told[3]


def test_dspnodes_payload_is_taken_as_published(page, enter, tones):
    listener = enter(page, tones, play=True)
    listener.run("await s.sendCommand({channel: 1, param: 'gain', value: '0.5', rampTime: '0.02'})")
    listener.wait_until("Math.abs(s.state.values['strip/a/fader'] + 6.02) < 0.01")


def test_everything_can_be_reached_and_read_without_a_pointer(page, enter, tones):
    enter(page, tones, play=True)
    for slider in page.get_by_role("slider").all():
        for attribute in ("aria-label", "aria-valuenow", "aria-valuemin", "aria-valuemax", "aria-valuetext"):
            assert slider.get_attribute(attribute), f"{slider} has no {attribute}"
        assert slider.get_attribute("tabindex") == "0"
    names = [button.get_attribute("aria-label") or button.inner_text() for button in page.get_by_role("button").all()]
    assert all(names)


def test_fits_a_telephone_390_pixels_wide(chromium, enter, tones):
    context = chromium().new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    enter(page, tones, play=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for slider in page.locator(".fader").all():
        box = slider.bounding_box()
        assert box is not None
        assert box["width"] >= 32
    context.close()


def test_a_telephone_turns_pages_of_strips_with_the_master_beside_them(chromium, enter):
    context = chromium().new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    enter(page, "demo")
    pages = page.get_by_role("navigation", name="Pages of strips")
    expect(pages).to_contain_text("1 to 3 of 12")
    pages.get_by_role("button", name="Strips after").tap()
    expect(pages).to_contain_text("4 to 6 of 12")
    for name in ("Cello Fader", "Harpsichord Fader", "Master Fader"):
        expect(page.get_by_role("slider", name=name)).to_be_in_viewport(ratio=1)
    context.close()
