"""Takes: files that hold what went in, and know where it belongs."""

import numpy as np
import pytest
import soundfile

from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.node.takes import TAKES_PER_SESSION, Place, SessionTakes, Take, TakeFolder

RATE = 48_000


@pytest.fixture
def folder():
    made = TakeFolder()
    yield made
    made.close()


def take_of(folder, name="take-1", *, offset=0, place=None, longest_s=10.0) -> Take:
    return Take(folder, name, "mic", rate_hz=RATE, offset=lambda: offset, place=lambda: place, longest_s=longest_s)


def noise(frames: int) -> np.ndarray:
    return np.random.default_rng(1).uniform(-0.5, 0.5, (frames, 2)).astype(np.float32)


def test_the_file_holds_what_went_in_and_says_where_it_belongs(folder):
    sound = noise(9600)
    # the session's frames are 1000 ahead of the ring's; at frame 50 000 the song stood at 2 s
    take = take_of(folder, offset=1000, place=Place(frame=50_000, position_frames=96_000))
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
