"""Readings against known sums."""

from __future__ import annotations

import math

import numpy as np
import pytest

from telharmonic.engine import arena as names
from telharmonic.engine.commands import Applied, LoudnessReset, Pause, Play
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


def between_samples(*bursts, frames=48_000):
    """Bursts (first frame, peak dBFS) of 480 frames of a quarter of the rate at 45 degrees: 3 dB above every sample."""
    sound, time = np.zeros((2, frames)), np.arange(480)
    burst = np.sin(np.pi / 2 * time + np.pi / 4) * np.sin(np.pi * time / 480) ** 2
    for first, level_db in bursts:
        sound[:, first : first + 480] = 10 ** (level_db / 20) * burst
    return sound


def test_the_highest_true_peak_is_held_until_it_is_measured_anew(studio):
    engine = studio.engine(TEXT, {"a": between_samples((100, -6), (8000, -12))})
    engine.post(Play())
    seen = []
    for number in range(6):
        if number == 2:
            engine.post(LoudnessReset(command_id=7))
        studio.render(engine, 1920)
        master = engine.meters().master
        seen.append((master.true_peak_db[0], master.true_peak_max_db[0]))
    # Tech 3341 allows +0.2 and -0.4 dB
    np.testing.assert_allclose(
        seen, [(-6, -6), (-120, -6), (-120, -120), (-120, -120), (-12, -12), (-120, -12)], atol=0.2
    )
    assert Applied(command_id=7, frame=3840) in engine.news


def test_a_new_measurement_amid_a_snapshot_takes_nothing_from_it(studio):
    engine = studio.engine(TEXT, {"a": between_samples((80, -6), (780, -20))})
    engine.post(Play())
    studio.render(engine, 720)
    engine.post(LoudnessReset())
    studio.render(engine, 1200)
    master = engine.meters().master
    np.testing.assert_allclose((*master.true_peak_db, *master.true_peak_max_db), (-6, -6, -20, -20), atol=0.2)


def test_measured_anew_a_known_tone_reads_as_itself_after_any_noise(studio, noise):
    tone = 10 ** (-33 / 20) * np.sin(2 * np.pi * 1000 * np.arange(240_000) / 48_000)  # EBU Tech 3341 case 2: -33 LUFS
    sound = np.concatenate([noise(90_000, seed=1), np.zeros((2, 6000)), np.stack([tone, tone])], axis=1)
    engine = studio.engine(TEXT, {"a": sound})
    engine.post(Play())
    studio.render(engine, 92_040)
    assert engine.meters().master.integrated_lufs > -20
    engine.post(LoudnessReset())
    studio.render(engine, 2040)
    anew = engine.meters().master
    assert (anew.integrated_lufs, anew.range_lu) == (-120, 0)
    assert anew.short_term_lufs > -20
    studio.render(engine, 240_000)
    master = engine.meters().master
    assert master.integrated_lufs == pytest.approx(-33, abs=0.1)
    assert master.true_peak_max_db == pytest.approx((-33, -33), abs=0.1)


def test_a_session_that_sleeps_shows_the_new_measurement(studio):
    engine = studio.engine(TEXT, {"a": between_samples((100, -6))})
    engine.post(Play())
    studio.render(engine, 1920)
    engine.post(Pause())
    while not engine.asleep:
        studio.render(engine, 240)
    assert engine.meters().master.true_peak_max_db[0] > -7
    engine.post(LoudnessReset())
    studio.render(engine, 240)
    while not engine.asleep:
        studio.render(engine, 240)
    assert engine.meters().master.true_peak_max_db == (-120, -120)


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
