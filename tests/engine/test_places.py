"""Every address has one place among the values."""

from __future__ import annotations

import pytest

from telharmonic.engine import places as named
from telharmonic.engine.places import Places
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.parameters import Law

CONSOLE = """
[[strip]]
id = "1"
[[strip]]
id = "2"
[[group]]
id = "g"
[[impulse]]
id = "room"
file = "room"
[[aux]]
id = "hall"
[[aux]]
id = "echo"
kind = "delay"
"""


@pytest.fixture
def places(studio) -> Places:
    return Places(studio.session(CONSOLE))


def test_they_are_those_of_the_address_table(studio, places):
    assert {place.address for place in places} == set(AddressTable(studio.session(CONSOLE)))


def test_no_two_share_an_index_and_hidden_ones_are_nobodys(places):
    indexes = [place.index for place in places]
    assert len(set(indexes)) == len(indexes)
    assert max(indexes) < places.shape.values
    size = places.shape.channel_size
    hidden = {channel * size + step for channel in range(3) for step, _ in places.hidden_bits()}
    assert not hidden & set(indexes)


def test_everything_that_is_derived_from_values_is_marked(places):
    unmarked = {place.row.name for place in places if place.bits == 0}
    assert unmarked == {"solo", "output"}  # they work through the hidden values
    assert places["strip/1/eq_mid2_q"].bits == named.EQ_MID2
    assert places["master/width"].bits == named.WIDTH
    assert places["aux/hall/level"].bits == named.LEVEL
    assert places["session/tempo"].bits == named.EFFECT


def test_choices_have_numbers(places):
    output, key, impulse = places["strip/1/output"], places["strip/1/comp_key"], places["aux/hall/impulse"]
    assert [places.choice(output, name) for name in ("master", "group/g")] == [0, 1]
    assert [places.choice(key, name) for name in ("self", "strip/2", "group/g")] == [-1, 1, 2]
    assert [places.choice(impulse, name) for name in ("", "room")] == [-1, 0]
    assert {place.row.name for place in places if place.row.law is Law.CHOICE} == {"output", "comp_key", "impulse"}


def test_owners_are_channels_auxes_master_and_session(places):
    owners = {place.address.rpartition("/")[0]: place.owner for place in places if "send" not in place.address}
    assert owners == {"strip/1": 0, "strip/2": 1, "group/g": 2, "aux/hall": 3, "aux/echo": 4, "master": 5, "session": 6}
