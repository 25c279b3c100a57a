"""RTP packets with Opus from one peer, in; its sound in order, with what was lost concealed, out.

What is lost is drawn out by libopus from the sound before; where the packet behind the gap repeats the last lost
one at a lower rate (in-band error correction, RFC 6716 section 2.1.7), that is taken instead. The peer is a stranger:
packets are bounded in size, length and rate, and one source is heard at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telharmonic.errors import MessageError
from telharmonic.wire.opus import MAX_PACKET_BYTES, OpusDecoder, packet_frames
from telharmonic.wire.packet_order import PacketOrder, Placed
from telharmonic.wire.rtp import RtpPacket

MAXIMUM_FRAMES = 2880  # 60 ms in a packet
PACKETS_PER_S = 450.0  # 400 of 2.5 ms, and a margin
BURST_PACKETS = 200.0
OTHER_SOURCE_S = 1.0  # so long one must be silent before another is heard
CONCEALED_FRAMES = 5760  # of one gap at most; behind that there is silence
PIECE_FRAMES = 960


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Decoded sound: its place in the peer's stream at 48 kHz; `begins`: it does not join what came before."""

    frame: int
    samples: NDArray[np.float32]
    begins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a packet: where it lies, and what can be played now."""

    frame: int
    frames: int
    sound: tuple[Stretch, ...]


class OpusIntake:
    """Decodes what one peer sends.

    Raises
    ------
    NodeError
        If there is no libopus on this machine.
    """

    def __init__(self) -> None:
        self._decoder = OpusDecoder(2)
        self._order = PacketOrder()
        self._ssrc: int | None = None
        self._heard_s = 0.0
        self._credit = BURST_PACKETS
        self._frame = 0  # of the latest packet, unwrapped
        self.packets = 0
        self.refused_packets = 0
        self.lost_frames = 0
        self.concealed_frames = 0
        self.recovered_frames = 0

    @property
    def late_packets(self) -> int:
        """Packets that came after they had been concealed."""
        return self._order.late

    def take(self, packet: RtpPacket, now_s: float) -> Taken | None:
        """Take one packet; None if it is not heard: too many, too large, of another source, or no Opus."""
        frames = self._frames_of(packet, now_s)
        if frames == 0:
            self.refused_packets += 1
            return None
        self.packets += 1
        if self._ssrc == packet.ssrc:
            ahead = (packet.timestamp - self._frame + (1 << 31)) % (1 << 32) - (1 << 31)
            frame = self._frame + ahead
        else:
            self._order, frame = PacketOrder(), packet.timestamp
            self._ssrc = packet.ssrc
        self._frame, self._heard_s = frame, now_s
        placed = self._order.push(Placed(frame=frame, frames=frames, data=packet.payload), now_s)
        return Taken(frame=frame, frames=frames, sound=tuple(self._sound_of(placed)))

    def _frames_of(self, packet: RtpPacket, now_s: float) -> int:
        """How long it is; 0 if it is not wanted."""
        self._credit = min(BURST_PACKETS, self._credit + PACKETS_PER_S * max(0.0, now_s - self._heard_s))
        if self._ssrc not in (None, packet.ssrc) and now_s - self._heard_s < OTHER_SOURCE_S:
            return 0
        if self._credit < 1.0 or not 0 < len(packet.payload) <= MAX_PACKET_BYTES:
            return 0
        self._credit -= 1.0
        try:
            frames = packet_frames(packet.payload)
        except MessageError:
            return 0
        return frames if frames <= MAXIMUM_FRAMES else 0

    def _sound_of(self, placed: list[Placed]) -> Iterator[Stretch]:
        for number, each in enumerate(placed):
            if each.data is None:
                following = placed[number + 1]
                yield from self._concealed(each, following)
                continue
            if each.begins:
                self._decoder.reset()
            try:
                samples = self._decoder.decode(each.data)
            except MessageError:
                samples = self._decoder.conceal(each.frames)
                self.concealed_frames += each.frames
            yield from _pieces(each.frame, samples, begins=each.begins)

    def _concealed(self, gap: Placed, following: Placed) -> Iterator[Stretch]:
        """What stands in a gap; its last part from the packet behind it, if that tells."""
        self.lost_frames += gap.frames
        told = following.frames if following.frames <= gap.frames else 0
        drawn = min(gap.frames - told, CONCEALED_FRAMES) // 120 * 120
        silent = gap.frames - told - drawn
        parts = [self._decoder.conceal(drawn)] if drawn else []
        parts.append(np.zeros((silent, 2), np.float32))
        self.concealed_frames += gap.frames - told
        if told:
            assert following.data is not None
            try:
                samples, recovered = self._decoder.recover(following.data, told)
            except MessageError:
                samples, recovered = self._decoder.conceal(told), False
            parts.append(samples)
            self.recovered_frames += told if recovered else 0
            self.concealed_frames += 0 if recovered else told
        yield from _pieces(gap.frame, np.concatenate(parts))


def _pieces(frame: int, samples: NDArray[np.float32], *, begins: bool = False) -> Iterator[Stretch]:
    for at in range(0, len(samples), PIECE_FRAMES):
        yield Stretch(frame=frame + at, samples=samples[at : at + PIECE_FRAMES], begins=begins and at == 0)
