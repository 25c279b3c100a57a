"""What Csound itself says of pieces."""

import contextlib
import os
import shutil
import threading

import pytest
from tests.commands.test_csd import piece

from telharmonic.commands.csd import parse_csd
from telharmonic.commands.csound import ask_header, check_piece, complaint, csound_command, piece_text, realtime_granted
from telharmonic.errors import NodeError, SessionFileError

needs_csound = pytest.mark.skipif(not shutil.which("csound"), reason="tools/system_packages.py installs csound")
GOOD = """
sr = 48000
ksmps = 32
nchnls = 1
chn_k "level", 1, 2, 0.5, 0, 1
instr 1
out oscili(chnget:k("level"), 440)
endin
"""


@needs_csound
def test_a_piece_with_our_instrument_is_understood(tmp_path):
    check_piece(piece_text(parse_csd(piece(GOOD)), {"level": 0.5, "x:1": None}), (), tmp_path)


@needs_csound
@pytest.mark.parametrize(
    ("orchestra", "says"),
    [
        (GOOD.replace("out osc", "out osc out"), r"^csound: syntax error, unexpected .*, near line \d+$"),
        (GOOD.replace("endin", ""), "^csound: syntax error"),
        (GOOD.replace("oscili(", "no_such_opcode("), r"^csound: syntax error, unexpected T_OPCODE"),
    ],
)
def test_what_csound_does_not_understand_is_one_line_in_its_own_words(tmp_path, orchestra, says):
    with pytest.raises(SessionFileError, match=says) as refused:
        check_piece(piece_text(parse_csd(piece(orchestra)), {}), (), tmp_path)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


@needs_csound
def test_csound_is_asked_for_a_header_that_is_elsewhere(tmp_path):
    (tmp_path / "header.inc").write_text("sr = 96000\nksmps = 2^6\nnchnls = 6\nnchnls_i = 3\n")
    asked = ask_header(parse_csd(piece('#include "header.inc"\ninstr 1\nendin')), tmp_path)
    assert (asked.sample_rate_hz, asked.ksmps, asked.channels, asked.inputs) == (96_000, 64, 6, 3)
    (tmp_path / "header.inc").write_text("nchnls = 128\n")
    with pytest.raises(SessionFileError, match="nchnls is 128; allowed: 1 to 64"):
        ask_header(parse_csd(piece('#include "header.inc"')), tmp_path)


@needs_csound
def test_a_header_that_csound_cannot_say_is_refused_in_its_words(tmp_path):
    with pytest.raises(SessionFileError, match=r"^csound does not say how many channels it has: "):
        ask_header(parse_csd(piece("nchnls = $NONE")), tmp_path)


def test_what_a_channel_begins_with_is_set_before_anything_plays():
    text = piece_text(parse_csd(piece("nchnls = 1")), {"a": 0.25, "b": None})
    assert 'chnset 0.25, "a"' in text
    assert "b" not in text[text.index("chnset 0.25") : text.index("instr")].replace('chnset 0.25, "a"', "")
    assert "instr telharmonic_channel" in text


def test_a_piece_without_channels_gets_no_instrument():
    assert "telharmonic_channel" not in piece_text(parse_csd(piece("nchnls = 1")), {})


def test_without_csound_it_is_said_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NodeError, match="csound is not installed"):
        check_piece("", (), tmp_path)


def test_the_buffer_is_two_periods(tmp_path):
    command = csound_command(
        tmp_path / "a.csd", client="c", rate_hz=48_000, ksmps=32, period=128, realtime=False, options=("--omacro:A=1",)
    )
    words = " ".join(command)
    assert words.startswith("csound ")
    assert "-b 32 -B 256" in words
    assert "-L stdin --omacro:A=1" in words
    assert "--sample-rate=48000 --ksmps=32" in words


@pytest.mark.parametrize("inputs", [True, False])
def test_where_it_listens_nothing_is_connected_by_csound_itself(tmp_path, inputs):
    command = csound_command(
        tmp_path, client="c", rate_hz=48_000, ksmps=32, period=128, realtime=False, options=(), inputs=inputs
    )
    assert ("-iadc:none" in command) == inputs
    assert "-iadc" not in command


@pytest.mark.parametrize(("ksmps", "piecemeal"), [(32, 32), (128, 128), (10, 64), (100, 64), (441, 64)])
def test_it_is_filled_by_periods_of_control_where_those_fit(tmp_path, ksmps, piecemeal):
    command = csound_command(tmp_path, client="c", rate_hz=48_000, ksmps=ksmps, period=128, realtime=False, options=())
    assert command[command.index("-b") + 1] == str(piecemeal)


@pytest.mark.parametrize(("ksmps", "buffer"), [(32, 160), (128, 256), (441, 192)])
def test_at_real_time_priority_less_is_kept_in_hand(tmp_path, ksmps, buffer):
    command = csound_command(tmp_path, client="c", rate_hz=48_000, ksmps=ksmps, period=128, realtime=True, options=())
    assert command[:4] == ("chrt", "--rr", "2", "csound")
    assert command[command.index("-B") + 1] == str(buffer)


def test_real_time_priority_is_granted_where_the_system_would(monkeypatch):
    def ask(granted: list[bool]) -> None:
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(2))
            granted.append(True)

    granted: list[bool] = []
    thread = threading.Thread(target=ask, args=(granted,))
    thread.start()
    thread.join()
    assert realtime_granted() == bool(granted)
    monkeypatch.setenv("PATH", "")
    assert not realtime_granted()


def test_a_complaint_without_words_is_still_a_sentence():
    assert complaint("nothing of use") == "the piece cannot be read, and it does not say why"
    assert complaint("x\n\tscore error:  illegal opcode j\n") == "score error:  illegal opcode j"
    assert complaint("\x1b[1merror:  oh \x07no\x1b[m\n from file a (1), line 12:\n") == "oh  no, near line 12"
