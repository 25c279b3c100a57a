"""(f) The console page with 16 strips, all meters moving and two strips unfolded: does it keep 60 frames a second?

And with 64, while their row is scrolled from end to end and back, a screen's width every third of a second.

In headless Chromium without a graphics processor, on the page as it is served. Frames are counted by their own time
stamps; a frame is dropped if the one before it was shown for more than one and a half periods. Long tasks are those
above 50 ms, as browsers report them. What the page itself takes is the time its animation callbacks run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Error, Page, sync_playwright

from benchmarks.report import Claim, Result
from benchmarks.web_audio_peers import CHROMIUM_FLAGS

PORT, NODE_PORT = 8763, 8764
STRIPS = 16
MANY_STRIPS = 64
WATCH_S = 20
PERIOD_MS = 1000 / 60
DROPPED_SHARE = 0.02  # of all frames
CALLBACKS_MS = 4.0  # a quarter of a frame for all drawing, at the 95th percentile
BUSY_SHARE = 0.4  # of one core: style, layout, paint and all scripts of the page's main thread
SCROLLED_SHARE = 0.75  # while every frame shows other columns: a quarter of each is left

OPEN = """async (description) => {
  const body = JSON.stringify({description});
  const reply = await fetch("/api/sessions", {method: "POST", headers: {"Content-Type": "application/json"}, body});
  return (await reply.json()).links.page;
}"""
COUNT_CALLBACKS = """
const ask = globalThis.requestAnimationFrame.bind(globalThis);
globalThis.spent = new Map();
globalThis.requestAnimationFrame = (callback) => ask((stamp) => {
  const begin = performance.now();
  callback(stamp);
  spent.set(stamp, (spent.get(stamp) ?? 0) + performance.now() - begin);
});
"""
SWEEP_S = 5  # from the first strip to the last and back
SCROLL = """(seconds) => {
  const strips = document.querySelector(".strips");
  const whole = strips.scrollWidth - strips.clientWidth;
  let begin = 0;
  const step = (now) => {
    begin ||= now;
    strips.scrollLeft = whole * (0.5 - 0.5 * Math.cos((2 * Math.PI * (now - begin)) / 1000 / seconds));
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""
WATCH = """async (seconds) => {
  const longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({duration}) => duration)))
    .observe({entryTypes: ["longtask"]});
  const before = telharmonic.stats().underruns;
  spent.clear();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return {stamps: [...spent.keys()], spent: [...spent.values()], longTasks,
    underruns: telharmonic.stats().underruns - before};
}"""


def description(count: int) -> dict[str, Any]:
    """Noise on every strip, each with its compressor and EQ at work."""
    values = {"comp_on": True, "comp_threshold": -40.0, "eq_mid1_gain": 4.0, "hp_on": True}
    strips = [
        {"id": str(n), "name": f"Noise {n}", "source": "pink", "level_db": -30.0, "set": values} for n in range(count)
    ]
    return {"version": 1, "name": f"Noise on {count}", "strip": strips}


def open_console(page: Page, count: int) -> None:
    """The console page on such a session, playing, two strips unfolded."""
    end = time.monotonic() + 300
    while True:
        try:
            page.goto(f"http://localhost:{PORT}/status.html")
            break
        except Error:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
    page.add_init_script(COUNT_CALLBACKS)
    page.goto(page.evaluate(OPEN, description(count)))
    page.wait_for_function("() => globalThis.telharmonic?.stats().playedFrame > 0", timeout=60_000)
    page.evaluate("telharmonic.sendCommand({type: 'play'})")
    for name in ("Noise 0", "Noise 1"):
        page.get_by_role("button", name=f"{name} settings").click()
    page.wait_for_timeout(3000)


def busy_s(figures: CDPSession) -> float:
    """Processor time of the page's main thread, s; what other programs take of the machine is not in it."""
    metrics = figures.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def watch(page: Page, count: int, *, scrolled: bool) -> dict[str, Any]:
    """What a page of so many strips does for a while."""
    open_console(page, count)
    figures = page.context.new_cdp_session(page)
    figures.send("Performance.enable", {"timeDomain": "threadTicks"})
    if scrolled:
        page.evaluate(SCROLL, SWEEP_S)
    before = busy_s(figures)
    found: dict[str, Any] = page.evaluate(WATCH, WATCH_S)
    found["busy"] = (busy_s(figures) - before) / WATCH_S
    page.close()
    return found


def measure() -> tuple[dict[str, Any], dict[str, Any]]:
    """The pages watched, one after the other: still, and scrolled."""
    with TemporaryDirectory() as folder:
        options = ["--port", str(PORT), "--node-port", str(NODE_PORT), "--state", folder]
        server = subprocess.Popen([sys.executable, "-m", "telharmonic.cli", "serve", *options])
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch_persistent_context(
                    str(Path(folder) / "profile"),
                    executable_path="/usr/bin/chromium",
                    args=CHROMIUM_FLAGS,
                    viewport={"width": 1920, "height": 1080},
                )
                still = watch(browser.new_page(), STRIPS, scrolled=False)
                scrolled = watch(browser.new_page(), MANY_STRIPS, scrolled=True)
                browser.close()
            return still, scrolled
        finally:
            server.terminate()
            server.wait(20)


def run() -> Result:
    """Frames, what drawing takes of them, long tasks and underruns."""
    result = Result(name="frames")
    kinds = ((STRIPS, "", BUSY_SHARE), (MANY_STRIPS, ", scrolled", SCROLLED_SHARE))
    for (count, what, busy_share), found in zip(kinds, measure(), strict=True):
        result.claims += claims(f"{count} strips{what}", found, busy_share)
        result.notes.append(
            f"{count} strips: {np.median(found['spent']):.2f} ms in animation callbacks, median of frames"
        )
    return result


def claims(what: str, found: dict[str, Any], busy_share: float) -> list[Claim]:
    """What one watch shows."""
    periods = np.diff(np.sort(found["stamps"]))
    dropped = int(np.sum(np.maximum(0, np.round(periods / PERIOD_MS) - 1)))
    share = dropped / (len(periods) + dropped)
    spent = float(np.percentile(found["spent"], 95))
    busy, long_tasks, underruns = found["busy"], len(found["longTasks"]), found["underruns"]
    return [
        Claim(
            claim=f"console page, {what}: frames dropped in {WATCH_S} s",
            measured=f"{dropped} of {len(periods) + dropped} ({share:.1%})",
            aim=f"<= {DROPPED_SHARE:.0%}",
            met=share <= DROPPED_SHARE,
        ),
        Claim(
            claim=f"{what}: time in animation callbacks, p95 of frames",
            measured=f"{spent:.2f} ms",
            aim=f"<= {CALLBACKS_MS:.0f} ms",
            met=spent <= CALLBACKS_MS,
        ),
        Claim(
            claim=f"{what}: processor time of the page's main thread",
            measured=f"{busy:.0%} of a core",
            aim=f"<= {busy_share:.0%}",
            met=busy <= busy_share,
        ),
        Claim(claim=f"{what}: long tasks (> 50 ms)", measured=str(long_tasks), aim="0", met=long_tasks == 0),
        Claim(claim=f"{what}: underruns of the worklet", measured=str(underruns), aim="0", met=underruns == 0),
    ]
