"""What an orchestra can be told, found in the ways in which people write it."""

from pathlib import Path

import pytest
from tests.commands.test_csd import piece

from telharmonic.commands.csd import parse_csd, read_csd
from telharmonic.commands.csd_controls import find_controls
from telharmonic.errors import SessionFileError
from telharmonic.protocol.orchestra import MAXIMUM_CONTROLS

ROOT = Path(__file__).parents[2]


def found(orchestra: str):
    return find_controls(parse_csd(piece(orchestra)))


def ways(orchestra: str):
    """Host, address and, of each argument, type, range, beginning and law."""
    return [
        (each.host, each.address, [(a.type, a.minimum, a.maximum, a.default, a.law) for a in each.arguments])
        for each in found(orchestra).controls
    ]


@pytest.mark.parametrize(
    "line",
    [
        'kAny OSClisten giOsc, "/a", "f", gkA',
        'kAny = OSClisten(giOsc, "/a", "f", gkA)',
        'kAny = OSClisten:k(giOsc, "/a", "f", gkA)',
        'if OSClisten(giOsc, "/a", "f", gkA) == 1 then',
        'nxt: kk OSClisten giOsc, "/a", "f", gkA',
        'kAny OSClisten \\\n giOsc, "/a", \\\n "f", gkA ; comment',
    ],
)
@pytest.mark.parametrize(
    "port",
    [
        "giOsc OSCinit 7770",
        "giOsc = OSCinit(7770)",
        "giPort = 7000 + 770\ngiOsc OSCinit giPort",
        "#define P #7770#\ngiOsc OSCinit $P.",
    ],
)
def test_a_message_is_found_however_it_is_written(port, line):
    assert ways(f"{port}\ninstr 1\n{line}\nendin") == [("osc-7770", "/a", [("f", 0, 1, 0, "linear")])]
    assert found(f"{port}\n{line}").ports == {"osc-7770": 7770}


def test_ranges_come_from_comments_and_beginnings_from_init():
    orchestra = """
gkCut init 440
gkBig init 250
gkLow init -6
giOsc OSCinit 1
k OSClisten giOsc, "/filter", "ff", gkCut, gkQ   ; @range 20 20000 100 log, 0.5 12
k OSClisten giOsc, "/big", "f", gkBig
k OSClisten giOsc, "/low", "i", gkLow
k OSClisten giOsc, "/go", ""
"""
    assert ways(orchestra) == [
        ("osc-1", "/filter", [("f", 20, 20_000, 440, "log"), ("f", 0.5, 12, 0.5, "linear")]),
        ("osc-1", "/big", [("f", 0, 500, 250, "linear")]),
        ("osc-1", "/low", [("i", -12, 1, -6, "linear")]),
        ("osc-1", "/go", []),
    ]


def test_channels_have_the_ranges_of_their_declarations():
    orchestra = """
chn_k "level", 1, 2, 0.25, 0, 0.5
chn_k "steps", "rw", 1, 3, 0, 7
gkCut chnexport "cutoff", 3, 3, 440, 100, 4000
chn_k "meter", 2
chn_k "plain", 1
instr 1
  k1 chnget "level"
  k2 = chnget:k("mix") ; @range -1 1 0.5
  aIn chnget "sound"
  SName chnget "text"
  k3 chnget "meter"
  i1 chnget "seed"
endin
"""
    assert ways(orchestra) == [
        ("channels", "/channel/level", [("f", 0, 0.5, 0.25, "linear")]),
        ("channels", "/channel/steps", [("f", 0, 7, 3, "linear")]),
        ("channels", "/channel/cutoff", [("f", 100, 4000, 440, "log")]),
        ("channels", "/channel/plain", [("f", 0, 1, 0, "linear")]),
        ("channels", "/channel/mix", [("f", -1, 1, 0.5, "linear")]),
        ("channels", "/channel/seed", [("f", 0, 1, 0, "linear")]),
    ]
    assert found(orchestra).channels == {
        "level": 0.25,
        "steps": 3,
        "cutoff": 440,
        "plain": None,
        "mix": 0.5,
        "seed": None,
    }
    assert [each.arguments[0].whole for each in found(orchestra).controls][:3] == [False, True, False]


def test_what_has_no_control_is_said():
    orchestra = """
giOsc OSCinit 7770
k OSClisten giOsc, "/text", "s", Sx
k OSClisten giOther, "/a", "f", k1
k OSClisten giOsc, "/a b", "f", k1
k OSClisten giOsc, SPath, "f", k1
chn_k "my channel", 1
#include "more.inc"
"""
    assert found(orchestra).controls == ()
    assert found(orchestra).notes == (
        "line 8: OSClisten /text: takes 's'; only numbers (f d i h) have a control",
        "line 9: OSClisten '/a': no OSCinit with a port for 'giOther'",
        "line 10: OSClisten '/a b': no plain OSC address",
        "line 11: OSClisten has no address in quotes",
        "line 12: channel 'my channel' has a name that no OSC address can hold",
    )


def test_a_port_that_only_csound_knows_does_not_keep_the_piece_from_playing():
    orchestra = 'giOsc OSCinit gi_port_of(1)\ngiOther OSCinit 7771\nk OSClisten giOther, "/a", "f", k1'
    assert [address for _, address, _ in ways(orchestra)] == ["/a"]
    assert (
        found(orchestra)
        .notes[0]
        .startswith("line 6: OSCinit has a port that only Csound knows, 'gi_port_of(1)': what it hears")
    )


def test_what_the_piece_sets_before_it_plays_is_what_a_channel_begins_with():
    orchestra = """
giLevel = 0.5
chnset 60, "pitch"
chnset(giLevel * 2, "level")
chn_k "cut", 1, 3, 200, 100, 4000
chnset:k(440, "cut")
instr 1
  chnset 7, "later"
  k1 chnget "pitch"
  k2 = chnget:k("level") ; @range 0 2 0.1
  k3 chnget "later"
endin
"""
    assert ways(orchestra) == [
        ("channels", "/channel/cut", [("f", 100, 4000, 440, "log")]),
        ("channels", "/channel/pitch", [("f", 0, 120, 60, "linear")]),
        ("channels", "/channel/level", [("f", 0, 2, 1, "linear")]),
        ("channels", "/channel/later", [("f", 0, 1, 0, "linear")]),
    ]


def test_channels_of_texts_have_no_slider_and_are_listed():
    orchestra = 'gSname chnexport "label", 1\nchn_S "file", 1\nchn_S "said", 2\nSText chnget "title"\nk1 chnget "file"'
    assert found(orchestra).controls == ()
    assert found(orchestra).notes == tuple(
        f"line {line}: channel {name!r} holds a text; only numbers have a control"
        for line, name in ((6, "label"), (7, "file"), (9, "title"))
    )


def test_there_are_no_more_controls_than_a_page_can_have():
    orchestra = "\n".join(f'chn_k "c{number}", 1' for number in range(300))
    assert len(found(orchestra).controls) == MAXIMUM_CONTROLS
    assert found(orchestra).notes == ("44 more have no control: 256 are shown",)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('k1 chnget "a" ; @range 5 1', r"line 6: @range '5 1'; allowed: MINIMUM MAXIMUM"),
        ('k1 chnget "a" ; @range 0 1 log', "log above 0"),
        ('k1 chnget "a" ; @range 0 1 2', "@range"),
        ('k1 chnget "a" ; @range', "@range"),
        ('k1 chnget "a" ; @range nan 1', "@range"),
        ("g OSCinit 70000", "line 6: OSCinit has port '70000'; allowed: 1 to 65535"),
        ("giPort = 70000\ng OSCinit giPort", "line 7: OSCinit has port 'giPort'; allowed: 1 to 65535"),
        ("\n".join(f"g{n} OSCinit {n}" for n in range(1, 20)), "OSCinit of more than 16 ports"),
    ],
)
def test_what_cannot_be_understood_names_its_line(line, says):
    with pytest.raises(SessionFileError, match=says):
        found(line)


def test_the_grain_player_of_the_demo_has_the_papers_names_in_their_ranges():
    csd = read_csd(ROOT / "demo" / "grains.csd")
    said = {
        each.address: (each.arguments[0].minimum, each.arguments[0].maximum, each.arguments[0].default)
        for each in find_controls(csd).controls
    }
    assert said["/grain/gkDens"] == (0, 2000, 250)
    assert said["/grain/gkDur"] == (0.001, 2, 0.1)
    assert said["/ping/freq"] == (20, 20_000, 440)
    assert len(said) == 8
    assert find_controls(csd).notes == ()
