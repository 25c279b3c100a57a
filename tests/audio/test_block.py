import pytest

from telharmonic.audio.block import QUANTUM_FRAMES, SAMPLE_RATES_HZ, AudioFormat
from telharmonic.errors import ParameterError
from telharmonic.protocol import session


def test_a_quantum_is_the_shortest_opus_frame_at_48_khz():
    assert QUANTUM_FRAMES / 48_000 == 0.0025  # RFC 6716: 2.5 ms


def test_the_session_file_allows_the_same_rates():
    assert session.SAMPLE_RATES_HZ == SAMPLE_RATES_HZ


@pytest.mark.parametrize("wrong", [0, 8000, 47_999, 192_000, -48_000])
def test_a_rate_outside_the_list_is_refused_by_name_and_range(wrong):
    with pytest.raises(ParameterError, match=rf"sample_rate_hz is {wrong}; allowed: 44100, 48000, 96000 Hz"):
        AudioFormat(sample_rate_hz=wrong)


@pytest.mark.parametrize("wrong", [0, 65])
def test_channels_outside_1_to_64_are_refused(wrong):
    with pytest.raises(ParameterError, match="1 to 64"):
        AudioFormat(channels=wrong)
