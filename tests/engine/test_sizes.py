"""How much memory sessions need."""

from __future__ import annotations

import dataclasses

import numpy as np

from telharmonic.engine.sizes import effect_sizes, longest_impulse

AUXES = """
[[impulse]]
id = "hall"
file = "hall"
[[aux]]
id = "hall"
set = { impulse = "hall" }
[[aux]]
id = "echo"
kind = "delay"
"""


def strips(count: int) -> str:
    return "".join(f'[[strip]]\nid = "{number}"\n' for number in range(count))


def test_the_reference_console_needs_at_most_6_mb_beside_what_is_shared(studio):
    engine = studio.engine(strips(8) + AUXES, {"hall": np.ones((2, 96_000), np.float32)})
    assert engine.size_bytes <= 6_000_000


def test_a_strip_more_costs_kilobytes(studio):
    sounds = {"hall": np.ones((2, 96_000), np.float32)}
    small, large = (studio.engine(strips(count) + AUXES, sounds).size_bytes for count in (8, 64))
    assert (large - small) / 56 < 10_000


def test_every_effect_begins_on_a_cache_line(studio):
    session = studio.session(strips(1) + AUXES)
    assert all(effect_sizes(aux, 96_000, 48_000)[0] % 16 == 0 for aux in session.auxes)


def test_the_longest_impulse_counts(studio):
    session = studio.session(strips(1) + AUXES)
    assets = studio.assets(session, {"hall": np.ones((2, 5000), np.float32)})
    assert longest_impulse(assets) == 5000
    assert longest_impulse(dataclasses.replace(assets, impulse_room_frames=240_000)) == 240_000
    assert longest_impulse(studio.assets(studio.session(strips(1)), {})) == 1
