"""``telharmonic ping URL``: the paper's audio ping of a player, without a browser.

A queue with ``/ping/freq`` goes to the relay by HTTP, WebSocket or data channel; the player, ours or a program of its
own, makes its burst; we wait for the burst in the stream. The stages are those of ``telharmonic latency``: what the
player does is in `wait`, since only the relay and the stream are ours to look into.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from telharmonic.commands.latency import HEAR_S, LatencyTest, Listener, Onset, Progress, Sounded, mean_split, now_us
from telharmonic.errors import NodeError
from telharmonic.protocol.http_api import LatencyResult, LatencySplit
from telharmonic.transport.client import Client

WAYS = ("http", "websocket", "datachannel")
ADDRESS = "/ping/freq"
GAP_S = (0.05, 0.15)  # at random, so that pings fall anywhere between two blocks; longer than the burst and its echo

CALIBRATIONS = 5

Cell = str | float


class Line(Protocol):
    """One way to the relay."""

    way: str

    async def relay(self, queue: tuple[tuple[Cell, ...], ...]) -> None:
        """Have a queue sent; returns once the relay says that it was."""

    async def close(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """When the server renders which frame: the grid of its clock never shifts.

    Parameters
    ----------
    begin_us : float
        When the block that begins with frame 0 would have been ready, our clock; of several stamps the earliest,
        since a block is late now and then and never early.
    sample_rate_hz : int
        Of the stream.
    """

    begin_us: float
    sample_rate_hz: int

    def rendered_at(self, frame: int) -> float:
        """When the block that begins with `frame` was ready, our clock."""
        return self.begin_us + frame * 1e6 / self.sample_rate_hz


def split(*, sent_us: float, answered_us: float, onset: Onset, calibration: Calibration) -> Sounded:
    """Put one ping together from its stamps; the relay is taken to have sent half way between asking and answer.

    Parameters
    ----------
    sent_us, answered_us : float
        When the relay was asked, and when it had answered.
    onset : Onset
        Where the burst was heard.
    calibration : Calibration
        When which frame was rendered.
    """
    relayed_us = (sent_us + answered_us) / 2.0
    ready_us = calibration.rendered_at(onset.message_frame)
    inside_us = 1e6 * (onset.frame - onset.message_frame) / calibration.sample_rate_hz
    stages = LatencySplit(
        control=(relayed_us - sent_us) / 1e3,
        wait=(ready_us - relayed_us) / 1e3,
        network=(onset.arrived_us - ready_us) / 1e3,
        ring=inside_us / 1e3,
    )
    return Sounded(total_ms=(onset.arrived_us + inside_us - sent_us) / 1e3, split_ms=stages)


class PingTest:
    """Pings of one player over one way.

    Parameters
    ----------
    client : Client
        Joined with audio, as a member that may ping.
    line : Line
        To the relay.
    player : str
        What the relay's rules call it.
    freq_hz : float
        Pitch of the burst.
    """

    def __init__(self, client: Client, line: Line, player: str, freq_hz: float) -> None:
        self._client = client
        self._line = line
        self._queue: tuple[tuple[Cell, ...], ...] = ((player, ADDRESS, "f", freq_hz),)
        self._player = player
        self._test = LatencyTest(client)

    async def run(self, count: int, progress: Progress) -> LatencyResult:
        """`count` pings; needs a session that is silent but for them.

        Raises
        ------
        NodeError
            If the session does not fall silent, or no ping was heard.
        RefusedError
            With the relay's reason.
        """
        audio = self._client.welcome.audio
        assert audio is not None, "joined with audio"
        listener = Listener(audio.sample_rate_hz)
        calibration = await self._calibrate(listener, audio.sample_rate_hz)
        heard: list[Sounded] = []
        for _ in range(count):
            await self._test.wait_for_silence(listener, GAP_S)
            if (one := await self._ping(listener, calibration)) is not None:
                heard.append(one)
            progress()
        if not heard:
            raise NodeError(f"no ping of {self._player} was heard within {HEAR_S:g} s")
        return LatencyResult(
            kind="sound",
            client=f"telharmonic ping {self._player}"[:200],
            transport=f"{self._line.way} relay",
            samples_ms=tuple(max(one.total_ms, 0.0) for one in heard),
            split_ms=mean_split([one.split_ms for one in heard]),
        )

    async def _calibrate(self, listener: Listener, sample_rate_hz: int) -> Calibration:
        """Sound the master's own burst a few times: its acknowledgement says when it was rendered."""
        begins_us = []
        for _ in range(CALIBRATIONS):
            await self._test.echo()
            await self._test.wait_for_silence(listener, GAP_S)
            if (rung := await self._test.ring(listener)) is not None:
                rendered_us = rung.timing.rendered_us - self._test.offset_us
                begins_us.append(rendered_us - rung.applied_message * 1e6 / sample_rate_hz)
        if not begins_us:
            raise NodeError("the session's own ping was not heard: the master is down, or the session has no audio")
        return Calibration(begin_us=min(begins_us), sample_rate_hz=sample_rate_hz)

    async def _ping(self, listener: Listener, calibration: Calibration) -> Sounded | None:
        sent_us = now_us()
        answered_us = 0.0

        async def ask() -> None:
            nonlocal answered_us
            await self._line.relay(self._queue)
            answered_us = now_us()

        asked = asyncio.create_task(ask())
        onset: Onset | None = None
        try:
            while onset is None and now_us() - sent_us < HEAR_S * 1e6:
                block = await self._client.next_block()
                onset = listener.hear(block.header.first_frame, block.samples, block.arrived_ns / 1e3)
                if asked.done():
                    await asked  # the relay's reason, if it refused
        finally:
            await asked
        if onset is None:
            return None
        return split(sent_us=sent_us, answered_us=answered_us, onset=onset, calibration=calibration)


def histogram(bins: Sequence[tuple[float, int]], width: int = 40) -> list[str]:
    """Lines of bars; `bins` are (ms, how many), as a report has them. Of 1 ms, or more if that gave over 30 lines."""
    low, high = int(bins[0][0]), int(bins[-1][0]) + 1
    step = max(1, -(-(high - low) // 30))
    counts = [0] * -(-(high - low) // step)
    for edge_ms, count in bins:
        counts[(int(edge_ms) - low) // step] += count
    most = max(counts)
    return [
        f"{low + number * step:5d} ms  {'#' * -(-count * width // most)} {count}" for number, count in enumerate(counts)
    ]
