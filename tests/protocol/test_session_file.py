"""Session files: TOML and JSON, checked."""

from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import SessionFileError
from telharmonic.protocol.session_file import LIMIT_BYTES, check, parse_json, parse_toml, serialize_json

STRIP = '[[strip]]\nid = "1"\n'
LANE = '[[automation]]\naddress = "strip/1/fader"\npoints = '
GUIDE = Path(__file__).parents[2] / "docs" / "session-files.md"


def guide_examples() -> list[str]:
    return [part.split("```")[0] for part in GUIDE.read_text(encoding="utf-8").split("```toml\n")[1:]]


def test_every_example_of_the_guide_is_a_session():
    small, large = (parse_toml(text) for text in guide_examples())
    assert [strip.id for strip in small.strips] == ["1"]
    assert [strip.id for strip in large.strips] == ["vox", "drums", "bass", "tone", "guest", "cloud", "synth"]
    assert large.auxes[1].values["sync"] is True
    assert large.scenes[0].values["strip/drums/fader"] == -120.0
    assert large.lanes[0].points[:2] == ((0.0, -120.0), (2.5, -4.5))


def test_json_of_a_session_reads_back_as_the_same_session():
    for text in guide_examples():
        spec = parse_toml(text)
        assert parse_json(serialize_json(spec)) == spec


def test_values_are_kept_in_their_own_types():
    spec = parse_toml(STRIP + 'set = {fader = "-inf", mute = 1, pan = "0.5", polarity = "false"}')
    assert spec.strips[0].values == {"fader": -120.0, "mute": True, "pan": 0.5, "polarity": False}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "missing field 'strip'"),
        ("version = 2\n" + STRIP, "version is 2; allowed: 1"),
        ("= 1", "not TOML.*line 1"),
        ("strip = 3", "strip is 3; allowed: a list of 1 to 64 items"),
        (STRIP * 65, "allowed: a list of 1 to 64 items"),
        (STRIP * 2, "strip '1' is there 2 times; allowed: once"),
        ('[[strip]]\nid = "A"', "strip\\[0\\].id is 'A'; allowed: 1 to 32 of a-z 0-9 _ -"),
        ('[[strip]]\nid = "a\\n"', "allowed: 1 to 32 of"),
        (STRIP + "colour = 'red'", "allowed: #rrggbb"),
        (STRIP + "vst = 3", "unknown field 'vst' in strip\\[0\\]"),
        (STRIP + "set = {fader = 40}", 'strip/1/fader is 40.0; allowed: "-inf" or -120 to 12 dB'),
        (STRIP + "set = {fadre = 0}", "no address 'strip/1/fadre': strip/1 has input_gain"),
        (STRIP + "set = {'send/hall' = 0}", "aux is one of none"),
        (STRIP + "set = {output = 'group/a'}", "strip/1/output is 'group/a'; allowed: master"),
        (STRIP + "set = {fader = nan}", "nan is not a value"),
        (STRIP + "set = {fader = 2020-01-01}", "2020-01-01 is not a value"),
        (STRIP + LANE + "[[1, 40]]", 'strip/1/fader is 40.0; allowed: "-inf"'),
        (STRIP + LANE + "[]", "automation\\[0\\].points is .*; allowed: a list of 1 to 10000 items"),
        (STRIP + LANE + "[[2, 0], [1, 0]]", "automation 'strip/1/fader' has a point at 1 s behind 2 s"),
        (STRIP + (LANE + "[[0, 0]]\n") * 2, "automation 'strip/1/fader' is there 2 times; allowed: once"),
        (STRIP + LANE.replace("1", "9") + "[[0, 0]]", "no address 'strip/9/fader'"),
        (STRIP + "source = 'saw'", "allowed: grains, jack, live, noise, ping, pink, sine or sweep"),
        (STRIP + "source = 'sine'\n[[strip.clip]]\nfile = 'a.wav'", "both clips and source"),
        ("sample_rate_hz = 22050\n" + STRIP, "sample_rate_hz is 22050; allowed: 44100, 48000 or 96000"),
        ("tempo = 19\n" + STRIP, "tempo is 19; allowed: a number, 20 to 400"),
        ("loop = {on = true}\n" + STRIP, "loop.end_s is 0; allowed: above start_s"),
        ("loop = {start_s = 2, end_s = 1}\n" + STRIP, "loop.end_s is 1; allowed: above start_s"),
        (STRIP + "[[scene]]\nname = 'a'\nvalues = {'strip/2/fader' = 0}", "strip is one of 1"),
        (STRIP + "a" + ".a" * 20 + " = 1", "line 3 has a key of more than 16 parts"),
        (STRIP + "x = " + "[" * 17 + "]" * 17, "more than 16 deep"),
        (STRIP + "x = " + "[" * 5000, "not TOML"),
        ("#" + "x" * 9000, "line 1 has 9001 characters; allowed: up to 8192"),
        ("#\n" * LIMIT_BYTES, "more than 1048576 bytes"),
    ],
)
def test_says_which_key_is_wrong(text, words):
    with pytest.raises(SessionFileError, match=words):
        parse_toml(text)


def test_dots_in_comments_and_numbers_are_not_keys():
    sends = ", ".join(f'"send/a{number}" = -6.5' for number in range(8))
    auxes = "".join(f'[[aux]]\nid = "a{number}"\n' for number in range(8))
    spec = parse_toml("# " + ". " * 40 + "\n" + STRIP + f"set = {{{sends}}}\n" + auxes)
    assert len(spec.strips[0].values) == 8


@pytest.mark.parametrize("file", ["/x.wav", "../x.wav", "a/../../x.wav", "a\\x", "~/x.wav", "c:x.wav", "a\nb", "."])
def test_no_file_may_leave_the_sessions_folder(file):
    description = {"strip": [{"id": "1", "clip": [{"file": file}]}]}
    with pytest.raises(SessionFileError, match="a relative path"):
        parse_json(msgspec.json.encode(description))


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b'{"strip":[{"id":7}]}'])
def test_json_errors_are_session_file_errors_too(data):
    with pytest.raises(SessionFileError):
        parse_json(data)


def test_groups_in_a_circle_are_refused():
    groups = '[[group]]\nid = "a"\nset = {output = "group/b"}\n[[group]]\nid = "b"\nset = {output = "group/a"}\n'
    with pytest.raises(SessionFileError, match="group/a -> group/b -> group/a"):
        parse_toml(STRIP + groups)


TOML_TOKENS = (
    *("[[strip]]", "[[strip.clip]]", "[master.set]", "id=", '"1"', "set={", "}", "fader=", "-6", "inf", "nan", "file="),
    *("'a.wav'", "[", "]", '"', "'''", "loop", "true", "=", "1e9", "1979-05-27", ".", "#", "\\u0000", "é", "\n", " "),
)
tokens = st.sampled_from(TOML_TOKENS)
KEYS = ["strip", "group", "aux", "id", "set", "clip", "file", "fader", "scene", "values", "kind", "loop"]


@given(st.lists(tokens, max_size=40).map("".join) | st.text(max_size=200))
def test_no_toml_text_raises_anything_but_our_error(text):
    with suppress(SessionFileError):
        parse_toml(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(json_values)
def test_no_json_raises_anything_but_our_error(value):
    try:
        spec = parse_json(msgspec.json.encode(value))
    except SessionFileError:
        return
    assert parse_json(serialize_json(spec)) == spec


def test_all_lanes_together_have_fifty_thousand_points():
    strips = "".join(f'[[strip]]\nid = "{number}"\n' for number in range(20))
    spec = parse_toml(strips + LANE + "[[0, 0]]")
    lanes = [
        msgspec.structs.replace(
            spec.lanes[0],
            address=f"strip/{number // 2}/{'pan' if number % 2 else 'fader'}",
            points=tuple((float(at), 0.0) for at in range(10_000)),
        )
        for number in range(6)
    ]
    with pytest.raises(SessionFileError, match="60000 points of automation; allowed: up to 50000"):
        check(msgspec.structs.replace(spec, lanes=tuple(lanes)))
    assert len(check(msgspec.structs.replace(spec, lanes=tuple(lanes[:5]))).lanes) == 5


JACK_STRIP = '[[strip]]\nid = "{}"\nsource = "jack"\nstereo = {}\n'


def test_strips_whose_jack_ports_would_be_called_alike_are_refused():
    with pytest.raises(SessionFileError, match="strip 'b_1' has a JACK port 'b_1', as strip 'b' has"):
        parse_toml("version = 1\n" + JACK_STRIP.format("b", "true") + JACK_STRIP.format("b_1", "false"))
    parse_toml("version = 1\n" + JACK_STRIP.format("b", "false") + JACK_STRIP.format("b_1", "false"))
