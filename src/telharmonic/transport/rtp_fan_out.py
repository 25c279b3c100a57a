"""All WebRTC listeners of one session: who is sent which of its encodings.

An `OpusFanOut` stands beside a session's other streams on its ring. Each encoding that somebody listens to is made
once (`transport.opus_mix`); a listener's reports give it redundancy and move it between at most three bitrates.
Nothing here awaits, and nothing that was lost is sent again: it would come too late.

What paces it is the render process's clock: the session's ring is pumped at each of its wake-ups, so a packet leaves
as soon as its last sample exists. A timer of our own could only add to that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from telharmonic.audio.ring import Ring
from telharmonic.transport.converted_ring import ConvertedRing
from telharmonic.transport.opus_mix import Line, OpusListener, OpusMix
from telharmonic.wire.adaptation import Reception, ladder
from telharmonic.wire.opus import SAMPLE_RATE_HZ, OpusSettings
from telharmonic.wire.red import MOST_PAST

MOST_SETTINGS = 4  # that a session encodes at the best rung; who comes later with a fifth gets the nearest of them


def choose(wanted: OpusSettings, others: Collection[OpusSettings]) -> OpusSettings:
    """What a listener gets: what it wants, or, where `others` have too many different things, the nearest of theirs."""
    if wanted in others or len(set(others)) < MOST_SETTINGS:
        return wanted
    return min(others, key=lambda each: _distance(each, wanted))


class OpusFanOut:
    """All WebRTC listeners of one session.

    Parameters
    ----------
    ring : Ring
        The session's sound, stereo; its commits are stamped by the same clock as `now`.
    sample_rate_hz : int
        Of the ring; another than 48000 is resampled while somebody listens.
    now : callable
        Monotonic nanoseconds.

    Raises
    ------
    ParameterError
        If `sample_rate_hz` is out of range.
    """

    def __init__(
        self,
        ring: Ring,
        *,
        sample_rate_hz: int = SAMPLE_RATE_HZ,
        now: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._source = ring
        self._converted = ConvertedRing(ring, sample_rate_hz) if sample_rate_hz != SAMPLE_RATE_HZ else None
        self._ring = ring if self._converted is None else self._converted.ring
        self._now = now
        self._mixes: dict[OpusSettings, OpusMix] = {}
        self._listeners: dict[OpusListener, None] = {}
        self._late_before = self._sent_before = self._failed_before = 0

    def __len__(self) -> int:
        return len(self._listeners)

    @property
    def encodings(self) -> tuple[OpusSettings, ...]:
        """What is encoded now."""
        return tuple(self._mixes)

    @property
    def late_packets(self) -> int:
        """Packets that left late, of all there ever were."""
        return self._late_before + sum(mix.late_packets for mix in self._mixes.values())

    @property
    def sent_packets(self) -> int:
        """Packets that the system took, of all there ever were."""
        return int(self._sent_before + sum(listener.packets for listener in self._listeners))

    @property
    def failed_packets(self) -> int:
        """Packets that it did not take, or for which there was no path."""
        return int(self._failed_before + sum(listener.failed for listener in self._listeners))

    @property
    def next_frame(self) -> int:
        """The oldest frame of the ring that is still needed."""
        if not self._mixes:
            return self._source.written
        return self._oldest() if self._converted is None else self._converted.next_frame

    def add_peer(
        self,
        line: Line,
        settings: OpusSettings,
        *,
        ssrc: int,
        payload_type: int,
        red_payload_type: int | None = None,
        most_past: int = MOST_PAST,
        least_bps: int = 0,
        offset: int | None = None,
    ) -> OpusListener:
        """Send to a listener from now on.

        Parameters
        ----------
        line : Line
            Its way out; closed by `remove_peer`.
        settings : OpusSettings
            What a clean line gets; by `choose`, or each listener could have encoders of its own.
        ssrc, payload_type, red_payload_type : int
            As they were negotiated; without the last there is no redundancy.
        most_past : int
            Earlier packets that may be sent again with each, 0 to 2.
        least_bps : int
            Below this its bitrate never goes.
        offset : int, optional
            The RTP timestamp of the session's frame 0, if the listener has been told one; random otherwise.
        """
        if self._converted is not None and not self._mixes:
            self._converted.skip()
        rungs = ladder(settings, least_bps)
        listener = OpusListener(line, ssrc, payload_type, red_payload_type, rungs, most_past, offset)
        self._listeners[listener] = None
        self._mix(listener.settings).add(listener)
        return listener

    def remove_peer(self, listener: OpusListener) -> None:
        """Send to it no more and close its line; nothing happens if it is not here."""
        if listener in self._listeners:
            del self._listeners[listener]
            self._sent_before += listener.packets
            self._failed_before += listener.failed
            self._leave(listener, listener.settings)
            listener.line.close()

    def change_peer(
        self, listener: OpusListener, settings: OpusSettings, *, least_bps: int = 0, most_past: int = MOST_PAST
    ) -> None:
        """Give a listener another encoding and redundancy. Its packets go on without a break in numbers."""
        before = listener.settings
        listener.change(ladder(settings, least_bps), most_past)
        self._move(listener, before)

    def report(self, listener: OpusListener, reception: Reception) -> None:
        """Take what a listener reports: redundancy and bitrate follow."""
        if listener in self._listeners:
            before = listener.settings
            listener.reception = reception
            listener.adaptation.report(reception, self._now() / 1e9)
            self._move(listener, before)

    def pump(self) -> None:
        """Send everyone what has been rendered; give the ring back what is before `next_frame` afterwards."""
        if self._converted is not None and self._mixes:
            self._converted.pump()
        for mix in self._mixes.values():
            mix.pump(self._now)
        if self._converted is not None and self._mixes:
            self._converted.ring.give_back(self._oldest())

    def close(self) -> None:
        """Close every line."""
        for listener in list(self._listeners):
            self.remove_peer(listener)

    def _oldest(self) -> int:
        """The first frame at 48 kHz that some encoding still needs; there is one."""
        return min(mix.next_frame for mix in self._mixes.values())

    def _move(self, listener: OpusListener, before: OpusSettings) -> None:
        if listener.settings != before:
            # with packets of another length there may be a hole, shorter than one of them; never anything twice
            listener.from_frame = self._mixes[before].next_frame
            self._mix(listener.settings).add(listener)
            self._leave(listener, before)

    def _mix(self, settings: OpusSettings) -> OpusMix:
        mix = self._mixes.get(settings)
        if mix is None:
            mix = self._mixes[settings] = OpusMix(self._ring, settings)
        return mix

    def _leave(self, listener: OpusListener, settings: OpusSettings) -> None:
        mix = self._mixes[settings]
        mix.remove(listener)
        if not mix.listeners:
            self._late_before += mix.late_packets
            del self._mixes[settings]


def _distance(one: OpusSettings, other: OpusSettings) -> tuple[int, int, int]:
    """How far two settings are apart: length first, which is heard as delay, then channels, then bitrate."""
    bitrate = abs(one.bitrate_bps - other.bitrate_bps)
    return abs(one.frames - other.frames), abs(one.channels - other.channels), bitrate
