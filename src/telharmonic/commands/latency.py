"""``telharmonic latency URL``: control round trip and control to sound of a running server, without a browser.

The two measurements are those of the latency page (`client/latency.js`): an echo; and a ping, from the moment it
is sent to the moment its first sample could be played if every message were played on arrival.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from telharmonic.errors import NodeError
from telharmonic.protocol import messages
from telharmonic.protocol.http_api import LatencyResult, LatencySplit
from telharmonic.protocol.parts import Timing
from telharmonic.transport.client import Client, HeardBlock

ONSET_THRESHOLD = 0.001  # -60 dBFS, as client/onset.js
QUIET_S = 0.03  # silence before a burst; longer than the 20 ms burst itself
HEAR_S = 2.0  # a ping that was not heard by then is lost
ECHO_GAP_S = 0.007  # between echoes: a member may send 200 messages a second
GAP_S = (0.01, 0.07)  # pause between pings, at random, so that they fall anywhere between two blocks

Progress = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """Where a burst began: stream frame, and the message that held it."""

    frame: int
    message_frame: int
    arrived_us: float


class Listener:
    """Finds the first loud sample after silence in a row of messages; no clock, no socket."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._quiet_frames = round(QUIET_S * sample_rate_hz)
        self._silent = 0

    @property
    def is_quiet(self) -> bool:
        """Whether a burst would be noticed now."""
        return self._silent >= self._quiet_frames

    def hear(self, first_frame: int, samples: NDArray[np.float32], arrived_us: float) -> Onset | None:
        """Take one message (frames, channels); the onset if there is one in it."""
        loud = np.flatnonzero(np.abs(samples).max(axis=1) >= ONSET_THRESHOLD)
        if len(loud) == 0:
            self._silent += len(samples)
            return None
        found = self._silent + int(loud[0]) >= self._quiet_frames
        self._silent = len(samples) - 1 - int(loud[-1])
        if not found:
            return None
        return Onset(frame=first_frame + int(loud[0]), message_frame=first_frame, arrived_us=arrived_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One ping's stamps: ours in `sent_us` and `onset`, the server's in `timing`; see `stages`."""

    sent_us: float
    timing: Timing
    applied_message: int
    onset: Onset


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounded:
    """One ping: its whole way, and the stages that add up to it, ms."""

    total_ms: float
    split_ms: LatencySplit


def stages(
    *, sent_us: float, offset_us: float, timing: Timing, applied_message: int, onset: Onset, sample_rate_hz: int
) -> Sounded:
    """Put one ping together from its stamps.

    Parameters
    ----------
    sent_us : float
        When it was sent, our clock.
    offset_us : float
        The server's clock less ours.
    timing : Timing
        The server's stamps.
    applied_message : int
        First frame of the message in which the command took effect; a look-ahead may put the sound into a later one.
    onset : Onset
        Where it was heard.
    sample_rate_hz : int
        Of the stream.
    """
    received, applied, rendered = (
        stamp - offset_us for stamp in (timing.received_us, timing.applied_us, timing.rendered_us)
    )
    later_us = 1e6 * max(onset.message_frame - applied_message, 0) / sample_rate_hz
    ready = rendered + later_us
    inside_us = 1e6 * (onset.frame - onset.message_frame) / sample_rate_hz
    split = LatencySplit(
        control=(received - sent_us) / 1e3,
        wait=(applied - received) / 1e3,
        render=(ready - applied) / 1e3,
        network=(onset.arrived_us - ready) / 1e3,
        ring=inside_us / 1e3,
    )
    return Sounded(total_ms=(onset.arrived_us + inside_us - sent_us) / 1e3, split_ms=split)


@dataclass(slots=True)
class _Clock:
    """The server's clock less ours, from the quickest echo."""

    offset_us: float = 0.0
    _best_us: float = float("inf")

    def echo(self, sent_us: float, server_us: float, came_us: float) -> None:
        if came_us - sent_us < self._best_us:
            self._best_us = came_us - sent_us
            self.offset_us = server_us - (sent_us + came_us) / 2.0


class LatencyTest:
    """Both measurements over one connection.

    Parameters
    ----------
    client : Client
        Joined with audio, as performer or (control round trip only) controller.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._clock = _Clock()

    @property
    def offset_us(self) -> float:
        """The server's clock less ours."""
        return self._clock.offset_us

    async def control(self, count: int, progress: Progress) -> LatencyResult:
        """`count` echoes."""
        samples_ms = []
        for _ in range(count):
            samples_ms.append(await self.echo())
            progress()
            await asyncio.sleep(ECHO_GAP_S)
        return LatencyResult(
            kind="control", client="telharmonic latency", transport="websocket", samples_ms=tuple(samples_ms)
        )

    async def sound(self, count: int, progress: Progress) -> LatencyResult:
        """`count` pings; needs a session that is silent but for them.

        Raises
        ------
        NodeError
            If the session does not fall silent, or no ping was heard.
        """
        audio = self._client.welcome.audio
        assert audio is not None, "joined with audio"
        listener = Listener(audio.sample_rate_hz)
        heard: list[Sounded] = []
        for _ in range(count):
            await self.echo()
            await self.wait_for_silence(listener)
            if (one := await self._ping(listener, audio.sample_rate_hz)) is not None:
                heard.append(one)
            progress()
        if not heard:
            raise NodeError("no ping was heard: the master is down, or the session has no audio")
        return LatencyResult(
            kind="sound",
            client="telharmonic latency",
            transport="websocket",
            samples_ms=tuple(max(one.total_ms, 0.0) for one in heard),
            split_ms=mean_split([one.split_ms for one in heard]),
        )

    async def echo(self) -> float:
        """One echo: its round trip, ms."""
        sent_us = now_us()
        reply = await self._client.ask(messages.Echo(id=self._client.next_id(), client_us=round(sent_us)))
        came_us = now_us()
        assert isinstance(reply, messages.EchoReply)
        self._clock.echo(sent_us, reply.server_us, came_us)
        return (came_us - sent_us) / 1e3

    async def wait_for_silence(self, listener: Listener, gap_s: tuple[float, float] = GAP_S) -> None:
        """Listen until nothing sounds, and a little longer.

        Raises
        ------
        NodeError
            If something sounds for so long that a ping would be lost.
        """
        end_s = time.monotonic() + HEAR_S + random.uniform(*gap_s)
        pause_until_s = time.monotonic() + random.uniform(*gap_s)
        while not (listener.is_quiet and time.monotonic() >= pause_until_s):
            if time.monotonic() > end_s:
                raise NodeError("the session does not fall silent; measure in one that is paused")
            block = await self._client.next_block()
            listener.hear(block.header.first_frame, block.samples, block.arrived_ns / 1e3)

    async def ring(self, listener: Listener) -> Rung | None:
        """Sound the session's own burst once; None if it was not heard."""
        sent_us = now_us()
        asked = asyncio.create_task(self._client.ask(messages.Ping(id=self._client.next_id())))
        starts: list[int] = []
        onset: Onset | None = None
        while onset is None and now_us() - sent_us < HEAR_S * 1e6:
            block: HeardBlock = await self._client.next_block()
            starts.append(block.header.first_frame)
            onset = listener.hear(block.header.first_frame, block.samples, block.arrived_ns / 1e3)
        reply = await asked
        if onset is None or not isinstance(reply, messages.Ack) or reply.timing is None:
            return None
        applied = max((start for start in starts if start <= reply.frame), default=onset.message_frame)
        return Rung(sent_us=sent_us, timing=reply.timing, applied_message=applied, onset=onset)

    async def _ping(self, listener: Listener, sample_rate_hz: int) -> Sounded | None:
        rung = await self.ring(listener)
        if rung is None:
            return None
        return stages(
            sent_us=rung.sent_us,
            offset_us=self.offset_us,
            timing=rung.timing,
            applied_message=rung.applied_message,
            onset=rung.onset,
            sample_rate_hz=sample_rate_hz,
        )


def mean_split(splits: Sequence[LatencySplit]) -> LatencySplit:
    """The mean of every stage that is known."""
    names = ("control", "wait", "render", "network", "ring")
    known = [name for name in names if getattr(splits[0], name) is not None]
    return LatencySplit(**{name: fmean(getattr(split, name) for split in splits) for name in known})


def now_us() -> float:
    """Our monotonic clock."""
    return time.monotonic_ns() / 1e3
