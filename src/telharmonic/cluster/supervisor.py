"""Keeps one node running: starts it, and starts it again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable

from telharmonic.cluster.backoff import Backoff
from telharmonic.cluster.launcher import Launcher, NodeAddress, NodeProcess
from telharmonic.errors import NodeError

_log = logging.getLogger(__name__)


class Supervisor:
    """Launch a node, tell who waits for it, and launch the next one when it dies.

    Parameters
    ----------
    launcher : Launcher
        Where nodes come from.
    on_ready : async callable
        Called with the address each time a node is ready (a node that has died left nothing behind, so its
        sessions are made again here).
    on_lost : async callable
        Called without arguments as soon as a node has died.
    backoff : Backoff, optional
        The waits between.
    """

    def __init__(
        self,
        launcher: Launcher,
        *,
        on_ready: Callable[[NodeAddress], Awaitable[None]],
        on_lost: Callable[[], Awaitable[None]],
        backoff: Backoff | None = None,
    ) -> None:
        self._launcher = launcher
        self._on_ready = on_ready
        self._on_lost = on_lost
        self._backoff = backoff or Backoff()
        self._task: asyncio.Task[None] | None = None
        self._node: NodeProcess | None = None
        self.restarts = 0

    async def start(self) -> NodeAddress:
        """Launch the first node; returns once it is ready and `on_ready` is through.

        Raises
        ------
        NodeError
            If the first node does not become ready: then something is wrong that waiting would not mend.
        """
        node = await self._launcher.launch()
        self._node = node
        try:
            await self._on_ready(node.address)
        except BaseException:
            await node.stop()
            raise
        self._task = asyncio.create_task(self._keep(node), name="supervise node")
        return node.address

    async def stop(self) -> None:
        """End the node and do not start another."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._node is not None:
            await self._node.stop()
            self._node = None

    async def _keep(self, node: NodeProcess) -> None:
        while True:
            begun_s = time.monotonic()
            status = await node.wait()
            self._node = None
            await self._on_lost()
            node = await self._launch_again(status, time.monotonic() - begun_s)
            self._node = node
            try:
                await self._on_ready(node.address)
            except NodeError as error:  # it died again at once, or answers no more: end it, so that its wait() ends
                _log.warning("restoring sessions stopped: %s", error)
                await node.stop()

    async def _launch_again(self, status: int, lived_s: float) -> NodeProcess:
        while True:
            wait_s = self._backoff.wait_s(lived_s)
            _log.error(
                "the node ended with status %d after %.1f s; starting it again in %.1f s", status, lived_s, wait_s
            )
            await asyncio.sleep(wait_s)
            self.restarts += 1
            try:
                return await self._launcher.launch()
            except NodeError as error:
                _log.error("%s", error)
                lived_s = 0.0
