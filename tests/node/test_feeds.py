"""Who feeds which live strip, and a feed through a real render process."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from telharmonic.audio.feed_ring import SHUT
from telharmonic.engine.commands import Set
from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.node.feeds import FeedMemory, SessionFeeds
from telharmonic.node.render_link import RenderLink
from telharmonic.node.shared_state import Build, Remove, Wish
from telharmonic.protocol.session import MasterSpec, SessionSpec, StripSpec
from telharmonic.wire.feed import FeedWriter

SESSION = SessionSpec(
    strips=(StripSpec(id="tone", source="sine"), StripSpec(id="mic", source="live"), StripSpec(id="b", source="live")),
    master=MasterSpec(values={"limiter_on": False}),
)


def test_every_strip_of_every_slot_has_a_ring_of_its_own_that_another_process_finds():
    ours = FeedMemory(3)
    theirs = FeedMemory(3, os.dup(ours.memory.descriptor))
    for slot in range(3):
        for number, ring in enumerate(ours.rings(slot, SESSION).values()):
            ring.reset()
            ring.push(np.full((2, 10), 10 * slot + number, np.float32))
    found = [theirs.ring(slot, number).view(0, 1)[0, 0] for slot in range(3) for number in range(2)]
    assert found == [0, 1, 10, 11, 20, 21]
    ours.clear(1)
    assert theirs.ring(1, 0).written == 0
    assert theirs.ring(2, 1).written == 10
    for side in (ours, theirs):
        side.memory.close()


def test_a_strip_is_fed_by_one_at_a_time():
    memory = FeedMemory(1)
    feeds = SessionFeeds(memory, 0, SESSION)
    assert feeds.places == {"mic": 0, "b": 1}
    ring = feeds.claim("mic", "m1")
    ring.open()
    with pytest.raises(RefusedError, match="fed already"):
        feeds.claim("mic", "m2")
    with pytest.raises(NotFoundError, match="allowed: mic, b"):
        feeds.claim("tone", "m2")
    feeds.release("mic", "m2")
    assert ring.is_open
    feeds.release("mic", "m1")
    assert not ring.is_open
    assert feeds.claim("mic", "m2") is feeds.rings["mic"]
    memory.memory.close()


@pytest.mark.realtime
def test_a_feed_is_heard_from_a_real_render_process(tmp_path: Path):
    link = RenderLink(slots=1, cache_folder=tmp_path, cache_bytes=1 << 20)
    try:
        link.request(Build(slot=0, session=SESSION, base_folder=""))
        feeds, heard = SessionFeeds(link.feeds, 0, SESSION), link.shared.ring(0)
        link.post(0, Wish(awake=True, meters=False))
        link.post(0, Set(address="strip/tone/mute", value=True))
        writer = FeedWriter(feeds.claim("mic", "test"), rate_hz=48_000, source_hz=48_000, message_frames=240)
        wave = 0.25 * np.sin(2 * np.pi * 1000 / 48_000 * np.arange(240))[:, None].astype(np.float32)
        begin_s, level, n = time.monotonic(), 0.0, 0
        while n < 300 or (abs(level - 0.25 * 0.5**0.5) > 0.03 and n < 4000):  # longer where the machine made gaps
            time.sleep(max(0.0, begin_s + n * 0.005 - time.monotonic()))
            writer.feed(wave, time.monotonic())
            heard.give_back(max(0, heard.written - 4096))
            if heard.written > 960:
                last = heard.view(heard.written - 960, 960)
                level = 2 * np.abs((last[:, 0] * np.exp(-2j * np.pi / 48 * np.arange(960))).mean())
            n += 1
        assert writer.in_hand_s is not None
        assert level == pytest.approx(0.25 * 0.5**0.5, abs=0.03)
        link.request(Remove(slot=0))
    finally:
        link.close()


def test_the_strip_that_was_shut_is_named_at_first_and_then_ever_more_seldom(caplog):
    memory = FeedMemory(1)
    feeds = SessionFeeds(memory, 0, SESSION)
    for count in range(1, 9):
        feeds.rings["mic"]._words[SHUT] = count  # as the reader counts
        feeds.tell_shut()
    assert feeds.shut_counts == {"mic": 8}
    assert [record.args for record in caplog.records] == [("mic", count) for count in (1, 2, 4, 8)]
    del feeds
    memory.memory.close()
