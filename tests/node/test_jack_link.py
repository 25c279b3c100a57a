"""The stream process's end: whose strips are whose. What it starts is in test_jack_process and test_patchbay."""

import pytest
from tests.waiting import until

from telharmonic.errors import RefusedError
from telharmonic.node.feeds import FeedMemory, SessionFeeds
from telharmonic.node.jack_link import JackLink, strips_of
from telharmonic.protocol.jack import JackSpec
from telharmonic.protocol.session import SessionSpec, StripSpec

pytestmark = pytest.mark.realtime

SESSION = SessionSpec(
    strips=(
        StripSpec(id="guest", source="live"),
        StripSpec(id="synth", source="jack", stereo=True),
        StripSpec(id="tone", source="sine"),
        StripSpec(id="bass", source="jack"),
    )
)


def test_strips_of_jack_keep_their_number_among_all_live_ones():
    feeds = SessionFeeds(FeedMemory(1), 0, SESSION)
    strips = strips_of(SESSION, feeds.places)
    assert [(strip.id, strip.place, strip.stereo) for strip in strips] == [("synth", 1, True), ("bass", 2, False)]


async def test_its_strips_are_its_own_until_it_is_closed():
    memory = FeedMemory(1)
    feeds = SessionFeeds(memory, 0, SESSION)
    link = JackLink(JackSpec(server="nobody"), SESSION, feeds=feeds, memory=memory, slots=1, said=lambda _: None)
    with pytest.raises(RefusedError, match="fed already"):
        feeds.claim("synth", "someone")
    feeds.claim("guest", "someone")
    await link.close()
    feeds.claim("synth", "someone")


async def test_without_a_server_nothing_is_played_and_why_is_said():
    memory = FeedMemory(1)
    feeds = SessionFeeds(memory, 0, SESSION)
    spec = JackSpec(server="nobody", play_midi=True)
    link = JackLink(spec, SESSION, feeds=feeds, memory=memory, slots=1, said=lambda _: None)
    with pytest.raises(RefusedError, match="nothing can be played now: no JACK server"):
        link.play_midi(b"\x90\x3c\x01")
    await link.close()


async def test_a_process_that_dies_gives_its_strips_back_and_says_so():
    memory = FeedMemory(1)
    feeds = SessionFeeds(memory, 0, SESSION)
    link = JackLink(JackSpec(server="nobody"), SESSION, feeds=feeds, memory=memory, slots=1, said=lambda _: None)
    link._child._process.kill()
    await until(lambda: "has ended" in link.status.why, "the end")
    feeds.claim("synth", "someone")
    await link.close()
