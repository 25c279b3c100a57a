"""One compiled call for any number of quanta."""

from __future__ import annotations

import numpy as np

from telharmonic.dsp.convolution import TABLES
from telharmonic.engine import arena as names
from telharmonic.engine.commands import Play
from telharmonic.engine.render_kernel import METERS_NEW, Workspace, render_quanta

TEXT = '[[strip]]\nid = "1"\nsource = "noise"\nlevel_db = -40.0\n'
NONE = np.zeros((0, 0), np.float32)


def test_many_quanta_in_one_call_are_those_of_many_calls(studio):
    outputs = []
    for quanta in (1, 8):
        engine = studio.engine(TEXT)
        engine.post(Play())
        studio.render(engine, 240)
        memory, space, out = engine._arena, Workspace(), np.zeros((2, 1920), np.float32)
        news = 0
        for first in range(0, 1920, 120 * quanta):
            arrays = (memory.floats, memory.ints, memory.doubles, space.scratch, space.work, TABLES)
            news |= render_quanta(*arrays, out, NONE, first, quanta)
        assert news == METERS_NEW
        assert memory.ints[names.FRAME] == 240 + 1920
        outputs.append(out)
    assert outputs[0].any()
    np.testing.assert_array_equal(*outputs)


def test_a_workspace_makes_the_tables_of_a_rate_once():
    space = Workspace()
    assert space.spectrum_plan(48_000) is space.spectrum_plan(48_000)
    assert space.spectrum_plan(96_000).size == 16_384


def test_numbers_too_small_to_matter_are_flushed(studio):
    engine = studio.engine(
        '[[strip]]\nid = "1"\nclip = [{ file = "a" }]\nset = { hp_on = true }\n', {"a": np.ones((2, 9600))}
    )
    engine.post(Play())
    studio.render(engine, 960_000)
    state = np.abs(engine._arena.f(names.FILTER_STATE))
    assert not ((state > 0) & (state < np.finfo(np.float32).tiny)).any()


def test_the_callers_thread_keeps_its_denormals(studio):
    tiny = np.float32(1e-40)
    studio.render(studio.engine(TEXT), 240)
    assert tiny * np.float32(0.5) > 0
