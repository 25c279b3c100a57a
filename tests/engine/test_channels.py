"""Banks in their ranks: side-chains across them, and what a fading side-chain hears."""

from __future__ import annotations

import math

import numpy as np
import pytest

from telharmonic.engine.commands import Set

COMPRESSED = "comp_on = true, comp_threshold = -40.0, comp_ratio = 2.0, comp_knee = 0.0, comp_attack = 0.0001"


def strip(name: str, more: str = "") -> str:
    return f'[[strip]]\nid = "{name}"\nclip = [{{ file = "{name}" }}]\nset = {{ {COMPRESSED} {more} }}\n'


def level(value: float, frames: int = 48_000) -> np.ndarray:
    return np.full((2, frames), value, np.float32)


def reduction_db(peak: float) -> float:
    return (20 * math.log10(peak) + 40) / 2


def stems_of(engine, frames: int) -> np.ndarray:
    strips = len(engine._session.strips)
    mix, stems = np.zeros((2, frames), np.float32), np.zeros((2 * strips, frames), np.float32)
    engine.render_stems(mix, stems)
    return stems


def test_two_strips_may_listen_to_each_other(studio):
    engine = studio.engine(
        strip("a", ', comp_key = "strip/b"') + strip("b"),
        {"a": level(0.5), "b": level(0.05)},
        stems=True,
        values={"strip/b/comp_key": "strip/a"},
    )
    studio.play(engine, 24_000)
    stems = stems_of(engine, 240)[:, -1]
    assert 20 * math.log10(stems[0] / 0.5) == pytest.approx(-reduction_db(0.05), abs=0.1)
    assert 20 * math.log10(stems[2] / 0.05) == pytest.approx(-reduction_db(0.5), abs=0.1)


def test_a_strip_may_listen_to_a_group_that_comes_after_others(studio):
    text = strip("a", ', comp_key = "group/g"') + (
        '[[strip]]\nid = "b"\nclip = [{ file = "b" }]\nset = { output = "group/f" }\n'
        '[[group]]\nid = "g"\n[[group]]\nid = "f"\nset = { output = "group/g" }\n'
    )
    engine = studio.engine(text, {"a": level(0.5), "b": level(0.1)}, stems=True)
    studio.play(engine, 24_000)
    assert 20 * math.log10(stems_of(engine, 240)[0, -1] / 0.5) == pytest.approx(-reduction_db(0.1), abs=0.1)


def test_a_side_chain_hears_behind_the_filters_and_before_the_fader(studio):
    text = strip("a", ', comp_key = "strip/b"') + strip("b", ", input_gain = -6.0, fader = -120.0")
    engine = studio.engine(text, {"a": level(0.5), "b": level(0.1)}, stems=True)
    studio.play(engine, 24_000)
    heard = 20 * math.log10(stems_of(engine, 240)[0, -1] / 0.5)
    assert heard == pytest.approx(-reduction_db(0.1 * 10 ** (-6 / 20)), abs=0.1)


def test_a_change_of_side_chain_glides(studio):
    text = strip("a") + strip("b") + strip("c")
    engine = studio.engine(
        text, {"a": level(0.3, 96_000), "b": level(0.9, 96_000), "c": level(0.02, 96_000)}, stems=True
    )
    studio.play(engine, 24_000)
    for key in ("strip/b", "strip/c", "self"):
        before = stems_of(engine, 240)[0, -1]
        engine.post(Set(address="strip/a/comp_key", value=key))
        heard = np.concatenate([[before], stems_of(engine, 19_200)[0]])
        assert np.abs(np.diff(heard)).max() < 0.3 / 100
    assert 20 * math.log10(heard[-1] / 0.3) == pytest.approx(-reduction_db(0.3), abs=0.1)


def test_many_changes_of_one_choice_all_come_in_order(studio):
    text = strip("a") + '[[group]]\nid = "g"\n[[group]]\nid = "h"\nset = { fader = -6.0 }\n'
    engine = studio.engine(text, {"a": level(0.01)})
    studio.play(engine, 4723)
    for name in ("group/g", "group/h", "master", "group/h"):
        engine.post(Set(address="strip/a/output", value=name))
    heard = studio.render(engine, 4800)[0]
    assert heard[-1] == pytest.approx(0.01 * 10 ** (-6 / 20), abs=1e-6)
    assert np.abs(np.diff(heard)).max() < 0.01 / 400
