"""Three arrays cut into sections."""

from __future__ import annotations

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.engine import arena as names
from telharmonic.engine.arena import Arena, section

CACHE_LINE = 64


@kernel("void(float32[::1], int64[::1], int64, float32)")
def write_all(floats, ints, name, value):
    part = section(floats, ints, name)
    for at in range(len(part)):
        part[at] = value


def small() -> Arena:
    return Arena({names.NOW: 5, names.NEXT: 40, names.BUS: 1}, {names.MARKS: 3, names.EVENTS: 4}, {names.VALUE: 2})


def test_kernels_and_python_see_the_same_section():
    arena = small()
    write_all(arena.floats, arena.ints, names.NEXT, 2.5)
    assert (arena.f(names.NEXT) == 2.5).all()
    assert not arena.f(names.NOW).any()
    assert not arena.f(names.BUS).any()


def test_sections_have_the_asked_length_and_do_not_overlap():
    arena = small()
    for number, name in enumerate((names.NOW, names.NEXT, names.BUS)):
        arena.f(name)[:] = number + 1
    assert [(part.size, part[0], part[-1]) for part in map(arena.f, (names.NOW, names.NEXT, names.BUS))] == [
        (5, 1, 1),
        (40, 2, 2),
        (1, 3, 3),
    ]
    assert arena.f(names.STEMS).size == 0
    assert (arena.i(names.MARKS).size, arena.i(names.EVENTS).size, arena.d(names.VALUE).size) == (3, 4, 2)


def test_every_float_section_begins_on_a_cache_line():
    arena = small()
    assert all(arena.f(name).ctypes.data % CACHE_LINE == 0 for name in (names.NOW, names.NEXT, names.BUS))


def test_names_do_not_collide():
    others = ("SCALARS", "FLOAT_SECTIONS", "INT_SECTIONS", "DOUBLE_SECTIONS")
    numbers = [value for name, value in vars(names).items() if name.isupper() and name not in others]
    sections = [value for value in numbers if isinstance(value, int) and names.SCALARS <= value < names.HEADER]
    assert len(sections) == len(set(sections))
    assert max(sections) + 1 < names.HEADER


def test_the_size_is_that_of_the_arrays():
    arena = small()
    assert arena.size_bytes == arena.floats.nbytes + arena.ints.nbytes + arena.doubles.nbytes
    assert arena.floats.dtype == np.float32
