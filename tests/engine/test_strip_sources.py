"""Session files' strips into the tables of the sources."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.audio.feed_ring import FEED_BYTES, FeedRing
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.engine.channel_sources import CLIP_SOURCE, LIVE_SOURCE, NOTHING, PING_SOURCE, TONE_SOURCE
from telharmonic.engine.strip_sources import Sources
from telharmonic.errors import AssetError
from telharmonic.sources.feed import FEED_INTS

TEXT = """
[[strip]]
id = "1"
clip = [{ file = "a", start_s = 0.5, offset_s = 0.1, duration_s = 0.2, gain_db = -6.0 }]
[[strip]]
id = "2"
source = "pink"
[[strip]]
id = "3"
[[strip]]
id = "4"
source = "ping"
[[strip]]
id = "5"
source = "sine"
[[strip]]
id = "6"
stereo = false
clip = [{ file = "a" }]
"""


@pytest.fixture
def sources(studio) -> Sources:
    session = studio.session(TEXT)
    return Sources(session, studio.assets(session, {"a": np.ones((2, 48_000))}))


def test_each_strip_has_its_kind_and_number(sources):
    assert sources.kinds.tolist() == [
        [CLIP_SOURCE, 0],
        [TONE_SOURCE, 0],
        [NOTHING, 0],
        [PING_SOURCE, 0],
        [TONE_SOURCE, 1],
        [CLIP_SOURCE, 0],
    ]


def test_strips_are_as_wide_as_their_files_unless_told(sources):
    assert sources.stereo == [True, False, False, False, False, False]


def test_seconds_become_frames(studio):
    sound = np.tile(np.arange(48_000, dtype=np.float32) / 48_000, (2, 1))
    engine = studio.engine(TEXT.split('[[strip]]\nid = "2"')[0], {"a": sound})
    heard = studio.play(engine, 48_000)[0]
    np.testing.assert_allclose(heard[24_000:33_600], sound[0, 4800:14_400] * 10 ** (-6 / 20), atol=1e-6)
    assert not heard[:24_000].any()
    assert not heard[33_600:].any()
    assert engine.duration_frames == 33_600


def test_a_clip_behind_its_files_end_is_named(studio):
    session = studio.session('[[strip]]\nid = "1"\nclip = [{ file = "a", offset_s = 2.0 }]\n')
    with pytest.raises(AssetError, match="a lasts 1 s"):
        Sources(session, studio.assets(session, {"a": np.ones((2, 48_000))}))


def test_live_strips_are_numbered_and_take_the_rings_of_their_ids(studio):
    memory = SharedMemory(FEED_BYTES)
    ring = FeedRing(memory.part(0, FEED_BYTES))
    text = '[[strip]]\nid = "a"\nsource = "live"\n[[strip]]\nid = "b"\nsource = "live"\nstereo = true\n'
    session = studio.session(text)
    sources = Sources(session, studio.assets(session, {}), {"b": ring})
    assert sources.kinds.tolist() == [[LIVE_SOURCE, 0], [LIVE_SOURCE, 1]]
    assert sources.stereo == [False, True]
    assert sources.feeds.reshape(2, FEED_INTS)[:, 0].tolist() == [0, ring.address]
    assert sources.rings == (ring,)
