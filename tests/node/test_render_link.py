"""The seam to the render process, both ways, without a stream process."""

import os
import select

import pytest

from telharmonic.engine.commands import Applied, Play
from telharmonic.errors import NodeError, NotFoundError
from telharmonic.node.render_link import RenderLink
from telharmonic.node.shared_state import Build, ReadLog, Remove, Tidings, Wish
from telharmonic.protocol.session import SessionSpec, StripSpec

pytestmark = pytest.mark.realtime
SPEC = SessionSpec(strips=(StripSpec(id="1", source="sine"),))


@pytest.fixture
def link(tmp_path):
    link = RenderLink(slots=2, cache_folder=tmp_path, cache_bytes=1 << 30)
    yield link
    link.close()


def wait_for_news(link):
    while True:
        assert select.select([link.wake_descriptor], [], [], 10)[0]
        link.clear_wake()
        items = list(link.news())
        if items:
            return items


def test_a_session_is_built_commanded_heard_and_removed(link):
    built = link.request(Build(slot=1, session=SPEC, base_folder="/"))
    assert built.stereo == {"1": False}
    assert link.post(1, Wish(awake=True, meters=False))
    assert link.post(1, Play(command_id=7))
    slot, tidings = wait_for_news(link)[0]
    assert slot == 1
    assert isinstance(tidings, Tidings)
    assert any(isinstance(news, Applied) and news.command_id == 7 for news in tidings.news)
    ring = link.shared.ring(1)
    assert ring.written >= 240
    assert [entry.command for entry in link.request(ReadLog(slot=1, first=0))] == [Play(command_id=7)]
    assert link.request(ReadLog(slot=1, first=1)) == ()
    link.request(Remove(slot=1))
    written = ring.written
    with pytest.raises(NotFoundError):
        link.request(Remove(slot=1))
    assert ring.written == written


def test_a_post_to_nobody_is_ignored(link):
    link.post(0, Play())
    link.request(Build(slot=0, session=SPEC, base_folder="/"))
    assert link.shared.ring(0).written == 0


def test_a_dead_render_process_is_one_clear_error(link):
    os.kill(link.child.pid, 9)
    with pytest.raises(NodeError, match="render_process has ended"):
        link.request(ReadLog(slot=0, first=0))


def test_no_room_for_a_command_is_told(tmp_path):
    link = RenderLink(slots=1, cache_folder=tmp_path, cache_bytes=1 << 30)
    os.kill(link.child.pid, 9)
    assert select.select([link.child.exit_descriptor], [], [], 10)[0]
    posts = 0
    while link.post(0, Play(command_id=posts)):
        posts += 1
    assert posts > 1000
    link.close()
