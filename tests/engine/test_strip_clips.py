import numpy as np
import pytest

from telharmonic.engine.strip_clips import placed_clips
from telharmonic.errors import AssetError
from telharmonic.protocol.session import ClipSpec, StripSpec
from telharmonic.sources.sound import Sound

SOUNDS = {"a.wav": Sound(np.zeros((48_000, 1), np.float32), 48_000)}


def test_seconds_become_frames_and_decibels_a_gain():
    spec = ClipSpec(file="a.wav", start_s=2.0, offset_s=0.25, duration_s=0.5, gain_db=-20.0, loop=True)
    (clip,) = placed_clips(StripSpec(id="1", clips=(spec,)), SOUNDS, 48_000)
    assert (clip.start_frames, clip.offset_frames, clip.duration_frames, clip.loop) == (96_000, 12_000, 24_000, True)
    assert clip.gain == pytest.approx(0.1)
    assert clip.sound is SOUNDS["a.wav"]


def test_a_clip_that_begins_behind_its_files_end_is_refused():
    strip = StripSpec(id="1", clips=(ClipSpec(file="a.wav", offset_s=1.0),))
    with pytest.raises(AssetError, match=r"a\.wav lasts 1 s; the clip's offset_s is 1"):
        placed_clips(strip, SOUNDS, 48_000)
