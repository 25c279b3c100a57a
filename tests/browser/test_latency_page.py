"""The latency page: measures, shows, and keeps on the server."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

STAGES = ("control", "wait", "render", "network", "ring")


@pytest.mark.alone
def test_measures_control_and_sound_and_keeps_both(page, console_server):
    page.goto(f"{console_server.url}/latency.html")
    page.get_by_label("Pings").fill("20")
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_role("status")).to_contain_text("Done and kept", timeout=60_000)
    result = page.get_by_role("region", name="Result")
    for heading in ("Control round trip", "Control to sound"):
        expect(result.get_by_role("heading", name=heading)).to_be_visible()
    expect(result.get_by_text("p95")).to_have_count(2)
    expect(result.locator("canvas.histogram").first).to_be_visible()

    status, answer = console_server.request("GET", "/api/latency")
    assert status == 200
    summaries = {one["kind"]: one for one in json.loads(answer)["summaries"] if one["client"].startswith("Chrome")}
    assert summaries["control"]["samples"] == 20
    sound = summaries["sound"]
    assert sound["samples"] >= 19
    assert sum(count for _, count in sound["histogram_ms"]) == sound["samples"]
    # the stages are means and p50 is a median: a stall of the machine lifts the one and not the other
    assert 0.5 * sound["p50_ms"] < sum(sound["split_ms"][stage] for stage in STAGES) < 1.2 * sound["p99_ms"]
    assert all(sound["split_ms"][stage] > -1 for stage in STAGES)


def test_a_wrong_number_of_pings_starts_nothing_and_names_the_range(page, console_server):
    page.goto(f"{console_server.url}/latency.html")
    for wrong in ("0", "-3", "abc", "100000", "2.5"):
        page.get_by_label("Pings").fill(wrong)
        page.get_by_role("button", name="Measure").click()
        expect(page.get_by_role("status")).to_have_text("Pings must be a whole number from 5 to 500.")
        expect(page.get_by_label("Pings")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_role("button", name="Measure")).to_be_enabled()


def test_the_status_page_tells_what_runs_and_draws_the_last_minutes(page, console_server):
    console_server.open("demo")
    page.goto(f"{console_server.url}/status.html")
    expect(page.get_by_text("ready", exact=True)).to_be_visible()
    expect(page.get_by_role("rowheader", name="Canon in D").first).to_be_visible()
    expect(page.get_by_role("row", name="Cross-origin isolated")).to_contain_text("yes")
    for plot in ("Load", "Memory", "Late blocks"):
        expect(page.get_by_role("img", name=plot)).to_be_visible()
    expect(page.get_by_role("img", name="Memory")).to_have_attribute("aria-label", re.compile(r"Memory: from \d+ MB"))
