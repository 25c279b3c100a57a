"""The endless WAV header, read by libsndfile and by ffmpeg from a pipe."""

import io
import shutil
import subprocess

import numpy as np
import pytest
import soundfile

from telharmonic.audio.block import AudioFormat
from telharmonic.wire.pcm import Encoding, encode
from telharmonic.wire.wav import streaming_header

SAMPLES = np.random.default_rng(6).uniform(-0.9, 0.9, (4800, 2)).astype(np.float32)
STEP = {Encoding.F32: 0.0, Encoding.S16: 1.6 / 32_768, Encoding.S24: 1 / 8_388_608}


def wav(encoding: Encoding, rate_hz: int = 48_000) -> bytes:
    audio = AudioFormat(sample_rate_hz=rate_hz, channels=2)
    return streaming_header(audio, encoding) + encode(SAMPLES.reshape(-1), encoding)


@pytest.mark.parametrize("encoding", Encoding)
@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_soundfile_reads_as_much_as_there_is(encoding, rate_hz):
    samples, rate = soundfile.read(io.BytesIO(wav(encoding, rate_hz)), dtype="float32")
    assert rate == rate_hz
    assert samples.shape == SAMPLES.shape
    assert np.abs(samples - SAMPLES).max() <= STEP[encoding]


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("encoding", Encoding)
def test_ffmpeg_reads_it_from_a_pipe(encoding):
    command = ["ffmpeg", "-v", "error", "-i", "pipe:0", "-f", "f32le", "pipe:1"]
    result = subprocess.run(command, input=wav(encoding), capture_output=True, check=True, timeout=60)
    samples = np.frombuffer(result.stdout, np.float32).reshape(-1, 2)
    assert samples.shape == SAMPLES.shape
    assert np.abs(samples - SAMPLES).max() <= STEP[encoding]
