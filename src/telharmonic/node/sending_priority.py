"""The sending loop's place among the machine's programs: before everyday work while it has little to do.

At real-time priority a loop that never rests leaves nothing for others: the kernel takes what they need (a twentieth)
from everything that is real-time, the clock that makes the sound first of all. So above `BUSY_SHARE` of a core, be it
by many listeners or by a stranger's flood, it steps back to where it was.
"""

from __future__ import annotations

import asyncio
import os
import time

from telharmonic.node.clock import ask_for_realtime

SENDING_PRIORITY = 30  # of SCHED_FIFO: after those who make sound (`clock.PRIORITY`), before everyday programs
BUSY_SHARE = 0.3  # of a core, over a second; in the soak it takes 0.1
EASY_SHARE = 0.2
LOOK_S = 1.0


class SendingPriority:
    """The calling thread's priority, asked for and given back; everyday where the system grants nothing."""

    def __init__(self) -> None:
        self.granted = ask_for_realtime(SENDING_PRIORITY)
        self._raised = self.granted

    def judge(self, share: float) -> None:
        """Step back or forward again.

        Parameters
        ----------
        share : float
            What this thread took of a core lately, 0 to 1.
        """
        raised = share <= (BUSY_SHARE if self._raised else EASY_SHARE)
        if not self.granted or raised == self._raised:
            return
        self._raised = raised
        if raised:
            ask_for_realtime(SENDING_PRIORITY)
        else:
            os.sched_setscheduler(0, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK, os.sched_param(0))

    async def keep(self) -> None:
        """Look once a second until cancelled."""
        then, used = time.monotonic(), time.thread_time()
        while self.granted:
            await asyncio.sleep(LOOK_S)
            now, used_now = time.monotonic(), time.thread_time()
            self.judge((used_now - used) / (now - then))
            then, used = now, used_now
