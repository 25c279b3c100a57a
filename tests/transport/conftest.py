"""A session's ring with a tone in it, and a line in memory that keeps what is sent."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.audio.ring import Ring
from telharmonic.transport.rtp_batch import RtpStream
from telharmonic.wire import red, rtp
from telharmonic.wire.opus import OpusDecoder

OPUS, RED = 111, 63
TONE_HZ, TONE_PEAK = 1000.0, 0.25


class MemoryLine:
    """Keeps every packet; while `broken` the system takes none."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.stream: RtpStream | None = None
        self.broken = False
        self.closed = False

    def send(self, packet: bytes) -> bool:
        if not self.broken:
            self.sent.append(packet)
        return not self.broken

    def follow(self, stream: RtpStream) -> None:
        self.stream = stream

    def close(self) -> None:
        self.closed = True

    def packets(self) -> list[rtp.RtpPacket]:
        return [rtp.parse(data) for data in self.sent]

    def sound(self) -> np.ndarray:
        """What a decoder makes of the newest Opus packet of each."""
        decoder = OpusDecoder()
        newest = [
            red.parse(packet.payload)[-1].payload if packet.payload_type == RED else packet.payload
            for packet in self.packets()
        ]
        return np.concatenate([decoder.decode(payload) for payload in newest])


class Scene:
    """A ring of a second, in which a tone is played: -12 dB on the left, half of it on the right."""

    def __init__(self) -> None:
        self.ring = Ring(memoryview(bytearray(Ring.size_bytes(48_000))), capacity_frames=48_000)
        self.ring.reset()
        self.now_ns = 0

    def now(self) -> int:
        return self.now_ns

    def sound(self, first: int, frames: int) -> np.ndarray:
        """The frames as they are played, (frames, channels)."""
        left = TONE_PEAK * np.sin(2 * np.pi * TONE_HZ * np.arange(first, first + frames) / 48_000)
        return np.stack((left, left / 2), axis=1).astype(np.float32)

    def play(self, frames: int) -> None:
        """Render at the moment that it is now."""
        for at in range(0, frames, 4096):
            block = self.sound(self.ring.written, min(4096, frames - at))
            assert self.ring.push(block.T, self.now_ns) == len(block)


def tone_peak(sound: np.ndarray) -> float:
    """The tone's peak in one channel, by its Fourier coefficient over whole periods."""
    sound = sound[: len(sound) // 48 * 48]
    return float(2 * abs(np.mean(sound * np.exp(-2j * np.pi * TONE_HZ * np.arange(len(sound)) / 48_000))))


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def new_line() -> type[MemoryLine]:
    return MemoryLine


@pytest.fixture(name="tone_peak")
def tone_peak_of():
    return tone_peak
