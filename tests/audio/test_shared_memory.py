"""Shared memory is seen by both sides and leaves nothing behind."""

import os
from pathlib import Path

import pytest

from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.errors import ParameterError


def test_both_sides_see_what_either_writes():
    ours = SharedMemory(10_000)
    theirs = SharedMemory(10_000, os.dup(ours.descriptor))
    ours.part(100, 4)[:] = b"here"
    assert bytes(theirs.part(100, 4)) == b"here"
    theirs.close()
    ours.close()


def test_has_no_name_that_could_be_left_behind():
    memory = SharedMemory(1 << 20)
    assert str(Path(f"/proc/self/fd/{memory.descriptor}").readlink()).startswith("/memfd:")
    memory.close()


def test_forgotten_pages_are_zero_and_the_rest_is_kept():
    memory = SharedMemory(4 * 4096)
    memory.part(0, 4 * 4096)[:] = b"x" * 4 * 4096
    memory.forget(100, 3 * 4096)
    kept = bytes(memory.part(0, 4 * 4096))
    assert kept == b"x" * 4096 + bytes(2 * 4096) + b"x" * 4096
    memory.close()


def test_refuses_sizes_and_places_out_of_range():
    with pytest.raises(ParameterError, match="size_bytes"):
        SharedMemory(0)
    memory = SharedMemory(100)
    with pytest.raises(ParameterError, match="up to 100"):
        SharedMemory(101, memory.descriptor)
    with pytest.raises(ParameterError, match="offset"):
        memory.part(90, 20)
    memory.close()
