"""The time line in Chromium: the playhead is where the sound is, loops are drawn, the keyboard does all of it."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

RATE_HZ = 48_000
SECONDS = 12
WATCH = """
const body = document.querySelector(".timeline-body"), head = document.querySelector(".playhead");
const context = s.outputNode.context, seen = [];
const captured = s.capture(argument);
const place = body.getBoundingClientRect();
let running = true;
const look = () => {
  const {contextTime} = context.getOutputTimestamp();
  const share = (head.getBoundingClientRect().left - place.left) / place.width;
  seen.push([contextTime, share * s.state.duration_s]);
  if (running) requestAnimationFrame(look);
};
look();
const c = await captured;
running = false;
const gaps = c.underruns + c.trims;
return {seen, left: c.left, contextFrame: c.contextFrame, rateHz: c.sampleRateHz, gaps};
"""


@pytest.fixture(scope="module")
def clicks(assets):
    """One strip with a click at every full second of the song."""
    sound = np.zeros(SECONDS * RATE_HZ)
    for second in range(SECONDS):
        sound[second * RATE_HZ : second * RATE_HZ + 48] = 0.5
    soundfile.write(assets / "clicks.wav", sound, RATE_HZ, subtype="FLOAT")
    return {"version": 1, "name": "Clicks", "strip": [{"id": "1", "name": "Clicks", "clip": [{"file": "clicks.wav"}]}]}


def playhead_error_s(got):
    """Where the playhead was drawn when each click came out of the device, less where the click is in the song."""
    left = np.abs(got["left"])
    starts = np.flatnonzero((left[1:] > 0.1) & (left[:-1] <= 0.1))
    starts = [at for n, at in enumerate(starts) if n == 0 or at - starts[n - 1] > got["rateHz"] / 2]
    times_s, drawn_s = np.array(got["seen"]).T
    click_s = [(got["contextFrame"] + at) / got["rateHz"] for at in starts]
    click_s = [each for each in click_s if times_s[0] < each < times_s[-1]]
    drawn = np.interp(click_s, times_s, drawn_s)
    return drawn - np.round(drawn)


@pytest.mark.alone
def test_the_playhead_is_within_30_ms_of_the_sound_that_is_heard(page, enter, clicks):
    """The audio clock's own output timestamp says what is heard when; a disturbed stretch is watched again."""
    listener = enter(page, clicks)
    page.get_by_role("button", name="Play").click()
    listener.wait_until("s.position > 0.5")
    for _ in range(8):
        got = listener.run(WATCH, 2.5)
        error_s = playhead_error_s(got)
        if got["gaps"] == 0 and len(error_s) > 0 and np.max(np.abs(error_s)) < 0.03:
            break
    assert len(error_s) > 0
    assert np.max(np.abs(error_s)) < 0.03, error_s


def test_a_drag_along_the_ruler_makes_a_loop_and_the_sound_stays_in_it(page, enter, steps):
    listener = enter(page, steps)
    box = page.get_by_role("slider", name="Position").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.05, box["y"] + 6)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + 6, steps=4)
    page.mouse.up()
    listener.wait_until("s.state.transport.loop.on")
    loop = listener.run("return s.state.transport.loop")
    assert loop["start_s"] == pytest.approx(0.6, abs=0.05)
    assert loop["end_s"] == pytest.approx(1.2, abs=0.05)
    page.get_by_role("button", name="Play").click()
    listener.wait_until("s.state.transport.playing")
    listener.hear_once(1.5)
    assert listener.run("return s.position") < 1.3


def test_the_wheel_comes_closer_and_the_whole_song_comes_back(page, enter, steps):
    listener = enter(page, steps)
    body = page.get_by_role("slider", name="Position")
    box = body.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -600)
    page.mouse.click(box["x"] + 1, box["y"] + box["height"] / 2)
    listener.wait_until("s.state.transport.position_s > 4")
    page.get_by_role("button", name="Show the whole song").click()
    page.mouse.click(box["x"] + 1, box["y"] + box["height"] / 2)
    listener.wait_until("s.state.transport.position_s < 0.1")


def test_two_fingers_that_part_come_closer_and_move_nothing(chromium, enter, steps):
    context = chromium().new_context(viewport={"width": 820, "height": 1180}, has_touch=True, is_mobile=True)
    page = context.new_page()
    listener = enter(page, steps)
    box = page.get_by_role("slider", name="Position").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = context.new_cdp_session(page)
    for kind, apart in (("touchStart", 40), ("touchMove", 80), ("touchMove", 160), ("touchEnd", None)):
        points = [{"x": x + side * apart, "y": y, "id": side + 1} for side in (-1, 1) if apart is not None]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    # four times closer around the middle of 12 s: the left edge lies at 4.5 s now
    page.touchscreen.tap(box["x"] + 1, y)
    listener.wait_until("Math.abs(s.state.transport.position_s - 4.5) < 0.1")
    assert page.evaluate("[visualViewport.scale, scrollX, scrollY]") == [1, 0, 0]
    context.close()


def tab_to(page, name, backwards=False):
    """Press Tab until what is called so has the focus."""
    for _ in range(80):
        if page.evaluate(FOCUSED) == name:
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    pytest.fail(f"{name} is not reached by Tab")


FOCUSED = """(({activeElement: at}) => at.getAttribute("aria-label") ?? at.innerText)(document)"""


def test_the_main_flow_goes_without_a_pointer(page, enter, tones):
    listener = enter(page, tones)
    press = page.keyboard.press
    press("Space")
    listener.wait_until("s.state.transport.playing")
    tab_to(page, "Low Fader")
    press("PageDown")
    listener.wait_until("s.state.values['strip/a/fader'] === -3")
    press("Space")
    listener.wait_until("!s.state.transport.playing")
    press("?")
    help_page = page.get_by_role("dialog", name="Keys")
    assert help_page.get_by_text("undo your last change").is_visible()
    press("Escape")
    assert help_page.is_hidden()
    press("Shift+Tab")
    assert page.evaluate("document.activeElement !== document.body")

    # a strip called otherwise
    tab_to(page, "Low settings", backwards=True)
    press("Enter")
    tab_to(page, "Name of Low")
    page.keyboard.type("Bass")
    press("Enter")
    listener.wait_until("s.state.strips[0].name === 'Bass'")

    # a scene stored, called otherwise, recalled by its number, deleted
    tab_to(page, "Scenes", backwards=True)
    press("Enter")
    tab_to(page, "Name of the new scene")
    page.keyboard.type("Loud")
    press("Enter")
    listener.wait_until("s.state.scenes[0] === 'Loud'")
    tab_to(page, "Rename Loud")
    press("Enter")
    page.keyboard.type("Soft")
    press("Enter")
    listener.wait_until("s.state.scenes[0] === 'Soft'")
    press("Escape")
    assert page.evaluate(FOCUSED) == "Scenes"
    tab_to(page, "Bass Fader")
    press("PageDown")
    listener.wait_until("s.state.values['strip/a/fader'] === -6")
    tab_to(page, "Scenes", backwards=True)
    press("1")
    page.wait_for_function("""() => document.querySelector('[aria-label="Bass Fader"]').ariaValueNow == -3""")
    press("Enter")
    tab_to(page, "Delete Soft")
    press("Enter")
    assert page.evaluate(FOCUSED) == "Delete Soft?"
    press("Enter")
    listener.wait_until("s.state.scenes.length === 0")
    page.wait_for_function(f"() => {FOCUSED} === 'Name of the new scene'")
    press("Escape")

    # moves written down, their lane edited and cleared
    tab_to(page, "Automation")
    press("Enter")
    tab_to(page, "Record moves")
    press("Enter")
    listener.wait_until("s.state.armed === null")
    press("Escape")
    press("0")
    tab_to(page, "Bass Fader")
    press("Space")
    listener.wait_until("s.position > 0.2")
    press("PageDown")
    listener.wait_until("s.state.lanes?.['strip/a/fader']?.some(([, value]) => value === -6)")
    tab_to(page, "Automation", backwards=True)
    press("0")
    listener.wait_until("!s.state.transport.playing")
    press("Enter")
    tab_to(page, "Record moves")
    press("Enter")
    listener.wait_until("s.state.armed?.length === 0")
    tab_to(page, "Bass: Fader")
    press("Enter")
    press("Escape")
    tab_to(page, "Bass: Fader, point 1")
    press("ArrowUp")
    listener.wait_until("s.state.lanes['strip/a/fader'][0][1] > -3")
    tab_to(page, "Automation", backwards=True)
    press("Enter")
    tab_to(page, "Clear Bass: Fader")
    press("Enter")
    listener.wait_until("!s.state.lanes['strip/a/fader']")


LANE_DB = [[0.0, -40.0], [8.0, 0.0]]
FOLLOW = """
const fader = document.querySelector('[aria-label="Low Fader"]'), seen = [];
for (let n = 0; n < 60; n++) {
  await new Promise(requestAnimationFrame);
  seen.push([s.position, Number(fader.getAttribute("aria-valuenow"))]);
}
return seen;
"""


def test_a_control_stands_where_its_lane_is_heard_and_a_hand_takes_it_from_there(page, enter, tones):
    listener = enter(page, tones)
    listener.tell(type="automation_write", address="strip/a/fader", points=LANE_DB)
    listener.tell(type="play")
    listener.wait_until("s.position > 1")
    position_s, shown_db = np.array(listener.run(FOLLOW)).T
    lane_db = np.interp(position_s, *np.array(LANE_DB).T)
    assert np.ptp(shown_db) > 2
    assert np.median(np.abs(shown_db - lane_db)) < 0.3  # 60 ms of the lane: a frame or two
    cap = page.get_by_role("slider", name="Low Fader")
    box = cap.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    held_db = float(cap.get_attribute("aria-valuenow"))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 2)
    listener.wait_until("s.state.values['strip/a/fader'] !== 0")
    set_db = listener.run("return s.state.values['strip/a/fader']")
    page.mouse.up()
    assert abs(set_db - held_db) < 1.5  # two pixels of the way, no leap
    listener.tell(type="pause")
