"""Waveforms on the time line against the same clips written out sample by sample."""

import msgspec
import numpy as np
import pytest

from telharmonic.engine.strip_clips import placed_clips
from telharmonic.engine.strip_peaks import Grid, choose_grid, draw_clips, session_peaks
from telharmonic.errors import NotFoundError
from telharmonic.protocol.session import ClipSpec, RecordingSpec, SessionSpec, StripSpec
from telharmonic.protocol.waveforms import unpack
from telharmonic.sources.peaks import measure, open_peaks
from telharmonic.sources.sound import Sound

RATE = 48_000


@pytest.fixture
def files(tmp_path):
    """A file whose loudness follows its place, and a short one, each with its peaks."""
    made = {}
    for name, frames in (("a.wav", 100_000), ("short.wav", 1000)):
        rng = np.random.default_rng(frames)
        samples = (rng.uniform(-1, 1, (frames, 1)) * np.linspace(0.05, 0.9, frames)[:, None]).astype(np.float32)
        path = tmp_path / f"{name}.peaks"
        path.write_bytes(measure(Sound(samples, RATE)))
        made[name] = (Sound(samples, RATE), open_peaks(path))
    return made


def written_out(strip, files, frames):
    """What a strip plays, (frames,)."""
    out = np.zeros(frames)
    for clip in placed_clips(strip, {name: sound for name, (sound, _) in files.items()}, RATE):
        place = np.arange(clip.start_frames, min(clip.end_frames, frames))
        within = (place - clip.start_frames) % clip.stretch_frames
        out[place] += clip.gain * clip.sound.samples[clip.offset_frames + within, 0]
    return np.clip(out, -1.0, 1.0)


CLIPS = {
    "whole": (ClipSpec(file="a.wav"),),
    "placed": (ClipSpec(file="a.wav", start_s=0.503, offset_s=0.251, duration_s=0.777, gain_db=-6.0),),
    "two": (ClipSpec(file="a.wav", duration_s=0.3), ClipSpec(file="a.wav", start_s=1.0, gain_db=3.0)),
    "loop": (ClipSpec(file="short.wav", start_s=0.1, loop=True, duration_s=1.5),),
    "late": (ClipSpec(file="a.wav", start_s=1.9, offset_s=1.0),),
}


@pytest.mark.parametrize("name", CLIPS)
@pytest.mark.parametrize("doublings", [0, 1, 3, 6, 10])
def test_bins_hold_what_the_strip_plays_there(files, name, doublings):
    strip = StripSpec(id="1", clips=CLIPS[name])
    length = 64 << doublings
    count = 150_000 // length
    sounds = {file: sound for file, (sound, _) in files.items()}
    peaks_of = {id(sound): peaks for sound, peaks in files.values()}
    drawn = draw_clips(placed_clips(strip, sounds, RATE), peaks_of, Grid(doublings=doublings, first=2, count=count - 2))
    wanted = written_out(strip, files, count * length)
    edge = max(64, length // 4)  # what lies so near a bin may be shown in it
    for number in range(count - 2):
        at = (number + 2) * length
        inside, around = wanted[at : at + length], wanted[max(0, at - edge) : at + length + edge]
        assert drawn.low[number] <= inside.min() * 127 + 1e-3
        assert drawn.high[number] >= inside.max() * 127 - 1e-3
        assert drawn.low[number] >= min(around.min() * 127 - 2.5, 0)
        assert drawn.high[number] <= max(around.max() * 127 + 2.5, 0)


def test_the_rms_of_a_bin_is_that_of_its_sound(files):
    strip = StripSpec(id="1", clips=(ClipSpec(file="a.wav", gain_db=-6.0206),))
    clips = placed_clips(strip, {"a.wav": files["a.wav"][0]}, RATE)
    drawn = draw_clips(clips, {id(files["a.wav"][0]): files["a.wav"][1]}, Grid(doublings=5, first=0, count=48))
    wanted = np.sqrt(np.mean(written_out(strip, files, 48 * 2048).reshape(48, 2048) ** 2, axis=1))
    np.testing.assert_allclose(drawn.rms / 255, wanted, atol=0.01)


def test_the_shortest_bins_that_fit_are_chosen():
    assert choose_grid(0, 64 * 1000, 1000) == Grid(doublings=0, first=0, count=1000)
    assert choose_grid(0, 64 * 1000 + 1, 1000).doublings == 1
    assert choose_grid(48_000, 96_000, 1000) == Grid(doublings=0, first=750, count=750)
    hour = choose_grid(0, 3600 * RATE, 1000)
    assert 500 <= hour.count <= 1000
    assert choose_grid(0, 0, 16).count == 0


def unpacked(answer):
    head, numbers = unpack(answer)
    return msgspec.to_builtins(head), np.frombuffer(numbers, np.int8).reshape(len(head.strips), 3, head.bins)


SESSION = SessionSpec(
    strips=(
        StripSpec(id="1", clips=(ClipSpec(file="a.wav"),)),
        StripSpec(id="2", source="sine"),
        StripSpec(id="3", clips=(ClipSpec(file="a.wav", start_s=1.0),)),
    )
)


def test_the_answer_is_what_its_page_says(files):
    head, parts = unpacked(session_peaks(SESSION, files, points=200))
    assert head["strips"] == ("1", "2", "3")
    assert head["duration_s"] == pytest.approx((100_000 + 48_000) / RATE)
    assert (head["first_bin"], head["bin_frames"], head["sample_rate_hz"]) == (0, 1024, RATE)
    assert not parts[1].any()
    assert parts[0, 1, : 100_000 // 1024].min() > 0
    assert not parts[2, :, : 48_000 // 1024].any()


def test_some_strips_and_a_stretch_may_be_asked_for(files):
    head, parts = unpacked(session_peaks(SESSION, files, start_s=1.0, end_s=1.5, points=1000, strips=["3"]))
    assert (head["strips"], head["bin_frames"], head["first_bin"], head["bins"]) == (("3",), 64, 750, 375)
    whole, all_parts = unpacked(session_peaks(SESSION, files, points=4096))
    assert whole["bin_frames"] == 64
    np.testing.assert_array_equal(parts[0], all_parts[2, :, 750:1125])
    with pytest.raises(NotFoundError, match="'9'; there are 1, 2, 3"):
        session_peaks(SESSION, files, strips=["9"])


def test_sixty_four_strips_are_less_than_200_kb(files):
    strips = tuple(StripSpec(id=str(number), clips=(ClipSpec(file="a.wav"),)) for number in range(64))
    for stretch in ({}, {"end_s": 1.0}, {"start_s": 1.0, "end_s": 1.01}):
        assert len(session_peaks(SessionSpec(strips=strips), files, **stretch)) < 200_000


def test_recordings_follow_the_strips_each_from_its_beginning(files):
    strips = (StripSpec(id="1", clips=(ClipSpec(file="a.wav", start_s=1.0),)),)
    session = SessionSpec(strips=strips, recordings=(RecordingSpec(id="own", file="short.wav"),))
    head, numbers = unpack(session_peaks(session, files, recordings=("own",), points=4096))
    assert head.strips == ("1", "recording/own")
    high = np.frombuffer(numbers, np.int8).reshape(2, 3, head.bins)[:, 1]
    bins = -(-1000 // head.bin_frames)
    assert high[1, :bins].all()
    assert not high[1, bins:].any()
    assert not high[0, :bins].any()
    with pytest.raises(NotFoundError, match="no strip 'recording/gone'; there are 1, recording/own"):
        session_peaks(session, files, recordings=("gone",))
