"""The node's last minutes in figures, for small plots."""

from __future__ import annotations

from collections import deque

from telharmonic.protocol.music_api import StatusHistory
from telharmonic.protocol.node_api import NodeStatus, SessionStatus

KEPT = 300  # looks: ten minutes
BLOCK_US = 5000.0  # a node renders blocks of 5 ms


def load(session: SessionStatus) -> float:
    """The part of one core that a session takes; 0 while nobody is there, since nothing is rendered then."""
    return session.cost_us / BLOCK_US if session.members or session.idle_s == 0.0 else 0.0


class StatusLog:
    """Keeps what was seen.

    Parameters
    ----------
    every_s : float
        Between two looks.
    """

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._seen: deque[tuple[int, int, float, int, int, int]] = deque(maxlen=KEPT)
        self._counts = (0, 0)  # late and skipped blocks at the last look

    def note(self, status: NodeStatus) -> None:
        """One look at the node."""
        counts = (status.late_blocks, status.skipped_blocks)
        # a node that was started anew counts from 0
        late, skipped = (new - old if new >= old else new for new, old in zip(counts, self._counts, strict=True))
        self._counts = counts
        members = sum(session.members for session in status.sessions)
        loads = sum(load(session) for session in status.sessions)
        self._seen.append((len(status.sessions), members, round(loads, 4), late, skipped, status.memory_bytes))

    def history(self) -> StatusHistory:
        """What was seen, oldest first."""
        sessions, members, loads, late, skipped, memory = zip(*self._seen, strict=True) if self._seen else ((),) * 6
        return StatusHistory(
            every_s=self._every_s,
            sessions=sessions,
            members=members,
            load=loads,
            late_blocks=late,
            skipped_blocks=skipped,
            memory_bytes=memory,
        )
