"""What a piece is made into, read back as the files that the server and the node read."""

import shutil

import pytest
from tests.commands.test_csd import piece
from tests.commands.test_csound import GOOD

from telharmonic.commands.csd import parse_csd
from telharmonic.commands.play import PlayWish, input_notes, play_connections, play_strips, prepare_play
from telharmonic.errors import NodeError, SessionFileError
from telharmonic.gateway.catalogue import read_offer
from telharmonic.protocol.relay import parse_relay_file, split_target

pytestmark = pytest.mark.skipif(not shutil.which("csound"), reason="tools/system_packages.py installs csound")

OWN = parse_relay_file('[[host]]\nname = "slave01"\ntarget = "127.0.0.1:3666"\n')
LISTENING = """
gkA init 60
gkB init 0
giOsc OSCinit 7770
instr 2
kAny OSClisten giOsc, "/note", "if", gkA, gkB ; @range 0 127 60, 0 1
endin
"""


@pytest.fixture
def write(tmp_path):
    def write(orchestra: str, name: str = "My piece.csd"):
        file = tmp_path / name
        file.write_text(piece(orchestra))
        return file

    return write


def test_a_piece_is_a_session_with_its_program_and_connections(write, tmp_path):
    file = write(GOOD.replace("nchnls = 1", "nchnls = 2"))
    play = prepare_play(PlayWish(file=file, server="studio", period=128, join_only=True), tmp_path / "state")
    offer = read_offer(play.session_file)
    spec = offer.description
    assert (offer.name, spec.name, spec.sample_rate_hz) == ("play", "My piece", 48_000)
    assert [(strip.id, strip.source, strip.stereo) for strip in spec.strips] == [("csound", "jack", True)]
    assert (spec.jack.server, spec.jack.start, spec.jack.period) == ("studio", False, 128)
    assert [(rule.source, rule.to) for rule in spec.jack.rules] == [
        ("csound-My-piece:output1", "csound_1"),
        ("csound-My-piece:output2", "csound_2"),
    ]
    (program,) = spec.programs
    assert program.ready_port == "csound-My-piece:output*"
    assert program.again == "failure"
    assert str(tmp_path) in program.command
    assert (tmp_path / "state" / "play" / "piece.csd").read_text().count("instr telharmonic_channel") == 1


def test_every_control_has_its_rule_and_its_target_is_this_machine(write, tmp_path):
    play = prepare_play(PlayWish(file=write(GOOD + LISTENING), relay=OWN), tmp_path)
    rules = parse_relay_file(play.relay_file.read_text())
    targets = {host.name: split_target(host) for host in rules.hosts}
    assert targets["osc-7770"] == ("127.0.0.1", 7770)
    assert targets["channels"][0] == "127.0.0.1"
    assert targets["slave01"] == ("127.0.0.1", 3666)
    assert [(rule.hosts, rule.address, rule.roles) for rule in rules.allow] == [
        (("osc-7770",), "/note", ("performer", "controller")),
        (("channels",), "/channel/level", ("performer", "controller")),
    ]
    assert [(each.types, each.minimum, each.maximum) for each in rules.allow[0].arguments] == [
        ("i", 0, 127),
        ("f", 0, 1),
    ]
    assert [each.address for each in play.orchestra.controls] == [rule.address for rule in rules.allow]


def test_a_piece_that_listens_to_nothing_needs_no_relay(write, tmp_path):
    play = prepare_play(PlayWish(file=write("nchnls = 1\ninstr 1\nendin")), tmp_path)
    assert play.relay_file is None
    assert play.orchestra.controls == ()


@pytest.mark.parametrize(("rate", "session_rate_hz"), [("96000", 96_000), ("22050", 48_000), (None, 44_100)])
def test_a_rate_that_no_session_has_becomes_one(write, tmp_path, rate, session_rate_hz):
    header = f"sr = {rate}\n" if rate else ""
    play = prepare_play(PlayWish(file=write(f"{header}nchnls = 1\ninstr 1\nendin")), tmp_path)
    spec = read_offer(play.session_file).description
    assert spec.sample_rate_hz == session_rate_hz
    assert f"--sample-rate={session_rate_hz}" in spec.programs[0].command


def test_a_piece_of_many_channels_has_a_strip_for_each():
    assert [(strip.id, strip.stereo) for strip in play_strips(3)] == [("out1", False), ("out2", False), ("out3", False)]
    assert [(rule.source, rule.to) for rule in play_connections(3, "c")][2] == ("c:output3", "out3")
    assert [(rule.source, rule.to) for rule in play_connections(1, "c")] == [("c:output1", "csound")]
    assert len(play_strips(64)) == len(play_connections(64, "c")) == 64


def test_a_header_that_is_included_has_its_strips_too(write, tmp_path):
    (tmp_path / "header.inc").write_text("sr = 48000\nksmps = 16\nnchnls = 2\n")
    play = prepare_play(PlayWish(file=write('#include "header.inc"\ninstr 1\nendin')), tmp_path)
    spec = read_offer(play.session_file).description
    assert [strip.stereo for strip in spec.strips] == [True]
    assert [rule.to for rule in spec.jack.rules] == ["csound_1", "csound_2"]
    assert "--ksmps=16" in spec.programs[0].command


def test_what_is_included_has_its_controls_and_rules_and_what_is_missing_is_csounds_own_error(write, tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "listen.inc").write_text(LISTENING)
    file = write(GOOD + '\n#include "parts/listen.inc"\n')
    play = prepare_play(PlayWish(file=file), tmp_path / "state")
    note, _ = play.orchestra.controls
    assert (note.address, note.arguments[0].maximum) == ("/note", 127)
    rules = parse_relay_file(play.relay_file.read_text()).allow
    assert [rule.address for rule in rules] == ["/note", "/channel/level"]
    (tmp_path / "parts" / "listen.inc").unlink()
    with pytest.raises(SessionFileError, match=r"csound: Cannot open #include'd file parts/listen\.inc"):
        prepare_play(PlayWish(file=file), tmp_path / "state")


def test_where_a_piece_listens_is_connected_as_was_asked_for_and_said_if_not(write, tmp_path):
    file = write("nchnls = 2\nnchnls_i = 1\ninstr 1\na1 inch 1\nendin", "in.csd")
    play = prepare_play(PlayWish(file=file, inputs="system:capture_*"), tmp_path)
    rules = read_offer(play.session_file).description.jack.rules
    assert (rules[-1].source, rules[-1].to) == ("system:capture_*", "csound-in:input*")
    assert play.orchestra.notes == ()
    play = prepare_play(PlayWish(file=file), tmp_path)
    assert len(read_offer(play.session_file).description.jack.rules) == 2
    assert "listens at input1, where nothing is connected; --input" in play.orchestra.notes[0]
    assert input_notes(parse_csd(piece("nchnls = 1")), "a:b") == (
        "it listens to no sound; --input a:b has nothing to connect to",
    )


def test_what_is_wrong_names_the_file(write, tmp_path):
    with pytest.raises(SessionFileError, match=r"bad\.csd: csound: syntax error"):
        prepare_play(PlayWish(file=write("instr 1\nout out\n", "bad.csd")), tmp_path)
    with pytest.raises(SessionFileError, match=r"range\.csd: line 6: @range"):
        prepare_play(PlayWish(file=write('k1 chnget "a" ; @range 2 1', "range.csd")), tmp_path)
    (tmp_path / "taken").write_text("")
    with pytest.raises(NodeError, match="cannot write into"):
        prepare_play(PlayWish(file=write("nchnls = 1")), tmp_path / "taken")
