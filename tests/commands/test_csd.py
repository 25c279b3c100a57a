"""Unified files, as people write them and as nobody should."""

import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.commands.csd import LINE_CHARACTERS, ORCHESTRA_CHARACTERS, parse_csd, read_csd, with_instrument
from telharmonic.commands.csd_controls import find_controls
from telharmonic.errors import SessionFileError


def piece(orchestra: str, options: str = "-odac") -> str:
    return (
        f"<CsoundSynthesizer>\n<CsOptions>\n{options}\n</CsOptions>\n<CsInstruments>\n{orchestra}\n</CsInstruments>\n"
        "<CsScore>\n</CsScore>\n</CsoundSynthesizer>\n"
    )


@pytest.mark.parametrize(
    ("header", "rate_hz", "ksmps", "channels"),
    [
        ("sr = 48000\nksmps = 32\nnchnls = 2", 48_000, 32, 2),
        ("sr=44100 ; rate\nkr=4410\nksmps=10\nnchnls = 1", 44_100, 10, 1),
        ("sr = 96000\nkr = 960\nnchnls = 8", 96_000, 100, 8),
        ("#define N #4#\n#define M #$N.#\nnchnls = $M", 0, 10, 4),
        ("ksmps = 2^5\nnchnls = 2*2", 0, 32, 4),
        ("giN = 3\nsr = 48000\nkr = sr/16\nnchnls = giN + 1", 48_000, 16, 4),
        ("", 0, 10, 1),
        ("instr 1\nsr = 7\nendin", 0, 10, 1),
    ],
)
def test_the_header_says_rate_control_period_and_channels(header, rate_hz, ksmps, channels):
    csd = parse_csd(piece(header))
    assert (csd.sample_rate_hz, csd.ksmps, csd.channels) == (rate_hz, ksmps, channels)


@pytest.mark.parametrize(
    ("orchestra", "is_whole"),
    [
        ("nchnls = 2\ninstr 1\nendin", True),
        ('#include "header.inc"\nnchnls = 2', False),
        ("#ifdef WIDE\nnchnls = 8\n#else\nnchnls = 2\n#end", False),
        ("nchnls = $UNKNOWN", False),
        ("nchnls = filenchnls(1)", False),
        ('nchnls = 2\ninstr 1\n#include "body.inc"\nendin', True),
    ],
)
def test_a_header_of_which_more_is_elsewhere_says_so(orchestra, is_whole):
    assert parse_csd(piece(orchestra)).is_whole == is_whole


@pytest.mark.parametrize(
    ("orchestra", "options", "inputs"),
    [
        ("nchnls = 2\ninstr 1\na1 inch 1\nendin", "-odac", 2),
        ("nchnls = 2\nnchnls_i = 1\ninstr 1\naL, aR ins\nendin", "-odac", 1),
        ("nchnls = 1\na1 = in()", "-odac", 1),
        ("nchnls = 2\n", "-odac -iadc", 2),
        ("nchnls_i = 4\nnchnls = 2", "-odac", 4),
        ('nchnls = 2\nkin = 1\nprints "in"\nchn_k "in", 1\n; inch\nopcode f, a, a\na1 xin\nendop', "-odac", 0),
    ],
)
def test_the_channels_that_a_piece_listens_to_are_counted(orchestra, options, inputs):
    assert parse_csd(piece(orchestra, options)).inputs == inputs


def test_comments_go_and_texts_stay_whatever_they_hold():
    text = 'a = 1 ; one\n/* b\nc */ d = 2 // two\nprints "not ; a // comment"\nS = {{ x ; y }}\n'
    statements = parse_csd(piece(text)).statements
    assert [each.code.strip() for each in statements] == [
        "a = 1",
        "d = 2",
        'prints "not ; a // comment"',
        "S = {{ x ; y }}",
    ]
    assert [(each.line, each.comment) for each in statements][:2] == [(6, "; one"), (8, "// two")]


def test_a_continued_line_is_one_statement():
    (statement,) = parse_csd(piece('k1 OSClisten g, \\\n "/a", "f", k2')).statements
    assert statement.code.split() == ["k1", "OSClisten", "g,", '"/a",', '"f",', "k2"]


def test_of_the_options_only_what_the_piece_needs_is_kept():
    csd = parse_csd(piece("nchnls = $N", "-odac -M0 --omacro:N=6 -+rtaudio=alsa --env:SSDIR=sounds"))
    assert csd.options == ("--omacro:N=6", "--env:SSDIR=sounds")
    assert csd.channels == 6


def test_more_orchestra_is_added_and_lines_keep_their_numbers():
    text = piece("sr = 48000", "-odac\n-M0")
    longer = with_instrument(parse_csd(text), "instr added\nendin\n")
    assert "-M0" not in longer
    assert longer.split("\n").index("sr = 48000") == text.split("\n").index("sr = 48000")
    assert parse_csd(longer).statements[-1].code == "endin"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no <CsInstruments>"),
        ("<CsInstruments>\nsr = 48000\n", "</CsInstruments> is missing"),
        (piece("nchnls = 65"), "nchnls is 65; allowed: 1 to 64"),
        (piece("nchnls = 2^7"), "nchnls is 128; allowed: 1 to 64"),
        (piece("nchnls = 0.25"), "nchnls is 0.25; allowed: 1 to 64"),
        (piece("sr = -1"), "sr is -1"),
        (piece("sr = 0 * 2"), "line 6: sr is 0; allowed: 1 to 1000000"),
        (piece("ksmps = 100000"), "ksmps is 100000; allowed: 1 to 65536"),
        (piece("a" * (LINE_CHARACTERS + 1)), "line 6 has 8193 characters; allowed: up to 8192"),
        (piece("x = 1\n" * (ORCHESTRA_CHARACTERS // 6 + 1)), "allowed: up to 262144"),
    ],
)
def test_what_cannot_be_played_is_said(text, says):
    with pytest.raises(SessionFileError, match=says):
        parse_csd(text)


def test_a_file_that_is_not_there_or_huge_is_named(tmp_path):
    with pytest.raises(SessionFileError, match=r"none\.csd: No such file"):
        read_csd(tmp_path / "none.csd")
    with pytest.raises(SessionFileError, match="Is a directory"):
        read_csd(tmp_path)
    os.mkfifo(tmp_path / "pipe.csd")
    with pytest.raises(SessionFileError, match=r"pipe\.csd: it is not a regular file"):
        read_csd(tmp_path / "pipe.csd")
    with (tmp_path / "huge.csd").open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(SessionFileError, match=r"huge\.csd: 1073741824 bytes; allowed: up to 16777216"):
        read_csd(tmp_path / "huge.csd")


MARKS = """ " {{ }} /* */ ; // \\ ( ) , $A k1 g 0 1e999 OSClisten OSCinit chn_k chnexport chnget :k "/a" "f" @range"""
WORDS = st.sampled_from([*MARKS.split(), "\n", "\\\n", " ", "#define A #$A$A#", "nchnls = 2"])


@given(st.lists(WORDS | st.text(max_size=4), max_size=60))
def test_no_orchestra_raises_anything_but_our_errors(words):
    with contextlib.suppress(SessionFileError):
        find_controls(parse_csd(piece("".join(words))))


@pytest.mark.parametrize("word", ['"\\', "{{", "/*", "$A$A", "((", "OSClisten ", 'chnget "', '"\n', "@range ,"])
def test_hostile_repetition_takes_no_longer_than_its_length(word):
    """A quarter of a megabyte of each: what grew with the square would take minutes."""
    line = (word * LINE_CHARACTERS)[: LINE_CHARACTERS - 1]
    text = "#define A #" + "x" * 200 + "#\n" + f"{line}\n" * (ORCHESTRA_CHARACTERS // LINE_CHARACTERS - 2)
    with contextlib.suppress(SessionFileError):
        find_controls(parse_csd(piece(text[: ORCHESTRA_CHARACTERS - 10])))
