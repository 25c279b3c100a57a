"""The compiled loop against what it stands in for: `wire.rtp`, pylibsrtp by the same key, and a real socket."""

from __future__ import annotations

import socket
import tracemalloc

import pylibsrtp
import pytest
from pylibsrtp import Policy, Session

from telharmonic.transport import rtp_batch
from telharmonic.transport.rtp_batch import GROUP, Batch, RtpStream
from telharmonic.wire import rtp

OPUS, RED = 111, 63
MOMENT = 0xEC00_0000_8000_0001  # of today: above 2^63
PROFILES = [Policy.SRTP_PROFILE_AEAD_AES_128_GCM, Policy.SRTP_PROFILE_AES128_CM_SHA1_80]


def session(profile: int = PROFILES[0], outbound: bool = True) -> Session:
    kind = Policy.SSRC_ANY_OUTBOUND if outbound else Policy.SSRC_ANY_INBOUND
    return Session(Policy(key=bytes(range(30)), ssrc_type=kind, srtp_profile=profile))


class Wire:
    """A sender's socket and a receiver's."""

    def __init__(self, family: int, host: str) -> None:
        self.ours, self.theirs = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
        for end in (self.ours, self.theirs):
            end.bind((host, 0))
        self.theirs.settimeout(20)

    def stream(self, by: Session, ssrc: int = 0xDEAD_BEEF) -> RtpStream:
        stream = RtpStream(ssrc, OPUS, RED, 0xFFFF_FF00)
        stream.point_at(by, self.ours.fileno(), self.theirs.getsockname()[:2])
        return stream

    def received(self) -> bytes:
        return self.theirs.recv(2048)

    def close(self) -> None:
        self.ours.close()
        self.theirs.close()


@pytest.fixture
def wire():
    wire = Wire(socket.AF_INET, "127.0.0.1")
    yield wire
    wire.close()


def send(streams: list[RtpStream], body: bytes, first: int, *, red: bool = False) -> None:
    batch = Batch(streams)
    for group in batch:
        batch.send(group, body, first, MOMENT, red=red)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_what_arrives_is_what_libsrtp_makes_of_the_same_packet(profile, family, host):
    wire, theirs = Wire(family, host), session(profile)
    stream = wire.stream(session(profile))
    first_sequence = stream.sequence
    for number, (body, red) in enumerate([(b"opus", False), (bytes(1275), False), (b"", False), (b"redundant", True)]):
        send([stream], body, 240 * number, red=red)
        packet = rtp.RtpPacket(
            payload_type=RED if red else OPUS,
            sequence=first_sequence + number,
            timestamp=(0xFFFF_FF00 + 240 * number) & 0xFFFF_FFFF,
            ssrc=0xDEAD_BEEF,
            payload=body,
        )
        assert wire.received() == theirs.protect(rtp.serialize(packet))
    wire.close()


def test_each_of_more_than_a_group_gets_its_own_numbers_by_its_own_key(wire):
    streams = [wire.stream(session(), ssrc=ssrc) for ssrc in range(2 * GROUP + 3)]
    reader = session(outbound=False)
    send(streams, b"sound", 480)
    arrived = [rtp.parse(reader.unprotect(wire.received())) for _ in streams]
    assert [packet.ssrc for packet in arrived] == list(range(len(streams)))
    assert [packet.sequence + 1 for packet in arrived] == [stream.sequence for stream in streams]
    assert {packet.payload for packet in arrived} == {b"sound"}


def test_sequence_and_counts_go_on_as_when_packets_are_made_one_by_one(wire):
    native, by_hand = wire.stream(session()), RtpStream(0xDEAD_BEEF, OPUS, RED, 0xFFFF_FF00)
    native.sequence = by_hand.sequence = 0xFFFF
    reader = session(outbound=False)
    for first, body in ((0, b"a"), (240, b"bcd")):
        send([native], body, first)
        assert reader.unprotect(wire.received()) == by_hand.serialize(body, first, red=False)
        by_hand.note(True, len(body), first, MOMENT)
        for name in ("sequence", "packets", "octets", "failed", "timestamp", "moment"):
            assert getattr(native, name) == getattr(by_hand, name)
    assert (native.sequence, native.packets, native.octets, native.moment) == (1, 2, 4, MOMENT)


def test_what_was_sent_already_is_not_sent_again(wire):
    stream = wire.stream(session())
    stream.from_frame = 240
    send([stream], b"old", 0)
    send([stream], b"new", 240)
    assert session(outbound=False).unprotect(wire.received())[12:] == b"new"
    assert stream.packets == 1


def test_what_the_system_or_the_cipher_does_not_take_is_counted_and_a_gap_and_the_others_go_on(wire):
    closed, good = wire.stream(session()), wire.stream(session())
    closed.lead_nowhere()
    closed.point_at(session(), -1, wire.theirs.getsockname())
    replayed = wire.stream(session())
    replayed.sequence = 1000
    send([replayed], b"once", 0)
    wire.received()
    replayed.sequence = 1000  # a number again: libsrtp refuses to use a key twice for it
    sequences = [stream.sequence for stream in (closed, replayed, good)]
    send([closed, replayed, good], b"sound", 240)
    assert [(stream.packets, stream.failed) for stream in (closed, replayed, good)] == [(0, 1), (1, 1), (1, 0)]
    assert [stream.sequence for stream in (closed, replayed, good)] == [sequence + 1 for sequence in sequences]
    assert session(outbound=False).unprotect(wire.received())[12:] == b"sound"


def test_a_stream_that_leads_nowhere_is_not_native_and_holds_no_session(wire):
    stream = wire.stream(session())
    assert stream.native
    stream.lead_nowhere()
    assert not stream.native
    assert stream._session is None


def test_a_library_without_the_function_or_with_another_form_of_it_is_not_called(monkeypatch):
    assert rtp_batch.protect_address() > 0
    monkeypatch.setattr(rtp_batch, "_PROTECT", "srtp_err_status_t(*)(struct srtp_ctx_t_ *, void *, size_t *)")
    assert rtp_batch.protect_address.__wrapped__() == 0
    monkeypatch.undo()
    monkeypatch.setattr(rtp_batch.ctypes, "CDLL", lambda name: object())
    assert rtp_batch.protect_address.__wrapped__() == 0


def test_pylibsrtp_still_keeps_its_session_where_we_look():
    assert int(pylibsrtp.ffi.cast("uintptr_t", session()._srtp[0])) > 0


def test_thousands_of_packets_keep_no_memory(wire):
    stream, body = wire.stream(session()), bytes(80)
    batch = Batch([stream])
    (group,) = batch
    batch.send(group, body, 0, MOMENT, red=False)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(5000):
        batch.send(group, body, 240 * number, MOMENT, red=False)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 2000
