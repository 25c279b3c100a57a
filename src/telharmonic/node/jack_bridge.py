"""One connection to a JACK server: moves what came since the last cycle into the strips' feeds, and the mix out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from telharmonic.audio.feed_ring import FeedRing
from telharmonic.audio.ring import Ring
from telharmonic.dsp import jack_cycle
from telharmonic.dsp.channel_resampling import ChannelResampler, Straight
from telharmonic.errors import NodeError
from telharmonic.node.feed_group import FeedGroup
from telharmonic.node.jack_memory import JackMemory
from telharmonic.node.jack_playback import Playback
from telharmonic.node.jack_words import Setup, Strip
from telharmonic.protocol.jack import JackStatus
from telharmonic.transport.jack_client import JackClient
from telharmonic.wire.feed import MAXIMUM_MESSAGE_FRAMES, FeedWriter

STILL_S = 0.5  # without a cycle; the longest takes 93 ms
PIECE_FRAMES = 1024  # what is resampled at a time, at most


def columns(strips: Sequence[Strip]) -> tuple[list[tuple[int, int]], int]:
    """Which ports are each strip's left and right, and how many there are in all."""
    sides, count = [], 0
    for strip in strips:
        sides.append((count, count + len(strip.ports) - 1))
        count += len(strip.ports)
    return sides, count


class JackBridge:
    """Runs a client until it is lost.

    Parameters
    ----------
    setup : Setup
        The session's wishes.
    client : JackClient
        Open, not yet running.
    memory : JackMemory
        What its real-time function works on.
    ring_of : callable
        The feed of a strip's place.
    mix : Ring, optional
        The session's mix, for the outputs.

    Raises
    ------
    NodeError
        If the server's rate or period is one that we cannot follow.
    """

    def __init__(
        self,
        setup: Setup,
        client: JackClient,
        memory: JackMemory,
        ring_of: Callable[[int], FeedRing],
        mix: Ring | None,
    ) -> None:
        self._client = client
        self._memory = memory
        self._setup, self._ring_of, self._mix = setup, ring_of, mix
        rate_hz, jack_hz = setup.rate_hz, client.sample_rate_hz
        if not setup.spec.resample and jack_hz != rate_hz:
            raise NodeError(f"the JACK server runs at {jack_hz} Hz; without resampling it must be {rate_hz} Hz")
        self._begin(client.period)
        memory.attach(client)
        self._begun = {place: memory.count(place) for place in (jack_cycle.LOST, jack_cycle.STARVED)}
        self._cycles_frames = memory.count(jack_cycle.CAPTURED)
        self._cycles, self._cycled_s = -1, 0.0
        client.run(jack_cycle.cycle.address, memory.address)

    def _begin(self, period: int) -> None:
        """Move what comes in cycles of so many frames."""
        self._period = period
        self._piece = min(PIECE_FRAMES, period)
        rate_hz, jack_hz, mix = self._setup.rate_hz, self._client.sample_rate_hz, self._mix
        self._writer = self._make_writer(jack_hz) if self._setup.strips else None
        self._playback = (
            Playback(mix, self._memory, rate_hz=rate_hz, jack_hz=jack_hz, period=period) if mix is not None else None
        )

    def follow_period(self) -> None:
        """Begin anew if the server's cycles have another length now, as after ``jack_bufsize``; nothing otherwise."""
        if (period := self._client.period) != self._period:
            if self._writer is not None:
                self._writer.close()
            self._begin(period)

    def _make_writer(self, jack_hz: int) -> FeedWriter:
        setup = self._setup
        sides, channels = columns(setup.strips)
        group = FeedGroup([self._ring_of(strip.place) for strip in setup.strips], sides, channels)
        ratio = jack_hz / setup.rate_hz
        return FeedWriter(
            group,
            rate_hz=setup.rate_hz,
            source_hz=jack_hz,
            message_frames=min(self._period, MAXIMUM_MESSAGE_FRAMES * jack_hz // setup.rate_hz),
            resampler=ChannelResampler(ratio, channels) if setup.spec.resample else Straight(),
        )

    def pump(self, now_s: float) -> None:
        """After a cycle: move everything; `now_s` is the monotonic clock."""
        memory = self._memory
        if self._writer is not None:
            while (sound := memory.take(self._piece)) is not None:
                self._writer.feed(sound, now_s)
        captured = memory.count(jack_cycle.CAPTURED)
        if self._playback is not None:
            self._playback.pump(captured - self._cycles_frames)
        self._cycles_frames = captured

    def status(self, server: str, reconnects: int, now_s: float) -> JackStatus:
        """How it goes; `now_s` is the monotonic clock."""
        client, memory = self._client, self._memory
        if (cycles := memory.count(jack_cycle.CYCLES)) != self._cycles:
            self._cycles, self._cycled_s = cycles, now_s
        stands = now_s - self._cycled_s > STILL_S
        return JackStatus(
            state="waiting" if stands else "running",
            why="the JACK server stands still" if stands else "",
            server=server,
            client=client.name,
            sample_rate_hz=client.sample_rate_hz,
            period=client.period,
            realtime=client.realtime,
            reconnects=reconnects,
            xruns=client.xruns,
            drift_ppm=round(self._writer.settled_drift * 1e6, 1) if self._writer is not None else 0.0,
            lost_frames=memory.count(jack_cycle.LOST) - self._begun[jack_cycle.LOST],
            starved_frames=memory.count(jack_cycle.STARVED) - self._begun[jack_cycle.STARVED],
            connections=client.connections,
        )

    def close(self) -> None:
        """Leave the server; what is in hand is played."""
        self._client.close()
        if self._writer is not None:
            self._writer.close()
