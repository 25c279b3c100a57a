"""A headless Chromium that listens in several ways and tells what it saw: ``python -m ... '{"url": ...}'``."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aiohttp

from benchmarks.unwatched_browser import blocking_page

SETTLE_S = 6.0  # the first reports of loss, redundancy, and the player's target
TONE = {"version": 1, "name": "Tone", "strip": [{"id": "1", "source": "sine", "freq_hz": 440.0, "level_db": -20.0}]}

LISTEN = """async ({ url, token, way, settle, seconds }) => {
  const { connect } = await import('/client/session.js');
  const pause = (s) => new Promise((resolve) => setTimeout(resolve, 1000 * s));
  const session = await connect({ url, token, ...way });
  await session.listen();
  await session.sendCommand({ type: 'play' });
  for (let tries = 0; tries < 60 && session.stats().transport !== way.transport; tries++) await pause(0.1);
  await pause(settle);
  const before = session.stats();
  const delays = [];
  for (let at = 0; at < seconds; at += 0.25) {
    await pause(0.25);
    const { networkMs, heldMs } = session.stats().delaySplit;
    delays.push(networkMs + heldMs);
  }
  const after = session.stats();
  await session.close();
  return { before, after, delays };
}"""


async def open_session(url: str) -> dict[str, Any]:
    """A tone, once the server answers."""
    async with aiohttp.ClientSession() as http:
        for tries in range(600):
            try:
                async with http.post(f"{url}/api/sessions", json={"description": TONE}) as reply:
                    reply.raise_for_status()
                    answer: dict[str, Any] = await reply.json()
                    return answer
            except aiohttp.ClientError:  # it does not listen yet, or its renderer does not
                if tries == 599:
                    raise
                await asyncio.sleep(0.2)
    raise AssertionError


def figures(seen: dict[str, Any], seconds: float) -> dict[str, Any]:
    """What is kept of one way."""
    before, after = seen["before"], seen["after"]
    rate_hz = after["streamRateHz"]
    played = after["playedFrame"] - before["playedFrame"]  # the time line goes on while the player is silent
    concealed = after["concealedFrames"] - before["concealedFrames"]
    return {
        "transport": after["transport"],
        "concealed": concealed / max(played, seconds * rate_hz),
        "underruns": after["underruns"] - before["underruns"],
        "dropped": after["droppedBlocks"] - before["droppedBlocks"],
        "recovered": after["recoveredPackets"] - before["recoveredPackets"],
        "lost": after["lostFrames"] - before["lostFrames"],
        "packets": after["packets"] - before["packets"],
        "delay_ms": sum(seen["delays"]) / len(seen["delays"]),
        "round_trip_ms": after["roundTripMs"],
    }


def peers_figures(seen: dict[str, Any]) -> dict[str, Any]:
    """The same of aiortc as it ships."""
    concealed, delay_ms = seen["concealed"], seen["delayMs"]
    return {"transport": "aiortc", "concealed": concealed, "underruns": None, "delay_ms": delay_ms}


def main() -> None:
    wish = json.loads(sys.argv[1])
    url, rows = wish["url"], []
    session = asyncio.run(open_session(url))
    with blocking_page("about:blank", f"--unsafely-treat-insecure-origin-as-secure={url}") as page:  # for AudioWorklet
        for way in wish["ways"]:
            page.goto(f"{url}/status.html")
            argument = {"url": session["links"]["ws"], "token": session["tokens"]["performer"], "way": way}
            seen = page.evaluate(LISTEN, argument | {"settle": SETTLE_S, "seconds": wish["seconds"]})
            rows.append(figures(seen, wish["seconds"]))
        page.goto(f"{wish['peer']}/")
        seen = page.evaluate("(options) => listenAiortc(options)", {"settle": SETTLE_S, "seconds": wish["seconds"]})
        rows.append(peers_figures(seen))
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
