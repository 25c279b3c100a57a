import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import MessageError, RefusedError, TelharmonicError
from telharmonic.gateway.hosts import HostNames, is_address, is_name


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("localhost:8000", "localhost"),
        ("LOCALHOST", "localhost"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("192.0.2.7", "192.0.2.7"),
        ("[::1]:8000", "[::1]"),
        ("console.example:443", "console.example"),
    ],
)
def test_own_names_and_addresses_are_accepted(header, host):
    assert HostNames(["Console.example"]).check(header) == host


def test_the_machines_own_name_is_accepted():
    assert HostNames().check(socket.gethostname()) == socket.gethostname().lower()


@pytest.mark.parametrize("header", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8000"])
def test_a_foreign_name_is_refused_and_told_how_to_allow_it(header):
    with pytest.raises(RefusedError, match="--public-host"):
        HostNames().check(header)


@pytest.mark.parametrize(
    "header", ["", "a b", "localhost:port", "x\r\ny", "http://localhost", "user@localhost", "[::1", "a" * 300]
)
def test_what_is_no_host_is_refused(header):
    with pytest.raises(MessageError):
        HostNames().check(header)


@given(st.text(max_size=300))
def test_any_header_gives_a_host_or_an_error_of_ours(header):
    try:
        host = HostNames().check(header)
    except TelharmonicError:
        return
    assert host == host.lower()
    assert not set(host) & set(" ;'\"<>\r\n/")  # it goes into the content security policy


def test_addresses_and_names_are_told_apart():
    assert is_address("[::1]")
    assert is_address("0.0.0.0")
    assert not is_address("localhost")
    assert is_name("a-b.example")
    assert not is_name("http://a")
    assert not is_name("")
