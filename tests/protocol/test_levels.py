"""The meters' message keeps what a page reads of it."""

from __future__ import annotations

import json

from telharmonic.protocol.levels import MetersMessage
from telharmonic.protocol.messages import AnyServerMessage, encode
from telharmonic.protocol.parts import MasterMeters

MASTER = MasterMeters(
    peak=(-6.0, -6.0),
    rms=(-9.0, -9.0),
    true_peak=(-5.9, -5.9),
    true_peak_max=(-5.9, -5.9),
    momentary=-20.0,
    short_term=-21.0,
    integrated=-22.0,
    range=3.0,
    correlation=0.5,
    limiter_db=0.0,
    spectrum=(-60.0,) * 31,
)


def test_clouds_are_there_by_strip_and_empty_without_any():
    plain = MetersMessage(frame=0, position_s=0.0, channels={}, auxes={}, master=MASTER)
    assert json.loads(encode(plain)).get("clouds", {}) == {}
    told = MetersMessage(frame=0, position_s=0.0, channels={}, auxes={}, master=MASTER, clouds={"strip/1": (0.25, 40)})
    assert json.loads(encode(told))["clouds"] == {"strip/1": [0.25, 40]}
    assert json.loads(encode(told))["type"] == "meters"


def test_it_is_one_of_the_servers_messages():
    assert MetersMessage in AnyServerMessage.__args__
