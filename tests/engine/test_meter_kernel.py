"""Readings against known sums."""

from __future__ import annotations

import math

import numpy as np
import pytest

from telharmonic.engine import arena as names
from telharmonic.engine.commands import LoudnessReset, Pause, Play
from telharmonic.engine.meter_kernel import AUX_READINGS, CHANNEL_READINGS, MASTER_READINGS

TEXT = '[[strip]]\nid = "1"\nclip = [{ file = "a" }]\n[[aux]]\nid = "x"\nkind = "delay"\n'


def test_a_snapshot_is_of_the_frames_since_the_last(studio):
    sound = np.zeros((2, 9600), np.float32)
    sound[0, 100:200], sound[1, 2000:2010] = 0.5, -0.25
    engine = studio.engine(TEXT, {"a": sound})
    engine.post(Play())
    snapshot = engine._arena.f(names.SNAPSHOT)
    assert len(snapshot) == CHANNEL_READINGS + AUX_READINGS + MASTER_READINGS
    studio.render(engine, 1920)
    first = snapshot[:4].copy()
    studio.render(engine, 1920)
    np.testing.assert_allclose(first[:2], [20 * math.log10(0.5), -120], atol=1e-4)
    assert first[2] == pytest.approx(10 * math.log10(0.25 * 100 / 1920), abs=1e-4)
    np.testing.assert_allclose(snapshot[:2], [-120, 20 * math.log10(0.25)], atol=1e-4)
    assert engine._arena.ints[names.SNAPSHOT_FRAME] == 3840


def test_the_limiters_reduction_is_shown(studio):
    sound = np.full((2, 48_000), 0.5, np.float32)
    engine = studio.engine(
        '[[strip]]\nid = "1"\nclip = [{ file = "a" }]\n[master.set]\nceiling = -12.0\n', {"a": sound}
    )
    engine.post(Play())
    studio.render(engine, 24_000)
    assert engine.meters().master.limiter_db == pytest.approx(12 + 20 * math.log10(0.5), abs=0.1)


def test_silence_is_counted(studio):
    engine = studio.engine(TEXT, {"a": np.full((2, 9600), 0.5, np.float32)})
    engine.post(Play())
    studio.render(engine, 1200)
    assert engine._arena.ints[names.QUIET_QUANTA] == 0
    engine.post(Pause())
    studio.render(engine, 4800)
    assert engine._arena.ints[names.QUIET_QUANTA] >= (4800 - 480 - 77) // 120 - 1


def test_the_highest_true_peak_and_the_loudness_are_those_since_the_reset(studio):
    """A 1 kHz sine in both channels at -20 dBFS is -20 LUFS (BS.1770); before it stands a burst of full scale."""
    sine = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(480_000) / 48_000)
    sine[:48_000] *= 9.0
    engine = studio.engine(
        TEXT + "[master.set]\nlimiter_on = false\n", {"a": np.stack([sine, sine]).astype(np.float32)}
    )
    engine.post(Play())
    studio.render(engine, 72_000)
    master = engine.meters().master
    assert master.true_peak_max_db == pytest.approx([20 * math.log10(0.9)] * 2, abs=0.1)
    assert max(master.true_peak_db) < -19  # of the last 40 ms
    engine.post(LoudnessReset())
    studio.render(engine, 240_000)
    master = engine.meters().master
    assert master.true_peak_max_db == pytest.approx([-20, -20], abs=0.1)
    assert master.integrated_lufs == pytest.approx(-20, abs=0.1)
