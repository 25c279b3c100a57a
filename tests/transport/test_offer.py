"""Offers of strangers: Chromium's as it is, and what nobody should send."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import MessageError
from telharmonic.transport.offer import (
    LIMIT_CANDIDATES,
    LIMIT_LINES,
    LIMIT_SECTIONS,
    compose_answer,
    parse_offer,
    renew_answer,
)

# Chromium 1xx's offer of audio, video and data channels; of its video codecs one was left
CHROMIUM = (Path(__file__).parent.parent / "references" / "chromium_offer.sdp").read_bytes().decode()
ANSWER = """v=0
o=- 40 40 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0 2
m=audio 56200 UDP/TLS/RTP/SAVPF 111 9
c=IN IP4 127.0.0.1
a=sendonly
a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
a=mid:0
a=rtcp:9 IN IP4 0.0.0.0
a=rtcp-mux
a=ssrc:197 cname:c
a=rtpmap:111 opus/48000/2
a=rtpmap:9 G722/8000
a=candidate:1 1 udp 2130706431 127.0.0.1 56200 typ host
a=end-of-candidates
a=ice-ufrag:ours
a=ice-pwd:pppppppppppppppppppppp
a=fingerprint:sha-256 AA:BB
a=setup:passive
m=application 56200 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 127.0.0.1
a=mid:2
a=sctp-port:5000
a=max-message-size:262144
a=ice-ufrag:ours
a=ice-pwd:pppppppppppppppppppppp
a=fingerprint:sha-256 AA:BB
a=setup:passive
""".replace("\n", "\r\n")

DIRECTIONS = ("sendrecv", "recvonly", "sendonly", "inactive")


def without(start: str) -> str:
    return "".join(line for line in CHROMIUM.splitlines(keepends=True) if not line.startswith(start))


def test_chromiums_offer_is_read():
    offer = parse_offer(CHROMIUM)
    assert [section.kind for section in offer.sections] == ["audio", "video", "application"]
    assert offer.served == {0, 2}
    assert (offer.data, offer.passive, offer.red_payload_type) == (True, False, 63)
    assert (offer.ufrag, offer.pwd) == ("Q9k/", "AiM/UqU9yqLJWV9JKBtY2eZe")
    assert len(offer.candidates) == 6
    assert "m=video" not in offer.text
    assert "a=group:BUNDLE 0 2\r\n" in offer.text
    assert "candidate" not in offer.text


def test_the_answer_refuses_video_and_sends_stereo_opus_with_redundancy():
    answer = compose_answer(parse_offer(CHROMIUM), ANSWER, frame_ms=5.0)
    sections = answer.split("m=")
    assert [section.split(" ")[0] for section in sections[1:]] == ["audio", "video", "application"]
    assert sections[1].startswith("audio 56200 UDP/TLS/RTP/SAVPF 111 63\r\n")
    assert "a=fmtp:111 minptime=5;stereo=1;sprop-stereo=1;useinbandfec=0\r\n" in sections[1]
    assert "a=rtpmap:63 red/48000/2\r\n" in sections[1]
    assert "a=fmtp:63 111/111\r\n" in sections[1]
    assert "extmap" not in answer
    assert sections[2].startswith("video 0 UDP/TLS/RTP/SAVPF 96\r\n")
    assert "a=mid:1\r\na=inactive" in sections[2]
    assert "a=group:BUNDLE 0 2\r\n" in sections[0]


def test_an_answer_for_another_ice_session_differs_in_nothing_else():
    renewed = renew_answer(ANSWER, "news", "n" * 24, ["candidate:9 1 udp 1 127.0.0.1 7 typ host"])
    assert "o=- 40 41 IN" in renewed
    assert renewed.count("a=ice-ufrag:news\r\n") == renewed.count("a=ice-pwd:" + "n" * 24) == 2
    assert "56200 typ" not in renewed
    assert renewed.count("a=candidate:9 1 udp 1 127.0.0.1 7 typ host\r\n") == 2
    kept = [line for line in ANSWER.split("\r\n") if not line.startswith(("o=", "a=ice", "a=cand", "a=end"))]
    assert [line for line in renewed.split("\r\n") if not line.startswith(("o=", "a=ice", "a=cand", "a=end"))] == kept


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "neither an audio"),
        ("v=0\r\n", "neither an audio"),
        ("hello", "a letter, = and a value"),
        ("v=0\r\na=x\x00y\r\n", "a letter, = and a value"),
        ("v=0\r\na=x\u2028m=audio\r\n", "a letter, = and a value"),
        ("v=0\r\n" + "a=" + "x" * 40_000, "40007 characters"),
        ("v=0\r\n" + "a=x\r\n" * (LIMIT_LINES + 1), "1002 lines"),
        (CHROMIUM + "m=video 9 X 1\r\n" * LIMIT_SECTIONS, "19 sections"),
        (CHROMIUM + "a=candidate:1 1 udp 1 1.1.1.1 1 typ host\r\n" * LIMIT_CANDIDATES, "70 ICE candidates"),
        (CHROMIUM.replace("m=video 9 ", "m=video/9/"), "kind, port, protocol"),  # found by atheris
        (without("a=fingerprint"), "no fingerprint"),
        (without("a=setup"), "no setup"),
        (without("a=ice-ufrag"), "no ice-ufrag"),
        (without("a=ice-pwd"), "no ice-pwd"),
        (without("a=rtcp-mux"), "no rtcp-mux"),
        (without("a=group"), "one BUNDLE group"),
        (CHROMIUM.replace("sha-256 ", "md5 "), "no fingerprint"),
        (CHROMIUM.replace("a=mid:0", "a=mid:0 1"), "one BUNDLE group"),
        (CHROMIUM.replace("a=rtpmap:8 PCMA/8000", "a=rtpmap:8 PCMA/x"), "that can be read"),
    ],
)
def test_what_is_no_offer_is_refused_in_one_sentence(text, named):
    with pytest.raises(MessageError) as problem:
        parse_offer(text)
    assert named in str(problem.value)
    assert "\n" not in str(problem.value)


@given(st.text(max_size=2000))
def test_any_text_is_an_offer_or_refused(text):
    _parse(text)


LINES = CHROMIUM.split("\r\n")
_changes = st.tuples(
    st.integers(0, len(LINES) - 1),
    st.sampled_from(["drop", "twice", "cut", "swap", "fill"]),
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.integers(0, 60),
)


@given(st.lists(_changes, min_size=1, max_size=6))
def test_a_real_offer_with_some_lines_changed_is_an_offer_or_refused(changes):
    lines = LINES.copy()
    for at, change, text, number in changes:
        at %= len(lines)
        match change:
            case "drop" if len(lines) > 1:
                del lines[at]
            case "twice":
                lines.insert(at, lines[at])
            case "cut":
                lines[at] = lines[at][:number]
            case "swap":
                lines[at], lines[number % len(lines)] = lines[number % len(lines)], lines[at]
            case _:
                lines[at] = lines[at][:number] + text
    _parse("\r\n".join(lines))


def _parse(text):
    with contextlib.suppress(MessageError):
        offer = parse_offer(text)
        assert offer.served
        assert len(offer.candidates) <= LIMIT_CANDIDATES


PAIRS = ("AB:" * 64)[:-1]
HASHES = {name: f"{name} {PAIRS[: 3 * size - 1]}" for name, size in (("sha-1", 20), ("sha-256", 32), ("sha-512", 64))}


@pytest.mark.parametrize(
    ("named", "chosen"),
    [
        (("sha-1", "sha-256"), "sha-256"),
        (("sha-256", "sha-1"), "sha-256"),
        (("sha-256", "sha-1", "sha-512"), "sha-512"),
        (("sha-512", "sha-256"), "sha-512"),
    ],
)
@pytest.mark.parametrize("place", ["section", "session"])
def test_of_several_fingerprints_the_strongest_counts(named, chosen, place):
    lines = "".join(f"a=fingerprint:{HASHES[name]}\r\n" for name in named)
    bare = without("a=fingerprint")
    if place == "session":
        text = bare.replace("t=0 0\r\n", "t=0 0\r\n" + lines)
    else:
        text = bare.replace("a=setup:", lines + "a=setup:")
    assert parse_offer(text).fingerprint == HASHES[chosen].lower()


@pytest.mark.parametrize("fingerprint", [HASHES["sha-1"], HASHES["sha-256"] + ":AB", HASHES["sha-512"][:-3]])
def test_a_fingerprint_that_is_weak_or_of_the_wrong_length_is_none(fingerprint):
    with pytest.raises(MessageError, match="no fingerprint"):
        parse_offer(without("a=fingerprint").replace("a=setup:", f"a=fingerprint:{fingerprint}\r\na=setup:"))


def test_a_section_with_port_0_is_rejected_and_not_offered():
    text = CHROMIUM.replace("m=audio 9 ", "m=audio 0 ")
    offer = parse_offer(text)
    assert (offer.audio, offer.data, offer.served, offer.red_payload_type) == (None, True, {2}, None)
    assert "m=audio" not in offer.text
    both = text.replace("m=application 9 ", "m=application 0 ")
    with pytest.raises(MessageError, match="neither an audio"):
        parse_offer(both)
    second = CHROMIUM[CHROMIUM.index("m=audio") : CHROMIUM.index("m=video")].replace("a=mid:0", "a=mid:3")
    again = text.replace("BUNDLE 0 1 2", "BUNDLE 1 2 3") + second
    assert parse_offer(again).served == {2, 3}  # the sound that was switched off, and a new one behind it


@pytest.mark.parametrize("kind", ["audio", "application"])
def test_a_section_with_port_0_that_is_only_bundled_is_offered(kind):
    head, rest = CHROMIUM.split(f"m={kind} 9 ")
    text = f"{head}m={kind} 0 {rest.replace('a=mid:', 'a=bundle-only' + chr(13) + chr(10) + 'a=mid:', 1)}"
    offer = parse_offer(text)
    assert (offer.served, offer.audio is not None, offer.data) == ({0, 2}, True, True)


@pytest.mark.parametrize("way", ["sendrecv", "recvonly", "sendonly", "inactive"])
def test_the_direction_is_the_sections_or_the_sessions(way):
    bare = "".join(line for line in CHROMIUM.splitlines(keepends=True) if line[2:].rstrip() not in DIRECTIONS)
    assert parse_offer(bare).direction == "sendrecv"
    assert parse_offer(bare.replace("t=0 0\r\n", f"t=0 0\r\na={way}\r\n")).direction == way
    assert parse_offer(bare.replace("a=mid:0\r\n", f"a=mid:0\r\na={way}\r\n")).direction == way
