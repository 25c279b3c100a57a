"""Session descriptions of strangers: bounded and checked before aiortc reads them, and answered in our words.

aiortc cannot refuse a section, so sections that we do not serve (video, a second audio) are taken out of the offer
before it sees it, and put back refused (port 0, RFC 3264 section 6) into the answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from aiortc import sdp
from aiortc.rtcrtpparameters import RTCRtpCodecParameters

from telharmonic.errors import MessageError

LIMIT_CHARACTERS = 32_768
LIMIT_LINES = 1000
LIMIT_SECTIONS = 16
LIMIT_CANDIDATES = 64
UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
PWD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_PAIRS = "[0-9a-f]{2}(?::[0-9a-f]{2})"
_FINGERPRINT = re.compile(f"sha-256 {_PAIRS}{{31}}|sha-384 {_PAIRS}{{47}}|sha-512 {_PAIRS}{{63}}", re.IGNORECASE)
_OPUS = re.compile(r"rtpmap:([0-9]{1,3}) opus/48000/2", re.IGNORECASE)
_RED = re.compile(r"rtpmap:([0-9]{1,3}) red/48000/2", re.IGNORECASE)
_DIRECTIONS = ("sendrecv", "recvonly", "sendonly", "inactive")
_M_LINE = re.compile(r"m=[!-~]+ [0-9]{1,5}(/[0-9]+)? [!-~]+( [!-~]+)*")
_MID = re.compile(r"[!#-'*+.0-9A-Z^_`a-z{|}~-]{0,64}")  # a token of RFC 8866


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One ``m=`` section: its lines without their ends."""

    lines: tuple[str, ...]

    @property
    def kind(self) -> str:
        """``audio``, ``video``, ``application``, or another."""
        return self.lines[0][2:].split(" ", 1)[0]

    def attributes(self, name: str) -> list[str]:
        """The values of every ``a=name:value``; of ``a=name`` an empty one."""
        return [
            line[2 + len(name) + 1 :] for line in self.lines if line == f"a={name}" or line.startswith(f"a={name}:")
        ]

    @property
    def mid(self) -> str:
        """Its name; empty if it has none."""
        return next(iter(self.attributes("mid")), "")

    @property
    def is_rejected(self) -> bool:
        """Whether the offerer wants none of it: port 0, unless that is to mean another's (RFC 9143, section 6)."""
        return int(self.lines[0].split(" ")[1].split("/")[0]) == 0 and not self.attributes("bundle-only")

    def payload_type(self, pattern: re.Pattern[str]) -> int | None:
        """The number of a codec."""
        found = (pattern.fullmatch(line[2:]) for line in self.lines if line.startswith("a=rtpmap:"))
        return next((int(match[1]) for match in found if match), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An offer that was checked.

    Parameters
    ----------
    text : str
        What aiortc is to read: the sections that are served.
    sections : tuple of Section
        All, in order.
    served : frozenset of int
        Which of them are served.
    audio : Section or None
        The one for our sound.
    direction : str
        Of that, as the offerer sees it: `sendrecv` if it does not say.
    data : bool
        Whether there are data channels.
    ufrag, pwd : str
        The ICE session's credentials.
    fingerprint : str
        Of the certificate, the strongest that is named, lower case.
    passive : bool
        The offerer wants us to begin DTLS.
    candidates : tuple of str
        ``candidate:...``, from every section.
    ended : bool
        There will be no more of them.
    """

    text: str
    sections: tuple[Section, ...]
    served: frozenset[int]
    audio: Section | None
    direction: str
    data: bool
    ufrag: str
    pwd: str
    fingerprint: str
    passive: bool
    candidates: tuple[str, ...]
    ended: bool

    @property
    def red_payload_type(self) -> int | None:
        """Under which number redundant packets may be sent; None: not at all."""
        return self.audio.payload_type(_RED) if self.audio is not None else None

    def same_peer(self, other: Offer) -> bool:
        """Whether `other` comes from the same connection, so that it restarts ICE."""
        return self.fingerprint == other.fingerprint


def parse_offer(text: str) -> Offer:
    """Check a stranger's offer.

    Raises
    ------
    MessageError
        Saying what is wrong, in one sentence.
    """
    head, sections = split(text)
    wanted = [(n, each) for n, each in enumerate(sections) if not each.is_rejected]
    audio = next((n for n, each in wanted if each.kind == "audio" and each.payload_type(_OPUS)), None)
    data = next((n for n, each in wanted if each.kind == "application"), None)
    served = sorted(n for n in (audio, data) if n is not None)
    if not served:
        raise MessageError("the offer has neither an audio section with opus/48000/2 nor one of data channels")
    _check_bundle(head, [sections[n] for n in served])
    whole = Section(lines=("m=session", *head))
    chosen = [sections[n] for n in served]
    for section in chosen:
        _check_security(section, whole)
    first = chosen[0]
    candidates = [f"candidate:{value}" for section in sections for value in section.attributes("candidate")]
    bundle = "a=group:BUNDLE " + " ".join(section.mid for section in chosen)
    kept = [line for line in head if not line.startswith("a=group:")]
    lines = [*kept, bundle] if len(chosen) > 1 or first.mid else kept
    for section in chosen:
        lines += [line for line in section.lines if not line.startswith(("a=candidate:", "a=end-of-candidates"))]
    ufrag, pwd = _one("ice-ufrag", first, whole), _one("ice-pwd", first, whole)
    offer = Offer(
        text="\r\n".join(lines) + "\r\n",
        sections=tuple(sections),
        served=frozenset(served),
        audio=sections[audio] if audio is not None else None,
        direction=_direction(first, whole),
        data=data is not None,
        ufrag=ufrag,
        pwd=pwd,
        fingerprint=_fingerprint(first, whole),
        passive=_one("setup", first, whole) == "passive",
        candidates=tuple(dict.fromkeys(candidates)),
        ended=any(section.attributes("end-of-candidates") for section in (whole, *sections)),
    )
    _check_readable(offer.text)
    return offer


def split(text: str) -> tuple[list[str], list[Section]]:
    """The session's lines and the sections of a description or a fragment of one.

    Raises
    ------
    MessageError
        If it is too long, or holds what no description does.
    """
    if len(text) > LIMIT_CHARACTERS:
        raise MessageError(f"the offer has {len(text)} characters; allowed: up to {LIMIT_CHARACTERS}")
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line]
    if len(lines) > LIMIT_LINES:
        raise MessageError(f"the offer has {len(lines)} lines; allowed: up to {LIMIT_LINES}")
    if not all(len(line) > 1 and line[1] == "=" and line.isprintable() for line in lines):
        raise MessageError("the offer is no session description: every line is a letter, = and a value")
    candidates = sum(line.startswith("a=candidate:") for line in lines)
    if candidates > LIMIT_CANDIDATES:
        raise MessageError(f"the offer has {candidates} ICE candidates; allowed: up to {LIMIT_CANDIDATES}")
    starts = [n for n, line in enumerate(lines) if line.startswith("m=")]
    if len(starts) > LIMIT_SECTIONS:
        raise MessageError(f"the offer has {len(starts)} sections; allowed: up to {LIMIT_SECTIONS}")
    if not all(_M_LINE.fullmatch(lines[n]) for n in starts):
        raise MessageError("an m= line of the offer is not: kind, port, protocol and formats")
    sections = [Section(lines=tuple(lines[a:b])) for a, b in pairwise([*starts, len(lines)])]
    return lines[: starts[0] if starts else len(lines)], sections


def _check_bundle(head: list[str], served: list[Section]) -> None:
    groups = [set(line.split()[1:]) for line in head if line.startswith("a=group:BUNDLE ")]
    if len(served) > 1 and not any({section.mid for section in served} <= group for group in groups):
        raise MessageError("audio and data are not in one BUNDLE group; allowed: one transport for both")


def _one(name: str, section: Section, whole: Section) -> str:
    """The section's value of an attribute, else the session's; empty if there is none."""
    return next(iter([*section.attributes(name), *whole.attributes(name)]), "")


def _fingerprint(section: Section, whole: Section) -> str:
    """The strongest of the section's, else of the session's (RFC 8122, section 5); empty if we know none of them."""
    named = section.attributes("fingerprint") or whole.attributes("fingerprint")
    # their names begin with the hash's, and the longer hash sorts last
    return max((each.lower() for each in named if _FINGERPRINT.fullmatch(each)), default="")


def _direction(section: Section, whole: Section) -> str:
    named = (way for part in (section, whole) for way in _DIRECTIONS if part.attributes(way))
    return next(named, "sendrecv")  # RFC 8866, section 6.7


def _check_security(section: Section, whole: Section) -> None:
    wrong = ""
    if not UFRAG.fullmatch(_one("ice-ufrag", section, whole)):
        wrong = "ice-ufrag of 4 to 256 characters"
    elif not PWD.fullmatch(_one("ice-pwd", section, whole)):
        wrong = "ice-pwd of 22 to 256 characters"
    elif not _fingerprint(section, whole):
        wrong = "fingerprint of a certificate by sha-256, sha-384 or sha-512"
    elif _one("setup", section, whole) not in ("actpass", "active", "passive"):
        wrong = "setup that is actpass, active or passive"
    elif section.kind == "audio" and not section.attributes("rtcp-mux"):
        wrong = "rtcp-mux"
    elif not _MID.fullmatch(section.mid):
        wrong = "mid of up to 64 letters"
    if wrong:
        raise MessageError(f"the {section.kind} section of the offer has no {wrong}")


def _check_readable(text: str) -> None:
    """Let aiortc's own parser say no here, where it does no harm: it raises whatever comes."""
    try:
        sdp.SessionDescription.parse(text)
    except Exception:  # noqa: BLE001
        raise MessageError("the offer is no session description that can be read") from None


def compose_answer(offer: Offer, answer: str, *, frame_ms: float) -> str:
    """aiortc's answer with the stereo sound that we send, and with the refused sections in their places."""
    description = sdp.SessionDescription.parse(answer)
    served = iter(description.media)
    refused_lines: dict[int, str] = {}
    for number, section in enumerate(offer.sections):
        if number in offer.served:
            media = next(served)
            media.ice_options = "trickle"
            if media.kind == "audio":
                _say_opus(media, offer, frame_ms)
        else:
            refused_lines[number] = _refusal(section)
    described = iter(description.media)
    parts = [refused_lines[n] if n in refused_lines else str(next(described)) for n in range(len(offer.sections))]
    description.media = []
    return str(description) + "".join(parts)


def _say_opus(media: sdp.MediaDescription, offer: Offer, frame_ms: float) -> None:
    opus = next(codec for codec in media.rtp.codecs if codec.mimeType.lower() == "audio/opus")
    opus.parameters = {"minptime": max(3, int(frame_ms)), "stereo": 1, "sprop-stereo": 1, "useinbandfec": 0}
    opus.rtcpFeedback = []
    media.rtp.codecs = [opus]
    red = offer.red_payload_type
    if red is not None:
        redundant = RTCRtpCodecParameters("audio/red", clockRate=48_000, channels=2, payloadType=red)
        redundant.parameters = {f"{opus.payloadType}/{opus.payloadType}": None}
        media.rtp.codecs.append(redundant)
    media.fmt = [codec.payloadType for codec in media.rtp.codecs]
    media.rtp.headerExtensions = []  # none is sent: twelve bytes of header are enough for one stream


def _refusal(section: Section) -> str:
    kind, _port, *rest = section.lines[0][2:].split(" ")
    mid = f"a=mid:{section.mid}\r\n" if section.mid else ""
    return f"m={kind} 0 {' '.join(rest)}\r\nc=IN IP4 0.0.0.0\r\n{mid}a=inactive\r\n"


def renew_answer(answer: str, ufrag: str, pwd: str, candidates: list[str]) -> str:
    """An answer again, with the credentials and candidates of a new ICE session."""
    fresh: list[str] = []
    for line in answer.replace("\r\n", "\n").split("\n"):
        if line.startswith("o="):
            words = line.split(" ")
            words[2] = str(int(words[2]) + 1)
            fresh.append(" ".join(words))
        elif line.startswith("a=ice-ufrag:"):
            fresh += [*(f"a={each}" for each in candidates), "a=end-of-candidates", f"a=ice-ufrag:{ufrag}"]
        elif line.startswith("a=ice-pwd:"):
            fresh.append(f"a=ice-pwd:{pwd}")
        elif not line.startswith(("a=candidate:", "a=end-of-candidates")):
            fresh.append(line)
    return "\r\n".join(fresh)
