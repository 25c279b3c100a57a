"""Waiting for what must come. No test says how fast: a machine that is busy with other things may take its time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PATIENCE_S = 30.0


async def until(condition: Callable[[], object], what: str = "what was waited for") -> None:
    """Return once it holds; the event loop goes on meanwhile."""
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s, f"{what} did not come within {PATIENCE_S:g} s"
        await asyncio.sleep(0.01)


def wait_until(condition: Callable[[], object], what: str = "what was waited for") -> None:
    """The same where there is no event loop."""
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s, f"{what} did not come within {PATIENCE_S:g} s"
        time.sleep(0.01)
