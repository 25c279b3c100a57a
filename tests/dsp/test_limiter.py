"""The limiter against independent interpolations of its output: two of scipy's, and the filter of BS.1770."""

import numpy as np
import pytest
from scipy.signal import resample, resample_poly

from telharmonic.dsp.limiter import (
    LIMITER_PARAMETERS,
    LONGEST_S,
    LOOK_AHEAD_S,
    METER,
    ON,
    SHORTEST_S,
    WEIGHTS,
    limiter_init,
    limiter_latency,
    limiter_put,
    limiter_segment,
    limiter_state_size,
)

RATE_HZ = 48_000
OVER_DB = 0.1  # the project's promise

# ITU-R BS.1770-5 Annex 2, order 48, 4-phase FIR: phases 0 and 1; 3 and 2 mirror them
# fmt: off
BS1770 = np.array([
    [0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875, 0.1373291015625,
     0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500],
    [-0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500, 0.4650878906250,
     0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375],
])
# fmt: on


class Chain:
    """The kernel with its arrays, on (2, frames) sound."""

    def __init__(self, ceiling_db=-1.0, release_s=0.1, on=1.0, rate_hz=RATE_HZ, look_ahead_s=LOOK_AHEAD_S):
        floats, ints = limiter_state_size()
        self.state, self.ints = np.zeros(floats, np.float32), np.zeros(ints, np.int64)
        self.now, self.delta = (np.zeros(LIMITER_PARAMETERS, np.float32) for _ in range(2))
        limiter_init(self.state, self.ints, rate_hz, look_ahead_s)
        limiter_put(self.now, 10 ** (ceiling_db / 20), release_s, on, rate_hz)

    def play(self, sound, block=120):
        out = sound.T.reshape(-1).astype(np.float32)
        for at in range(0, sound.shape[1], block):
            frames = min(block, sound.shape[1] - at)
            part = out[2 * at : 2 * (at + frames)]
            limiter_segment(part, self.now, self.delta, self.state, self.ints, WEIGHTS, frames)
        return out.reshape(-1, 2).T


def _db(gain):
    return 20 * np.log10(gain)


def _noise(frames=48_000, level=1.0, seed=0):
    return (level * np.random.default_rng(seed).standard_normal((2, frames))).astype(np.float32)


def _band_limited(frames, highest_hz, rate_hz=RATE_HZ):
    spectrum = np.fft.rfft(_noise(frames, 2.0))
    spectrum[:, int(highest_hz / rate_hz * frames) :] = 0
    return np.fft.irfft(spectrum, frames)


def _sine(hz, phase, level, frames=48_000):
    return level * np.tile(np.sin(2 * np.pi * hz * np.arange(frames) / RATE_HZ + phase), (2, 1))


def _square(hz, level, frames=48_000):
    wave = np.where(np.arange(frames) * hz / RATE_HZ % 1 < 0.5, level, -level)
    return np.stack([wave, -0.5 * wave])


def _bursts(frames=48_000):
    return np.where(np.arange(frames) // 3000 % 2, 1.0, 0.05) * np.random.default_rng(1).uniform(-3, 3, (2, frames))


def _rising(frames):
    """From silence to a steady 2.0, so smoothly that nothing swings over."""
    return 2.0 * np.tile(np.sin(np.pi / 2 * np.minimum(np.arange(frames) / 4800, 1)) ** 2, (2, 1))


def _clicks(frames=48_000):
    return np.where(np.random.default_rng(2).random((2, frames)) < 1e-3, 5.0, 0.0)


def _limited(sound, **values):
    """The output with silence around it, so that no resampler sees a cut edge."""
    padded = np.pad(sound, ((0, 0), (1000, 2000))).astype(np.float32)
    return Chain(**values).play(padded).astype(np.float64)


# sines at a quarter and a sixth of the rate that never meet their own tops (EBU Tech 3341, cases 16 and 17)
SIGNALS = {
    "noise": _noise(),
    "loud noise": _noise(level=30.0),
    "square": _square(997.0, 2.0),
    "square of whole periods": _square(1000.0, 2.0),
    "low square": _square(50.0, 1.2),
    "quarter of the rate": _sine(12_000.0, np.pi / 4, 2.0),
    "sixth of the rate": _sine(8000.0, np.pi / 3, 2.0),
    "just over the ceiling": _sine(12_000.0, np.pi / 4, 1.001),
    "19 kHz": _sine(19_000.0, 0.3, 3.0),
    "bursts": _bursts(),
    "clicks": _clicks(),
    "full scale steps": np.sign(_noise()) * 2.0,
}


@pytest.mark.parametrize("release_s", [0.01, 0.1, 2.0])
@pytest.mark.parametrize("ceiling_db", [-12.0, -1.0, 0.0])
@pytest.mark.parametrize("signal", SIGNALS)
def test_no_true_peak_passes_the_ceiling(signal, ceiling_db, release_s):
    out = _limited(SIGNALS[signal], ceiling_db=ceiling_db, release_s=release_s)
    assert _db(np.abs(resample_poly(out, 8, 1, axis=1)).max()) < ceiling_db + OVER_DB


@pytest.mark.parametrize("look_ahead_s", [SHORTEST_S, 0.0003, LONGEST_S])
@pytest.mark.parametrize("signal", SIGNALS)
def test_no_true_peak_passes_the_ceiling_however_short_the_look_ahead(signal, look_ahead_s):
    out = _limited(SIGNALS[signal], release_s=0.01, look_ahead_s=look_ahead_s)
    assert _db(np.abs(resample_poly(out, 8, 1, axis=1)).max()) < -1.0 + OVER_DB


@pytest.mark.parametrize(("look_ahead_s", "most_db"), [(SHORTEST_S, -65), (0.0002, -80), (LOOK_AHEAD_S, -100)])
def test_what_a_short_look_ahead_costs_in_harmonics(look_ahead_s, most_db):
    out = Chain(look_ahead_s=look_ahead_s).play(_sine(1000.0, 0.0, 2.0).astype(np.float32))[0, 24_000:]
    power = np.abs(np.fft.rfft(out * np.hanning(len(out)))) ** 2
    sine = power[497:504].sum()  # 1 kHz in steps of 2 Hz
    assert 10 * np.log10((power[10:].sum() - sine) / sine) < most_db


@pytest.mark.parametrize("release_s", [0.01, 0.1])
@pytest.mark.parametrize("signal", ["square", "quarter of the rate", "sixth of the rate", "clicks", "low square"])
def test_no_true_peak_passes_the_filter_of_bs_1770(signal, release_s):
    out = _limited(SIGNALS[signal], release_s=release_s)
    phases = [*BS1770, *BS1770[:, ::-1]]
    peak = max(np.abs(np.convolve(side, phase)).max() for side in out for phase in phases)
    assert _db(peak) < -1.0 + OVER_DB


@pytest.mark.parametrize(("rate_hz", "highest_hz"), [(44_100, 18_000), (48_000, 20_000), (96_000, 40_000)])
@pytest.mark.parametrize("release_s", [0.01, 0.1])
def test_no_true_peak_of_band_limited_noise_passes_an_ideal_interpolator(rate_hz, highest_hz, release_s):
    # the FFT interpolates without any error what holds nothing at half the rate
    out = _limited(_band_limited(65_536, highest_hz, rate_hz), release_s=release_s, rate_hz=rate_hz)
    assert _db(np.abs(resample(out, 16 * out.shape[1], axis=1)).max()) < -1.0 + OVER_DB


@pytest.mark.parametrize("look_ahead_s", [SHORTEST_S, LOOK_AHEAD_S, LONGEST_S])
@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_sound_under_the_ceiling_is_only_delayed(rate_hz, look_ahead_s):
    sound = _noise(level=0.1)
    out = Chain(rate_hz=rate_hz, look_ahead_s=look_ahead_s).play(sound)
    latency = limiter_latency(rate_hz, look_ahead_s)
    assert np.array_equal(out[:, latency:], sound[:, :-latency])
    assert not out[:, :latency].any()


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_latency_is_at_most_two_milliseconds(rate_hz):
    assert limiter_latency(rate_hz) <= 0.002 * rate_hz
    assert limiter_latency(rate_hz, SHORTEST_S) <= 0.0004 * rate_hz


def test_a_peak_that_just_meets_the_ceiling_is_untouched():
    sound = _sine(997.0, 0.0, 10 ** (-1.01 / 20)) * np.hanning(48_000)
    latency = limiter_latency(RATE_HZ)
    assert np.array_equal(Chain().play(sound)[:, latency:], sound.astype(np.float32)[:, :-latency])


def test_it_comes_back_to_exactly_one():
    chain, latency = Chain(release_s=0.01), limiter_latency(RATE_HZ)
    chain.play(_noise(4800, 4.0))
    chain.play(np.zeros((2, 48_000), np.float32))
    sound = _noise(4800, 0.1)
    assert np.array_equal(chain.play(sound)[:, latency:], sound[:, :-latency])


@pytest.mark.parametrize("release_s", [0.01, 0.1, 1.0])
def test_63_percent_of_a_reduction_are_given_back_in_the_release_time(release_s):
    chain = Chain(ceiling_db=0.0, release_s=release_s)
    chain.play(np.full((2, 4800), 2.0, np.float32))  # held at half
    frames = round(3 * release_s * RATE_HZ) + 4800
    quiet = 0.25
    gain = chain.play(np.full((2, frames), quiet, np.float32))[0, limiter_latency(RATE_HZ) :] / quiet
    held = np.flatnonzero(gain > gain[0] + 1e-4)[0]
    target = 1 - (1 - gain[0]) * np.exp(-1)
    # the smoothing window (1.3 ms) shifts both ends of the release alike, up to its own half
    assert (np.flatnonzero(gain > target)[0] - held) / RATE_HZ == pytest.approx(release_s, rel=0.05, abs=1e-3)


def test_sides_are_reduced_together():
    sound = _noise(level=0.2)
    sound[0] *= 10
    out, latency = Chain().play(sound), limiter_latency(RATE_HZ)
    gain = out[:, latency:] / sound[:, :-latency]
    assert gain.min() < 0.6
    assert np.abs(gain[0] - gain[1]).max() < 1e-4


def test_the_gain_moves_without_a_step():
    level = np.where(np.arange(48_000) // 4800 % 2, 3.0, 0.5)
    sound = np.tile(level, (2, 1)).astype(np.float32)
    out, latency = Chain(ceiling_db=0.0).play(sound), limiter_latency(RATE_HZ)
    gain = out[0, latency:] / sound[0, :-latency]
    # a triangle of 64 frames falls at most by 2 / 64 of the reduction a frame
    assert np.abs(np.diff(gain)).max() < 2 / 64 * 0.75


def test_off_keeps_the_delay_and_every_bit():
    sound, latency = _noise(level=4.0), limiter_latency(RATE_HZ)
    out = Chain(on=0.0).play(sound)
    assert np.array_equal(out[:, latency:], sound[:, :-latency])


def test_switching_off_fades_the_reduction_away():
    chain = Chain(ceiling_db=0.0)
    out = chain.play(_rising(9600))[0]
    held = out[-1]  # what the ceiling leaves of 2.0
    assert 0.99 < held < 1.0
    chain.delta[ON] = -1 / 480
    out = chain.play(np.full((2, 480), 2.0, np.float32), 24)[0]
    assert np.abs(out - (held + (2.0 - held) * np.arange(480) / 480)).max() < 1e-4


@pytest.mark.parametrize("block", [1, 7, 24, 121, 48_000])
def test_any_block_size_gives_bit_identical_samples(block):
    sound = _noise(12_000)
    assert np.array_equal(Chain().play(sound, block), Chain().play(sound))


def test_the_meter_keeps_the_largest_reduction():
    chain = Chain(ceiling_db=0.0)
    chain.play(_rising(9600))
    chain.play(_rising(9600)[:, ::-1])
    assert 1 - chain.state[METER] == pytest.approx(0.5, rel=0.01)


def test_a_nan_is_over_when_it_has_passed():
    chain = Chain()
    chain.play(np.full((2, 120), np.nan, np.float32))
    chain.play(np.zeros((2, 480), np.float32))
    assert np.isfinite(chain.play(_noise(4800))).all()
