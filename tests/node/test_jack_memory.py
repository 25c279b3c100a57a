"""The Python side of the callback's memory, with the callback run by hand on silent ports."""

import ctypes
from dataclasses import dataclass, field

import numpy as np
import pytest

from telharmonic.dsp import jack_cycle
from telharmonic.node.jack_memory import JackMemory

FRAMES = 256


@dataclass
class Ports:
    input_addresses: list[int] = field(default_factory=list)
    output_addresses: list[int] = field(default_factory=list)
    midi_addresses: list[int] = field(default_factory=list)


@pytest.fixture
def buffers():
    return {}


@pytest.fixture
def memory(buffers):
    get = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32)(lambda port, _: buffers[port].ctypes.data)
    memory = JackMemory(lambda name: ctypes.cast(get, ctypes.c_void_p).value if name == "jack_port_get_buffer" else 0)
    memory.kept = get
    yield memory
    memory.close()


def run(memory: JackMemory) -> None:
    pointer = ctypes.cast(memory.address, ctypes.POINTER(ctypes.c_int64))
    assert jack_cycle.cycle.ctypes(FRAMES, pointer) == 0


def test_takes_what_came_in_pieces(memory, buffers):
    buffers |= {1: np.arange(FRAMES, dtype=np.float32), 2: -np.arange(FRAMES, dtype=np.float32)}
    memory.attach(Ports(input_addresses=[1, 2]))
    assert memory.take(100) is None
    run(memory)
    first, second, rest = memory.take(100), memory.take(100), memory.take(100)
    assert (len(first), len(second), len(rest)) == (100, 100, 56)
    np.testing.assert_array_equal(np.concatenate([first, second, rest])[:, 1], buffers[2])
    assert memory.take(100) is None


def test_puts_what_is_played(memory, buffers):
    buffers |= {1: np.zeros(FRAMES, np.float32), 2: np.zeros(FRAMES, np.float32)}
    memory.attach(Ports(output_addresses=[1, 2]))
    sound = np.random.default_rng(1).standard_normal((FRAMES, 2)).astype(np.float32)
    assert memory.put(sound)
    assert memory.playback_fill == FRAMES
    run(memory)
    np.testing.assert_array_equal(np.stack([buffers[1], buffers[2]], axis=1), sound)
    assert memory.playback_fill == 0


def test_takes_no_more_than_there_is_room_for(memory):
    memory.attach(Ports())
    half = np.zeros((jack_cycle.RING_FRAMES // 2 + 1, 2), np.float32)
    assert memory.put(half)
    assert not memory.put(half)


def test_another_connection_begins_empty(memory, buffers):
    buffers[1] = np.ones(FRAMES, np.float32)
    memory.attach(Ports(input_addresses=[1]))
    run(memory)
    memory.put(np.ones((10, 2), np.float32))
    memory.attach(Ports(input_addresses=[1]))
    assert memory.take(1000) is None
    assert memory.playback_fill == 0


def test_midi_words_are_bytes_again(memory):
    memory._heard[:3] = [0x03903C7F, 0x02C00500, 0x01F80000]
    memory.words[jack_cycle.MIDI_CAME] = 3
    assert list(memory.midi()) == [b"\x90\x3c\x7f", b"\xc0\x05", b"\xf8"]
    assert list(memory.midi()) == []


def test_midi_to_send_is_words_until_too_many_wait(memory):
    assert memory.send_midi(b"\xb0\x07\x63")
    assert memory._said[0] == 0x03B00763
    for _ in range(jack_cycle.MIDI_MESSAGES - 1):
        assert memory.send_midi(b"\xf8")
    assert not memory.send_midi(b"\xf8")
