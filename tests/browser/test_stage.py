"""What a performer on stage relies on: MIDI controllers, a screen that stays awake, the device's own keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

A_HZ = 440.0
TONE_DB = -26 - 3.0103  # in the middle of a -3 dB pan law
FAKE_MIDI = """
const input = {name: "Little Mixer", onmidimessage: null};
navigator.requestMIDIAccess = async () => ({inputs: new Map([["1", input]]), onstatechange: null});
globalThis.turn = (value) => input.onmidimessage({data: new Uint8Array([0xb0, 7, value])});
"""
WATCH_STAGE = """
globalThis.locks = [];
const request = async () => {
  const lock = {released: false, release: async () => { lock.released = true; }};
  locks.push(lock);
  return lock;
};
Object.defineProperty(navigator, "wakeLock", {value: {request}});
globalThis.mediaKeys = {};
navigator.mediaSession.setActionHandler = (action, act) => { mediaKeys[action] = act; };
"""


def test_a_learned_controller_is_heard_takes_hold_without_a_jump_and_is_remembered(page, enter, tones):
    page.add_init_script(FAKE_MIDI)
    listener = enter(page, tones, play=True)
    tools = page.get_by_role("group", name="Tools")
    tools.get_by_role("button", name="MIDI", exact=True).click()
    drawer = page.get_by_role("region", name="MIDI")
    drawer.get_by_role("button", name="Switch MIDI on").click()
    expect(drawer.get_by_role("status")).to_contain_text("Little Mixer")
    drawer.get_by_role("button", name="Learn").click()
    listener.run("await s.set('strip/a/fader', 0)")
    expect(drawer.get_by_role("status")).to_contain_text("strip/a/fader")
    page.evaluate("turn(10)")
    expect(drawer.get_by_role("listitem")).to_contain_text("channel 1 controller 7")

    page.evaluate("turn(20)")  # far below the value: nothing may jump
    before_db = listener.level_db(A_HZ, TONE_DB)
    assert listener.run("return s.state.values['strip/a/fader']") == 0
    page.evaluate("turn(127); turn(40)")
    listener.wait_until("s.state.values['strip/a/fader'] < -20")
    fallen_db = listener.run("return s.state.values['strip/a/fader']")
    wanted_db = before_db + fallen_db
    assert listener.level_db(A_HZ, wanted_db, 0.2) == pytest.approx(wanted_db, abs=0.2)
    page.reload()
    tools.get_by_role("button", name="MIDI", exact=True).click()
    expect(drawer.get_by_role("listitem")).to_contain_text("strip/a/fader")

    with page.expect_download() as download:
        drawer.get_by_role("button", name="Save mapping").click()
    saved = download.value.path().read_bytes()
    page.evaluate("localStorage.clear()")
    page.reload()
    tools.get_by_role("button", name="MIDI", exact=True).click()
    expect(drawer.get_by_role("listitem")).to_have_count(0)
    choose = drawer.get_by_label("Load mapping")
    choose.set_input_files({"name": "notes.json", "mimeType": "application/json", "buffer": b"no mapping"})
    expect(drawer.get_by_role("status")).to_contain_text("mapping")
    choose.set_input_files({"name": "mine.json", "mimeType": "application/json", "buffer": saved})
    expect(drawer.get_by_role("listitem")).to_contain_text("strip/a/fader")


def test_the_screen_stays_awake_while_it_plays_and_the_devices_keys_work(page, enter, tones):
    page.add_init_script(WATCH_STAGE)
    listener = enter(page, tones)
    assert page.evaluate("locks.length") == 0
    page.evaluate("mediaKeys.play()")
    listener.wait_until("s.state.transport.playing && locks.length === 1 && !locks[0].released")
    page.evaluate("locks[0].released = true; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function("locks.length === 2")  # the browser takes it from hidden pages; it is asked for again
    page.wait_for_function("navigator.mediaSession.playbackState === 'playing'")
    page.evaluate("mediaKeys.pause()")
    listener.wait_until("!s.state.transport.playing && locks[1].released")
