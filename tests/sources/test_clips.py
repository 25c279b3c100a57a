"""Clips and their table."""

import numpy as np
import pytest

from telharmonic.errors import ParameterError
from telharmonic.sources.clips import CLIP, FOREVER, Clip, ClipTable
from telharmonic.sources.sound import Sound


def noise(frames, channels=2):
    return Sound.from_block(np.random.default_rng(0).uniform(-1, 1, (channels, frames)).astype(np.float32), 48_000)


def test_a_strips_clips_lie_together_in_order_of_start():
    late, early, other = (Clip(sound=noise(100), start_frames=at, gain=at / 10) for at in (50, 20, 7))
    table = ClipTable([[late, early], [], [other]])
    assert table.first.tolist() == [0, 2, 2]
    assert table.count.tolist() == [2, 0, 1]
    np.testing.assert_allclose(table.gains, [2.0, 5.0, 0.7])
    assert table.clips.reshape(-1, CLIP)[:, :6].tolist() == [
        [clip.sound.address, 2, clip.start_frames, clip.start_frames + 100, 0, 100] for clip in (early, late, other)
    ]


def test_reports_where_the_song_ends():
    table = ClipTable([[Clip(sound=noise(100), start_frames=50)], [Clip(sound=noise(400), loop=True)], []])
    assert table.duration_frames == 400
    assert Clip(sound=noise(400), loop=True).end_frames == FOREVER
    assert ClipTable([]).duration_frames == 0


def test_prefetch_reads_the_part_of_each_sound_that_is_due(monkeypatch):
    asked = []
    monkeypatch.setattr(Sound, "prefetch", lambda self, first, frames: asked.append((self.frames, first, frames)))
    looped = Clip(sound=noise(1000), loop=True, offset_frames=200)
    later = Clip(sound=noise(500), start_frames=10_000)
    ClipTable([[looped], [later]]).prefetch(700, 400)
    assert asked == [(1000, 900, 400), (1000, 200, 300)]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"offset_frames": 1000}, "offset_frames"),
        ({"offset_frames": -1}, "offset_frames"),
        ({"start_frames": -1}, "start_frames"),
        ({"duration_frames": 0}, "duration_frames"),
    ],
)
def test_a_clip_outside_its_sound_is_refused_by_name(wrong, name):
    with pytest.raises(ParameterError, match=name):
        Clip(sound=noise(1000), **wrong)
