"""The relay's file and its queue: what is understood, and what is said of everything else."""

import json

import pytest

from telharmonic.errors import SessionFileError, TelharmonicError
from telharmonic.protocol.relay import (
    BODY_BYTES,
    AllowRule,
    ArgumentRule,
    HostRule,
    RelayFile,
    parse_queue,
    parse_relay_file,
    serialize_relay_file,
    speaking,
    split_target,
)

HOST = '[[host]]\nname = "a"\ntarget = "127.0.0.1:3666"\n'
ALLOW = '[[allow]]\nhosts = ["a"]\naddress = "/x"\n'


def test_a_file_is_read():
    found = parse_relay_file('origins = ["https://a.example"]\n' + HOST + ALLOW + 'arguments = [{types = "if"}]\n')
    assert found.origins == ("https://a.example",)
    assert found.allow[0].roles == ("performer", "controller")
    assert split_target(found.hosts[0]) == ("127.0.0.1", 3666)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "host"),
        ("x = ", "not TOML"),
        (HOST + "colour = 1", "colour"),
        (HOST + HOST, "there twice"),
        (HOST.replace("3666", "0"), "target"),
        (HOST.replace("127.0.0.1:3666", "nowhere"), "target"),
        (HOST.replace("127.0.0.1:3666", ":1"), "target"),
        (HOST.replace('"a"', '"a b"'), "name"),
        (HOST + ALLOW.replace("/x", "/x["), "not closed"),
        (HOST + ALLOW.replace('"a"', '"b*"'), "no host is called"),
        (HOST + ALLOW.replace("[[allow]]", '[[allow]]\nroles = ["king"]'), "roles"),
        (HOST + ALLOW + 'arguments = [{types = "q"}]', "types"),
        ("x" * 300_000, "bytes"),
    ],
)
def test_a_wrong_file_is_one_error_that_names_what_is_wrong(text, says):
    with pytest.raises(SessionFileError, match=says.replace("[", r"\[")):
        parse_relay_file(text)


@pytest.mark.parametrize(
    ("target", "found"),
    [("session", ""), ("session/strip/3", "/strip/3"), ("[::1]:9", ("::1", 9)), ("slave01:3666", ("slave01", 3666))],
)
def test_targets(target, found):
    assert split_target(HostRule(name="a", target=target)) == found


def test_the_papers_body_is_a_queue():
    body = b'{"queue": [["slave01", "/grain/gkDens", "f", 253.0], ["slave01", "/x", "i", 1, "s", "what"]]}'
    assert parse_queue(body).queue[1] == ("slave01", "/x", "i", 1, "s", "what")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"queue": 1}',
        b'{"queue": [[]]}',
        b'{"queue": [["a"]]}',
        b'{"queue": [["a", "/x", "f", NaN]]}',
        b'{"queue": [["a", "/x", "f", {}]]}',
        b'{"queue": [["a", "/x", "f", [1]]]}',
        b'{"queue": [["a", "/x"]], "more": 1}',
        b'{"queue": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        json.dumps({"queue": [["a", "/x"]] * 65}).encode(),
        json.dumps({"queue": [["a", "/x"] + ["f", 1] * 65]}).encode(),
        b'{"queue": [["a", "/x", "s", "' + b"x" * BODY_BYTES + b'"]]}',
        b'{"queue": [["a", "/x", "f", 1e999]]}',
        b"\xff\xfe",
    ],
)
def test_any_other_body_is_one_error(body):
    with pytest.raises(TelharmonicError):
        parse_queue(body)


def test_rules_that_are_written_are_read_back():
    rules = RelayFile(
        hosts=(HostRule(name="a", target="127.0.0.1:3666"),),
        allow=(
            AllowRule(hosts=("a",), address="/b", arguments=(ArgumentRule(types="f", minimum=0.0, maximum=1.5),)),
            AllowRule(
                hosts=("*",), address="/c", roles=("anyone",), arguments=(ArgumentRule(types="s", choices=("x",)),)
            ),
        ),
        origins=("https://stage.example",),
    )
    assert parse_relay_file(serialize_relay_file(rules)) == rules


def test_rules_that_do_not_fit_together_are_not_written():
    twice = RelayFile(hosts=(HostRule(name="a", target="session"), HostRule(name="a", target="session")))
    with pytest.raises(SessionFileError, match="'a' is there twice"):
        serialize_relay_file(twice)


def test_who_shows_no_token_is_anyone():
    assert (speaking(None), speaking("listener")) == ("anyone", "listener")
