"""The table against its definition (references/resampling.json), and the bookkeeping around an inner loop."""

import json
from pathlib import Path

import numpy as np
import pytest

from telharmonic.audio.speed import PHASES, SpeedResampler, speed_table
from telharmonic.errors import ParameterError

REFERENCE = json.loads((Path(__file__).parent.parent / "references" / "resampling.json").read_text())


class Nearest(SpeedResampler):
    """Takes the frame at or before each place, so that what comes out is an input frame whose number is known."""

    def _read(self, sound, position, step, out):
        assert position + step * (len(out) - 1) < len(sound) - self._half  # the windows of all places are there
        out[:] = sound[np.floor(position + step * np.arange(len(out))).astype(int)]


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: f"{case['step']:.3f}")
def test_sound_read_by_the_table_agrees_with_its_definition(case):
    sound, table = np.array(REFERENCE["sound"]), speed_table(case["ratio"])
    half = table.shape[1] // 2
    places = case["position"] + case["step"] * np.arange(len(case["wanted"]))
    for place, wanted in zip(places, case["wanted"], strict=True):
        whole = int(place)
        row, mix = divmod((place - whole) * PHASES, 1.0)
        weights = (1 - mix) * table[int(row)] + mix * table[int(row) + 1]
        heard = weights @ sound[whole - half + 1 : whole + half + 1]
        # white noise up to half the rate is the hardest: the table's phases are -94 dB from the definition at worst
        assert heard == pytest.approx(wanted, abs=6e-5)


@pytest.mark.parametrize(("ratio", "step"), [(1.0, 1.0), (1.0, 1.0078125), (0.5, 0.498046875), (2.0, 2.015625)])
def test_frames_come_in_order_at_the_speed_whatever_the_blocks(ratio, step):
    """Speeds that are sums of powers of two, so that no place is rounded."""
    sound = np.repeat(np.arange(1, 4001, dtype=np.float32)[:, None], 3, axis=1)
    resampler, at, parts = Nearest(ratio, 3), 0, []
    for frames in [0, 1, 7, 120, 0, 1000, 3, 869, 2000]:
        before = resampler.pending_frames
        parts.append(resampler.process(sound[at : at + frames], step))
        assert resampler.pending_frames == before + frames - len(parts[-1]) * step
        at += frames
    out = np.concatenate(parts)
    np.testing.assert_array_equal(out, sound[np.floor(step * np.arange(len(out))).astype(int)])
    half = speed_table(ratio).shape[1] // 2
    assert half - step <= resampler.pending_frames <= half  # all that the windows allow has come


def test_a_reset_one_is_as_new():
    sound = np.random.default_rng(0).uniform(-1, 1, (2000, 2)).astype(np.float32)
    resampler = Nearest()
    first = resampler.process(sound, 1.002)
    resampler.reset()
    np.testing.assert_array_equal(resampler.process(sound, 1.002), first)


def test_taps_grow_as_the_rate_goes_down():
    assert [speed_table(ratio).shape[1] for ratio in (0.5, 1.0, 2.0)] == [32, 32, 68]


@pytest.mark.parametrize("ratio", [0.0, -1.0, 11.0, float("nan")])
def test_a_ratio_out_of_range_is_refused(ratio):
    with pytest.raises(ParameterError, match="ratio"):
        Nearest(ratio)


def test_no_channels_are_refused():
    with pytest.raises(ParameterError, match="channels is 0"):
        Nearest(1.0, 0)
