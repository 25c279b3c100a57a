"""The ping in a bank and in a stereo sound."""

import numpy as np

from telharmonic.dsp.oscillator import ping_burst
from telharmonic.sources.ping import SILENT, add_ping, add_ping_stereo, new_ping

BURST = ping_burst(48_000)


def _in_bank(state, segments, lane=2):
    pieces = []
    for n in segments:
        bank = np.zeros(16 * n, np.float32)
        add_ping(bank, lane, state, BURST, 0.5, n)
        pieces.append(bank.reshape(n, 2, 8)[:, :, lane])
    return np.concatenate(pieces)


def test_sounds_once_from_the_frame_it_is_started_and_falls_silent():
    state = new_ping()
    np.testing.assert_array_equal(_in_bank(state, [120]), 0)
    state[0] = 0
    heard = _in_bank(state, [120] * 10)
    np.testing.assert_array_equal(heard[: len(BURST), 0], 0.5 * BURST)
    np.testing.assert_array_equal(heard[:, 0], heard[:, 1])
    np.testing.assert_array_equal(heard[len(BURST) :], 0)
    assert state[0] == SILENT


def test_any_division_gives_the_same_samples_in_a_bank_and_in_stereo():
    first, second = new_ping(), new_ping()
    first[0] = second[0] = 0
    in_bank = _in_bank(first, [1, 7, 112, 960])
    sound = np.zeros(2 * 1080, np.float32)
    for at in range(0, 1080, 40):
        add_ping_stereo(sound[2 * at : 2 * (at + 40)], second, BURST, 0.5, 40)
    np.testing.assert_array_equal(in_bank, sound.reshape(-1, 2))
