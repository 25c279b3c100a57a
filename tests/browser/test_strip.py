"""An unfolded strip in Chromium: every kind of control changes what is heard, by the right amount."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from playwright.sync_api import expect

A_HZ, B_HZ = 440.0, 1000.0
TONE_DB = -26 - 3.0103  # in the middle of a -3 dB pan law
ABSENT_DB = -80.0


@pytest.fixture
def unfold():
    """``unfold(page, name)``: open a column's settings; its region."""

    def unfold(page, name):
        region = page.get_by_role("region", name=name, exact=True)
        region.get_by_role("button", name=f"{name} settings").click()
        return region

    return unfold


def knob(region, name):
    return region.get_by_role("slider", name=name, exact=True)


def type_value(page, region, name, text):
    """Type a value into a knob that has the focus."""
    knob(region, name).focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def drawn_db(page, values, hz):
    """What the console's own formulas say of an EQ at a frequency."""
    script = """async ([values, hz]) => {
      const {designs, totalDb} = await import("/parts/filter-curve.js");
      return totalDb(designs((name) => values[name], true, 48000), hz, 48000);
    }"""
    return page.evaluate(script, [values, hz])


def strip_values(listener, strip):
    """The session's values of one strip, by parameter."""
    script = f"""return Object.fromEntries(Object.entries(s.state.values)
      .filter(([address]) => address.startsWith("strip/{strip}/"))
      .map(([address, value]) => [address.split("/")[2], value]));"""
    return listener.run(script)


def test_an_eq_band_of_12_db_is_heard_as_it_is_drawn(page, enter, tones, unfold):
    listener = enter(page, tones, play=True)
    for name in ("High", "Low"):
        region = unfold(page, name)
        type_value(page, region, f"{name} Peak 1 frequency", "1 kHz")
        type_value(page, region, f"{name} Peak 1 gain", "12")
        expect(knob(region, f"{name} Peak 1")).to_have_attribute("aria-valuetext", "1.00 kHz, 12.0 dB, Q 1.00")
        listener.wait_until(f"s.state.values['strip/{'b' if name == 'High' else 'a'}/eq_mid1_gain'] === 12")
    assert listener.level_db(B_HZ, TONE_DB + 12) == pytest.approx(TONE_DB + 12, abs=0.1)
    # the other tone, 440 Hz, is on the bell's side: what is drawn there is what is heard there
    wanted = drawn_db(page, strip_values(listener, "a"), A_HZ)
    assert 1 < wanted < 11
    assert listener.level_db(A_HZ, TONE_DB + wanted) == pytest.approx(TONE_DB + wanted, abs=0.1)


def test_a_bands_handle_is_drawn_with_the_pointer_and_turned_by_keys_and_wheel(page, enter, tones, unfold):
    listener = enter(page, tones)
    region = unfold(page, "Low")
    handle = knob(region, "Low Peak 1")
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 30, steps=4)
    page.mouse.up()
    # 40 px of the graph's width from 20 Hz to 20 kHz, 30 px of its height of 40 dB
    graph = region.get_by_role("group", name="Low EQ curve").bounding_box()
    assert graph is not None
    wanted_hz, wanted_db = 400 * 1000 ** (40 / graph["width"]), 30 / graph["height"] * 40
    listener.wait_until(f"Math.abs(s.state.values['strip/a/eq_mid1_freq'] / {wanted_hz} - 1) < 0.02")
    listener.wait_until(f"Math.abs(s.state.values['strip/a/eq_mid1_gain'] - {wanted_db}) < 0.2")
    page.keyboard.press("PageUp")
    listener.wait_until("s.state.values['strip/a/eq_mid1_q'] > 1")
    page.mouse.wheel(0, 200)
    page.keyboard.press("ArrowLeft")
    listener.wait_until(f"s.state.values['strip/a/eq_mid1_freq'] < {0.97 * wanted_hz}")
    page.keyboard.press("Delete")
    listener.wait_until(
        "s.state.values['strip/a/eq_mid1_gain'] === 0 && s.state.values['strip/a/eq_mid1_freq'] === 400"
    )


def test_the_compressor_takes_what_its_curve_says_and_its_meter_shows_it(page, enter, tones, unfold):
    listener = enter(page, tones, play=True)
    region = unfold(page, "Low")
    type_value(page, region, "Low Threshold", "-46")
    type_value(page, region, "Low Ratio", "4:1")
    type_value(page, region, "Low Release", "500 ms")
    region.get_by_role("button", name="Low Compressor").click()
    listener.wait_until("s.state.values['strip/a/comp_on'] && s.state.values['strip/a/comp_release'] === 0.5")
    # a tone of -26 dBFS, 20 dB over the threshold and clear of the knee: 3/4 of it is taken
    assert listener.level_db(A_HZ, TONE_DB - 15) == pytest.approx(TONE_DB - 15, abs=0.1)
    assert listener.level_db(B_HZ, TONE_DB) == pytest.approx(TONE_DB, abs=0.1)
    expect(region.locator(".figure.reduction")).to_have_text(re.compile("−15.[01] dB"))


def test_input_gain_polarity_and_high_pass_are_heard(page, enter, tones, unfold):
    tones["strip"] = [tones["strip"][0], {**tones["strip"][0], "id": "b", "name": "Twin"}]
    listener = enter(page, tones, play=True)
    region = unfold(page, "Twin")
    region.get_by_role("button", name="Twin Polarity inverted").click()
    listener.wait_until("s.state.values['strip/b/polarity']")
    assert listener.level_db(A_HZ, -200, 200 + ABSENT_DB) < ABSENT_DB
    type_value(page, region, "Twin Input gain", "-6")
    listener.wait_until("s.state.values['strip/b/input_gain'] === -6")
    wanted = TONE_DB + 20 * math.log10(1 - 10**-0.3)
    assert listener.level_db(A_HZ, wanted) == pytest.approx(wanted, abs=0.1)
    page.get_by_role("button", name="Low Mute").click()
    type_value(page, region, "Twin High-pass frequency", "400")
    region.get_by_role("button", name="Twin High-pass", exact=True).click()
    listener.wait_until("s.state.values['strip/b/hp_on'] && s.state.values['strip/a/mute']")
    wanted = TONE_DB - 6 + drawn_db(page, strip_values(listener, "b"), A_HZ)
    assert listener.level_db(A_HZ, wanted) == pytest.approx(wanted, abs=0.1)


@pytest.mark.parametrize(("key", "times", "pan"), [("Home", 1, -1.0), ("ArrowLeft", 10, -0.4), ("ArrowRight", 5, 0.2)])
def test_pan_keeps_the_power(page, enter, tones, key, times, pan):
    listener = enter(page, {**tones, "strip": tones["strip"][:1]}, play=True)
    page.get_by_role("slider", name="Low Pan").focus()
    for _ in range(times):
        page.keyboard.press(key)
    listener.wait_until(f"s.state.values['strip/a/pan'] === {pan}")
    rms, angle = 10 ** (-26 / 20) / math.sqrt(2), (pan + 1) * math.pi / 4  # the sine-cosine law, mono
    wanted = pytest.approx([rms * math.cos(angle), rms * math.sin(angle)], abs=2e-4)
    assert powers(listener.hear_until(lambda heard: powers(heard) == wanted)) == wanted


def powers(heard):
    """The root mean square of each side."""
    return [float(np.sqrt(np.mean(side**2))) for side in (heard.left, heard.right)]


NEXT_ANALYSIS = """return await new Promise((resolve) => {
  s.on("meters", ({analysis}) => analysis?.target === argument && resolve(analysis));
});"""
OPAQUE = """([strip, hz]) => {
  const canvas = document.querySelector(`[data-owner="strip/${strip}"] .eq-canvas`);
  const across = Math.log(hz / 20) / Math.log(1000);
  const {data} = canvas.getContext("2d").getImageData(Math.round(across * canvas.width), canvas.height - 4, 1, 1);
  return data[3] === 255;
}"""


def test_the_spectrum_behind_the_curve_is_that_of_the_strip_one_looks_at(page, enter, tones, unfold):
    listener = enter(page, tones, play=True)
    for name, strip, band, hz in (("Low", "a", 13, A_HZ), ("High", "b", 17, B_HZ)):
        unfold(page, name)
        levels = listener.run(NEXT_ANALYSIS, f"strip/{strip}")["bands_db"]
        assert np.argmax(levels) == band  # base-10 third octaves: 355 to 447 and 891 to 1122 Hz
        page.wait_for_function(OPAQUE, arg=[strip, 0.95 * hz])
        page.wait_for_function(f"(place) => !({OPAQUE})(place)", arg=[strip, 6000.0])  # what began has rung out
    unfold(page, "High")  # closes it, and the first one is looked at again
    listener.run(NEXT_ANALYSIS, "strip/a")
