"""The stream process's end of the seam: starts the render process, posts commands, hears of news."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from telharmonic.engine.commands import Command
from telharmonic.node.child import Child
from telharmonic.node.feeds import FeedMemory
from telharmonic.node.shared_state import FromRender, SharedState, Wish

NEWS_PER_WAKE = 512  # more is read after the event loop has done its other work


class RenderLink:
    """The render process, the memory shared with it (`shared`, and `feeds` of live strips), and its wake-up.

    Parameters
    ----------
    slots : int
        How many sessions there can be.
    cache_folder, cache_bytes : Path, int
        The cache of decoded sound.

    Raises
    ------
    NodeError
        If the process cannot be started.
    """

    def __init__(self, *, slots: int, cache_folder: Path, cache_bytes: int) -> None:
        self.shared = SharedState(slots)
        self.feeds = FeedMemory(slots)
        self.wake_descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        arguments = ["--memory", str(self.shared.memory.descriptor), "--wake", str(self.wake_descriptor)]
        arguments += ["--feeds", str(self.feeds.memory.descriptor)]
        arguments += ["--slots", str(slots), "--cache", str(cache_folder), "--cache-bytes", str(cache_bytes)]
        self.child = Child(
            "telharmonic.node.render_process",
            tuple(arguments),
            (self.shared.memory.descriptor, self.feeds.memory.descriptor, self.wake_descriptor),
        )

    def post(self, slot: int, item: Command | Wish) -> bool:
        """Send to a session; False if there is no room now."""
        return self.shared.to_render.push(pickle.dumps((slot, item), pickle.HIGHEST_PROTOCOL))

    def clear_wake(self) -> None:
        """Be woken again only by what comes from now on."""
        try:
            os.eventfd_read(self.wake_descriptor)
        except BlockingIOError:
            return

    def news(self) -> Iterator[FromRender]:
        """What came, oldest first; at most `NEWS_PER_WAKE`, the rest at the next tick."""
        pop = self.shared.from_render.pop
        for _ in range(NEWS_PER_WAKE):
            message = pop()
            if message is None:
                return
            yield pickle.loads(message)

    def request(self, question: object) -> Any:
        """Ask the main thread of the render process; waits for the answer.

        Raises
        ------
        TelharmonicError
            What it answered with; NodeError if it has ended.
        """
        return self.child.request(question)

    def clear(self, slot: int) -> None:
        """Give a closed session's memory back; only after the render process has removed it."""
        self.shared.clear(slot)
        self.feeds.clear(slot)

    def close(self) -> int:
        """End the process and give everything back; its exit status."""
        status = self.child.close()
        self.shared.memory.close()
        self.feeds.memory.close()
        os.close(self.wake_descriptor)
        return status
