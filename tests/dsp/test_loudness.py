"""Loudness against the signals and figures of EBU Tech 3341 and 3342, BS.1770's filters, and pyloudnorm."""

import numpy as np
import pyloudnorm
import pytest
from scipy.signal import lfilter, sosfreqz

from telharmonic.dsp.loudness import NOTHING_LUFS, STATE_SIZE, Loudness, measure_loudness, start, weighting

RATE_HZ = 48_000


def tone(*parts, rate_hz=RATE_HZ, frequency_hz=1000.0):
    """Stereo sine, in phase: parts are (peak dBFS or None for silence, seconds)."""
    gains = [
        np.full(round(seconds * rate_hz), 0.0 if level_db is None else 10 ** (level_db / 20))
        for level_db, seconds in parts
    ]
    gain = np.concatenate(gains)
    sine = gain * np.sin(2 * np.pi * frequency_hz * np.arange(len(gain)) / rate_hz)
    return np.stack([sine, sine]).astype(np.float32)


def history(sound, rate_hz=RATE_HZ, step_s=0.02):
    """Readings after every 20 ms: momentary, short-term, integrated, range."""
    meter, rows, step = Loudness(rate_hz), [], round(step_s * rate_hz)
    for at in range(0, sound.shape[1] - step + 1, step):
        meter.process(sound[:, at : at + step])
        rows.append((meter.momentary_lufs, meter.short_term_lufs, meter.integrated_lufs, meter.range_lu))
    return np.array(rows)


def final(sound, rate_hz=RATE_HZ):
    meter = Loudness(rate_hz)
    meter.process(sound)
    return meter


def test_filters_are_those_printed_in_bs_1770():
    printed = [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
    np.testing.assert_allclose(weighting(48_000), printed, atol=2e-8)


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_filters_at_other_rates_weigh_as_at_48_khz(rate_hz):
    def magnitude_db(rate):
        rows = weighting(rate)
        sos = np.insert(rows, 3, 1.0, axis=1)
        frequencies = np.geomspace(20, 10_000, 60)
        return 20 * np.log10(np.abs(sosfreqz(sos, frequencies, fs=rate)[1]))

    np.testing.assert_allclose(magnitude_db(rate_hz), magnitude_db(48_000), atol=0.1)


# EBU Tech 3341 (2023) table 1. Cases 6 (five channels), 7 and 8 (recordings) need more than a stereo synthesiser.
@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize(("case", "level"), [(1, -23.0), (2, -33.0)])
def test_ebu_3341_steady_tones(case, level, rate_hz):
    meter = final(tone((level, 20), rate_hz=rate_hz), rate_hz)
    for reading in (meter.momentary_lufs, meter.short_term_lufs, meter.integrated_lufs):
        assert reading == pytest.approx(level, abs=0.1)


@pytest.mark.parametrize(
    ("case", "parts"),
    [
        (3, [(-36, 10), (-23, 60), (-36, 10)]),
        (4, [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)]),
        (5, [(-26, 20), (-20, 20.1), (-26, 20)]),
    ],
)
def test_ebu_3341_gated_programmes_integrate_to_minus_23(case, parts):
    assert final(tone(*parts)).integrated_lufs == pytest.approx(-23, abs=0.1)


def test_ebu_3341_case_9_short_term_stands_still():
    rows = history(tone(*[(-20, 1.34), (-30, 1.66)] * 5))
    np.testing.assert_allclose(rows[150:, 1], -23, atol=0.1)


def test_ebu_3341_case_10_short_term_finds_a_three_second_tone_at_any_offset():
    for number in range(20):
        rows = history(tone((None, 0.15 * number), (-23, 3), (None, 1)))
        assert rows[:, 1].max() == pytest.approx(-23, abs=0.1)


def test_ebu_3341_case_11_short_term_follows_rising_tones():
    parts = [[(None, 0.15 * number), (-38 + number, 3), (None, 3 - 0.15 * number)] for number in range(20)]
    rows = history(tone(*[part for each in parts for part in each]))
    for number in range(20):
        assert rows[300 * number : 300 * (number + 1), 1].max() == pytest.approx(-38 + number, abs=0.1)


def test_ebu_3341_case_12_momentary_stands_still():
    rows = history(tone(*[(-20, 0.18), (-30, 0.22)] * 25))
    np.testing.assert_allclose(rows[50:, 0], -23, atol=0.1)


def test_ebu_3341_case_13_momentary_finds_a_400_ms_tone_at_any_offset():
    for number in range(20):
        rows = history(tone((None, 0.02 * number), (-23, 0.4), (None, 1)))
        assert rows[:, 0].max() == pytest.approx(-23, abs=0.1)


def test_ebu_3341_case_14_momentary_follows_rising_tones():
    parts = [[(None, 0.02 * number), (-38 + number, 0.4), (None, 0.4 - 0.02 * number)] for number in range(20)]
    rows = history(tone(*[part for each in parts for part in each]))
    for number in range(20):
        assert rows[40 * number : 40 * (number + 1), 0].max() == pytest.approx(-38 + number, abs=0.1)


# EBU Tech 3342 table 1; tolerance 1 LU. Cases 5 and 6 are recordings.
@pytest.mark.parametrize(
    ("case", "parts", "wanted"),
    [
        (1, [(-20, 20), (-30, 20)], 10),
        (2, [(-20, 20), (-15, 20)], 5),
        (3, [(-40, 20), (-20, 20)], 20),
        (4, [(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15),
    ],
)
def test_ebu_3342_loudness_range(case, parts, wanted):
    assert final(tone(*parts)).range_lu == pytest.approx(wanted, abs=1)


def _music_like(seed, seconds=40):
    random = np.random.default_rng(seed)
    noise = lfilter([1], [1, -0.9], random.standard_normal((2, seconds * RATE_HZ)), axis=1)
    phrases = np.repeat(10 ** (random.uniform(-40, -10, seconds * 2) / 20), RATE_HZ // 2)
    return (noise * phrases * 0.5).astype(np.float32)


@pytest.mark.parametrize("seed", range(4))
def test_integrated_agrees_with_pyloudnorm(seed):
    sound = _music_like(seed)
    wanted = pyloudnorm.Meter(RATE_HZ, filter_class="DeMan").integrated_loudness(sound.T.astype(np.float64))
    assert final(sound).integrated_lufs == pytest.approx(wanted, abs=0.05)


def test_one_channel_is_3_lu_softer_than_the_same_in_two():
    both = tone((-23, 5))
    assert final(both[:1]).integrated_lufs == pytest.approx(-23 - 3.01, abs=0.05)


def test_silence_reads_as_nothing():
    meter = final(np.zeros((2, 10 * RATE_HZ), np.float32))
    assert (meter.momentary_lufs, meter.short_term_lufs, meter.integrated_lufs) == (NOTHING_LUFS,) * 3
    assert meter.range_lu == 0


def test_any_block_size_gives_the_same_readings():
    sound = np.ascontiguousarray(_music_like(1, 5).T).reshape(-1)
    states = []
    for division in ([5 * RATE_HZ], [120] * 2000, [7, 953, 1, 2399] * 71 + [1440]):
        state, at = np.zeros(STATE_SIZE), 0
        start(state, RATE_HZ)
        for frames in division:
            frames = min(frames, 5 * RATE_HZ - at)
            measure_loudness(sound[2 * at : 2 * (at + frames)], state, frames)
            at += frames
        assert at == 5 * RATE_HZ
        states.append(state[:4].copy())
    np.testing.assert_allclose(states[1], states[0], atol=1e-9)
    np.testing.assert_allclose(states[2], states[0], atol=1e-9)


def noise(frames, level_db, seed=0):
    sound = np.random.default_rng(seed).standard_normal((2, frames))
    return (10 ** (level_db / 20) * sound).astype(np.float32)


@pytest.mark.parametrize("frames", [0, 960, 48_120, 100_000, 7 * 48_000 + 840])
def test_measured_anew_a_tone_reads_as_in_tech_3341_whatever_came_before(frames):
    meter = final(noise(frames, -6))
    meter.begin_anew()
    assert (meter.integrated_lufs, meter.range_lu) == (NOTHING_LUFS, 0)
    meter.process(tone((-33, 20)))
    assert meter.integrated_lufs == pytest.approx(
        -33, abs=0.02
    )  # of closed form: what is left of the noise is in a filter
    assert meter.range_lu == pytest.approx(0, abs=0.05)


def test_nothing_counts_before_a_whole_window_was_heard_since():
    meter = final(noise(50_000, -6))
    meter.begin_anew()
    meter.process(tone((-33, 0.39)))
    assert meter.integrated_lufs == NOTHING_LUFS
    meter.process(tone((-33, 0.04)))  # windows begin with the next 20 ms
    assert meter.integrated_lufs == pytest.approx(-33, abs=0.1)
    meter.process(tone((-13, 2.5)))
    assert meter.range_lu == 0
    meter.process(tone((-13, 0.2)))
    assert meter.integrated_lufs == pytest.approx(-13.3, abs=0.3)


@pytest.mark.parametrize("at", [10 * RATE_HZ, 10 * RATE_HZ + 120])
def test_measured_anew_it_agrees_with_pyloudnorm_of_the_rest(at):
    sound = _music_like(2)
    meter = final(sound[:, :at])
    meter.begin_anew()
    meter.process(sound[:, at:])
    rest = sound[:, at:].T.astype(np.float64)
    wanted = pyloudnorm.Meter(RATE_HZ, filter_class="DeMan").integrated_loudness(rest)
    assert meter.integrated_lufs == pytest.approx(wanted, abs=0.05)


def test_measured_anew_the_range_is_that_of_ebu_3342_case_1():
    meter = final(tone((-5, 20), (-60, 0.5)))
    meter.begin_anew()
    meter.process(tone((-20, 20), (-30, 20)))
    assert meter.range_lu == pytest.approx(10, abs=1)


def test_sliding_windows_do_not_notice_a_new_measurement():
    sound = _music_like(3, 8)
    one, other = Loudness(), Loudness()
    for at in range(0, sound.shape[1], 1000):
        one.process(sound[:, at : at + 1000])
        other.process(sound[:, at : at + 1000])
        other.begin_anew()
        assert (one.momentary_lufs, one.short_term_lufs) == (other.momentary_lufs, other.short_term_lufs)


def test_a_reset_meter_is_as_new():
    meter = final(tone((-10, 5)))
    meter.reset()
    meter.process(tone((-33, 5)))
    assert meter.integrated_lufs == pytest.approx(-33, abs=0.1)
