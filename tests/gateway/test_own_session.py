from pathlib import Path

from telharmonic.gateway.catalogue import Offer
from telharmonic.gateway.own_session import own_session
from telharmonic.protocol.music_api import UploadedStrip
from telharmonic.protocol.session_file import check, parse_toml

UPLOAD = "0" * 32 + ".wav"
CONSOLE = """
[[strip]]
id = "x"
set = {"send/hall" = -6}
[[impulse]]
id = "church"
file = "church.flac"
[[aux]]
id = "hall"
set = {impulse = "church"}
"""


def made(names, offer=None):
    return own_session("", [(UploadedStrip(upload=UPLOAD, name=name), f"uploads/{UPLOAD}") for name in names], offer)


def test_strips_are_called_as_the_files_are_without_their_kind():
    assert [strip.name for strip in made(["Grand piano.wav", "", "x" * 64]).strips] == [
        "Grand piano",
        "Track 2",
        "x" * 64,
    ]


def test_the_console_is_the_servers_first_with_nothing_sent():
    offer = Offer(name="demo", description=parse_toml(CONSOLE), folder=Path("/demo"))
    spec = made(["a.wav"], offer)
    assert spec.auxes == offer.description.auxes
    assert spec.impulses == offer.description.impulses
    assert spec.strips[0].values == {}
    assert made(["a.wav"]).auxes == ()


def test_players_are_strips_of_grains_over_each_file():
    wished = [
        (UploadedStrip(upload="u1", name="rain.wav"), "uploads/u1.wav"),
        (UploadedStrip(upload="u2"), "uploads/u2.wav"),
    ]
    spec = check(own_session("", wished, None, players=3))
    assert [strip.name for strip in spec.strips] == [
        "rain 1",
        "rain 2",
        "rain 3",
        "Track 2 4",
        "Track 2 5",
        "Track 2 6",
    ]
    assert {strip.source for strip in spec.strips} == {"grains"}
    assert len({strip.values["grain_seed"] for strip in spec.strips}) == 6
    assert len(own_session("", wished, None, players=40).strips) == 64
