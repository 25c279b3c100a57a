"""Decoding against the sound that was encoded, closed forms, and files that mean no good."""

import os
import struct
import tracemalloc

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telharmonic.errors import AssetError
from telharmonic.sources.decode import Limits, SoundInfo, decode, probe, read_sound

LOSSLESS = ["wav", "flac", "aiff"]
LOSSY = ["ogg", "opus", "mp3"]


def _music(seconds=1.5, channels=2, rate_hz=48_000):
    """A few decaying sines a third apart with a noisy attack: kind to lossy codecs, unlike itself when shifted."""
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    sides = [
        sum(0.1 * np.sin(2 * np.pi * hz * (1 + 0.01 * side) * time) * np.exp(-time) for hz in (220, 277, 331, 1500))
        for side in range(channels)
    ]
    return np.stack(sides, axis=1).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("kind", LOSSLESS)
def test_lossless_files_decode_to_what_was_encoded(make_file, kind, channels):
    sound = _music(channels=channels)
    decoded = read_sound(make_file(f"a.{kind}", sound), 48_000)
    assert (decoded.channels, decoded.sample_rate_hz) == (channels, 48_000)
    np.testing.assert_allclose(decoded.samples, sound, atol=0 if kind == "wav" else 2**-23)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("kind", LOSSY)
def test_lossy_files_decode_in_place_and_in_length(make_file, kind, channels):
    sound = _music(channels=channels)
    decoded = read_sound(make_file(f"a.{kind}", sound), 48_000).samples
    assert decoded.shape == sound.shape
    inside = slice(4800, 60_000)
    noise = decoded[inside] - sound[inside]  # any shift by one frame alone costs more than these 25 dB
    assert 10 * np.log10(np.mean(sound[inside] ** 2) / np.mean(noise**2)) > 25


@pytest.mark.parametrize(("kind", "container"), [("wav", "WAV"), ("ogg", "Ogg"), ("opus", "Ogg"), ("mp3", "MP3")])
def test_probe_tells_what_a_file_is(make_file, kind, container):
    info = probe(make_file(f"a.{kind}", _music(rate_hz=48_000)))
    assert (info.container, info.channels, info.sample_rate_hz, info.frames) == (container, 2, 48_000, 72_000)
    assert info.duration_s == pytest.approx(1.5)
    assert info.frames_at(44_100) == 66_150


@pytest.mark.parametrize(
    ("from_hz", "to_hz"), [(44_100, 48_000), (96_000, 48_000), (48_000, 44_100), (22_050, 96_000), (8_000, 48_000)]
)
def test_resampled_sines_are_the_closed_form_from_the_first_frame_on(make_file, from_hz, to_hz):
    hz = 997.0
    sine = 0.5 * np.sin(2 * np.pi * hz * np.arange(2 * from_hz) / from_hz)
    sound = read_sound(make_file("a.wav", sine[:, None], from_hz), to_hz)
    assert sound.frames == 2 * to_hz
    wanted = 0.5 * np.sin(2 * np.pi * hz * np.arange(2 * to_hz) / to_hz)
    inside = slice(to_hz // 10, -to_hz // 10)
    error = sound.samples[inside, 0] - wanted[inside]
    assert 10 * np.log10(np.mean(error**2) / np.mean(wanted**2)) < -110


def test_pieces_are_those_of_one_resampling(make_file):
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (200_000, 2)).astype(np.float32)
    path = make_file("a.wav", sound, 44_100)
    pieces = list(decode(path, 48_000))
    assert len(pieces) > 3
    np.testing.assert_allclose(np.concatenate(pieces), soxr.resample(sound, 44_100, 48_000, "VHQ"), atol=2e-6)


def test_progress_grows_to_1(make_file):
    told = []
    list(decode(make_file("a.wav", np.zeros((200_000, 1), np.float32)), 48_000, progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_long_file_never_sits_in_memory(make_file):
    path = make_file("a.flac", np.zeros((60 * 48_000 * 5, 2), np.float32))  # 115 MB decoded
    tracemalloc.start()
    frames = sum(len(piece) for piece in decode(path, 44_100))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert frames == 60 * 44_100 * 5
    assert peak < 4 << 20


def _refused(path, *words, limits=None):
    with pytest.raises(AssetError) as caught:
        list(decode(path, 48_000, limits=limits))
    sentence = str(caught.value)
    for word in (path.name, *words):
        assert word in sentence
    assert "\n" not in sentence
    assert len(sentence) < 200


@pytest.mark.parametrize("kind", [*LOSSLESS, *LOSSY])
@pytest.mark.parametrize("part", [0.3, 0.7, 0.98])
def test_a_file_that_was_cut_off_is_refused(make_file, kind, part):
    path = make_file(f"a.{kind}", _music() + np.random.default_rng(0).uniform(-0.1, 0.1, (72_000, 2)).astype("f4"))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    _refused(path)


@pytest.mark.parametrize("kind", [*LOSSLESS, *LOSSY])
def test_text_under_an_audio_name_is_refused_with_what_would_be_allowed(tmp_path, kind):
    path = tmp_path / f"song.{kind}"
    path.write_text("These are words, and no sound.\n" * 1000)
    _refused(path, "WAV, FLAC, Ogg Vorbis, Opus, MP3 or AIFF")


def test_an_empty_file_and_a_file_without_frames_are_refused(tmp_path, make_file):
    empty = tmp_path / "empty.wav"
    empty.touch()
    _refused(empty)
    _refused(make_file("none.wav", np.zeros((0, 2), np.float32)), "holds no sound")


def test_what_is_no_file_is_refused(tmp_path):
    _refused(tmp_path / "missing.wav", "no such file")
    _refused(tmp_path, "not a regular file")
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)
    _refused(pipe, "not a regular file")
    with pytest.raises(AssetError):
        probe(tmp_path / "null\0.wav")


def test_other_kinds_of_audio_are_refused_by_name(tmp_path, make_file):
    path = tmp_path / "a.caf"
    soundfile.write(path, np.zeros((100, 1)), 48_000)
    _refused(path, "CAF", "allowed")
    _refused(make_file("a.m4a", _music()), "allowed")


def test_more_than_two_channels_are_refused(make_file):
    _refused(make_file("a.wav", np.zeros((100, 6), np.float32)), "6 channels", "1 to 2")


def test_a_file_that_is_too_long_is_refused_before_it_is_decoded(make_file):
    path = make_file("a.flac", np.zeros((48_000 * 30, 1), np.float32))  # a few kB on disk
    _refused(path, "30 s", "up to 10 s", limits=Limits(duration_s=10))


def test_a_header_that_would_blow_up_by_resampling_is_refused(make_file):
    path = make_file("a.wav", np.zeros((100, 1), np.float32))
    content = bytearray(path.read_bytes())
    at = content.index(b"fmt ") + 12
    content[at : at + 4] = struct.pack("<I", 1)  # one frame a second
    path.write_bytes(content)
    _refused(path, "1 Hz", "4000 to 768000 Hz")


def test_samples_that_are_no_numbers_are_refused(make_file):
    sound = np.zeros((100, 1), np.float32)
    sound[50] = np.nan
    _refused(make_file("a.wav", sound), "not numbers")


def test_an_mp3_without_a_length_header_is_taken_as_it_is(tmp_path, make_file):
    path = make_file("a.mp3", _music())
    content = path.read_bytes()
    first_frame = content.index(b"\xff\xfb")
    second_frame = content.index(b"\xff\xfb", first_frame + 4)
    bare = tmp_path / "bare.mp3"
    bare.write_bytes(content[second_frame:])
    assert read_sound(bare, 48_000).duration_s == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "aiff"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_file_gives_sound_or_the_one_error(make_file, kind, places):
    path = make_file(f"a.{kind}", _music(0.3))
    content = bytearray(path.read_bytes())
    for place, value in places:
        content[int(place**4 * (len(content) - 1))] = value  # mostly in the header
    path.write_bytes(content)
    try:
        frames = sum(len(piece) for piece in decode(path, 48_000, limits=Limits(duration_s=60)))
    except AssetError:
        return
    assert 0 < frames <= 60 * 48_000


def test_sound_info_computes_lengths():
    info = SoundInfo(container="WAV", encoding="PCM_16", channels=1, frames=44_100, sample_rate_hz=44_100)
    assert (info.duration_s, info.frames_at(48_000)) == (1.0, 48_000)
