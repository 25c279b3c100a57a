"""The audio message against struct and soundfile, and against strangers' bytes."""

import contextlib
import io
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import MessageError, ParameterError
from telharmonic.wire.pcm import (
    HEADER_BYTES,
    AudioHeader,
    Encoding,
    check_frames,
    decode,
    encode,
    parse_header,
    parse_message,
    serialize_header,
    serialize_message,
)

headers = st.builds(
    AudioHeader,
    encoding=st.sampled_from(Encoding),
    channels=st.integers(1, 64),
    frames=st.integers(120, 4096),
    epoch=st.integers(0, 2**32 - 1),
    sequence=st.integers(0, 2**32 - 1),
    first_frame=st.integers(0, 2**64 - 1),
    sample_rate_hz=st.integers(1, 2**32 - 1),
    age_us=st.integers(0, 2**32 - 1),
    discontinuity=st.booleans(),
)


def header(**changes) -> AudioHeader:
    fields = {
        "encoding": Encoding.F32,
        "channels": 2,
        "frames": 240,
        "epoch": 0xDEADBEEF,
        "sequence": 7,
        "first_frame": 1 << 40,
        "sample_rate_hz": 48_000,
        "age_us": 321,
        "discontinuity": True,
    }
    return AudioHeader(**(fields | changes))


def through_soundfile(samples: np.ndarray, subtype: str, dtype: str) -> np.ndarray:
    file = io.BytesIO()
    soundfile.write(file, samples, 48_000, format="WAV", subtype=subtype)
    file.seek(0)
    return soundfile.read(file, dtype=dtype)[0]


def test_each_field_lies_where_the_table_says():
    data = serialize_header(header())
    assert len(data) == HEADER_BYTES == 32
    assert data[:4] == bytes((1, 0, 2, 1))
    assert int.from_bytes(data[4:6], "little") == 240
    assert data[6:8] == b"\0\0"
    assert int.from_bytes(data[8:12], "little") == 0xDEADBEEF
    assert int.from_bytes(data[12:16], "little") == 7
    assert int.from_bytes(data[16:24], "little") == 1 << 40
    assert int.from_bytes(data[24:28], "little") == 48_000
    assert int.from_bytes(data[28:32], "little") == 321


@given(headers)
def test_what_is_written_is_read(value):
    assert parse_header(serialize_header(value)) == value


def test_sequence_and_epoch_wrap_and_age_saturates():
    value = parse_header(serialize_header(header(sequence=2**32 + 5, epoch=2**32 + 1, age_us=2**40)))
    assert (value.sequence, value.epoch, value.age_us) == (5, 1, 2**32 - 1)


@given(st.binary(max_size=80))
def test_strangers_bytes_give_a_header_or_the_documented_error(data):
    try:
        value = parse_header(data)
    except MessageError:
        return
    assert serialize_header(value) == data[:32]


@given(headers, st.integers(0, 31), st.integers(0, 255))
def test_one_wrong_byte_gives_a_header_or_the_documented_error(value, place, byte):
    data = bytearray(serialize_header(value))
    data[place] = byte
    with contextlib.suppress(MessageError):
        assert parse_header(data).frames == value.frames or place in (4, 5)


@pytest.mark.parametrize(
    ("place", "byte", "named"),
    [(0, 2, "version"), (1, 3, "encoding"), (2, 0, "channels"), (3, 2, "flags"), (5, 255, "frames")],
)
def test_the_error_names_the_field(place, byte, named):
    data = bytearray(serialize_header(header()))
    data[place] = byte
    with pytest.raises(MessageError, match=named):
        parse_header(data)


def test_a_message_of_another_length_is_refused_with_both_lengths():
    data = serialize_message(header(), np.zeros((240, 2), np.float32))
    with pytest.raises(MessageError, match=r"1951 bytes; it should have 1952"):
        parse_message(data[:-1])


def test_float_samples_come_back_bit_for_bit():
    samples = np.random.default_rng(1).standard_normal((240, 2)).astype(np.float32)
    value, back = parse_message(serialize_message(header(), samples))
    assert value == header()
    assert back.tobytes() == samples.tobytes()


def test_int24_is_what_soundfile_writes():
    samples = np.random.default_rng(2).uniform(-1, 1, 4800).astype(np.float32)
    theirs = through_soundfile(samples, "PCM_24", "int32") >> 8
    ours = np.round(decode(encode(samples, Encoding.S24), Encoding.S24).astype(np.float64) * 2**23)
    # libsndfile scales by 2^23 - 1 in float32: half a step more at full scale, and float32's own rounding
    assert np.abs(ours - theirs).max() <= 2


def test_int24_decodes_as_soundfile_reads_it():
    whole = np.random.default_rng(3).integers(-(2**23), 2**23, 4800, np.int32)
    theirs = through_soundfile(whole << 8, "PCM_24", "float32")
    data = b"".join(struct.pack("<i", value)[:3] for value in whole)
    np.testing.assert_array_equal(decode(data, Encoding.S24), theirs)


def test_int16_decodes_as_soundfile_reads_it():
    whole = np.random.default_rng(4).integers(-(2**15), 2**15, 4800, np.int16)
    np.testing.assert_array_equal(decode(whole.tobytes(), Encoding.S16), through_soundfile(whole, "PCM_16", "float32"))


def test_int16_errs_by_at_most_a_step_and_a_half():
    samples = np.random.default_rng(5).uniform(-0.99, 0.99, 9600).astype(np.float32)
    error = decode(encode(samples, Encoding.S16, 12_345), Encoding.S16) - samples
    assert np.abs(error).max() * 32_768 <= 1.5 + 1e-3  # one of dither, half of rounding


def test_dither_makes_the_error_white_and_a_quarter_step_squared():
    # TPDF: rounding 1/12 and dither 2/12 of a step squared, whatever the sound (Lipshitz et al. 1992)
    sine = (3.3 / 32_768 * np.sin(2 * np.pi * 440 / 48_000 * np.arange(96_000))).astype(np.float32).repeat(2)
    blocks = [encode(sine[i * 480 : i * 480 + 480], Encoding.S16, i * 240) for i in range(len(sine) // 480)]
    error = (decode(b"".join(blocks), Encoding.S16) - sine)[::2] * 32_768
    assert np.var(error) == pytest.approx(0.25, rel=0.03)
    spectrum = np.abs(np.fft.rfft(error * np.hanning(len(error)))) ** 2
    third = spectrum[int(1320 / 0.5) - 2 : int(1320 / 0.5) + 3].max()  # where an undithered sine has its harmonic
    assert third < 15 * np.mean(spectrum)


@pytest.mark.parametrize("encoding", Encoding)
def test_silence_stays_silent(encoding):
    assert not any(encode(np.zeros(480, np.float32), encoding))


@pytest.mark.parametrize("encoding", [Encoding.S16, Encoding.S24])
def test_what_is_too_loud_clips_and_does_not_wrap(encoding):
    back = decode(encode(np.array([3.0, -3.0] * 120, np.float32), encoding), encoding)
    assert back[::2].min() > 0.999
    assert back[1::2].max() <= -0.999


def test_listeners_at_one_frame_get_the_same_dither():
    samples = np.full(480, 0.1, np.float32)
    assert encode(samples, Encoding.S16, 77) == encode(samples, Encoding.S16, 77)
    assert encode(samples, Encoding.S16, 77) != encode(samples, Encoding.S16, 78)


@pytest.mark.parametrize("frames", [119, 4097, True, 240.0])
def test_refuses_frame_counts_outside_120_to_4096(frames):
    with pytest.raises(ParameterError, match="120 to 4096"):
        check_frames(frames)


@pytest.mark.parametrize("name", ["mp3", None, ["f32"]])
def test_refuses_an_encoding_it_does_not_know(name):
    with pytest.raises(ParameterError, match="f32, s16, s24"):
        Encoding.named(name)


def test_refuses_samples_of_another_shape():
    with pytest.raises(ParameterError, match="samples"):
        serialize_message(header(), np.zeros((2, 240), np.float32))
