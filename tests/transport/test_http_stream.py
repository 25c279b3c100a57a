"""The stream's query string; its body is read by curl and ffmpeg in tests/realtime."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import ParameterError
from telharmonic.transport.fan_out import Shape, Wrapping
from telharmonic.transport.http_stream import parse_stream_query
from telharmonic.wire.pcm import Encoding


def test_nothing_asked_is_raw_float_in_blocks_of_240():
    wanted = parse_stream_query({"token": "t"})
    assert not wanted.wav
    assert wanted.wrapping is Wrapping.CHUNK
    assert wanted.shape == Shape(encoding=Encoding.F32, frames=240, channels=2)


def test_wav_is_int16_unless_asked_otherwise():
    assert parse_stream_query({"format": "wav"}).shape.encoding is Encoding.S16
    wanted = parse_stream_query({"format": "wav", "encoding": "s24", "frames": "480", "channels": "1"})
    assert wanted.wrapping is Wrapping.BARE_CHUNK
    assert wanted.shape == Shape(encoding=Encoding.S24, frames=480, channels=1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "mp3"),
        ("encoding", "u8"),
        ("frames", "99"),
        ("frames", "-240"),
        ("frames", "٢٤٠"),
        ("channels", "3"),
        ("speed", "2"),
    ],
)
def test_the_error_names_the_field(name, value):
    with pytest.raises(ParameterError) as caught:
        parse_stream_query({name: value})
    assert caught.value.parameter == name


@given(st.dictionaries(st.sampled_from(["format", "encoding", "frames", "channels", "x"]), st.text(max_size=12)))
def test_any_query_gives_a_shape_or_the_documented_error(query):
    try:
        wanted = parse_stream_query(query)
    except ParameterError:
        return
    assert 120 <= wanted.shape.frames <= 4096
