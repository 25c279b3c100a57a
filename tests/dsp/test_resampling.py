"""The resampler against its definition (references/resampling.json), closed forms and soxr."""

import json
from pathlib import Path

import numpy as np
import pytest
import soxr

from telharmonic.dsp.resampling import Resampler, read_at, tabulate, tap_count
from telharmonic.errors import ParameterError

REFERENCE = json.loads((Path(__file__).parent.parent / "references" / "resampling.json").read_text())


def _sine(hz, frames, rate_hz=48_000):
    sine = np.sin(2 * np.pi * hz * np.arange(frames) / rate_hz)
    return np.stack([sine, -sine]).astype(np.float32)


def _signal_to_noise_db(heard, hz, rate_hz):
    """Least-squares fit of a sine of exactly this frequency; what is left is noise."""
    angle = 2 * np.pi * hz * np.arange(len(heard)) / rate_hz
    basis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    fit = basis @ np.linalg.lstsq(basis, heard.astype(np.float64), rcond=None)[0]
    return 10 * np.log10(np.mean(fit**2) / np.mean((heard - fit) ** 2))


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: f"{case['step']:.3f}")
def test_agrees_with_its_definition(case):
    sound = np.repeat(np.array(REFERENCE["sound"], np.float32), 2)
    wanted = np.array(case["wanted"])
    out = np.zeros(2 * len(wanted), np.float32)
    read_at(sound, case["position"], case["step"], tabulate(case["ratio"]), out, len(wanted))
    # white noise up to half the rate is the hardest: the table's phases are -94 dB from the definition at worst
    np.testing.assert_allclose(out[0::2], wanted, atol=6e-5)
    np.testing.assert_array_equal(out[0::2], out[1::2])


@pytest.mark.parametrize("step", [0.995, 1.0001, 1.005])
def test_keeps_80_db_of_signal_to_noise_and_the_pitch_at_10_khz(step):
    heard = Resampler().process(_sine(10_000, 30_000), step)
    assert heard.shape[1] == pytest.approx(30_000 / step, abs=20)
    assert _signal_to_noise_db(heard[0, 100:-100], 10_000 * step, 48_000) > 80
    np.testing.assert_array_equal(heard[0], -heard[1])


@pytest.mark.parametrize("to_hz", [44_100, 96_000, 22_050])
def test_other_rates_agree_with_soxr(to_hz):
    sound = _sine(3000, 48_000)
    heard = Resampler(48_000 / to_hz).process(sound)
    wanted = soxr.resample(sound.T, 48_000, to_hz, "VHQ").T[:, : heard.shape[1]]
    inside = slice(500, -500)
    np.testing.assert_allclose(heard[:, inside], wanted[:, inside], atol=1e-4)


def test_what_does_not_fit_under_the_new_half_rate_is_taken_out():
    heard = Resampler(48_000 / 22_050).process(_sine(16_000, 48_000))
    assert np.abs(heard[:, 200:-200]).max() < 1e-3


def test_at_ratio_1_the_samples_pass_as_they_are():
    sound = np.random.default_rng(0).uniform(-1, 1, (2, 1000)).astype(np.float32)
    heard = Resampler().process(sound)
    np.testing.assert_array_equal(heard, sound[:, : heard.shape[1]])
    assert heard.shape[1] == 1000 - Resampler().latency_frames


@pytest.mark.parametrize(("ratio", "step"), [(1.0, 1.003), (48_000 / 44_100, None), (0.5, 0.499)])
def test_any_division_into_blocks_gives_the_same_samples(ratio, step):
    sound = np.random.default_rng(1).uniform(-1, 1, (2, 4000)).astype(np.float32)
    whole = Resampler(ratio).process(sound, step)
    pieces, resampler, at = [], Resampler(ratio), 0
    for frames in [1, 7, 120, 1000, 3, 869, 2000]:
        pieces.append(resampler.process(sound[:, at : at + frames], step))
        at += frames
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-6)


def test_a_reset_resampler_is_as_new():
    sound = _sine(440, 2000)
    resampler = Resampler()
    first = resampler.process(sound, 1.002)
    resampler.reset()
    np.testing.assert_array_equal(resampler.process(sound, 1.002), first)


def test_taps_grow_as_the_rate_goes_down():
    assert tap_count(1.0) == tap_count(0.5) == 32
    assert tap_count(2.0) == 68


@pytest.mark.parametrize("ratio", [0.0, -1.0, 11.0, float("nan")])
def test_a_ratio_out_of_range_is_refused(ratio):
    with pytest.raises(ParameterError, match="ratio"):
        Resampler(ratio)


def test_a_step_far_from_the_ratio_is_refused():
    with pytest.raises(ParameterError, match="step"):
        Resampler().process(np.zeros((2, 10), np.float32), 1.5)
