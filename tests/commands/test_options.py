import pytest

from telharmonic.commands.options import KINDS, build_parser
from telharmonic.protocol.parameters import TABLE


def parse(*words: str):
    return build_parser("0").parse_args(words)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["serve", "--port", "65536"], "--port: '65536' is not allowed: 0 to 65535"),
        (["serve", "--port", "http"], "--port: 'http' is not allowed: 0 to 65535"),
        (["serve", "--idle-s", "nan"], "--idle-s: 'nan' is not allowed"),
        (["serve", "--max-sessions", "0"], "--max-sessions: '0' is not allowed: 1 to 10000"),
        (["serve", "nowhere.toml"], "'nowhere.toml' does not exist"),
        (["serve", "--cert", "nowhere.pem"], "'nowhere.pem' does not exist"),
        (["serve", "--assets", __file__], "test_options.py' is not a folder"),
        (["bounce", __file__, "a.wav", "--uploads", "nowhere"], "'nowhere' does not exist"),
        (["serve", "--colour"], "unrecognized arguments: --colour"),
        (["latency"], "required: url"),
        (["latency", "x", "--count", "1.5"], "--count: '1.5' is not allowed: 1 to 10000"),
        (["parameters", "drums"], "invalid choice: 'drums'"),
        (["sing"], "invalid choice: 'sing'"),
        ([], "required: COMMAND"),
    ],
)
def test_a_wrong_word_is_one_line_that_names_it_and_what_is_allowed(capsys, words, says):
    with pytest.raises(SystemExit) as ended:
        parse(*words)
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    assert says in said.err
    assert said.err.count("\n") == 1
    assert "--help" in said.err


def test_every_command_explains_itself(capsys):
    for name in ("serve", "bounce", "parameters", "doctor", "latency", "ping", "compile", "decode", "node"):
        with pytest.raises(SystemExit) as ended:
            parse(name, "--help")
        assert ended.value.code == 0
        assert f"usage: telharmonic {name}" in capsys.readouterr().out


def test_serving_is_for_this_machine_only_unless_told_otherwise():
    assert parse("serve").host == "127.0.0.1"
    assert parse("node", "--socket", "x").host == "127.0.0.1"


def test_osc_is_off_unless_asked_for():
    for words in (["serve"], ["node", "--socket", "x"]):
        assert parse(*words).osc_port is None
        assert parse(*words, "--osc-port", "9000").osc_port == 9000
        assert parse(*words, "--osc-host", "192.168.1.10").osc_host == "192.168.1.10"


def test_the_kinds_of_parameters_are_those_of_the_table():
    assert tuple(TABLE) == KINDS
