"""Fragments of session descriptions, RFC 8840's examples first."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import MessageError
from telharmonic.transport.trickle import parse_fragment, write_fragment

# RFC 9725 (WHIP), figure 4
TRICKLED = """a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=ice-ufrag:EsAw
a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1
a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1
a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0 ufrag EsAw network-id 2
a=end-of-candidates
""".replace("\n", "\r\n")


def test_reads_what_a_player_trickles():
    fragment = parse_fragment(TRICKLED)
    assert (fragment.ufrag, fragment.pwd) == ("EsAw", "P2uYro0UCOQ4zxjKXaWCBui1")
    assert [each.split()[4] for each in fragment.candidates] == ["192.0.2.1", "198.51.100.2"]
    assert fragment.ended
    assert fragment.first_section == ("a=group:BUNDLE 0 1", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0")


def test_reads_what_it_writes():
    section = ("a=group:BUNDLE 0 1", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0")
    text = write_fragment("ufra", "p" * 22, ["candidate:1 1 udp 1 127.0.0.1 5 typ host"], section)
    fragment = parse_fragment(text)
    assert (fragment.ufrag, fragment.pwd, fragment.first_section) == ("ufra", "p" * 22, section)
    assert fragment.candidates == ("candidate:1 1 udp 1 127.0.0.1 5 typ host",)
    assert text.startswith("a=ice-options:trickle\r\na=group:BUNDLE 0 1\r\nm=audio")  # as RFC 9725, figure 5 begins


@pytest.mark.parametrize("wrong", ["a=ice-ufrag:x", "a=ice-pwd:short", "nonsense", "a=candidate:1\r\n" * 65])
def test_what_is_none_is_refused(wrong):
    with pytest.raises(MessageError):
        parse_fragment(wrong)


@given(st.text(max_size=1000))
def test_any_text_is_a_fragment_or_refused(text):
    with contextlib.suppress(MessageError):
        assert len(parse_fragment(text).candidates) <= 64
