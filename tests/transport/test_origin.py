"""Which pages may connect."""

import pytest

from telharmonic.transport.origin import cross_origin_headers, origin_allowed


@pytest.mark.parametrize(
    ("origin", "host", "allowed", "verdict"),
    [
        (None, "node:8001", (), True),
        (None, "node:8001", ("https://a.example",), True),
        ("http://localhost:8000", "localhost:8001", (), True),
        ("http://LOCALHOST:8000", "localhost:8001", (), True),
        ("http://[::1]:8000", "[::1]:8001", (), True),
        ("http://evil.example", "localhost:8001", (), False),
        ("http://localhost.evil.example", "localhost:8001", (), False),
        ("null", "localhost:8001", (), False),
        ("http://[", "localhost:8001", (), False),
        ("http://localhost:8000", None, (), False),
        ("https://a.example", "localhost:8001", ("https://a.example/",), True),
        ("https://b.example", "localhost:8001", ("https://a.example",), False),
        ("http://localhost:8000", "localhost:8001", ("https://a.example",), False),
        ("https://anything.example", "localhost:8001", ("*",), True),
    ],
)
def test_who_may_connect(origin, host, allowed, verdict):
    assert origin_allowed(origin, host, allowed) is verdict


def test_an_isolated_page_of_another_port_may_read_the_answer():
    headers = cross_origin_headers("http://localhost:8000")
    assert headers["Access-Control-Allow-Origin"] == "http://localhost:8000"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Vary"] == "Origin"


def test_a_program_gets_no_cross_origin_permission():
    assert "Access-Control-Allow-Origin" not in cross_origin_headers(None)
