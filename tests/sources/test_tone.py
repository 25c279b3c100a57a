"""Test sources in a bank."""

import numpy as np
import pytest

from telharmonic.errors import ParameterError
from telharmonic.sources.tone import KINDS, Tone, ToneTable, play_tone

TONES = [Tone(kind=kind, amplitude=0.5, seed=7) for kind in KINDS]


def _play(table, index, segments, lane=3):
    pieces = []
    for n in segments:
        bank = np.zeros(16 * n, np.float32)
        play_tone(bank, lane, table.floats, table.noise, index, n)
        assert np.count_nonzero(np.delete(bank.reshape(n, 2, 8), lane, axis=2)) == 0
        pieces.append(bank.reshape(n, 2, 8)[:, :, lane])
    return np.concatenate(pieces)


@pytest.mark.parametrize("index", range(len(KINDS)))
def test_each_tone_fills_both_sides_of_its_lane_alike_in_any_division(index):
    heard = _play(ToneTable(TONES, 48_000), index, [120] * 8)
    np.testing.assert_array_equal(heard[:, 0], heard[:, 1])
    assert np.abs(heard).max() > 0.01
    np.testing.assert_array_equal(heard, _play(ToneTable(TONES, 48_000), index, [24, 96, 1, 119, 240, 480]))


def test_the_sine_is_a_sine_of_its_amplitude():
    table = ToneTable([Tone(kind="sine", frequency_hz=1000, amplitude=0.25)], 48_000)
    heard = _play(table, 0, [120] * 40)[:, 0]
    np.testing.assert_allclose(heard, 0.25 * np.sin(2 * np.pi * np.arange(4800) / 48), atol=1e-7)


def test_reset_begins_every_tone_again():
    table = ToneTable(TONES, 48_000)
    before = [_play(table, index, [120]) for index in range(len(KINDS))]
    table.reset()
    for index, wanted in enumerate(before):
        np.testing.assert_array_equal(_play(table, index, [120]), wanted)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"kind": "saw"}, "kind"), ({"frequency_hz": 0.5}, "frequency_hz"), ({"amplitude": 1.5}, "amplitude")],
)
def test_a_wrong_tone_is_refused_by_name(wrong, name):
    with pytest.raises(ParameterError, match=name):
        Tone(**{"kind": "sine", **wrong})
