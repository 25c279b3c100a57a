"""The message ring against a plain queue, and between two real processes."""

import multiprocessing
import os
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telharmonic.audio.message_ring import MessageRing
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.errors import ParameterError


@settings(max_examples=100)
@given(st.lists(st.one_of(st.binary(max_size=120), st.none()), max_size=200))
def test_is_a_queue(steps):
    ring, queue = MessageRing(memoryview(bytearray(512))), deque()
    for message in steps:
        if message is None:
            assert ring.pop() == (queue.popleft() if queue else None)
        elif ring.push(message):
            queue.append(message)
        else:
            assert sum(8 + (len(each) + 7 & ~7) for each in queue) + len(message) > 512 - 128 - 120 - 16
    while queue:
        assert ring.pop() == queue.popleft()
    assert ring.pop() is None


def test_the_longest_message_always_fits_in_an_empty_ring():
    ring = MessageRing(memoryview(bytearray(1024)))
    for length in range(0, ring.longest + 1, 7):
        assert ring.push(b"x" * length)
        assert ring.pop() == b"x" * length
        assert ring.push(b"y" * ring.longest)
        assert ring.pop() == b"y" * ring.longest


def test_refuses_what_could_never_fit():
    ring = MessageRing(memoryview(bytearray(1024)))
    with pytest.raises(ParameterError, match="message"):
        ring.push(bytes(ring.longest + 1))


@pytest.mark.parametrize("size", [64, 1001])
def test_refuses_memory_of_a_bad_size(size):
    with pytest.raises(ParameterError, match="memory"):
        MessageRing(memoryview(bytearray(size)))


def _write_all(descriptor: int, count: int) -> None:
    memory = SharedMemory(4096, descriptor)
    ring = MessageRing(memory.part(0, 4096))
    for number in range(count):
        while not ring.push(str(number).encode() * (number % 5)):
            os.sched_yield()


def test_two_processes_pass_20_000_messages_in_order():
    memory = SharedMemory(4096)
    ring = MessageRing(memory.part(0, 4096))
    writer = multiprocessing.get_context("fork").Process(target=_write_all, args=(os.dup(memory.descriptor), 20_000))
    writer.start()
    for number in range(20_000):
        while (message := ring.pop()) is None:
            assert writer.exitcode in (None, 0)
            os.sched_yield()
        assert message == str(number).encode() * (number % 5)
    writer.join()
    memory.close()
