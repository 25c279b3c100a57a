"""``./dev bench [NAME ...]``: run benchmarks one after the other, save them, write docs/performance.md."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from benchmarks.report import write_page

NAMES = (
    "console",
    "sessions",
    "listeners",
    "rtc_listeners",
    "rtc_sessions",
    "rtc_churn",
    "latency",
    "join",
    "bad_line",
    "frames",
    "startup",
    "grains",
    "raw_line",
    "relay_ping",
    "audio_ping",
)


def main() -> int:
    chosen = sys.argv[1:] or NAMES
    for name in chosen:
        if name not in NAMES:
            print(f"no benchmark {name!r}; there are {', '.join(NAMES)}")
            return 2
    for name in chosen:
        module = importlib.import_module(f"benchmarks.{name}")
        if reason := getattr(module, "reason_without", str)():
            print(f"{name} is left out: {reason}")
            continue
        result = module.run()
        result.show()
        result.save()
    write_page(Path(__file__).parent.parent / "docs" / "performance.md")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
