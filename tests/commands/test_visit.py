import ssl

import pytest
from rich.console import Console

from telharmonic.commands.visit import Entry, latency_table, parse_url, tls_context
from telharmonic.errors import ParameterError
from telharmonic.gateway.latency import report
from telharmonic.protocol.http_api import LatencyResult, LatencySplit


@pytest.mark.parametrize(
    ("url", "front"),
    [
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://studio.local/", "https://studio.local"),
        ("localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000/latency.html", "http://[::1]:8000"),
    ],
)
def test_an_address_alone_leads_to_the_front_door(url, front):
    assert parse_url(url) == (front, None)


def test_a_pages_link_leads_into_its_session():
    link = "http://h:8000/#session=ab&token=T_-&ws=ws://h:8001/api/sessions/ab/ws"
    entry = Entry(front="http://h:8000", session="ab", token="T_-", ws="ws://h:8001/api/sessions/ab/ws")
    assert parse_url(link) == ("http://h:8000", entry)
    assert not entry.made


@pytest.mark.parametrize(
    "url", ["", "ftp://x", "http://", "http://h:99999", "http://h:0", "//", "http://[::1", "ws://h"]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ParameterError, match="URL is"):
        parse_url(url)


def test_certificates_are_checked_unless_told_otherwise():
    assert tls_context(insecure=False).verify_mode is ssl.CERT_REQUIRED
    assert tls_context(insecure=True).verify_mode is ssl.CERT_NONE


def test_the_table_has_every_figure(capsys):
    split = LatencySplit(control=0.25, wait=1.5)
    made = report([(0.0, LatencyResult(kind="sound", samples_ms=(10.0, 12.0, 11.0), split_ms=split))])
    Console(width=80).print(latency_table(made))
    line = capsys.readouterr().out.splitlines()[1]
    assert line.split() == ["control", "to", "sound", "11.00", "12.00", "12.00", "0.25", "1.50"]
