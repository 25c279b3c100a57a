"""One's own music through the page: files in, a session of them heard, the mix back home."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect

RATE_HZ = 48_000
HZ = {"Flute": 700.0, "Drum": 200.0}

DROP = """async ([name, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, {type: "audio/wav"}));
  for (const type of ["dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
  }
}"""


def wav(hz, seconds=3.0):
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    file = io.BytesIO()
    soundfile.write(file, 0.05 * np.sin(2 * np.pi * hz * time_s), RATE_HZ, format="WAV", subtype="PCM_16")
    return file.getvalue()


@pytest.fixture
def files(page):
    """Open the drawer of files."""

    def open_drawer():
        page.get_by_role("group", name="Tools").get_by_role("button", name="Files").click()
        return page.get_by_role("region", name="Files")

    return open_drawer


def test_chosen_files_become_strips_that_are_heard_and_a_broken_one_is_named_before(page, enter, tones, files):
    listener = enter(page, tones)
    drawer = files()
    good = [{"name": f"{name}.wav", "mimeType": "audio/wav", "buffer": wav(hz)} for name, hz in HZ.items()]
    broken = {"name": "1 Broken.wav", "mimeType": "audio/wav", "buffer": b"RIFF" + bytes(400)}
    before = page.url
    drawer.get_by_label("Choose files").set_input_files([*good, broken])
    row = drawer.get_by_role("listitem").filter(has_text="1 Broken.wav")
    expect(row.locator(".wrong")).not_to_be_empty()
    expect(drawer.get_by_role("status").first).to_contain_text("1 of 3 files is not in the new session")
    assert page.url == before
    drawer.get_by_role("button", name="Open it without them").click()
    page.wait_for_url(lambda url: url != before)
    page.wait_for_function("() => globalThis.telharmonic?.stats().playedFrame > 0")
    assert page.evaluate("telharmonic.sessionName") == "Drum"  # the first that was taken
    for name in HZ:
        expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()
    page.wait_for_function("() => document.querySelector('.timeline-body').dataset.peaks === 'there'")
    listener.tell(type="loop", on=True, start_s=0, end_s=3)
    listener.tell(type="play")
    heard = listener.hear_until(lambda heard: min(map(heard.level_db, HZ.values())) > -40)
    assert min(map(heard.level_db, HZ.values())) > -40


def test_a_file_that_is_no_sound_is_refused_in_words_and_the_page_goes_on(page, enter, tones, files):
    listener = enter(page, tones, play=True)
    drawer = files()
    drawer.get_by_label("Choose files").set_input_files(
        [{"name": "notes.wav", "mimeType": "audio/wav", "buffer": b"no sound at all, " * 40}]
    )
    expect(drawer.get_by_role("listitem")).to_contain_text("notes.wav")
    expect(drawer.locator(".wrong")).not_to_be_empty()
    assert listener.hear(0.3).rms() > 0.01


def test_a_dropped_file_opens_a_session_and_its_mix_comes_home_as_it_sounds(page, enter, tones, files):
    enter(page, tones)
    before = page.url
    page.evaluate(DROP, ["Flute.wav", list(wav(HZ["Flute"]))])
    page.wait_for_url(lambda url: url != before)
    page.wait_for_function("() => globalThis.telharmonic?.sessionName === 'Flute'")
    drawer = files()
    with page.expect_download() as download:
        drawer.get_by_role("button", name="Mix").click()
    sound, rate_hz = soundfile.read(download.value.path())
    spectrum = np.abs(np.fft.rfft(sound[:rate_hz, 0] * np.hanning(rate_hz)))
    assert np.argmax(spectrum) * rate_hz / rate_hz == pytest.approx(HZ["Flute"], abs=2)
    with page.expect_download() as download:
        drawer.get_by_role("button", name="Session file").click()
    assert "Flute" in download.value.path().read_text()


def test_ones_own_room_becomes_a_choice_of_the_reverb_at_once(page, enter, files):
    enter(page, "demo")
    page.get_by_role("region", name="Hall").get_by_role("button", name="settings").click()
    drawer = files()
    room = {"name": "Our church.wav", "mimeType": "audio/wav", "buffer": wav(300.0, 0.5)}
    drawer.get_by_label("Add an impulse response").set_input_files(room)
    expect(drawer.get_by_text("Every reverb can be set to Our church now.")).to_be_visible()
    expect(page.get_by_label("Hall Impulse response").locator("option", has_text="Our church")).to_have_count(1)


def drop(page, *paths):
    """Drop files or folders of the disk on the page, as a hand does: the browser itself makes the entries."""
    hand = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        hand.send("Input.dispatchDragEvent", {"type": kind, "x": 640, "y": 400, "data": data})


def test_a_dropped_folder_becomes_a_session_of_its_name_and_its_stems_come_home(page, enter, tones, files, tmp_path):
    folder = tmp_path / "Trio"
    (folder / "more").mkdir(parents=True)
    (folder / "2 Drum.wav").write_bytes(wav(HZ["Drum"]))
    (folder / "more" / "10 Flute.wav").write_bytes(wav(HZ["Flute"]))
    (folder / "notes.txt").write_text("no sound")
    enter(page, tones)
    drop(page, folder)
    page.wait_for_function("() => globalThis.telharmonic?.sessionName === 'Trio'", timeout=30_000)
    assert page.evaluate("telharmonic.state.strips.map(({name}) => name)") == ["2 Drum", "10 Flute"]
    drawer = files()
    drawer.get_by_label("Format of mix and stems").select_option("flac")
    with page.expect_download() as download:
        drawer.get_by_role("button", name="Stems").click()
    with zipfile.ZipFile(download.value.path()) as stems:
        assert stems.namelist() == ["mix.flac", "stems/01 2 Drum.flac", "stems/02 10 Flute.flac"]
        for entry, hz in zip(stems.namelist()[1:], (HZ["Drum"], HZ["Flute"]), strict=True):
            sound, rate_hz = soundfile.read(io.BytesIO(stems.read(entry)))
            spectrum = np.abs(np.fft.rfft(sound[:rate_hz, 0] * np.hanning(rate_hz)))
            assert np.argmax(spectrum) == pytest.approx(hz, abs=2)
            assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-26.02 - 3.01, abs=0.3)  # 0.05, in the middle
