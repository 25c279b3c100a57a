"""At which frame commands take effect, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.engine import engine as engines
from telharmonic.engine.commands import Applied, Play, Refused, SceneRecall, SceneRecalled, SceneStore, Seek, Set

STRIP = '[[strip]]\nid = "1"\nclip = [{ file = "a" }]\n'


@pytest.fixture
def engine(studio):
    return studio.engine(STRIP, {"a": np.ones((2, 96_000), np.float32)})


def applied(engine) -> list[tuple[int, int]]:
    return [(item.command_id, item.frame) for item in engine.news if isinstance(item, Applied)]


def fader(number: int, **more) -> Set:
    return Set(command_id=number, address="strip/1/fader", value=-1.0, **more)


def test_each_command_is_answered_once_with_its_frame(studio, engine):
    studio.render(engine, 480)
    for command in (fader(1), fader(2, at_frame=500), fader(3, at_frame=100_000), fader(4, at_frame=3)):
        engine.post(command)
    studio.render(engine, 101_040)
    assert sorted(applied(engine)) == [(1, 480), (2, 500), (3, 100_000), (4, 480)]


def test_a_far_frame_is_announced_at_once(studio, engine):
    engine.post(fader(3, at_frame=100_000))
    studio.render(engine, 240)
    assert applied(engine) == [(3, 100_000)]


def test_at_most_256_commands_are_taken_per_block_and_none_is_lost(studio, engine):
    for number in range(600):
        engine.post(fader(number + 1))
    counts = []
    for _ in range(3):
        studio.render(engine, 240)
        counts.append(len(applied(engine)))
    assert counts == [256, 512, 600]
    assert [entry.frame for entry in engine.log] == [0] * 256 + [240] * 256 + [480] * 88
    assert engines.COMMANDS_PER_BLOCK == 256


def test_a_setting_after_a_recall_in_one_block_wins(studio, engine):
    engine.post(SceneStore(name="x"))
    studio.render(engine, 240)
    engine.post(Set(address="strip/1/fader", value=-30.0))
    engine.post(SceneRecall(command_id=5, name="x"))
    engine.post(Set(address="strip/1/fader", value=-20.0))
    engine.post(Play())
    heard = studio.render(engine, 4800)[0]
    assert heard[-1] == pytest.approx(0.1, abs=1e-6)
    recalled = next(item for item in engine.news if isinstance(item, SceneRecalled))
    assert (recalled.name, recalled.frame, recalled.values["strip/1/fader"]) == ("x", 240, 0.0)
    assert applied(engine).count((5, 240)) == 1


def test_a_scene_of_a_large_console_is_spread_over_quanta_and_all_of_it_arrives(studio):
    text = "".join(f'[[strip]]\nid = "{number}"\n' for number in range(64))
    engine = studio.engine(text)
    other = {address: value for address, value in engine.values().items() if isinstance(value, float)}
    other = {address: -6.0 if address.endswith(("gain", "fader")) else value for address, value in other.items()}
    other |= {f"strip/{number}/pan": 0.5 for number in range(64)} | {f"strip/{n}/hp_freq": 200.0 for n in range(64)}
    other |= {f"strip/{n}/eq_{band}_q": 2.0 for n in range(64) for band in ("low", "mid1", "mid2", "high")}
    other |= {f"strip/{n}/eq_{band}_freq": 500.0 for n in range(64) for band in ("low", "mid1", "mid2", "high")}
    engine = studio.engine(text, scenes={"other": other})
    engine.post(SceneRecall(name="other"))
    studio.render(engine, 4800)
    assert {address: engine.values()[address] for address in other} == other
    fresh = studio.engine(text, values=other)
    studio.render(fresh, 4800)
    np.testing.assert_allclose(engine._arena.floats[: 64 * 300], fresh._arena.floats[: 64 * 300], atol=1e-6)


def test_wrong_ramps_beats_and_positions_are_refused_with_what_is_allowed(studio, engine):
    engine.post(fader(1, ramp_s=float("nan")))
    engine.post(fader(2, at_beat=-1.0))
    engine.post(Seek(command_id=3, position_frames=-5))
    studio.render(engine, 240)
    refused = [item for item in engine.news if isinstance(item, Refused)]
    assert [(item.command_id, item.parameter) for item in refused] == [(1, "ramp_s"), (2, "at_beat"), (3, "position")]
    assert all(item.allowed and item.code == "parameter" for item in refused)
    assert not engine.log


def test_a_fade_that_is_no_time_is_refused(studio, engine):
    engine.post(SceneStore(name="x"))
    engine.post(SceneRecall(command_id=2, name="x", fade_s=float("inf")))
    studio.render(engine, 240)
    assert [(item.command_id, item.parameter) for item in engine.news if isinstance(item, Refused)] == [(2, "fade_s")]
