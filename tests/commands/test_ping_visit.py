"""``telharmonic ping`` against a real server, by each way."""

import asyncio
import json

import pytest
from rich.console import Console

from telharmonic.commands.ping import WAYS
from telharmonic.commands.ping_visit import measure, run_ping
from telharmonic.commands.visit import tls_context
from telharmonic.errors import RefusedError

pytestmark = [pytest.mark.realtime, pytest.mark.slow]


def run(server, way, count, player="player1"):
    wish = {"player": player, "way": way, "count": count, "freq_hz": 440.0}
    return measure(server.url, tls=tls_context(insecure=False), console=Console(quiet=True), **wish)


@pytest.mark.parametrize("way", WAYS)
async def test_every_ping_is_heard_and_split_by_stage_and_kept(relay_server, way):
    (summary,) = (await run(relay_server, way, 5)).summaries
    assert (summary.samples, summary.transport) == (5, f"{way} relay")
    stages = [getattr(summary.split_ms, name) for name in ("control", "wait", "network", "ring")]
    assert all(stage is not None for stage in stages)
    assert 0.0 < summary.p50_ms < 1000.0
    kept = json.loads((await asyncio.to_thread(relay_server.request, "GET", "/api/latency"))[1])["summaries"]
    assert any(each["transport"] == f"{way} relay" and each["client"].endswith("player1") for each in kept)


async def test_what_the_relay_refuses_is_said(relay_server):
    with pytest.raises(RefusedError, match="not allowed for mixer"):
        await run(relay_server, "websocket", 1, "mixer")


def test_the_command_prints_figures_and_bars(relay_server, capsys):
    status = run_ping(
        relay_server.url, player="player1", way="websocket", count=3, freq_hz=440.0, insecure=False, as_json=False
    )
    said = capsys.readouterr().out
    assert status == 0
    assert "control to" in said
    assert "#" in said
