"""Puts packets into the order in which they were sent, and says which are lost: `client/packet-order.js` in Python.

A gap is given up as soon as a later packet is there, unless the line has lately brought packets out of order: then it
is waited for as long as the worst of them needed. (What is held back so looks late to the playout target, which
therefore covers it.)
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_WAIT_S = 0.04
MARGIN = 1.25
MEMORY_S = 30.0  # of packets out of order
JUMP_FRAMES = 24_000  # 0.5 s: no gap but another place
REMEMBERED_GAPS = 32
HELD = 64  # packets behind a gap; with more of them it is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A packet's place in its stream, in frames of 48 kHz; without data: what is lost there."""

    frame: int
    frames: int
    data: bytes | None
    begins: bool = False  # nothing before it belongs to it


class PacketOrder:
    """Packets in as they come, packets and gaps out in order."""

    def __init__(self) -> None:
        self.late = 0  # packets that came after they had been given up
        self._next: int | None = None  # the frame that is due
        self._held: list[Placed] = []  # behind a gap, in order
        self._begins = False
        self._missing_since_s = 0.0
        self._gaps: list[tuple[int, float]] = []  # given up, and when they were first missed
        self._wait_s = 0.0
        self._out_of_order_s = -MEMORY_S

    def push(self, packet: Placed, now_s: float) -> list[Placed]:
        """What can be played now that this one came."""
        if self._next is None or abs(packet.frame - self._next) > JUMP_FRAMES:
            self._held.clear()
            self._next, self._begins = packet.frame, True
        if packet.frame < self._next:
            self._too_late(packet.frame, now_s)
            return []
        at = len(self._held)
        while at > 0 and self._held[at - 1].frame > packet.frame:
            at -= 1
        if at > 0 and self._held[at - 1].frame == packet.frame:
            return []
        if not self._held:
            self._missing_since_s = now_s
        self._held.insert(at, packet)
        return self._drain(now_s)

    def _too_late(self, frame: int, now_s: float) -> None:
        for at, (missing, since_s) in enumerate(self._gaps):
            if missing == frame:
                del self._gaps[at]
                self.late += 1
                self._out_of_order_s = now_s
                self._wait_s = max(self._wait_s, min(LONGEST_WAIT_S, (now_s - since_s) * MARGIN))
                return

    def _drain(self, now_s: float) -> list[Placed]:
        if now_s - self._out_of_order_s > MEMORY_S:
            self._wait_s = 0.0
        out: list[Placed] = []
        while self._held:
            assert self._next is not None
            packet = self._held[0]
            if packet.frame > self._next:
                if now_s - self._missing_since_s < self._wait_s and len(self._held) < HELD:
                    break
                out.append(self._give_up(self._next, packet))
            del self._held[0]
            self._next = max(self._next, packet.frame + packet.frames)
            self._missing_since_s = now_s
            if self._begins:
                packet, self._begins = (
                    Placed(frame=packet.frame, frames=packet.frames, data=packet.data, begins=True),
                    False,
                )
            out.append(packet)
        return out

    def _give_up(self, first: int, until: Placed) -> Placed:
        for missing in range(first, until.frame, until.frames):
            self._gaps.append((missing, self._missing_since_s))
        del self._gaps[:-REMEMBERED_GAPS]
        return Placed(frame=first, frames=until.frame - first, data=None)
