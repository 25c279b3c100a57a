"""The compiled callback, called as JACK calls it, with ports and MIDI buffers of ctypes in libjack's place."""

import ctypes
import os
import time

import numpy as np
import pytest

from telharmonic.dsp import jack_cycle as jc

FRAMES = 64
GET_BUFFER = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32)
COUNT = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)
GET = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32)
CLEAR = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
RESERVE = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_size_t)


class Event(ctypes.Structure):
    """jack_midi_event_t."""

    _fields_ = [("time", ctypes.c_uint32), ("size", ctypes.c_size_t), ("buffer", ctypes.c_void_p)]


class FakeJack:
    """Port n is at address n; `midi` comes, `sent` was sent."""

    def __init__(self, inputs: int, outputs: int, frames: int = FRAMES) -> None:
        self.frames = frames
        self.buffers = {1 + n: np.zeros(frames, np.float32) for n in range(inputs)}
        self.buffers |= {100 + n: np.full(frames, 9, np.float32) for n in range(outputs)}
        self.midi: list[bytes] = []
        self.sent: list = []
        self.room = 1000
        self.words = words = jc.new_words()
        self.rings = [np.zeros(count * jc.RING_FRAMES, np.float32) for count in (jc.MAXIMUM_INPUTS, jc.MAXIMUM_OUTPUTS)]
        self.midi_rings = [np.zeros(jc.MIDI_MESSAGES, np.int64) for _ in range(2)]
        library = ctypes.CDLL(None)
        self._kept = {
            jc.PORT_GET_BUFFER: GET_BUFFER(lambda port, _: self.buffers[port].ctypes.data if port < 200 else port),
            jc.MIDI_COUNT: COUNT(lambda _: len(self.midi)),
            jc.MIDI_GET: GET(self._get),
            jc.MIDI_CLEAR: CLEAR(lambda _: self.sent.clear()),
            jc.MIDI_RESERVE: RESERVE(self._reserve),
            jc.CLOCK_GETTIME: library.clock_gettime,
            jc.WRITE: library.write,
        }
        for place, function in self._kept.items():
            words[place] = ctypes.cast(function, ctypes.c_void_p).value
        words[jc.CAPTURE], words[jc.PLAYBACK] = (ring.ctypes.data for ring in self.rings)
        words[jc.MIDI_RECEIVED], words[jc.MIDI_TO_SEND] = (ring.ctypes.data for ring in self.midi_rings)
        words[jc.INPUTS], words[jc.OUTPUTS] = inputs, outputs
        words[jc.INPUT_PORTS : jc.INPUT_PORTS + inputs] = np.arange(1, 1 + inputs)
        words[jc.OUTPUT_PORTS : jc.OUTPUT_PORTS + outputs] = np.arange(100, 100 + outputs)
        self.wake = os.eventfd(0, os.EFD_NONBLOCK)
        words[jc.WAKE_DESCRIPTOR] = self.wake

    def _get(self, event: int, _port: int, index: int) -> int:
        self._data = ctypes.create_string_buffer(self.midi[index], len(self.midi[index]))
        target = Event.from_address(event)
        target.time, target.size, target.buffer = 3, len(self.midi[index]), ctypes.addressof(self._data)
        return 0

    def _reserve(self, _port: int, _time: int, size: int) -> int | None:
        if len(self.sent) >= self.room:
            return None
        self.sent.append(ctypes.create_string_buffer(size))
        return ctypes.addressof(self.sent[-1])

    def cycle(self) -> None:
        pointer = ctypes.cast(self.words.ctypes.data, ctypes.POINTER(ctypes.c_int64))
        assert jc.cycle.ctypes(self.frames, pointer) == 0


@pytest.mark.parametrize("frames", [64, 1000, 4096])
def test_what_the_ports_bring_is_in_the_ring_frame_by_frame(frames):
    jack = FakeJack(inputs=3, outputs=0, frames=frames)
    sound = np.random.default_rng(1).standard_normal((5 * frames, 3)).astype(np.float32)
    for cycle in range(5):
        for port in range(3):
            jack.buffers[1 + port][:] = sound[cycle * frames : (cycle + 1) * frames, port]
        jack.cycle()
        out = np.empty((frames, 3), np.float32)
        jc.take_captured(jack.rings[0], cycle * frames, out)
        np.testing.assert_array_equal(out, sound[cycle * frames : (cycle + 1) * frames])
        jack.words[jc.CAPTURE_TAKEN] += frames
    assert jack.words[jc.CAPTURED] == 5 * frames
    assert os.eventfd_read(jack.wake) == 5


def test_a_reader_that_sleeps_loses_whole_cycles_and_nothing_is_overwritten():
    jack = FakeJack(inputs=1, outputs=0, frames=4096)
    for cycle in range(6):
        jack.buffers[1][:] = cycle
        jack.cycle()
    assert (jack.words[jc.CAPTURED], jack.words[jc.LOST]) == (4 * 4096, 2 * 4096)
    np.testing.assert_array_equal(jack.rings[0][: jc.RING_FRAMES : 4096], [0, 1, 2, 3])


def test_outputs_play_what_waits_and_then_silence_which_is_counted():
    jack = FakeJack(inputs=0, outputs=2)
    sound = np.random.default_rng(2).standard_normal((100, 2)).astype(np.float32)
    jc.put_playback(jack.rings[1], 0, sound)
    jack.words[jc.PLAYBACK_WRITTEN] = 100
    jack.cycle()
    np.testing.assert_array_equal(np.stack([jack.buffers[100], jack.buffers[101]], axis=1), sound[:64])
    jack.cycle()
    np.testing.assert_array_equal(jack.buffers[101], np.concatenate([sound[64:, 1], np.zeros(28, np.float32)]))
    assert (jack.words[jc.PLAYED], jack.words[jc.STARVED]) == (100, 28)


def test_midi_comes_in_order_and_what_is_longer_than_three_bytes_is_left_out():
    jack = FakeJack(inputs=0, outputs=0)
    jack.words[jc.MIDI_IN] = 500
    jack.midi = [b"\x90\x3c\x7f", b"\xf0\x01\x02\x03\xf7", b"\xc0\x05", b"\xf8"]
    jack.cycle()
    assert jack.words[jc.MIDI_CAME] == 3
    assert list(jack.midi_rings[0][:3]) == [0x03903C7F, 0x02C00500, 0x01F80000]


def test_midi_that_nobody_takes_is_counted():
    jack = FakeJack(inputs=0, outputs=0)
    jack.words[jc.MIDI_IN] = 500
    jack.midi = [b"\xb0\x07\x01"] * (jc.MIDI_MESSAGES + 5)
    jack.cycle()
    assert (jack.words[jc.MIDI_CAME], jack.words[jc.MIDI_LOST]) == (jc.MIDI_MESSAGES, 5)


def test_midi_is_sent_and_what_finds_no_room_goes_with_the_next_cycle():
    jack = FakeJack(inputs=0, outputs=0)
    jack.words[jc.MIDI_OUT] = 501
    jack.midi_rings[1][:3] = [0x03B00763, 0x02C00500, 0x03903C7F]
    jack.words[jc.MIDI_WRITTEN] = 3
    jack.room = 2
    jack.cycle()
    assert [bytes(sent) for sent in jack.sent] == [b"\xb0\x07\x63", b"\xc0\x05"]
    jack.cycle()
    assert [bytes(sent) for sent in jack.sent] == [b"\x90\x3c\x7f"]


def test_says_when_it_was():
    jack = FakeJack(inputs=0, outputs=0)
    jack.cycle()
    assert 0 <= time.monotonic_ns() - jack.words[jc.CYCLE_NS] < 60e9  # the same clock
    assert (jack.words[jc.CYCLES], jack.words[jc.CYCLE_FRAMES]) == (1, FRAMES)
