"""A visit to a running server for the audio ping: join, ping by the relay, post the result, print it."""

from __future__ import annotations

import asyncio
import ssl

import aiohttp
import msgspec
from rich.console import Console
from rich.progress import Progress

from telharmonic.commands.ping import Line, PingTest, histogram
from telharmonic.commands.relay_lines import ChannelLine, HttpLine, SocketLine
from telharmonic.commands.visit import ANSWER_S, Entry, ask, latency_table, open_entry, parse_url, tls_context
from telharmonic.gateway.latency import report
from telharmonic.protocol.http_api import LatencyReport, LatencyResult
from telharmonic.protocol.parts import AudioRequest
from telharmonic.transport.client import Client


async def measure(
    url: str, *, player: str, way: str, count: int, freq_hz: float, tls: ssl.SSLContext, console: Console
) -> LatencyReport:
    """Visit, ping, post the result.

    Raises
    ------
    NodeError
        If nobody answers, or nothing is heard.
    RefusedError
        If the relay does not let it through.
    """
    front, entry = parse_url(url)
    timeout = aiohttp.ClientTimeout(total=ANSWER_S)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls), timeout=timeout) as http:
        entry = entry or await open_entry(http, front)
        try:
            result = await _measure(http, entry, player, way, count, freq_hz, tls, console)
            await ask(http, "POST", f"{front}/api/latency", msgspec.json.encode(result))
        finally:
            if entry.made:
                await ask(http, "DELETE", f"{front}/api/sessions/{entry.session}", token=entry.token)
    return report([(0.0, result)])


async def _measure(
    http: aiohttp.ClientSession,
    entry: Entry,
    player: str,
    way: str,
    count: int,
    freq_hz: float,
    tls: ssl.SSLContext,
    console: Console,
) -> LatencyResult:
    async with await Client.connect(
        entry.ws, entry.token, name="telharmonic ping", audio=AudioRequest(), tls=tls
    ) as client:
        line = await _line(http, entry, way, client)
        try:
            with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
                task = progress.add_task(f"{player} by {way}", total=count)
                test = PingTest(client, line, player, freq_hz)
                result = await test.run(count, lambda: progress.advance(task))
        finally:
            await line.close()
    return msgspec.structs.replace(result, session=entry.session)


async def _line(http: aiohttp.ClientSession, entry: Entry, way: str, client: Client) -> Line:
    if way == "http":
        return HttpLine(http, f"{entry.front}/osc?session={entry.session}", entry.token)
    return SocketLine(client) if way == "websocket" else await ChannelLine.open(client)


def run_ping(url: str, *, player: str, way: str, count: int, freq_hz: float, insecure: bool, as_json: bool) -> int:
    """Measure and print; the exit status."""
    parse_url(url)
    console = Console(stderr=True)
    made = asyncio.run(
        measure(
            url,
            player=player,
            way=way,
            count=count,
            freq_hz=freq_hz,
            tls=tls_context(insecure=insecure),
            console=console,
        )
    )
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(made)).decode())
        return 0
    Console().print(latency_table(made))
    for summary in made.summaries:
        print("\n".join(histogram(summary.histogram_ms)))
    return 0
