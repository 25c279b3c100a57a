"""A visitor's own music on a real server: drawn, taken home, opened again."""

from __future__ import annotations

import numpy as np
import pytest

from telharmonic.protocol import messages
from telharmonic.protocol.session_file import parse_toml
from telharmonic.protocol.waveforms import unpack

pytestmark = pytest.mark.realtime


async def test_the_demo_is_drawn_from_far_and_near(visit):
    opened = visit("demo")
    whole = opened.get("/peaks?points=500")
    head, numbers = unpack(whole)
    assert len(head.strips) == 8
    assert 250 <= head.bins <= 500
    low, high = np.frombuffer(numbers, np.int8).reshape(8, 3, head.bins)[:, :2].swapaxes(0, 1)
    assert (low <= high).all()
    assert (high.max(axis=1) > 10).all()  # every strip sounds somewhere
    near, numbers = unpack(opened.get("/peaks?start_s=10&end_s=11&strips=1"))
    assert (near.bin_frames, near.bins, len(numbers)) == (64, 750, 3 * 750)


async def test_the_file_is_the_session_as_it_is_now(visit, tell):
    opened = visit("demo")
    async with await opened.join(audio=False) as client:
        await tell(client, messages.Set, address="strip/1/fader", value=-17.5)
        await tell(client, messages.SceneStore, name="Mine")
        await client.wait_for(messages.Scenes)
    spec = parse_toml(opened.get("/file").decode())
    assert spec.strips[0].values["fader"] == -17.5
    assert spec.scenes[-1].name == "Mine"
    again = visit({"version": 1, "strip": [{"id": "1", "source": "sine"}]})
    assert parse_toml(again.get("/file").decode()).strips[0].source == "sine"
