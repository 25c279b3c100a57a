"""Listeners of several shapes over one ring."""

import numpy as np
import pytest

from telharmonic.audio.ring import Ring
from telharmonic.node.audience import Audience
from telharmonic.transport.fan_out import Shape, Wrapping


class MemoryTransport:
    def __init__(self) -> None:
        self.written, self.held = [], 0

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def get_write_buffer_size(self) -> int:
        return self.held


@pytest.fixture
def ring() -> Ring:
    ring = Ring(memoryview(bytearray(Ring.size_bytes(9600))), capacity_frames=9600)
    ring.reset()
    return ring


@pytest.fixture
def audience(ring) -> Audience:
    return Audience(ring, sample_rate_hz=48_000, epoch=1, buffer_s=0.1)


def play(ring: Ring, audience: Audience, blocks: int) -> None:
    for _ in range(blocks):
        assert ring.push(np.ones((2, 240), np.float32))
        audience.pump(0)


def test_each_listener_gets_its_own_shape(ring, audience):
    short, long = MemoryTransport(), MemoryTransport()
    audience.add(short, Shape(frames=240))
    audience.add(long, Shape(frames=960), Wrapping.CHUNK)
    play(ring, audience, 8)
    assert (len(short.written), len(long.written)) == (8, 2)


def test_the_ring_keeps_what_the_longest_message_still_needs(ring, audience):
    audience.add(MemoryTransport(), Shape(frames=240))
    audience.add(MemoryTransport(), Shape(frames=960))
    play(ring, audience, 3)
    assert audience.fill_frames == 720
    play(ring, audience, 1)
    assert audience.fill_frames == 0


@pytest.mark.parametrize(
    ("rate_hz", "frames", "short"), [(48_000, 240, False), (48_000, 120, True), (96_000, 240, True)]
)
def test_messages_of_less_than_5_ms_are_worth_short_blocks(ring, rate_hz, frames, short):
    audience = Audience(ring, sample_rate_hz=rate_hz, epoch=1, buffer_s=0.1)
    assert not audience.takes_short_blocks
    outlet = audience.add(MemoryTransport(), Shape(frames=frames))
    assert audience.takes_short_blocks is short
    audience.remove(outlet)
    assert not audience.takes_short_blocks


def test_without_listeners_the_ring_never_fills(ring, audience):
    play(ring, audience, 200)
    assert audience.fill_frames == 0


def test_a_tenth_of_a_second_may_wait_for_a_listener(ring, audience):
    transport = MemoryTransport()
    outlet = audience.add(transport, Shape())
    transport.held = 38_400  # 0.1 s of stereo float32
    play(ring, audience, 1)
    assert outlet.lost == 0
    transport.held = 38_401
    play(ring, audience, 400)
    assert outlet.lost == 400
    assert audience.silent_s(outlet) == 2.0


def test_what_was_lost_is_counted_after_the_listener_has_gone(ring, audience):
    transport = MemoryTransport()
    outlet = audience.add(transport, Shape())
    transport.held = 1 << 20
    play(ring, audience, 5)
    assert audience.lost_messages == 5
    audience.remove(outlet)
    audience.remove(outlet)
    assert (audience.lost_messages, len(audience)) == (5, 0)
