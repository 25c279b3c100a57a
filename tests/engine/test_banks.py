"""Channels keep what they are playing wherever they are computed."""

from __future__ import annotations

import numpy as np

from telharmonic.dsp.lanes import LANES
from telharmonic.engine import arena as names
from telharmonic.engine.banks import flat_row, most_banks
from telharmonic.engine.commands import Set
from telharmonic.engine.places import Shape
from telharmonic.engine.ranks import places, ranks


def test_no_order_needs_more_banks_than_are_kept():
    random = np.random.default_rng(3)
    for _ in range(300):
        shape = Shape(int(random.integers(1, 65)), int(random.integers(0, 17)), 0)
        feeds = []
        for channel in range(shape.channels):
            later = max(channel + 1, shape.strips)
            if later < shape.channels and random.integers(2):
                feeds.append((channel, int(random.integers(later, shape.channels))))
        strips = range(shape.strips)
        keys = [(int(random.integers(shape.channels)), strip) for strip in strips if random.integers(3) == 0]
        found = ranks(shape.channels, feeds, keys)
        if found is not None:
            assert max(places(found)) // LANES < most_banks(shape)


def test_an_empty_lane_leaves_sound_as_it_is():
    row = flat_row(3)
    assert row.sum() == 5 * 16  # m0 of five stages


def test_a_channel_goes_on_unheard_of_when_the_order_changes(studio, noise):
    """An equaliser that rings and a compressor that recovers go on to the last bit when their lane moves."""
    strips = "".join(
        f'[[strip]]\nid = "{number}"\nclip = [{{ file = "{number}" }}]\n'
        "set = { hp_on = true, eq_mid1_gain = 18.0, eq_mid1_q = 18.0, comp_on = true, comp_threshold = -40.0 }\n"
        for number in range(3)
    )
    text = strips + '[[group]]\nid = "g"\n[[group]]\nid = "h"\nset = { output = "group/g" }\n'
    sounds = {str(number): noise(48_000, seed=number) for number in range(3)}

    def play(*commands):
        engine = studio.engine(text, sounds, stems=True)
        heard = [studio.play(engine, 4723)]
        for command in commands:
            engine.post(command)
        mix, stems = np.zeros((2, 4800), np.float32), np.zeros((6, 4800), np.float32)
        engine.render_stems(mix, stems)
        return heard, stems, engine._arena.i(names.PLACE).tolist()

    _, still, before = play()
    # strip 0 listens to a group behind two ranks (but its compressor ratio of 1 keeps its own sound)
    _, moved, after = play(
        Set(address="strip/2/comp_key", value="group/g"), Set(address="strip/2/output", value="master")
    )
    assert after != before
    np.testing.assert_array_equal(moved[:4], still[:4])
    # the listening strip itself: only its compressor's level differs
    assert np.isfinite(moved[4:]).all()
