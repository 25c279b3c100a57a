"""Spectra of channels and auxes, before their faders."""

import numpy as np
import pytest

from telharmonic.dsp.spectrum import CENTRES_HZ, FLOOR_DB
from telharmonic.engine.commands import Play

RATE = 48_000
CONSOLE = """
[[strip]]
id = "1"
source = "sine"
freq_hz = 1000.0
level_db = -20.0
set = { fader = "-inf" }
[[strip]]
id = "2"
clip = [{ file = "noise" }]
set = { fader = "-inf", output = "group/g", "send/echo" = 0.0, "send_pre/echo" = true }
[[strip]]
id = "3"
source = "sine"
freq_hz = 100.0
level_db = -30.0
set = { output = "group/g", fader = -6.0, pan = 0.0 }
[[group]]
id = "g"
set = { fader = -40.0 }
[[aux]]
id = "echo"
kind = "delay"
set = { time = 0.1, feedback = 0.0, level = -60.0 }
"""
AT_1K, AT_100 = (int(np.argmin(np.abs(np.array(CENTRES_HZ) - hz))) for hz in (1000, 100))


@pytest.fixture
def engine(studio, noise):
    return studio.engine(CONSOLE, {"noise": noise(4 * RATE)})


def spectra(studio, engine, *targets, frames=24_000):
    """What the analyser shows after these frames."""
    engine.analyse(targets)
    engine.post(Play())
    studio.render(engine, frames)
    for _ in range(2):  # spectra are made for every second snapshot
        studio.render(engine, 1920)
        meters = engine.meters()
    return {name: np.array(bands) for name, bands in meters.analyses}


def test_a_strip_is_seen_before_its_fader(studio, engine):
    bands = spectra(studio, engine, "strip/1")["strip/1"]
    assert bands[AT_1K] == pytest.approx(-20 - 3.01, abs=0.05)  # the RMS of a sine of -20 dB peak
    assert np.delete(bands, AT_1K).max() < -60


def test_a_group_is_seen_before_its_fader_and_behind_its_strips(studio, engine):
    bands = spectra(studio, engine, "group/g")["group/g"]
    # through the strip's fader and the -3 dB of the pan law's middle
    assert bands[AT_100] == pytest.approx(-30 - 3.01 - 6 - 3.01, abs=0.1)


def test_an_aux_is_seen_behind_its_effect_before_its_return(studio, engine, noise):
    found = spectra(studio, engine, "aux/echo", "strip/2", frames=2 * RATE)
    difference = (found["aux/echo"] - found["strip/2"])[10:28]
    assert np.abs(difference - difference.mean()).max() < 3.0  # the same noise, a tenth of a second older
    assert found["strip/2"][20] > -60


def test_only_what_is_asked_for_is_there_and_four_at_most(studio, engine):
    assert spectra(studio, engine) == {}
    five = ("strip/1", "strip/2", "strip/3", "group/g", "aux/echo")
    assert tuple(spectra(studio, engine, "strip/9", *five)) == five[:4]
    kept = spectra(studio, engine, "strip/3", "aux/echo", frames=240)
    assert set(kept) == {"strip/3", "aux/echo"}
    assert kept["strip/3"][AT_100] > -50  # it was heard all the time
    assert spectra(studio, engine, frames=240) == {}


def test_who_is_chosen_anew_begins_with_silence(studio, engine):
    spectra(studio, engine, "strip/1")
    spectra(studio, engine, "group/g", frames=240)
    engine.analyse(("strip/1",))
    engine.meters()
    studio.render(engine, 1920)
    ((_, bands),) = engine.meters().analyses or (("", (FLOOR_DB,)),)
    assert max(bands) < -25


def test_what_is_heard_is_the_same_whether_anyone_looks_or_not(studio, noise):
    sounds = {"noise": noise(RATE)}
    alone, looked_at = studio.engine(CONSOLE, sounds), studio.engine(CONSOLE, sounds)
    looked_at.analyse(("strip/1", "strip/2", "group/g", "aux/echo"))
    for engine in (alone, looked_at):
        engine.post(Play())
    np.testing.assert_array_equal(studio.render(alone, 24_000), studio.render(looked_at, 24_000))
