"""Addresses, servers and credentials of ICE."""

import base64
import hmac
import re
import shutil
import subprocess

import pytest

from telharmonic.errors import NodeError, ParameterError
from telharmonic.protocol.rtc import IceServer
from telharmonic.transport.ice import IceSettings, host_addresses, turn_credentials


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_turn_passwords_are_what_openssl_makes_of_the_same_secret():
    username, password = turn_credentials("north", 1_800_000_000.9)
    command = ["openssl", "dgst", "-sha1", "-hmac", "north", "-binary"]
    digest = subprocess.run(command, input=username.encode(), capture_output=True, check=True).stdout
    assert re.fullmatch("1800000000:[0-9a-f]{16}", username)
    assert base64.b64decode(password) == digest


def test_two_peers_of_the_same_second_have_user_names_of_their_own():
    names = {turn_credentials("north", 1_800_000_000.0)[0] for _ in range(100)}
    assert len(names) == 100


def test_nobody_is_asked_by_default():
    assert IceSettings().servers(0.0) == ()
    assert IceSettings().addresses == ("127.0.0.1",)


def test_clients_are_told_the_servers_with_credentials_that_run_out():
    settings = IceSettings(
        stun="stun:stun.example.org", turn="turn:turn.example.org:3478", turn_secret="s", turn_s=60.0
    )
    stun, turn = settings.servers(1000.0)
    digest = hmac.digest(b"s", turn.username.encode(), "sha1")
    assert turn.username.startswith("1060:")
    assert stun == IceServer(urls=("stun:stun.example.org",))
    assert (turn.urls, base64.b64decode(turn.credential)) == (("turn:turn.example.org:3478",), digest)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"stun": "http://example.org"}, "--stun"),
        ({"stun": "stun:a b"}, "--stun"),
        ({"turn": "turn:"}, "--turn"),
        ({"turn": "turn:host?transport=carrier-pigeon", "turn_secret": "s"}, "--turn"),
        ({"turn": "turn:host"}, "--turn-secret"),
        ({"relay_only": True}, "--turn"),
    ],
)
def test_what_is_no_server_is_refused_by_name(wrong, named):
    with pytest.raises(ParameterError) as problem:
        IceSettings(**wrong)
    assert problem.value.parameter == named


def test_a_node_on_one_address_offers_that_one_only():
    assert host_addresses("127.0.0.1") == ("127.0.0.1",)
    assert set(host_addresses("localhost")) <= {"127.0.0.1", "::1"}
    assert host_addresses("[::1]") == ("::1",)


def test_a_node_on_every_address_offers_those_of_the_network_before_the_machines_own():
    found = host_addresses("0.0.0.0")
    assert found[-1] == "127.0.0.1"
    assert not any(":" in each or each.startswith("169.254.") for each in found)
    assert set(found) <= set(host_addresses("::"))


def test_a_name_that_nobody_knows_is_an_error_that_says_so():
    with pytest.raises(NodeError, match=r"nowhere\.invalid"):
        host_addresses("nowhere.invalid")
