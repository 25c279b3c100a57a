"""The compiled inner loop against its definition (references/resampling.json), sines in closed form and soxr."""

import json
from pathlib import Path

import numpy as np
import pytest
import soxr

from telharmonic.audio.speed import speed_table
from telharmonic.dsp.channel_resampling import ChannelResampler, Straight, read_channels

REFERENCE = json.loads((Path(__file__).parent.parent / "references" / "resampling.json").read_text())


def sine(hz, frames, rate_hz=48_000):
    wave = np.sin(2 * np.pi * hz * np.arange(frames) / rate_hz)
    return np.stack([wave, -wave], axis=1).astype(np.float32)


def signal_to_noise_db(heard, hz, rate_hz):
    """Least-squares fit of a sine of exactly this frequency; what is left is noise."""
    angle = 2 * np.pi * hz * np.arange(len(heard)) / rate_hz
    basis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    fit = basis @ np.linalg.lstsq(basis, heard.astype(np.float64), rcond=None)[0]
    return 10 * np.log10(np.mean(fit**2) / np.mean((heard - fit) ** 2))


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: f"{case['step']:.3f}")
def test_agrees_with_its_definition(case):
    sound = np.array(REFERENCE["sound"], np.float32)[:, None] * np.array([1, -0.5, 1], np.float32)
    wanted = np.array(case["wanted"])
    out = np.zeros((len(wanted), 3), np.float32)
    read_channels(sound, case["position"], case["step"], speed_table(case["ratio"]), out)
    # white noise up to half the rate is the hardest: the table's phases are -94 dB from the definition at worst
    np.testing.assert_allclose(out[:, 0], wanted, atol=6e-5)
    np.testing.assert_array_equal(out[:, 0], out[:, 2])
    np.testing.assert_array_equal(out[:, 0] * np.float32(-0.5), out[:, 1])


@pytest.mark.parametrize("step", [0.995, 1.0001, 1.005])
def test_keeps_80_db_of_signal_to_noise_and_the_pitch_at_10_khz(step):
    heard = ChannelResampler().process(sine(10_000, 30_000), step)
    assert len(heard) == pytest.approx(30_000 / step, abs=20)
    assert signal_to_noise_db(heard[100:-100, 0], 10_000 * step, 48_000) > 80
    np.testing.assert_array_equal(heard[:, 0], -heard[:, 1])


@pytest.mark.parametrize("to_hz", [44_100, 96_000, 22_050])
def test_other_rates_agree_with_soxr(to_hz):
    sound, ratio = sine(3000, 48_000), 48_000 / to_hz
    heard = ChannelResampler(ratio).process(sound, ratio)
    wanted = soxr.resample(sound, 48_000, to_hz, "VHQ")[: len(heard)]
    np.testing.assert_allclose(heard[500:-500], wanted[500:-500], atol=1e-4)


def test_what_does_not_fit_under_the_new_half_rate_is_taken_out():
    ratio = 48_000 / 22_050
    heard = ChannelResampler(ratio).process(sine(16_000, 48_000), ratio)
    assert np.abs(heard[200:-200]).max() < 1e-3


@pytest.mark.parametrize(("ratio", "step"), [(1.0, 1.003), (48_000 / 44_100, 48_000 / 44_100), (0.5, 0.499)])
@pytest.mark.parametrize("size", [1, 64, 1000])
def test_any_division_into_blocks_gives_the_same_samples(ratio, step, size):
    sound = np.random.default_rng(1).uniform(-1, 1, (4000, 2)).astype(np.float32)
    resampler = ChannelResampler(ratio)
    pieces = [resampler.process(sound[at : at + size], step) for at in range(0, len(sound), size)]
    np.testing.assert_allclose(np.concatenate(pieces), ChannelResampler(ratio).process(sound, step), atol=1e-6)


@pytest.mark.parametrize("from_hz", [44_100, 96_000])
def test_every_channel_keeps_its_sine(from_hz):
    freqs_hz = np.array([440.0, 1000.0, 9000.0])
    sound = np.sin(2 * np.pi * freqs_hz * np.arange(from_hz)[:, None] / from_hz).astype(np.float32)
    resampler = ChannelResampler(from_hz / 48_000, 3)
    out = resampler.process(sound, resampler.ratio)
    expected = np.sin(2 * np.pi * freqs_hz * np.arange(len(out))[:, None] / 48_000)
    assert np.abs(out - expected)[200:-200].max() < 1e-3  # -60 dB; the filter's slope begins far above


def test_at_speed_1_the_samples_pass_as_they_are():
    sound = np.random.default_rng(2).standard_normal((500, 5)).astype(np.float32)
    resampler = ChannelResampler(1.0, 5)
    out = resampler.process(sound, 1.0)
    np.testing.assert_array_equal(out, sound[: len(out)])
    assert resampler.pending_frames == len(sound) - len(out) + 0.0


def test_straight_lets_everything_through_at_once():
    sound = np.ones((10, 3), np.float32)
    straight = Straight()
    straight.reset()
    assert straight.process(sound, 1.004) is sound
    assert straight.pending_frames == 0
