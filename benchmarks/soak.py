"""``./dev soak MINUTES``: a server under mixed load; memory, late blocks, losses and underruns over time.

Several demo sessions with listeners, members who do everything at random, sessions that come and go, readers of the
HTTP stream, and a page in headless Chromium that plays through the client library twice: as it comes, and set to safe.
Writes ``benchmarks/results/soak.json`` and ``docs/images/soak.png``; exit status 1 if a process of the server grows by
more than `SLOPE_LIMIT_MB` a minute after warming up, or more than 0.1 % of the blocks are late or skipped beyond the
share for which a real-time thread that does nothing was late as well.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import numpy as np
import psutil

from benchmarks.bare_clock import BareClock
from benchmarks.hands import Hand, Tally, listen_for_ever
from benchmarks.report import Claim, Result
from benchmarks.serving import Server, running_server
from benchmarks.soak_plot import plot
from benchmarks.unwatched_browser import UnwatchedPage, unwatched_page
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.session_file import parse_toml

ROOT = Path(__file__).parent.parent
SESSIONS, LISTENERS_EACH = 4, 2
SAMPLE_S = 5.0
CHURN_S = 7.0  # a session that comes and goes, one after the other
SLOPE_LIMIT_MB = 1.0  # a minute; a command kept in the log takes about 0.3 kB, 20 commands a second 0.4 MB a minute
NOISE_MB = 4.0  # a process may be so much larger at the end than at the beginning, whatever the slope
LATE_SHARE = 0.001
NICE = 5  # of the load: members are elsewhere, so theirs gives way to the server and the page
JUDGED = ("gateway", "stream", "render", "loader")

PLAY = """async ({url, token}) => {
  const { connect } = await import("/client/session.js");
  globalThis.session = await connect({ url, token, name: "soak" });
  globalThis.safe = await connect({ url, token, name: "soak, safe", safety: 1 });
  await session.listen();
  await safe.listen();
}"""
STATS = """() => {
  const s = session.stats();
  return [s.underruns, s.fillMs, s.delayMs, s.link, safe.stats().underruns, safe.stats().delayMs];
}"""


@dataclass(kw_only=True)
class SoakResult(Result):
    """With what was sampled."""

    samples: list[dict[str, Any]] = field(default_factory=list)


@contextlib.asynccontextmanager
async def playing_page(server: Server, created: dict[str, Any]) -> AsyncIterator[tuple[UnwatchedPage, psutil.Process]]:
    """A page that plays a session, and its browser's process."""
    async with unwatched_page(f"{server.url}/status.html") as page:
        await page.evaluate(PLAY, {"url": created["links"]["ws"], "token": created["tokens"]["performer"]})
        yield page, psutil.Process(page.pid)


async def churn(server: Server, tally: Tally) -> None:
    """Sessions that are opened, heard by HTTP for a while, and ended."""
    async with aiohttp.ClientSession() as http:
        while True:
            created = await asyncio.to_thread(server.open, "demo")
            url = f"{created['links']['stream']}?format=wav&token={created['tokens']['listener']}"
            async with http.get(url) as stream:
                end = time.monotonic() + CHURN_S
                while time.monotonic() < end:
                    await stream.content.readany()
            await asyncio.to_thread(server.end, created)
            tally.commands["session"] += 1


def memory_mb(families: dict[str, list[psutil.Process]]) -> dict[str, dict[str, float]]:
    """Megabytes by kind and role: ``rss`` resident, ``uss`` private, ``own`` what no file backs.

    Songs are mapped from the cache, so that resident and private memory count pages that the system may take back at
    any time; a leak can only be in `own` (Anonymous of proc(5), smaps_rollup).
    """
    kinds: dict[str, dict[str, float]] = {"rss_mb": {}, "uss_mb": {}, "own_mb": {}}
    for role, family in families.items():
        sums = [0.0, 0.0, 0.0]
        for process in family:
            with contextlib.suppress(psutil.Error, OSError):
                full = process.memory_full_info()
                rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
                own = next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Anonymous:"))
                sums = [before + more for before, more in zip(sums, (full.rss, full.uss, own), strict=True)]
        for kind, size in zip(kinds, sums, strict=True):
            kinds[kind][role] = round(size / 1e6, 2)
    return kinds


class Soak:
    """One run.

    Parameters
    ----------
    server : Server
        Everything happens to it.
    bare : BareClock
        Tells what the machine alone makes late.
    seconds : float
        How long.
    """

    def __init__(self, server: Server, bare: BareClock, seconds: float) -> None:
        self._server = server
        self._bare = bare
        self._seconds = seconds
        self.tally = Tally()
        self.samples: list[dict[str, Any]] = []

    async def run(self) -> None:
        """Load the server and sample until the time is over."""
        table = AddressTable(parse_toml((ROOT / "demo" / "session.toml").read_text()))
        sessions = [await asyncio.to_thread(self._server.open, "demo") for _ in range(SESSIONS + 1)]
        self._any = sessions[0]
        async with playing_page(self._server, sessions[-1]) as (page, browser), asyncio.TaskGroup() as tasks:
            os.setpriority(os.PRIO_PROCESS, 0, NICE)
            hands = [
                Hand(created, table, self.tally, random.Random(seed)).work() for seed, created in enumerate(sessions)
            ]
            ears = [listen_for_ever(created, self.tally) for created in sessions[:-1] for _ in range(LISTENERS_EACH)]
            load = [tasks.create_task(work) for work in (*hands, *ears, churn(self._server, self.tally))]
            await self._sample_until_over(page, browser)
            for task in load:
                task.cancel()

    async def _sample_until_over(self, page: UnwatchedPage, browser: psutil.Process) -> None:
        start = due = time.monotonic()
        before = await asyncio.to_thread(self._server.counters, self._any)
        self._idle = self._bare.read()
        while (elapsed := time.monotonic() - start) < self._seconds:
            due += SAMPLE_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            now = await asyncio.to_thread(self._server.counters, self._any)
            since = {name: now[name] - before[name] for name in now if name.endswith("_total")}
            self.samples.append(await self._sample(elapsed, since, page, browser))
            print(describe(self.samples[-1]), flush=True)

    async def _sample(
        self, elapsed_s: float, since: dict[str, float], page: UnwatchedPage, browser: psutil.Process
    ) -> dict[str, Any]:
        underruns, fill_ms, delay_ms, link, safe_underruns, safe_delay_ms = await page.evaluate(STATS)
        families = {role: [process] for role, process in self._server.processes().items()}
        families["browser"] = [browser, *browser.children(recursive=True)]
        tally, bare = self.tally, self._bare.read().since(self._idle)
        return {
            "s": round(elapsed_s + SAMPLE_S, 1),
            **await asyncio.to_thread(memory_mb, families),
            "blocks": int(since["telharmonic_blocks_total"]),
            "late": int(since["telharmonic_late_blocks_total"]),
            "skipped": int(since["telharmonic_skipped_blocks_total"]),
            "bare_ticks": bare.ticks,
            "bare_late": bare.late,
            "failed": int(since["telharmonic_failed_total"]),
            "received": tally.blocks,
            "lost": tally.lost,
            "gaps": tally.gaps,
            "commands": sum(tally.commands.values()),
            "unanswered": tally.unanswered,
            "underruns": int(underruns),
            "fill_ms": round(float(fill_ms), 1),
            "delay_ms": round(float(delay_ms), 1),
            "link": link,
            "safe_underruns": int(safe_underruns),
            "safe_delay_ms": round(float(safe_delay_ms), 1),
        }


def describe(sample: dict[str, Any]) -> str:
    """One line."""
    memory = " ".join(f"{role} {size:.0f}" for role, size in sample["own_mb"].items())
    counted = ("late", "skipped", "lost", "underruns", "safe_underruns", "unanswered")
    bad = " ".join(f"{name} {sample[name]}" for name in counted)
    return f"{sample['s']:6.0f} s  MB: {memory}  of {sample['blocks']} blocks {bad}  {sample['commands']} commands"


def slope(samples: list[dict[str, Any]], role: str) -> tuple[float, float]:
    """Growth of a process, MB a minute and MB in all: the median of all pairs' slopes (Theil and Sen), so that a
    step or a spike does not tilt it."""
    points = [(sample["s"] / 60, sample["own_mb"][role]) for sample in samples if role in sample["own_mb"]]
    if len(points) < 3:
        return 0.0, 0.0
    minutes, size = np.array(points).T
    first, second = np.triu_indices(len(points), 1)
    per_minute = float(np.median((size[second] - size[first]) / (minutes[second] - minutes[first])))
    return per_minute, per_minute * float(minutes[-1] - minutes[0])


def judge(soak: Soak, warm_s: float) -> SoakResult:
    """The claims: memory, late blocks, and what members noticed."""
    result = SoakResult(name="soak", samples=soak.samples)
    last = soak.samples[-1]
    warm = [sample for sample in soak.samples if sample["s"] >= warm_s]
    for role in JUDGED:
        per_minute, growth = slope(warm, role)
        result.claims.append(
            Claim(
                claim=f"memory of its own of the {role} process, after {warm_s / 60:.1f} min",
                measured=f"{per_minute:+.2f} MB a minute ({last['own_mb'].get(role, 0):.0f} MB at the end)",
                aim=f"<= {SLOPE_LIMIT_MB:g} MB a minute",
                met=per_minute <= SLOPE_LIMIT_MB or growth <= NOISE_MB,
            )
        )
    share = (last["late"] + last["skipped"]) / max(1, last["blocks"])
    machine = last["bare_late"] / max(1, last["bare_ticks"])
    late = (
        f"{100 * share:.4f} % ({last['late']} late, {last['skipped']} skipped of {last['blocks']}); "
        f"a bare real-time thread: {100 * machine:.4f} % ({last['bare_late']} of {last['bare_ticks']} ticks)"
    )
    result.claims.append(
        Claim(
            claim="late or skipped blocks",
            measured=late,
            aim="<= 0.1 % beyond the bare thread's",
            met=share - machine <= LATE_SHARE and last["blocks"] > 0,
        )
    )
    for name, claim in (
        ("failed", "sessions whose rendering failed"),
        ("lost", f"messages lost of {last['received']}"),
        ("safe_underruns", "underruns of the page in Chromium, set to safe"),
        ("unanswered", "commands without an answer"),
    ):
        result.claims.append(Claim(claim=claim, measured=str(last[name]), aim="0", met=last[name] == 0))
    minutes = last["s"] / 60
    delay_ms, safe_delay_ms = (np.median([sample[name] for sample in warm]) for name in ("delay_ms", "safe_delay_ms"))
    result.claims.append(
        Claim(
            claim="underruns of the page in Chromium, as it comes",
            measured=f"{last['underruns']} ({delay_ms:.0f} ms of delay; {safe_delay_ms:.0f} ms set to safe)",
            aim="<= 1 a minute",
            met=last["underruns"] <= minutes,
        )
    )
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(soak.tally.commands.items()))
    result.notes.append(f"{minutes:.1f} minutes, {SESSIONS + 1} sessions and one that comes and goes: {kinds}")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev soak", description="Run a loaded server and watch it.")
    parser.add_argument("minutes", type=float, nargs="?", default=10.0)
    minutes: float = parser.parse_args().minutes
    if not 0.2 <= minutes <= 10_000:
        parser.error(f"minutes is {minutes:g}; allowed: 0.2 to 10000")
    warm_s = min(120.0, 0.3 * 60 * minutes)
    with (
        TemporaryDirectory() as folder,
        running_server(Path(folder), "--max-sessions", "32") as server,
        BareClock() as bare,
    ):
        soak = Soak(server, bare, 60 * minutes)
        asyncio.run(soak.run())
    result = judge(soak, warm_s)
    result.show()
    result.save()
    title = f"{soak.samples[-1]['s'] / 60:.0f} minutes under load, {result.date}"
    plot(soak.samples, warm_s, title, ROOT / "docs" / "images" / "soak.png")
    must = [claim for claim in result.claims if claim.claim.startswith(("memory", "late", "sessions"))]
    return 0 if all(claim.met for claim in must) else 1


if __name__ == "__main__":
    raise SystemExit(main())
