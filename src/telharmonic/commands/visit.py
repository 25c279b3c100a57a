"""A visit to a running server: open a session there (or join one by its link), measure, post the result, print it."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import aiohttp
import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from telharmonic.cluster.node_link import error_of
from telharmonic.commands.latency import LatencyTest
from telharmonic.errors import NodeError, ParameterError
from telharmonic.gateway.latency import report
from telharmonic.protocol import http_api
from telharmonic.protocol.http_api import LatencyReport, LatencyResult, LatencySummary, SessionCreated, SessionList
from telharmonic.protocol.parts import AudioRequest
from telharmonic.transport.client import Client

SESSION = "latency"  # what is opened if the server has it: silent until a ping sounds
ANSWER_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where a session is and what opens it; `made` if we opened it and must end it."""

    front: str
    session: str
    token: str
    ws: str
    made: bool = False


def parse_url(url: str) -> tuple[str, Entry | None]:
    """The server's address without path, and the session that the link leads to, if it is a page's full link.

    Raises
    ------
    ParameterError
        If it is no http or https address.
    """
    try:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        raise ParameterError("URL", url, "http://host:port or https://host:port, or the link of a page")
    front = f"{parts.scheme}://{parts.netloc}"
    fields = {name: values[0] for name, values in parse_qs(parts.fragment).items()}
    if {"session", "token", "ws"} <= fields.keys():
        return front, Entry(front=front, session=fields["session"], token=fields["token"], ws=fields["ws"])
    return front, None


def tls_context(*, insecure: bool) -> ssl.SSLContext:
    """How the server's certificate is checked."""
    context = ssl.create_default_context()
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def measure(url: str, count: int, tls: ssl.SSLContext, console: Console) -> LatencyReport:
    """Visit, measure both kinds, post both results.

    Raises
    ------
    NodeError
        If nobody answers.
    """
    front, entry = parse_url(url)
    timeout = aiohttp.ClientTimeout(total=ANSWER_S)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls), timeout=timeout) as http:
        entry = entry or await open_entry(http, front)
        try:
            results = await _measure(entry, count, tls, console)
            for result in results:
                await ask(http, "POST", f"{front}/api/latency", msgspec.json.encode(result))
        finally:
            if entry.made:
                await ask(http, "DELETE", f"{front}/api/sessions/{entry.session}", token=entry.token)
    return report([(0.0, result) for result in results])


async def open_entry(http: aiohttp.ClientSession, front: str) -> Entry:
    """Open a session to measure in: the one made for it, if the server has it."""
    offers = http_api.parse(await ask(http, "GET", f"{front}/api/sessions"), SessionList).available
    if not offers:
        raise NodeError(f"{front} offers no session; give the link of a page instead")
    name = SESSION if SESSION in offers else offers[0]
    body = msgspec.json.encode(http_api.CreateSession(session=name))
    made = http_api.parse(await ask(http, "POST", f"{front}/api/sessions", body), SessionCreated)
    return Entry(front=front, session=made.id, token=made.tokens.performer, ws=made.links.ws, made=True)


async def _measure(entry: Entry, count: int, tls: ssl.SSLContext, console: Console) -> list[LatencyResult]:
    async with await Client.connect(
        entry.ws, entry.token, name="telharmonic latency", audio=AudioRequest(), tls=tls
    ) as client:
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            test = LatencyTest(client)
            results = []
            for label, run in (("control round trip", test.control), ("control to sound", test.sound)):
                task = progress.add_task(label, total=count)
                results.append(await run(count, lambda task=task: progress.advance(task)))  # type: ignore[misc]
    return [msgspec.structs.replace(result, session=entry.session) for result in results]


async def ask(
    http: aiohttp.ClientSession, method: str, url: str, body: bytes | None = None, token: str | None = None
) -> bytes:
    """The body of an answer; raises what it says is wrong, or NodeError if there is none."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    try:
        async with http.request(method, url, data=body, headers=headers) as answer:
            content = await answer.read()
    except aiohttp.ClientConnectorCertificateError:
        raise NodeError("the server's certificate is not trusted; --insecure accepts it") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise NodeError(f"{url} does not answer: {error}") from None
    if answer.status >= 400:
        raise error_of(content)
    return content


def run_visit(url: str, *, count: int, insecure: bool, as_json: bool) -> int:
    """Measure and print; the exit status."""
    parse_url(url)
    console = Console(stderr=True)
    made = asyncio.run(measure(url, count, tls_context(insecure=insecure), console))
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(made)).decode())
    else:
        Console().print(latency_table(made))
    return 0


LABELS = {"control": "control round trip", "sound": "control to sound"}
STAGES = ("control", "wait", "render", "network", "ring", "output")


def latency_table(made: LatencyReport) -> Table:
    """The figures as a table, ms."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))  # 78 characters: fits a terminal of 80
    for heading in ("ms", "p50", "p95", "p99", *STAGES):
        table.add_column(heading, justify="left" if heading == "ms" else "right")
    for summary in made.summaries:
        table.add_row(LABELS[summary.kind], *_figures(summary))
    return table


def _figures(summary: LatencySummary) -> list[str]:
    stages = [getattr(summary.split_ms, stage) for stage in STAGES]
    figures = [summary.p50_ms, summary.p95_ms, summary.p99_ms, *stages]
    return ["" if figure is None else f"{figure:.2f}" for figure in figures]
