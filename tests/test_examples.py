"""Every example runs, and shows what it says that it shows."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from telharmonic.protocol.messages import Play
from telharmonic.transport.client import Client

EXAMPLES = Path(__file__).parent.parent / "examples"
TESTED = {
    "01_effect.py",
    "02_bounce.py",
    "03_fader.py",
    "04_dspnode.py",
    "05_listen.sh",
    "06_scenes_and_beats.py",
    "07_log.py",
    "08_own_page.py",
}

pytestmark = pytest.mark.slow


@pytest.fixture
def example(tmp_path):
    """Run one, in a folder of its own; what it prints."""

    def run(name: str, *arguments: str) -> str:
        interpreter = [sys.executable] if name.endswith(".py") else ["sh"]
        command = [*interpreter, str(EXAMPLES / name), *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    return run


def test_every_numbered_example_is_tested_and_in_the_table():
    numbered = {path.name for path in EXAMPLES.glob("[0-9]*") if path.suffix in (".py", ".sh")}
    assert numbered == TESTED
    table = (EXAMPLES / "README.md").read_text()
    assert [name for name in TESTED if f"]({name})" not in table] == []


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.*")), ids=lambda path: path.name)
def test_an_example_fits_on_one_screen(path):
    assert len(path.read_text().splitlines()) <= 60


def test_01_an_effect_takes_the_rumble_and_lifts_the_tone(example):
    levels = re.findall(r"(-?\d+\.\d) dB", example("01_effect.py"))
    rumble_before, rumble_after, tone_before, tone_after = map(float, levels)
    assert rumble_after < rumble_before - 30  # 3 octaves below a second-order high-pass
    assert tone_after == pytest.approx(tone_before + 6, abs=0.1)


def test_02_a_bounce_is_a_file_with_sound(example, tmp_path):
    example("02_bounce.py", "out.wav")
    samples, rate_hz = soundfile.read(tmp_path / "out.wav")
    assert (len(samples), rate_hz) == (144_000, 48_000)
    assert 0.05 < np.abs(samples).max() < 1.0


@pytest.mark.realtime
def test_03_a_fader_at_6_db_less_is_heard_as_6_db_less(example, server):
    change = re.search(r"([+-]\d+\.\d+) dB$", example("03_fader.py", server.url).strip())
    assert float(change[1]) == pytest.approx(-6.0, abs=0.02)


@pytest.mark.realtime
def test_04_dspnodes_payload_moves_the_fifth_fader(example, server):
    assert "moved strip/5/fader to -2.23 dB over 0.1 s" in example("04_dspnode.py", server.url)  # 20 log10(0.774)


@pytest.mark.realtime
@pytest.mark.skipif(not (shutil.which("ffmpeg") and shutil.which("curl")), reason="needs curl and ffmpeg")
async def test_05_curl_hears_what_a_page_plays(example, server, tmp_path):
    created = server.open("demo")
    async with await Client.connect(created["links"]["ws"], created["tokens"]["performer"]) as client:
        await client.ask(Play(id=client.next_id()))
        said = await asyncio.to_thread(example, "05_listen.sh", created["links"]["page"], "out.wav")
    samples, rate_hz = soundfile.read(tmp_path / "out.wav")
    assert said.startswith(f"heard {len(samples) / rate_hz:.2f}"[:9])
    assert 1.0 < len(samples) / rate_hz < 4.0
    assert np.abs(samples).max() > 0.01


@pytest.mark.realtime
def test_06_a_command_for_the_third_beat_takes_effect_on_it(example, server):
    said = example("06_scenes_and_beats.py", server.url)
    assert "strip/hat/fader goes to -12 dB within 2 s" in said
    assert said.strip().endswith("beat 3")


@pytest.mark.realtime
def test_07_the_bounce_of_the_log_is_what_was_heard(example, server):
    assert " 0 samples differ" in example("07_log.py", server.url)


def test_08_the_page_is_that_of_the_documentation_in_20_lines():
    page = (EXAMPLES / "08_own_page.html").read_text()
    assert page in (EXAMPLES.parent / "docs" / "client.md").read_text()
    assert len([line for line in page.splitlines() if line]) <= 20


@pytest.fixture
def own_pages(server):
    """Example 08's two pages, opened by their names in a browser."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or pytest.skip("chromium is not installed")
    command = [sys.executable, str(EXAMPLES / "08_own_page.py"), server.url]
    page_server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        links = [page_server.stdout.readline().strip() for _ in range(2)]
        with playwright.sync_playwright() as browsers:
            browser = browsers.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])

            def open_page(name: str):
                page = browser.new_page()
                page.goto(next(link for link in links if name in link))
                page.click("button:enabled")
                return page

            yield open_page
            browser.close()
    finally:
        page_server.send_signal(signal.SIGINT)
        assert page_server.wait(20) == 0
        page_server.stdout.close()


@pytest.mark.realtime
@pytest.mark.browser
def test_08_the_page_plays_and_its_fader_moves_the_sessions(own_pages):
    page = own_pages("08_own_page")
    page.wait_for_function("parseFloat(document.querySelector('p').textContent) > 0.5")
    page.locator("input").fill("-20")
    page.wait_for_function("document.querySelector('output').value === '-20'")
    assert " dB, " in page.inner_text("p")
    assert page.evaluate("crossOriginIsolated")


@pytest.mark.realtime
@pytest.mark.browser
def test_09_the_consoles_controls_work_in_a_page_of_ones_own(own_pages):
    page = own_pages("09_own_console")
    loud = "parseFloat(document.querySelector('tel-loudness').textContent.replace(/.*Momentary/, '').replace('−', '-'))"
    page.wait_for_function(f"{loud} > -40")
    page.get_by_role("slider", name="Master Fader").press("Home")
    page.wait_for_function(f"!({loud} > -80)")
    page.get_by_role("slider", name="Master Fader").press("Delete")
    page.wait_for_function(f"{loud} > -40")
    mute = page.get_by_role("button", name="Mute").first
    mute.click()
    assert mute.get_attribute("aria-pressed") == "true"
    assert page.locator("tel-eq .eq-handle.low").first.is_visible()


def test_09_the_page_is_that_of_the_documentation():
    page = (EXAMPLES / "09_own_console.html").read_text()
    assert page in (EXAMPLES.parent / "docs" / "client.md").read_text()
