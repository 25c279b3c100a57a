"""The desk as a whole: sends and auxes, groups, the master, many strips, other people's hands."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect

A_HZ, B_HZ = 440.0, 1000.0
TONE_DB = -26 - 3.0103  # in the middle of a -3 dB pan law
ABSENT_DB = -80.0


@pytest.fixture
def routed(tones):
    """The two tones, a group and a delay."""
    return {
        **tones,
        "group": [{"id": "g", "name": "Band"}],
        "aux": [{"id": "echo", "name": "Echo", "kind": "delay", "set": {"feedback": 0.0, "time": 0.2}}],
    }


def unfold(page, name):
    region = page.get_by_role("region", name=name, exact=True)
    button = region.get_by_role("button", name=f"{name} settings")
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    return region


def type_value(page, region, name, text):
    region.get_by_role("slider", name=name, exact=True).last.focus()  # a level is a fader, and a knob
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_loudness_is_measured_anew_also_while_nothing_plays(page, enter, tones):
    listener = enter(page, tones, play=True)
    master = unfold(page, "Master")
    integrated, highest = (
        master.locator(".loudness div").filter(has_text=name) for name in ("Integrated", "True peak")
    )
    expect(integrated).to_contain_text("−2")
    listener.tell(type="pause")
    expect(highest).to_contain_text("−2")
    master.get_by_role("button", name="measure loudness anew").click()
    expect(integrated).to_contain_text("−∞ LUFS")
    expect(highest).to_contain_text("−∞ dBTP")
    listener.tell(type="play")
    expect(integrated).to_contain_text("−2")


def test_a_send_before_the_fader_is_heard_at_its_level_when_the_fader_is_down(page, enter, routed):
    listener = enter(page, routed, play=True)
    region = unfold(page, "Low")
    type_value(page, region, "Low Send level: Echo", "-12")
    region.get_by_role("button", name="Low Send before the fader: Echo").click()
    page.get_by_role("slider", name="Low Fader").focus()
    page.keyboard.press("Home")
    listener.wait_until("s.state.values['strip/a/fader'] === -120 && s.state.values['strip/a/send_pre/echo']")
    assert listener.level_db(A_HZ, TONE_DB - 12) == pytest.approx(TONE_DB - 12, abs=0.1)
    region.get_by_role("button", name="Low Send before the fader: Echo").click()
    listener.wait_until("s.state.values['strip/a/send_pre/echo'] === false")
    assert listener.level_db(A_HZ, -200, 200 + ABSENT_DB) < ABSENT_DB


def test_a_strip_goes_through_the_group_that_its_output_names(page, enter, routed):
    listener = enter(page, routed, play=True)
    unfold(page, "Low").get_by_label("Low Output").select_option("Band")
    page.get_by_role("button", name="Band Mute").click()
    listener.wait_until("s.state.values['group/g/mute'] && s.state.values['strip/a/output'] === 'group/g'")
    assert listener.level_db(A_HZ, -200, 200 + ABSENT_DB) < ABSENT_DB
    assert listener.level_db(B_HZ, TONE_DB) == pytest.approx(TONE_DB, abs=0.1)


@pytest.fixture
def one_loud_tone(assets):
    """A tone of -9 dBFS in the middle, a room that is one reflection of -12 dB, a delay of 165 periods."""
    tap = np.zeros(480)
    tap[0] = 0.25
    soundfile.write(assets / "tap.wav", tap, 48_000, subtype="FLOAT")
    return {
        "version": 1,
        "name": "Loud",
        "impulse": [{"id": "tap", "file": "tap.wav"}],
        "strip": [{"id": "a", "name": "Loud", "source": "sine", "freq_hz": A_HZ, "level_db": -6.0}],
        "aux": [
            {"id": "room", "name": "Room", "kind": "reverb", "set": {"impulse": "tap"}},
            {"id": "echo", "name": "Echo", "kind": "delay", "set": {"feedback": 0.0}},
        ],
    }


@pytest.mark.alone
def test_limiter_master_eq_reverb_and_delay_are_heard_by_the_right_amount(page, enter, one_loud_tone):
    listener = enter(page, one_loud_tone, play=True)

    def heard(wanted_db, tolerance_db=0.1):
        """Whether the tone has this level, once what was turned has come through."""
        return listener.level_db(A_HZ, wanted_db, tolerance_db) == pytest.approx(wanted_db, abs=tolerance_db)

    master, strip = unfold(page, "Master"), unfold(page, "Loud")
    tone_db = -6 - 3.0103
    assert heard(tone_db)
    type_value(page, master, "Master Ceiling", "-12")
    listener.wait_until("s.state.values['master/ceiling'] === -12")
    assert heard(-12, 0.2)  # a true peak is estimated within 0.2 dB
    type_value(page, master, "Master Ceiling", "-1")
    type_value(page, master, "Master Peak 1 frequency", "440")
    type_value(page, master, "Master Peak 1 gain", "-6")
    listener.wait_until("s.state.values['master/eq_mid1_gain'] === -6 && s.state.values['master/ceiling'] === -1")
    tone_db -= 6
    assert heard(tone_db)

    # through the reverb alone
    type_value(page, strip, "Loud Send level: Room", "-10")
    strip.get_by_role("button", name="Loud Send before the fader: Room").click()
    page.get_by_role("slider", name="Loud Fader").focus()
    page.keyboard.press("Home")
    listener.wait_until("s.state.values['strip/a/send_pre/room'] && s.state.values['strip/a/fader'] === -120")
    reflected_db = tone_db + 20 * np.log10(0.25) - 10
    assert heard(reflected_db)
    type_value(page, unfold(page, "Room"), "Room Return level", "-6")
    listener.wait_until("s.state.values['aux/room/level'] === -6")
    assert heard(reflected_db - 6)

    # tone and echo: 375 ms are 165 periods, and three quarters of a beat at 120 BPM
    type_value(page, strip, "Loud Send level: Room", "-120")
    type_value(page, strip, "Loud Send level: Echo", "0")
    page.get_by_role("slider", name="Loud Fader").focus()
    page.keyboard.press("Delete")
    echo = unfold(page, "Echo")
    echo.get_by_role("button", name="Echo Time in beats").click()
    listener.wait_until("s.state.values['aux/echo/sync'] && s.state.values['strip/a/fader'] === 0")
    assert heard(tone_db + 20 * np.log10(2))
    type_value(page, echo, "Echo Return level", "-6")
    listener.wait_until("s.state.values['aux/echo/level'] === -6")
    assert heard(tone_db + 20 * np.log10(1 + 10**-0.3))
    # at this tempo they are 165.5 periods: what was added is taken away, without anything else being turned
    wanted = tone_db + 20 * np.log10(1 - 10**-0.3)
    frame = listener.tell(type="set", address="session/tempo", value=45 * A_HZ / 165.5) + 48_000
    levels = []
    while len(levels) < 5 and not (levels and abs(levels[-1] - wanted) < 0.3):
        levels.append(listener.hear(0.4, frame).level_db(A_HZ))
    assert levels[-1] == pytest.approx(wanted, abs=0.3)


def test_width_0_makes_mono(page, enter, tones):
    for strip, pan in zip(tones["strip"], (-1.0, 1.0), strict=True):
        strip["set"] = {"pan": pan}
    listener = enter(page, tones, play=True)
    assert apart(listener.hear_until(lambda heard: apart(heard) > 0.05)) > 0.05
    type_value(page, unfold(page, "Master"), "Master Stereo width", "0")
    listener.wait_until("s.state.values['master/width'] === 0")
    heard = listener.hear_until(lambda heard: apart(heard) < 1e-6)
    assert apart(heard) < 1e-6
    assert np.max(np.abs(heard.left)) > 0.02


def apart(heard):
    """How far the sides are from one another at the most."""
    return np.max(np.abs(heard.left - heard.right))


def test_the_delays_time_is_shown_in_beats_when_it_is_in_beats(page, enter, routed):
    listener = enter(page, routed)
    region = unfold(page, "Echo")
    expect(region.get_by_role("slider", name="Echo Time")).to_have_attribute("aria-valuetext", "200 ms")
    region.get_by_role("button", name="Echo Time in beats").click()
    listener.wait_until("s.state.values['aux/echo/sync']")
    expect(region.get_by_role("slider", name="Echo Beats")).to_have_attribute("aria-valuetext", "0.75 beats")
    expect(region.get_by_role("slider", name="Echo Time")).to_have_count(0)


def test_a_reverbs_impulse_response_is_chosen_by_name(page, enter):
    listener = enter(page, "demo")
    unfold(page, "Hall").get_by_label("Hall Impulse response").select_option("Chamber, 0.5 s")
    listener.wait_until("s.state.values['aux/hall/impulse'] === 'chamber'")


def test_a_strips_settings_are_pasted_to_another(page, enter, tones):
    tones["strip"][0]["set"] = {"fader": -9.0, "eq_mid2_gain": 6.0, "comp_on": True, "mute": True}
    listener = enter(page, tones)
    unfold(page, "Low").get_by_role("button", name="Copy Low's settings").click()
    unfold(page, "High").get_by_role("button", name="Paste settings to High").click()
    listener.wait_until(
        "s.state.values['strip/b/fader'] === -9 && s.state.values['strip/b/eq_mid2_gain'] === 6"
        " && s.state.values['strip/b/comp_on']"
    )
    assert listener.run("return s.state.values['strip/b/mute']") is False


def test_what_is_unfolded_stays_so_when_the_page_is_loaded_again(page, enter, tones):
    enter(page, tones)
    unfold(page, "Low")
    page.reload()
    page.wait_for_function("() => globalThis.telharmonic", timeout=30_000)
    expect(page.get_by_role("slider", name="Low Threshold")).to_be_visible()
    expect(page.get_by_role("slider", name="High Threshold")).to_have_count(0)


WATCH_FADER = """(name) => {
  const fader = document.querySelector(`[aria-label="${name}"]`);
  globalThis.seen = [];
  new MutationObserver(() => seen.push(Number(fader.getAttribute("aria-valuenow"))))
    .observe(fader, {attributes: true, attributeFilter: ["aria-valuenow"]});
}"""


def test_what_others_turn_glides_and_ones_own_hand_wins_while_it_holds(context, enter, tones):
    first = enter(context.new_page(), tones)
    page = context.new_page()
    page.goto(first.page.url)
    page.wait_for_function("() => globalThis.telharmonic?.stats().playedFrame > 0")
    page.bring_to_front()  # a page behind another has no animation frames
    page.evaluate(WATCH_FADER, "Low Fader")
    first.tell(type="set", address="strip/a/fader", value=-24)
    low = page.get_by_role("slider", name="Low Fader")
    expect(low).to_have_attribute("aria-valuenow", "-24")
    seen = page.evaluate("seen")
    assert len(seen) > 2
    assert seen == sorted(seen, reverse=True)
    box = low.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    first.tell(type="set", address="strip/a/fader", value=6)
    page.wait_for_function("() => telharmonic.state.values['strip/a/fader'] === 6")
    expect(low).to_have_attribute("aria-valuenow", "-24")
    page.mouse.up()
    expect(low).to_have_attribute("aria-valuenow", "6")


def test_64_strips_are_there_and_only_those_on_the_screen_are_drawn(page, enter):
    strips = [{"id": str(n), "name": f"Strip {n}", "source": "sine", "level_db": -40.0} for n in range(1, 65)]
    listener = enter(page, {"version": 1, "name": "Many", "strip": strips}, play=True)
    assert page.locator(".strip").count() == 64
    last = page.get_by_role("region", name="Strip 64")
    expect(last).not_to_be_in_viewport()
    assert not painted(page, 64)
    # each canvas that is laid out is a layer that is sorted anew while the row scrolls: 64 columns have 64 of them
    page.wait_for_function(f"() => {LAID_OUT} <= 18")
    last.scroll_into_view_if_needed()
    expect(page.get_by_role("slider", name="Strip 64 Fader")).to_be_in_viewport()
    page.wait_for_function(PAINTED, arg=64)
    page.get_by_role("button", name="Strip 64 Mute").click()
    listener.wait_until("s.state.values['strip/64/mute']")
    page.wait_for_function(f"() => {LAID_OUT} <= 18")


LAID_OUT = """[...document.querySelectorAll(".strip canvas")].filter((canvas) => canvas.clientWidth).length"""
PAINTED = """(strip) => {
  const canvas = document.querySelector(`[data-owner="strip/${strip}"] .meter`);
  if (canvas.width === 0) return false;
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value) => value !== 0);
}"""


def painted(page, strip):
    """Whether a strip's meter has anything drawn."""
    return page.evaluate(PAINTED, strip)


COUNT_CALLBACKS = """
const ask = globalThis.requestAnimationFrame.bind(globalThis);
globalThis.frames60 = new Map();
globalThis.requestAnimationFrame = (callback) => ask((stamp) => {
  frames60.set(stamp, (frames60.get(stamp) ?? 0) + 1);
  callback(stamp);
});
"""


def test_all_meters_of_16_strips_share_one_animation_frame(page, enter):
    page.add_init_script(COUNT_CALLBACKS)
    strips = [{"id": str(n), "name": f"Strip {n}", "source": "pink", "level_db": -30.0} for n in range(16)]
    enter(page, {"version": 1, "name": "Sixteen", "strip": strips}, play=True)
    page.wait_for_function(PAINTED, arg=0)
    page.evaluate("frames60.clear()")
    page.wait_for_function("() => frames60.size > 20")
    counts = page.evaluate("[...frames60.values()]")
    assert max(counts) <= 4  # the desk's, the transport's and the timeline's, and perhaps one that was asked for once


def test_two_fingers_move_two_faders_and_the_page_does_not_scroll(chromium, enter, tones):
    context = chromium().new_context(viewport={"width": 820, "height": 1180}, has_touch=True, is_mobile=True)
    page = context.new_page()
    listener = enter(page, tones)
    boxes = [page.get_by_role("slider", name=f"{name} Fader").bounding_box() for name in ("Low", "High")]
    fingers = context.new_cdp_session(page)
    for kind, way in (("touchStart", 0), ("touchMove", 20), ("touchMove", 40), ("touchMove", 60), ("touchEnd", None)):
        points = [
            {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2 + way * side, "id": side}
            for side, box in ((1, boxes[0]), (-1, boxes[1]))
            if box and way is not None
        ]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    listener.wait_until("s.state.values['strip/a/fader'] < -1 && s.state.values['strip/b/fader'] > 1")
    assert page.evaluate("[scrollX, scrollY, document.querySelector('.strips').scrollLeft]") == [0, 0, 0]
    context.close()


def test_on_a_telephone_a_strips_settings_cover_the_page_until_they_are_done(chromium, enter, tones):
    context = chromium().new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    listener = enter(page, tones)
    region = unfold(page, "Low")
    box = region.locator(".panel").bounding_box()
    assert box is not None
    master = page.locator(".master-bar").bounding_box()
    assert master is not None
    assert (box["x"], box["width"], box["height"]) == (0, 390, 844 - master["height"])
    assert region.locator(".panel").evaluate("(panel) => panel.scrollWidth") == 390
    type_value(page, region, "Low Peak 1 gain", "-3")
    listener.wait_until("s.state.values['strip/a/eq_mid1_gain'] === -3")
    page.get_by_role("button", name="Done with Low").tap()
    expect(page.get_by_role("slider", name="High Fader")).to_be_visible()
    expect(region.get_by_role("slider", name="Low Threshold")).to_have_count(0)
    context.close()


def test_axe_finds_no_violation_with_everything_unfolded(page, violations, enter):
    enter(page, "demo")
    for name in ("Violin", "Voices", "Hall", "Echo", "Master"):
        unfold(page, name)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("(scheme) => document.documentElement.dataset.theme === scheme", arg=scheme)
        assert violations(page) == []
