"""One mix to many listeners, over transports in memory whose slowness is written down."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.audio.ring import Ring
from telharmonic.errors import ParameterError
from telharmonic.transport.fan_out import MixStream, Outlet, Shape, Wrapping
from telharmonic.wire.framing import BINARY, websocket_header
from telharmonic.wire.pcm import Encoding, parse_message

RATE = 48_000


class MemoryTransport:
    """Keeps what is written; `held` is how much of it the other side has not read."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.held = 0
        self.stuck = False

    def write(self, data: bytes) -> None:
        self.written.append(data)
        self.held += len(data) if self.stuck else 0

    def get_write_buffer_size(self) -> int:
        return self.held

    def read_all(self) -> None:
        self.held = 0
        self.stuck = False


class Listener:
    def __init__(self, stream: MixStream, wrapping: Wrapping = Wrapping.WEBSOCKET, limit_bytes: int = 5000) -> None:
        self.transport = MemoryTransport()
        self.told: list[int] = []
        self.outlet = Outlet(self.transport, limit_bytes, self.told.append)
        stream.add(self.outlet, wrapping)

    def messages(self):
        """Header and samples of each WebSocket frame."""
        return [
            parse_message(frame[len(websocket_header(BINARY, len(frame) - 4)) :]) for frame in self.transport.written
        ]


@pytest.fixture
def ring() -> Ring:
    memory = memoryview(bytearray(Ring.size_bytes(9600)))
    ring = Ring(memory, capacity_frames=9600)
    ring.reset()
    return ring


def sound(first: int, frames: int) -> np.ndarray:
    numbers = np.arange(first, first + frames, dtype=np.float32) / 2**20
    return np.stack((numbers, -numbers))


def play(ring: Ring, frames: int, time_ns: int = 0) -> None:
    assert ring.push(sound(ring.written, frames), time_ns) == frames


def make_stream(ring: Ring, **shape) -> MixStream:
    return MixStream(ring, Shape(**shape), sample_rate_hz=RATE, epoch=9)


@given(st.lists(st.sampled_from([120, 240, 480]), max_size=20), st.integers(120, 1000))
def test_every_frame_comes_once_and_in_order_whatever_the_block_sizes(blocks, frames):
    ring = Ring(memoryview(bytearray(Ring.size_bytes(9600))), capacity_frames=9600)
    ring.reset()
    stream = make_stream(ring, frames=frames)
    listener = Listener(stream, limit_bytes=1 << 20)
    for block in blocks:
        play(ring, block)
        stream.pump(0)
        ring.give_back(stream.next_frame)
    messages = listener.messages()
    assert len(messages) == sum(blocks) // frames
    for number, (header, samples) in enumerate(messages):
        assert (header.sequence, header.first_frame, header.frames) == (number, number * frames, frames)
        np.testing.assert_array_equal(samples.T, sound(number * frames, frames))


def test_all_listeners_are_written_the_very_same_bytes(ring):
    stream = make_stream(ring)
    listeners = [Listener(stream) for _ in range(3)]
    play(ring, 240)
    stream.pump(0)
    first = listeners[0].transport.written[0]
    assert all(each.transport.written[0] is first for each in listeners)


def test_the_header_says_how_old_the_sound_is(ring):
    stream = make_stream(ring)
    listener = Listener(stream)
    play(ring, 240, time_ns=5_000_000)
    stream.pump(5_321_000)
    header, _ = listener.messages()[0]
    assert (header.age_us, header.sample_rate_hz, header.epoch, header.channels) == (321, RATE, 9, 2)


def test_a_slow_listener_loses_whole_messages_and_is_told_how_many(ring):
    stream = make_stream(ring)
    slow, quick = Listener(stream), Listener(stream)
    slow.transport.stuck = True
    for _ in range(10):
        play(ring, 240)
        stream.pump(0)
    assert [header.sequence for header, _ in slow.messages()] == [0, 1, 2]  # 5000 bytes hold two, the third tops them
    assert slow.outlet.lost == 7
    assert slow.told == []
    slow.transport.read_all()
    play(ring, 240)
    stream.pump(0)
    assert slow.told == [7]
    assert [header.sequence for header, _ in slow.messages()] == [0, 1, 2, 10]
    assert [header.sequence for header, _ in quick.messages()] == list(range(11))
    assert (slow.outlet.lost, slow.outlet.lost_total) == (0, 7)


def test_a_listener_that_has_read_a_little_still_waits_until_all_has_left(ring):
    stream = make_stream(ring)
    listener = Listener(stream)
    listener.transport.stuck = True
    for _ in range(5):
        play(ring, 240)
        stream.pump(0)
    listener.transport.held = 1
    play(ring, 240)
    stream.pump(0)
    assert len(listener.transport.written) == 3


def test_time_that_was_lost_is_flagged_in_the_message_behind_it_alone(ring):
    stream = make_stream(ring)
    listener = Listener(stream)
    for block in range(4):
        if block == 2:
            ring.mark_gap()
        play(ring, 240)
        stream.pump(0)
    assert [header.discontinuity for header, _ in listener.messages()] == [False, False, True, False]


def test_a_newcomer_hears_from_now_on_and_sees_the_running_sequence(ring):
    stream = make_stream(ring)
    Listener(stream)
    play(ring, 480)
    stream.pump(0)
    late = Listener(stream)
    play(ring, 240)
    stream.pump(0)
    assert [(header.sequence, header.first_frame) for header, _ in late.messages()] == [(2, 480)]


def test_whoever_left_is_written_no_more(ring):
    stream = make_stream(ring)
    listener = Listener(stream)
    play(ring, 240)
    stream.pump(0)
    stream.remove(listener.outlet)
    stream.remove(listener.outlet)
    play(ring, 240)
    stream.pump(0)
    assert len(listener.transport.written) == 1
    assert len(stream) == 0


def test_mono_is_the_mean_of_both_channels(ring):
    stream = make_stream(ring, channels=1)
    listener = Listener(stream)
    ring.push(np.stack((np.full(240, 0.5, np.float32), np.full(240, 0.25, np.float32))))
    stream.pump(0)
    header, samples = listener.messages()[0]
    assert header.channels == 1
    np.testing.assert_array_equal(samples, np.full((240, 1), 0.375, np.float32))


@pytest.mark.parametrize(("encoding", "tolerance"), [(Encoding.S16, 1.6 / 2**15), (Encoding.S24, 1 / 2**23)])
def test_each_encoding_is_made_from_the_same_sound(ring, encoding, tolerance):
    stream = make_stream(ring, encoding=encoding)
    listener = Listener(stream)
    play(ring, 240)
    stream.pump(0)
    header, samples = listener.messages()[0]
    assert header.encoding is encoding
    assert np.abs(samples.T - sound(0, 240)).max() <= tolerance


def test_chunks_hold_the_message_and_bare_chunks_the_samples_alone(ring):
    stream = make_stream(ring)
    websocket, chunk, bare = (Listener(stream, wrapping) for wrapping in Wrapping)
    play(ring, 240)
    stream.pump(0)
    message = websocket.transport.written[0][4:]
    assert chunk.transport.written[0] == b"%x\r\n" % len(message) + message + b"\r\n"
    assert bare.transport.written[0] == b"%x\r\n" % (len(message) - 32) + message[32:] + b"\r\n"


@pytest.mark.parametrize("frames", [0, 119, 4097])
def test_refuses_messages_of_a_length_that_the_wire_does_not_have(frames):
    with pytest.raises(ParameterError, match="120 to 4096"):
        Shape(frames=frames)


def test_a_connection_that_has_just_closed_takes_nothing_from_the_others(ring):
    stream = MixStream(ring, Shape(), sample_rate_hz=RATE, epoch=7)
    before, closed, behind = (Listener(stream) for _ in range(3))

    def refuse(data: bytes) -> None:  # as uvloop does: unable to perform operation on <TCPTransport closed=True>
        raise RuntimeError("the handler is closed")

    closed.outlet.write = refuse
    play(ring, 480)
    stream.pump(0)
    assert [header.sequence for header, _ in before.messages()] == [0, 1]
    assert [header.sequence for header, _ in behind.messages()] == [0, 1]
