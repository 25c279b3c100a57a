"""What a node says of itself, over its private socket."""

import pytest

from telharmonic.protocol.session import SessionSpec, StripSpec

pytestmark = pytest.mark.realtime


async def test_every_session_is_in_it_with_what_it_has_beside_sound(node, link):
    await node.start("status-1", SessionSpec(strips=(StripSpec(id="1", source="sine"),)))
    status = await link.status()
    row = next(row for row in status.sessions if row.id == "status-1")
    assert status.ready
    assert (row.members, row.playing, row.jack, row.programs) == (0, False, None, ())
    await link.end("status-1")
