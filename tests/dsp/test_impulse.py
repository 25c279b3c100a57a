"""How a response is cut and transformed."""

import numpy as np
import pytest

from telharmonic.dsp.impulse import MAXIMUM_FRAMES, PARTITIONS, SIZES, STARTS, bins, partition_count, prepare_impulse
from telharmonic.errors import ParameterError


@pytest.mark.parametrize("frames", [1, 120, 121, 960, 961, 15_360, 15_361, 96_000, MAXIMUM_FRAMES])
def test_partitions_cover_every_frame_once(frames):
    covered = 0
    for level, length in enumerate(PARTITIONS):
        count = partition_count(level, frames)
        assert count == 0 or covered == STARTS[level]
        covered += count * length
    assert frames <= covered < frames + PARTITIONS[-1]


def test_levels_begin_one_partition_into_the_response():
    assert STARTS[1:] == PARTITIONS[1:]  # what a period makes is first heard in the next: no delay is added


def test_each_spectrum_is_the_transform_of_its_part():
    rng = np.random.default_rng(1)
    response = rng.standard_normal((2, 40_000)).astype(np.float32)
    impulse = prepare_impulse(response)
    level, k, channel = 2, 1, 1
    first = STARTS[level] + k * PARTITIONS[level]
    wanted = np.fft.rfft(response[channel, first : first + PARTITIONS[level]], SIZES[level]) / SIZES[level]
    m = bins(level)
    at = impulse.offset(level) + (k * 2 + channel) * 2 * m
    got = impulse.spectra[at : at + m] + 1j * impulse.spectra[at + m : at + 2 * m]
    assert np.abs(got[: len(wanted)] - wanted).max() < 1e-6 * np.abs(wanted).max()
    assert not got[len(wanted) :].any()


def test_a_mono_response_takes_half_the_memory():
    response = np.ones((1, 9600), np.float32)
    stereo = prepare_impulse(np.repeat(response, 2, axis=0))
    assert prepare_impulse(response).spectra.nbytes * 2 == stereo.spectra.nbytes


@pytest.mark.parametrize(
    ("response", "what"),
    [
        (np.zeros((3, 100), np.float32), "shape"),
        (np.zeros(100, np.float32), "shape"),
        (np.zeros((2, 0), np.float32), "length"),
        (np.zeros((1, MAXIMUM_FRAMES + 1), np.float32), "length"),
        (np.array([[1.0, np.nan]], np.float32), "finite"),
        (np.array([[1.0, np.inf]], np.float32), "finite"),
    ],
)
def test_refuses_what_is_no_impulse_response(response, what):
    with pytest.raises(ParameterError, match=what):
        prepare_impulse(response)
