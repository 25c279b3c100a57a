"""The grain cloud against the recording itself, closed forms and statistics."""

from __future__ import annotations

import itertools
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import soundfile

from telharmonic.dsp.counter_random import counted_uniform, key_of
from telharmonic.sources import grains
from telharmonic.sources.grains import spread_out
from telharmonic.sources.recording import Recording
from telharmonic.sources.sound import Sound

RATE = 48_000
ROOT = Path(__file__).resolve().parents[2]
PLAIN = {
    "gain": 1.0,
    "density": 100.0,
    "duration": 0.04,
    "pitch": 1.0,
    "pitch_spread": 0.0,
    "pitch_shape": 1.0,
    "position": 0.0,
    "position_spread": 0.0,
    "position_mix": 0.0,
    "speed": 1.0,
    "plateau": 0.0,
    "skew": 0.0,
    "width": 0.0,
    "jitter": 0.0,
    "seed": 0.0,
}
WILD = {
    "density": 900.0,
    "duration": 0.2,
    "pitch": 1.7,
    "pitch_spread": 0.8,
    "pitch_shape": 2.0,
    "position_spread": 0.3,
    "position_mix": 0.4,
    "plateau": 0.5,
    "skew": 0.4,
    "width": 1.0,
    "jitter": 1.0,
}


def recording_of(samples):
    return Recording(Sound.from_block(np.atleast_2d(samples).astype(np.float32), RATE), 0, np.shape(samples)[-1], "a")


def sine(hz, length_s=2.0, amplitude=0.5):
    return amplitude * np.sin(2 * np.pi * hz / RATE * np.arange(round(length_s * RATE)))


class Cloud:
    """One cloud with its memory."""

    def __init__(self, samples, room=grains.MOST_GRAINS, salt=0, **settings):
        self.kept = [recording_of(samples)]
        self.recordings = self.kept[0].row
        self.settings = np.zeros(grains.SETTINGS)
        self.turn(**{**PLAIN, **settings})
        self.cloud = np.zeros(grains.CLOUD_DOUBLES)
        self.cloud[grains.GAIN_NOW] = self.settings[grains.GAIN]
        self.counts = np.zeros(grains.CLOUD_INTS, np.int64)
        self.doubles = np.zeros(room * grains.GRAIN_DOUBLES)
        self.ints = np.zeros(room * grains.GRAIN_INTS, np.int64)
        self.work = np.zeros(grains.WORK, np.float32)
        self.bank = np.zeros(16 * 120, np.float32)
        self.salt = salt

    def turn(self, **settings):
        for name, value in settings.items():
            self.settings[getattr(grains, name.upper())] = value

    def play(self, frames, n=120, playing=True, lane=3):
        """(frames, 2) in segments of n frames."""
        out = np.zeros((frames, 2), np.float32)
        for first in range(0, frames, n):
            length = min(n, frames - first)
            grains.play_cloud(
                self.bank,
                lane,
                self.work,
                self.settings,
                self.cloud,
                self.counts,
                self.doubles,
                self.ints,
                self.recordings,
                self.salt,
                float(RATE),
                playing,
                length,
            )
            out[first : first + length] = self.bank.reshape(-1, 2, 8)[:length, :, lane]
        return out

    def add_recording(self, samples):
        """One more that `counts[CHOSEN]` may name."""
        self.kept.append(recording_of(samples))
        self.recordings = np.concatenate([self.recordings, self.kept[-1].row])

    @property
    def sounding(self):
        return int(self.counts[grains.COUNT])


def test_even_grains_at_the_recorded_speed_give_the_recording_back():
    """Four smooth steps that overlap add up to 2; the cloud's level is 1 / sqrt(4), and -3 dB on each side."""
    noise = np.random.default_rng(1).uniform(-1, 1, RATE)
    heard = Cloud(noise).play(24_000)
    np.testing.assert_allclose(heard[2000:, 0], noise[2000:24_000] * np.sqrt(0.5), atol=2e-6)
    np.testing.assert_allclose(heard[:, 0], heard[:, 1], atol=1e-6)


def test_grains_need_not_begin_on_a_frame():
    noise = np.random.default_rng(1).uniform(-1, 1, RATE)
    heard = Cloud(noise, density=133.7, duration=4 / 133.7).play(24_000)
    np.testing.assert_allclose(heard[2000:, 0], noise[2000:24_000] * np.sqrt(0.5), atol=1e-5)


@pytest.mark.parametrize("settings", [{}, WILD])
def test_any_division_into_segments_gives_the_same_cloud(settings):
    """Not bit for bit: sums of times round differently. Whole engines have one division, see engine/test_grains."""
    noise = np.random.default_rng(2).uniform(-1, 1, RATE)
    whole = Cloud(noise, **settings).play(9600)
    for n in (24, 7, 1):
        np.testing.assert_allclose(Cloud(noise, **settings).play(9600, n), whole, atol=2e-5)


def test_the_seed_and_the_salt_decide_and_nothing_else():
    noise = np.random.default_rng(2).uniform(-1, 1, RATE)
    first = Cloud(noise, **WILD).play(9600)
    np.testing.assert_array_equal(Cloud(noise, **WILD).play(9600), first)
    for other in (Cloud(noise, **{**WILD, "seed": 1.0}), Cloud(noise, salt=1, **WILD)):
        assert abs(np.corrcoef(other.play(9600)[:, 0], first[:, 0])[0, 1]) < 0.3


@pytest.mark.parametrize(("density", "jitter"), [(500.0, 0.0), (500.0, 1.0), (37.0, 0.5)])
def test_as_many_grains_are_born_as_the_density_says(density, jitter):
    cloud = Cloud(sine(440), density=density, jitter=jitter, duration=0.01)
    cloud.play(RATE)
    assert abs(cloud.counts[grains.NUMBER] - density) <= 1


def test_two_thousand_a_second_for_two_seconds_is_four_thousand_at_once():
    cloud = Cloud(sine(440), density=2000.0, duration=2.0, speed=0.0)
    heard = cloud.play(round(2.5 * RATE))
    assert cloud.sounding >= 3999  # the oldest may just have ended
    assert cloud.counts[grains.SHED] == 0
    assert np.isfinite(heard).all()


def test_a_full_cloud_lets_no_more_grains_in_and_cuts_none():
    cloud = Cloud(sine(440), room=10, density=2000.0, duration=0.5, pitch=0.0625)
    heard = cloud.play(RATE)
    assert cloud.counts[grains.SHED] > 1000
    assert np.abs(np.diff(heard[:, 0])).max() < 0.002


@pytest.mark.parametrize("pitch", [0.25, 0.5, 0.9, 1.3, 2.0, 3.7, 7.0])
def test_pitch_is_the_ratio_of_frequencies(pitch):
    """Frozen in the middle of a sine, one long grain at a time."""
    length = 32_768
    cloud = Cloud(sine(440, 20.0), density=1.0, duration=2.0, pitch=pitch, position=0.1, position_mix=1.0)
    heard = cloud.play(length + 4800)[4800:, 0]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(length)))
    at = int(spectrum.argmax())
    left, peak, right = np.log(spectrum[at - 1 : at + 2])
    found_hz = (at + 0.5 * (left - right) / (left - 2 * peak + right)) * RATE / length
    assert found_hz == pytest.approx(440 * pitch, rel=1e-3)


def test_fast_grains_do_not_fold_over():
    """A tone of 10 kHz read seven times as fast lies above half the rate: nothing is left of it."""
    cloud = Cloud(sine(10_000, 20.0), density=400.0, pitch=7.0)
    assert np.abs(cloud.play(24_000)).max() < 0.5 * 10 ** (-60 / 20)


@pytest.mark.parametrize(("speed", "wanted_s"), [(0.0, 0.0), (0.25, 0.25), (1.0, 0.0), (-0.5, 0.5), (2.5, 0.5)])
def test_the_scan_goes_at_its_speed_and_round(speed, wanted_s):
    cloud = Cloud(sine(440, 1.0), speed=speed, density=10.0)
    cloud.play(RATE)
    ahead = (cloud.cloud[grains.SCAN] - wanted_s + 0.5) % 1.0 - 0.5
    assert abs(ahead) < 1e-4


def test_grains_begin_at_the_mix_of_position_and_scan_as_in_the_paper():
    """``kphs = gkPhaseMix * gkPhase + (1 - gkPhaseMix) * scan``, heard in a recording that says where it is read."""
    ramp = np.arange(4 * RATE) / (4 * RATE)
    for mix, position, wanted in ((1.0, 0.25, 0.25), (0.5, 0.5, 0.25), (0.0, 0.9, 0.0)):
        cloud = Cloud(ramp, speed=0.0, position=position, position_mix=mix, pitch=0.0625, density=100.0, duration=0.02)
        heard = cloud.play(9600)[4800:, 0]
        # two windows overlap: they add up to 1, the level is 1 / sqrt(2), each side has -3 dB
        assert heard.mean() == pytest.approx(wanted * 0.5, abs=2e-3)


def test_positions_spread_evenly_around_theirs():
    values = np.zeros(grains.SETTINGS)
    values[[grains.POSITION, grains.POSITION_MIX, grains.POSITION_SPREAD]] = 0.5, 1.0, 0.2
    places = np.array([grains.begin_at(values, 0.0, key_of(3), k) for k in range(4000)])
    assert places.min() > 0.3 - 1e-9
    assert places.max() < 0.7
    assert np.histogram(places, 8, (0.3, 0.7))[0] == pytest.approx(500, abs=90)
    values[grains.POSITION_SPREAD] = 1.0
    places = np.array([grains.begin_at(values, 0.0, key_of(3), k) for k in range(1000)])
    assert places.min() >= 0.0
    assert places.max() <= 1.0


@pytest.mark.parametrize("exponent", [0.5, 1.0, 3.0])
def test_pitches_are_distributed_as_csounds_kfrpow_says(exponent):
    """Density ``|x| ** (1 / kfrpow - 1)``: its distribution of ``|x|`` is ``x ** (1 / kfrpow)``."""
    drawn = [spread_out(counted_uniform(key_of(5), np.uint64(k)), exponent) for k in range(8000)]
    assert np.mean(drawn) == pytest.approx(0.0, abs=0.03)
    ordered = np.sort(np.abs(drawn))
    difference = np.abs(ordered ** (1 / exponent) - np.arange(1, 8001) / 8000).max()
    assert difference < 1.95 / np.sqrt(8000)  # Kolmogorov's bound at 0.1 %


def test_the_window_opens_and_closes_as_plateau_and_skew_say():
    ones = np.ones(RATE)
    heard = Cloud(ones, density=1.0, duration=0.5, plateau=0.4, skew=-0.5).play(24_240)[:, 0] / np.sqrt(0.5)
    at = np.arange(24_000) / 24_000
    u = np.clip(np.minimum(at / (0.6 * 0.25), (1 - at) / (0.6 * 0.75)), 0, 1)
    np.testing.assert_allclose(heard[:24_000], 3 * u**2 - 2 * u**3, atol=1e-4)
    assert not heard[24_001:].any()


def test_another_recording_is_read_by_those_to_come_and_those_that_sound_go_on():
    cloud = Cloud(np.ones(RATE), density=100.0, duration=0.2, pitch=0.5)
    cloud.add_recording(np.zeros(RATE))
    cloud.play(RATE // 2)
    cloud.counts[grains.CHOSEN] = 1
    heard = cloud.play(RATE // 2)[:, 0]
    assert heard[:480].min() > 0.5
    assert np.abs(np.diff(heard)).max() < 0.002
    assert not heard[9602:].any()


def test_width_puts_grains_at_places_of_their_own_at_equal_power():
    ones = np.ones(RATE)
    for width in (0.0, 0.5, 1.0):
        heard = Cloud(ones, density=50.0, duration=0.02, jitter=0.0, width=width).play(RATE)
        middles = heard[480::960]
        np.testing.assert_allclose(np.square(middles).sum(axis=1), 1.0, atol=1e-3)
        angle = np.degrees(np.arctan2(middles[:, 1], middles[:, 0]))
        assert np.ptp(angle) == pytest.approx(90 * width, abs=12)


def test_without_density_there_is_silence_and_grains_end_by_their_window():
    cloud = Cloud(sine(300), density=200.0, duration=0.3, width=1.0)
    before = cloud.play(RATE // 2)
    cloud.turn(density=0.0)
    after = cloud.play(RATE // 2)
    joined = np.concatenate([before, after])
    assert not after[round(0.3 * RATE) + 1 :].any()
    assert cloud.sounding == 0
    assert clicks(joined) < 1.3 * clicks(before)


def test_pausing_bears_no_more_grains_and_holds_the_scan():
    cloud = Cloud(sine(300), density=200.0, duration=0.1)
    cloud.play(9600)
    scan = cloud.cloud[grains.SCAN]
    heard = cloud.play(9600, playing=False)
    assert cloud.cloud[grains.SCAN] == scan
    assert heard[:2400].any()
    assert not heard[4801:].any()


def clicks(heard):
    """The largest value above 8 kHz, where a cloud over a low sine has nothing of its own."""
    high = scipy.signal.butter(8, 8000, "high", fs=RATE, output="sos")
    return np.abs(scipy.signal.sosfilt(high, heard[:, 0])[480:]).max()


@pytest.mark.parametrize(
    "change",
    [
        {"gain": 0.1},
        {"density": 1500.0},
        {"duration": 0.01},
        {"pitch": 0.3},
        {"pitch_spread": 0.5},
        {"position": 0.9, "position_mix": 1.0},
        {"position_spread": 0.5},
        {"speed": -3.0},
        {"plateau": 0.5},
        {"skew": 0.5},
        {"width": 1.0},
        {"jitter": 1.0},
        {"seed": 99.0},
    ],
)
def test_nothing_that_moves_clicks(change):
    """A change at one frame makes nothing above 8 kHz that the cloud before or after it does not make."""
    settings = {"density": 150.0, "duration": 0.08, "width": 0.3, "jitter": 0.3}
    cloud = Cloud(sine(300, 4.0), **settings)
    still = clicks(cloud.play(RATE // 2))
    cloud.turn(**change)
    moved = np.concatenate([cloud.play(480), cloud.play(RATE // 2)])
    settled = clicks(Cloud(sine(300, 4.0), **{**settings, **change}).play(RATE // 2))
    assert clicks(moved) < 1.5 * max(still, settled) + 1e-5


def test_a_grain_reads_back_from_the_end_without_a_step():
    """0.1 s of recording under a grain of 2 s: a triangle wave of positions, as the folded ramp says."""
    ramp = np.arange(4800) / 4800
    heard = Cloud(ramp, density=0.5, duration=2.0, plateau=0.9).play(9600 * 4)[:, 0] / np.sqrt(0.5)
    at = np.arange(9600 * 4)
    folded = np.abs((at + 4799) % (2 * 4799) - 4799) / 4800
    np.testing.assert_allclose(heard[9600:], folded[9600:], atol=0.01)


def test_loud_and_broken_settings_stay_finite():
    cloud = Cloud(np.full(RATE, 1e6), gain=4.0, density=2000.0, duration=2.0)
    assert np.isfinite(cloud.play(RATE)).all()
    cloud = Cloud(sine(440), pitch=8.0, pitch_spread=1.0, duration=0.001, density=2000.0, speed=4.0, skew=0.9)
    assert np.isfinite(cloud.play(RATE)).all()


def test_thousands_of_blocks_need_no_more_memory():
    cloud = Cloud(sine(440), **WILD)
    cloud.play(4800)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(30):
        cloud.play(12_000)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 20_000


def test_a_lane_is_filled_and_no_other():
    cloud = Cloud(sine(440), **WILD)
    cloud.bank[:] = 7.0
    cloud.play(1200, lane=5)
    lanes = cloud.bank.reshape(-1, 2, 8)
    assert (np.delete(lanes, 5, axis=2) == 7.0).all()


DATA = Path(os.environ.get("TELHARMONIC_TEST_DATA", ROOT.parent / "shared" / "data"))


def recorded(name):
    """A real recording, at our rate."""
    if not (DATA / name).exists():
        pytest.skip(f"{name} is not there: put CloudOrch's recordings into the folder TELHARMONIC_TEST_DATA names")
    sound, rate = soundfile.read(DATA / name)
    return scipy.signal.resample_poly(sound, RATE, rate)


def test_a_spoken_word_at_its_own_speed_is_that_word():
    word = recorded("chicken.wav")
    heard = Cloud(word).play(len(word) - 2400)[:, 0] / np.sqrt(0.5)
    np.testing.assert_allclose(heard[2000:], word[2000 : len(word) - 2400], atol=1e-5)


def test_a_storm_stretched_four_times_keeps_its_spectrum():
    """Third octaves from 100 Hz to 10 kHz, over 5 s of the recording and the 20 s that become of them."""
    storm = recorded("hurricane.wav")[: 6 * RATE]
    stretched = Cloud(storm, speed=0.25, density=40.0, duration=0.1, jitter=1.0).play(20 * RATE)[:, 0]
    levels = []
    for sound in (storm[: 5 * RATE], stretched):
        hz, power = scipy.signal.welch(sound, RATE, nperseg=8192)
        edges = 100 * 2 ** (np.arange(21) / 3)
        levels.append([10 * np.log10(power[(hz >= a) & (hz < b)].sum()) for a, b in itertools.pairwise(edges)])
    shape = np.subtract(*levels)
    assert np.abs(shape - shape.mean()).max() < 2.0
