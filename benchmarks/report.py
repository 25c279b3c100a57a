"""How a benchmark speaks: one `Claim` a line, kept as JSON and shown as a table."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One measured figure beside its aim and, where there is one, the peer's figure of the same run.

    `ratio` is the peer's cost over ours (above 1: we are cheaper), or None without a peer.
    """

    claim: str
    measured: str
    aim: str
    met: bool
    ratio: float | None = None
    peer: str = ""


@dataclass(kw_only=True)
class Result:
    """All that one benchmark found in one run."""

    name: str
    claims: list[Claim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    table: list[list[str]] = field(default_factory=list)  # the heading first
    picture: str = ""  # a file in docs/
    date: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%d"))
    machine: str = field(default_factory=lambda: describe_machine())  # noqa: PLW0108

    def save(self) -> None:
        """Write ``benchmarks/results/NAME.json``."""
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{self.name}.json").write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n")

    def show(self) -> None:
        """Print the table, ratios first."""
        print(f"\n{self.name}  ({self.machine}, {self.date})")
        for claim in self.claims:
            ratio = f"{claim.ratio:6.1f} x {claim.peer}" if claim.ratio else "       "
            print(f"  {ratio:42} {claim.claim}: {claim.measured} (aim {claim.aim}){'' if claim.met else '  NOT MET'}")
        for note in self.notes:
            print(f"  - {note}")
        for cells in self.table:
            print(f"  {' | '.join(cells)}")


def describe_machine() -> str:
    """Cores and processor, without the machine's name."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(models) or '?'} cores, {models[0] if models else platform.machine()}"


def write_page(path: Path) -> None:
    """Make ``docs/performance.md`` from every saved result."""
    parts = [
        "# Performance",
        "",
        "Written by `./dev bench` from `benchmarks/results/`; ratios are against a peer measured in the same run.",
        "Ratios travel between machines, times do not. `aim` is what we set out to reach.",
    ]
    for file in sorted(RESULTS.glob("*.json")):
        result = json.loads(file.read_text())
        parts += ["", f"## {result['name']}", "", f"{result['machine']}, {result['date']}", ""]
        parts += ["| ratio | against | claim | measured | aim | met |", "|---|---|---|---|---|---|"]
        for claim in result["claims"]:
            ratio = f"{claim['ratio']:.1f} x" if claim["ratio"] else ""
            met = "yes" if claim["met"] else "**no**"
            cells = (ratio, claim["peer"], claim["claim"], claim["measured"], claim["aim"], met)
            parts.append("| " + " | ".join(cells) + " |")
        parts += [""] + [f"- {note}" for note in result["notes"]] if result["notes"] else []
        if table := result.get("table"):
            parts += ["", *(f"| {' | '.join(row)} |" for row in (table[0], ["---"] * len(table[0]), *table[1:]))]
        if picture := result.get("picture"):
            parts += ["", f"![{result['name']}]({picture})"]
    path.write_text("\n".join(parts) + "\n")
