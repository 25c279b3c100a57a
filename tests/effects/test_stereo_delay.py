"""The delay on blocks against closed forms."""

import numpy as np
import pytest

from telharmonic.audio.block import AudioFormat
from telharmonic.effects.stereo_delay import StereoDelay


def _impulse(frames):
    block = np.zeros((2, frames), np.float32)
    block[0, 0] = 1.0
    return block


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_time_is_seconds_at_any_rate(rate_hz):
    block = _impulse(rate_hz)
    StereoDelay(AudioFormat(sample_rate_hz=rate_hz), time=0.25, feedback=0.0).process(block)
    assert np.flatnonzero(block[0]).tolist() == [rate_hz // 4]


def test_echoes_change_sides_and_fall():
    block = _impulse(2400)
    StereoDelay(time=0.01, feedback=0.5, cross=1.0, level=-6.0).process(block)
    gain = 10 ** (-6 / 20)
    assert block[:, [480, 960, 1440]] == pytest.approx(gain * np.array([[1, 0, 0.25], [0, 0.5, 0]]), abs=1e-6)


def test_mute_silences_the_echoes_and_not_the_loop():
    delay = StereoDelay(time=0.1, feedback=0.5, mute=True)
    block = _impulse(9600)
    delay.process(block)
    assert not block.any()
    delay.set(mute=False)
    block = np.zeros((2, 9600), np.float32)
    delay.process(block)
    assert block[0, 4800] == pytest.approx(0.25)  # the third echo; the second came in the middle of the glide


def test_a_new_time_is_reached_within_50_milliseconds():
    delay = StereoDelay(time=0.1, feedback=0.0)
    ramp = np.tile(np.arange(24_000, dtype=np.float32) / 24_000, (2, 1))
    delay.process(ramp[:, :12_000])
    delay.set(time=0.2)
    tail = ramp[:, 12_000:]
    delay.process(tail)
    wanted = (np.arange(12_000, 24_000) - 9600) / 24_000
    settled = round(0.05 * 48_000)  # a fade towards where the glide had got to, and one to its end
    assert np.abs(tail[0, settled:] - wanted[settled:]).max() < 1e-6


def test_reset_stands_at_the_time_that_was_set():
    delay = StereoDelay(time=0.1, feedback=0.0)
    delay.set(time=0.02)
    delay.reset()
    block = _impulse(4800)
    delay.process(block)
    assert np.flatnonzero(block[0]).tolist() == [960]


def test_it_sleeps_after_its_last_echo():
    delay = StereoDelay(time=0.01, feedback=0.1)
    delay.process(_impulse(480))
    assert not delay.asleep
    delay.process(np.zeros((2, 5 * 48_000), np.float32))
    assert delay.asleep
