"""The ping in a bank and in a stereo sound, against scipy's window and a sine of numpy's."""

import numpy as np
import pytest
from scipy.signal import windows

from telharmonic.dsp.oscillator import ping_edge
from telharmonic.sources.ping import POSITION, SILENT, TURN, add_ping, add_ping_stereo, new_ping, turn

RATE_HZ = 48_000
EDGE = ping_edge(RATE_HZ)


def begun(freq_hz=1000.0):
    state = new_ping()
    state[POSITION], state[TURN] = 0, turn(freq_hz, RATE_HZ)
    return state


def _in_bank(state, segments, lane=2):
    pieces = []
    for n in segments:
        bank = np.zeros(16 * n, np.float32)
        add_ping(bank, lane, state, EDGE, 0.5, n)
        pieces.append(bank.reshape(n, 2, 8)[:, :, lane])
    return np.concatenate(pieces)


@pytest.mark.parametrize("freq_hz", [20.0, 440.0, 1000.0, 2000.0, 19_999.5])
def test_sounds_once_at_its_pitch_from_the_frame_it_is_started_and_falls_silent(freq_hz):
    np.testing.assert_array_equal(_in_bank(new_ping(), [120]), 0)
    state = begun(freq_hz)
    heard = _in_bank(state, [120] * 10)
    time = (np.arange(len(EDGE)) + 0.5) / RATE_HZ
    # a Tukey window of twice 1 ms in 20 ms, at the middle of each frame: between the samples of one twice as fine
    window = windows.tukey(2 * len(EDGE) + 1, 0.1)[1::2]
    # 2e-7: 32-bit samples; the pitch is counted in 2^-32 of a turn a frame, 1e-6 of a turn after 20 ms
    np.testing.assert_allclose(heard[: len(EDGE), 0], 0.5 * window * np.sin(2 * np.pi * freq_hz * time), atol=2e-6)
    np.testing.assert_array_equal(heard[:, 0], heard[:, 1])
    np.testing.assert_array_equal(heard[len(EDGE) :], 0)
    assert state[POSITION] == SILENT


@pytest.mark.parametrize("freq_hz", [20.0, 200.0, 1000.0, 5000.0])
def test_is_found_within_a_fifth_of_a_millisecond_whatever_its_pitch(freq_hz):
    """Latency tests listen for -60 dBFS."""
    heard = _in_bank(begun(freq_hz), [120])[:, 0]
    assert np.argmax(np.abs(heard) > 0.001) / RATE_HZ <= 0.0002


def test_any_division_gives_the_same_samples_in_a_bank_and_in_stereo():
    in_bank = _in_bank(begun(), [1, 7, 112, 960])
    sound, second = np.zeros(2 * 1080, np.float32), begun()
    for at in range(0, 1080, 40):
        add_ping_stereo(sound[2 * at : 2 * (at + 40)], second, EDGE, 0.5, 40)
    np.testing.assert_array_equal(in_bank, sound.reshape(-1, 2))
