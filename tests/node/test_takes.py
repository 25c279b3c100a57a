"""Takes: files that hold what went in, and know where it belongs."""

import numpy as np
import pytest
import soundfile

from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.node.takes import HELD_S, TAKES_PER_SESSION, Place, SessionTakes, Take, TakeFolder

RATE = 48_000


@pytest.fixture
def folder():
    made = TakeFolder()
    yield made
    made.close()


def take_of(folder, name="take-1", *, offset=lambda: 0, gap=lambda: -1, place=None, longest_s=10.0) -> Take:
    return Take(folder, name, "mic", rate_hz=RATE, offset=offset, gap=gap, place=lambda: place, longest_s=longest_s)


def noise(frames: int) -> np.ndarray:
    return np.random.default_rng(1).uniform(-0.5, 0.5, (frames, 2)).astype(np.float32)


def test_the_file_holds_what_went_in_and_says_where_it_belongs(folder):
    sound = noise(9600)
    # the session's frames are 1000 ahead of the ring's; at frame 50 000 the song stood at 2 s
    take = take_of(folder, offset=lambda: 1000, place=Place(frame=50_000, position_frames=96_000))
    for at in range(0, 9600, 960):
        take.write(50_000 + at, sound[at : at + 960])
    take.finish(0.1)
    assert take.start_s == pytest.approx((96_000 + 1000 - 4800) / RATE)
    read, rate = soundfile.read(take.path, dtype="float32")
    assert rate == RATE
    np.testing.assert_allclose(read, sound, atol=1 / 2**23)


def test_what_lies_before_the_time_line_is_cut_off(folder):
    sound = noise(9600)
    take = take_of(folder, place=Place(frame=4800, position_frames=0))
    take.write(0, sound)
    take.finish(0.0)
    assert take.start_s == 0.0
    read, _ = soundfile.read(take.path, dtype="float32")
    np.testing.assert_allclose(read, sound[4800:], atol=1 / 2**23)


class Line:
    """A ring whose frames are the session's but for `offset`, into which noise is played; at a pause that grows."""

    def __init__(self, folder, **wanted) -> None:
        self.offset: int | None = 0
        self.gap = -1
        self.written = 0
        self.take = take_of(folder, offset=lambda: self.offset, gap=lambda: self.gap, **wanted)

    def play(self, frames: int) -> np.ndarray:
        sound = noise(self.written + frames)[self.written :]
        for at in range(0, frames, 480):
            self.take.write(self.written + at, sound[at : at + 480])
        self.written += frames
        return sound

    def pause(self, frames: int) -> None:
        self.gap = self.written
        self.offset += frames

    def read(self) -> np.ndarray:
        self.take.finish(0.0)
        sound, _ = soundfile.read(self.take.path, dtype="float32")
        return sound


def test_what_is_played_behind_a_pause_lies_behind_silence_of_its_length(folder):
    line = Line(folder, place=Place(frame=0, position_frames=0))
    line.offset = 700
    parts = [line.play(19_200)]
    for frames in (30_011, 12_345):
        line.pause(frames)
        # what is known of the line is lost with it: the next readings are there 0.1 s later
        known, line.offset = line.offset, None
        first = line.play(4800)
        line.offset = known
        parts += [np.zeros((frames, 2), np.float32), np.concatenate([first, line.play(24_000)])]
    np.testing.assert_allclose(line.read(), np.concatenate(parts), atol=1 / 2**23)
    assert line.take.start_s == 700 / RATE
    assert line.take.duration_s == (19_200 + 30_011 + 12_345 + 2 * 28_800) / RATE


def test_a_reading_that_is_off_moves_nothing(folder):
    line = Line(folder)
    parts = [line.play(19_200)]
    line.pause(10_000)
    line.offset += 333
    parts += [np.zeros((10_000, 2), np.float32), line.play(3 * 480)]
    line.offset -= 333
    parts.append(line.play(9600))
    np.testing.assert_allclose(line.read(), np.concatenate(parts), atol=1 / 2**23)


def test_what_is_too_short_to_be_placed_follows_what_was_before_and_moves_nothing_else(folder):
    line = Line(folder, place=Place(frame=0, position_frames=0))
    line.offset = 5000
    first = line.play(9600)
    line.pause(20_000)
    known, line.offset = line.offset, None
    short = line.play(960)
    line.offset = known
    line.pause(4000)
    last = line.play(9600)
    silence = np.zeros((24_000, 2), np.float32)
    np.testing.assert_allclose(line.read(), np.concatenate([first, short, silence, last]), atol=1 / 2**23)
    assert line.take.start_s == 5000 / RATE


def test_what_is_before_the_first_reading_lies_directly_before_it(folder):
    line = Line(folder, place=Place(frame=0, position_frames=0))
    line.offset = None
    held = line.play(round(1.5 * HELD_S * RATE))  # a line of which nothing is known for long is not kept in memory
    assert line.take.path.stat().st_size > HELD_S * RATE * 6 / 2
    line.offset = 6000
    np.testing.assert_allclose(line.read(), held, atol=1 / 2**23)
    assert line.take.start_s is None
    line = Line(folder, place=Place(frame=0, position_frames=0))
    line.offset = None
    sound = [line.play(960)]
    line.offset = 6000
    line.pause(0)
    sound.append(line.play(9600))
    np.testing.assert_allclose(line.read(), np.concatenate(sound), atol=1 / 2**23)
    assert line.take.start_s == 6000 / RATE


def test_a_take_ends_before_a_pause_that_would_make_it_too_long_or_for_which_there_is_no_room(folder):
    line = Line(folder, longest_s=1.0)
    before = line.play(19_200)
    line.pause(RATE)
    line.play(19_200)
    assert not line.take.recording
    np.testing.assert_allclose(line.read(), before, atol=1 / 2**23)
    small = TakeFolder(limit_bytes=6 * 40_000)
    line = Line(small)
    before = line.play(9600)
    line.pause(20_000)
    line.play(19_200)
    assert not line.take.recording
    np.testing.assert_allclose(line.read(), before, atol=1 / 2**23)
    line.take.remove()
    assert small.use(6 * 40_000)
    small.close()


def test_a_take_while_the_song_stands_still_has_no_place(folder):
    take = take_of(folder)
    take.write(0, noise(960))
    take.finish(0.1)
    assert take.start_s is None
    assert take.duration_s == 0.02


def test_a_take_ends_by_itself_when_it_is_long_or_the_disk_is_full(folder):
    take = take_of(folder, longest_s=0.02)
    take.write(0, noise(960))
    assert not take.recording
    small = TakeFolder(limit_bytes=6000)
    take = take_of(small)
    take.write(0, noise(960))
    take.write(960, noise(960))
    assert (take.recording, take.frames) == (False, 960)
    take.finish(0.0)
    take.remove()
    assert small.use(6000)
    small.close()


def test_no_number_and_what_is_too_loud_are_written_as_something_that_is_heard(folder):
    take = take_of(folder)
    take.write(0, np.array([[np.nan, 3.0], [np.inf, -3.0]], np.float32))
    take.finish(0.0)
    read, _ = soundfile.read(take.path)
    assert np.isfinite(read).all()
    assert np.abs(read).max() <= 1.0


def test_the_oldest_goes_when_there_are_too_many_and_none_while_all_record(folder):
    takes = SessionTakes(folder)
    made = []
    for _ in range(TAKES_PER_SESSION):
        made.append(take_of(folder, takes.new_name()))
        takes.add(made[-1])
    with pytest.raises(RefusedError, match="being recorded"):
        takes.new_name()
    for take in made:
        take.write(0, noise(10))
        take.finish(0.0)
    assert takes.file("take-1") is made[0]
    assert takes.new_name() == f"take-{TAKES_PER_SESSION + 1}"
    assert not made[0].path.exists()
    for name in ("take-1", "../x", "take-99"):
        with pytest.raises(NotFoundError):
            takes.file(name)
    takes.clear()
    assert not made[1].path.exists()
