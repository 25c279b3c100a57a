"""What the front door refused of the relay: told to the node, whose relay counts it and keeps it in its log."""

from __future__ import annotations

import asyncio
from collections import Counter

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from telharmonic.errors import NodeError, RefusedError, TelharmonicError, UnauthorizedError
from telharmonic.gateway.address_limit import network
from telharmonic.gateway.refusals import TooLargeError, TooOftenError
from telharmonic.gateway.sessions import Sessions
from telharmonic.protocol.relay import Reason, RelayRefusals, RelayRefused

HAND_OVER_S = 0.5  # refusals of so long go to the node together: a flood is no flood there
KEPT = 256  # visitors and reasons that are told apart in that time
OTHERS = "others"
JUDGED = web.RequestKey("judged", bool)  # the node was asked, and notes itself what it refuses


class RefusalBook:
    """Collects refusals, and hands them over a moment later.

    Parameters
    ----------
    sessions : Sessions
        The way to the node.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._times: Counter[tuple[str, Reason]] = Counter()
        self._task: asyncio.Task[None] | None = None

    def watching(self, path: str) -> Middleware:
        """Notes what is refused at `path` before the node is asked."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await handler(request)
            except (TelharmonicError, web.HTTPException, TimeoutError) as problem:
                if request.path == path and not request.get(JUDGED):
                    self.note(network(request.remote or "unknown"), reason_of(problem))
                raise

        return middleware

    def note(self, who: str, reason: Reason) -> None:
        """Count one."""
        key = (who, reason)
        self._times[key if key in self._times or len(self._times) < KEPT else (OTHERS, reason)] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._hand_over())

    async def _hand_over(self) -> None:
        while self._times:
            await asyncio.sleep(HAND_OVER_S)
            times, self._times = self._times, Counter()
            refused = tuple([RelayRefused(who=who, reason=why, times=count) for (who, why), count in times.items()])
            try:
                await (await self._sessions.linked()).relay_refused(RelayRefusals(refused=refused))
            except NodeError:
                self._times.update(times)  # it is starting anew

    def close(self) -> None:
        """Hand over no more."""
        if self._task is not None:
            self._task.cancel()


def reason_of(problem: BaseException) -> Reason:
    """The word that the relay's counter and log have for an error of the front door."""
    if isinstance(problem, TooOftenError):
        return "rate"
    if isinstance(problem, TooLargeError | web.HTTPRequestEntityTooLarge):
        return "size"
    if isinstance(problem, UnauthorizedError):
        return "token"
    return "origin" if isinstance(problem, RefusedError) else "form"
