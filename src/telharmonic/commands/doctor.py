"""``telharmonic doctor``: is this machine fit to render, and how is mended what is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from telharmonic.commands.browser_check import check_front_door
from telharmonic.commands.folders import audio_cache_folder, state_folder
from telharmonic.commands.machine_check import (
    Finding,
    Verdict,
    check_audio_libraries,
    check_cores,
    check_folder,
    check_open_files,
    check_port,
    check_realtime,
    check_shared_memory,
)

STYLE = {Verdict.WELL: "green", Verdict.WEAK: "yellow", Verdict.BROKEN: "bold red"}


def examine(port: int, node_port: int) -> Iterator[Finding]:
    """Every finding, as it is made."""
    checks: list[Callable[[], Finding]] = [
        check_audio_libraries,
        check_kernels,
        check_cores,
        check_realtime,
        check_shared_memory,
        check_open_files,
        lambda: check_folder("state folder", state_folder(), "--state"),
        lambda: check_folder("audio cache", audio_cache_folder(), "TELHARMONIC_CACHE"),
        lambda: check_port("page and API", port, "--port"),
        lambda: check_port("control and audio", node_port, "--node-port"),
        lambda: asyncio.run(check_front_door(port)),
    ]
    for check in checks:
        yield check()


def check_kernels() -> Finding:
    """The kernels are compiled for this processor."""
    from telharmonic.commands.compile_kernels import completion_mark

    mark = completion_mark()
    if mark.exists():
        return Finding(name="kernels", verdict=Verdict.WELL, says=f"compiled: {mark.parent}")
    return Finding(
        name="kernels",
        verdict=Verdict.WEAK,
        says="not compiled for this processor and version: the first start would take about half a minute",
        mend="telharmonic compile",
    )


def run_doctor(port: int, node_port: int, console: Console | None = None) -> int:
    """Print all findings; 1 if something is broken, else 0."""
    console = console or Console()
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    findings = []
    with console.status("examining this machine"):
        for finding in examine(port, node_port):
            findings.append(finding)
            verdict = f"[{STYLE[finding.verdict]}]{finding.verdict.value}"
            mend = f"\n-> {finding.mend}" if finding.mend else ""
            table.add_row(verdict, finding.name, escape(finding.says + mend))
    console.print(table)
    return int(any(finding.verdict is Verdict.BROKEN for finding in findings))
