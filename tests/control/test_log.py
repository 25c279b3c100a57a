"""The command log as text."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.control.log import CommandLog, parse, serialize
from telharmonic.engine.commands import LogEntry, Play, SceneStore, Seek, Set
from telharmonic.errors import MessageError

LOG = CommandLog(
    sample_rate_hz=48_000,
    entries=(
        LogEntry(frame=0, command=Play(command_id=1)),
        LogEntry(frame=480, command=Set(command_id=2, address="strip/1/fader", value=-6.0, ramp_s=0.5)),
        LogEntry(frame=480, command=Set(command_id=3, address="strip/1/mute", value=True)),
        LogEntry(frame=960, command=Seek(command_id=4, position_frames=12_345)),
        LogEntry(frame=960, command=SceneStore(command_id=5, name="line\u2028end\n")),
    ),
)
HEADER = '{"log":"telharmonic.v1","sample_rate_hz":48000}\n'


def test_what_is_written_is_read_back():
    assert parse(serialize(LOG)) == LOG


def test_it_is_one_json_line_a_command():
    lines = serialize(LOG).split("\n")
    assert lines[0] + "\n" == HEADER
    assert lines[1] == '{"frame":0,"message":{"type":"play","id":1}}'
    assert len(lines) == 1 + 5 + 1


def test_entries_are_put_in_the_order_of_their_frames():
    text = HEADER + "".join(
        f'{{"frame":{frame},"message":{{"type":"play","id":{number}}}}}\n' for number, frame in enumerate((9, 5, 9, 5))
    )
    assert [(entry.frame, entry.command.command_id) for entry in parse(text).entries] == [
        (5, 1),
        (5, 3),
        (9, 0),
        (9, 2),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty command log"),
        ("{}", "line 1 .* missing field"),
        (
            '{"log":"telharmonic.v1","sample_rate_hz":1}',
            "line 1 .* sample_rate_hz is 1; allowed: 44100, ",
        ),
        (HEADER + "x", "line 2 .* not JSON"),
        (HEADER + '\n{"frame":-1,"message":{"type":"play","id":1}}', "line 3 .* frame is -1"),
        (HEADER + '{"frame":0,"message":{"type":"hello","token":""}}', "line 2 .* message.type is 'hello'"),
        (HEADER + '{"frame":0,"message":{"type":"play","id":1},"x":1}', "line 2 .* unknown field 'x'"),
        (HEADER + "[" * 600_000, "line 2 .* bytes of text"),
    ],
)
def test_says_which_line_is_wrong(text, words):
    with pytest.raises(MessageError, match=words):
        parse(text)


@given(st.text(max_size=200), st.integers(0, 400))
def test_no_damaged_log_raises_anything_but_our_error(put, at):
    text = serialize(LOG)
    with suppress(MessageError):
        parse(text[:at] + put + text[at:])
    with suppress(MessageError):
        parse(put)
