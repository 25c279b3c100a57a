"""The WebRTC line's words: as they stand on the wire, and how wishes are narrowed."""

import msgspec
import pytest

from telharmonic.errors import ParameterError
from telharmonic.protocol.messages import AnyClientMessage, AnyServerMessage, encode
from telharmonic.protocol.rtc import (
    FRAMES_MS,
    OpusAgreed,
    OpusLimits,
    OpusRequest,
    RtcAnswer,
    RtcAudio,
    RtcCandidate,
    RtcChosen,
    RtcClose,
    RtcClosed,
    RtcOffer,
)
from telharmonic.wire.opus import FRAME_COUNTS, max_bitrate_bps

AGREED = OpusLimits().choose(OpusRequest())


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (RtcOffer(id=1, sdp="v=0"), '{"type":"rtc_offer","id":1,"sdp":"v=0"}'),
        (RtcCandidate(id=2, candidate="", mid="0"), '{"type":"rtc_candidate","id":2,"candidate":"","mid":"0"}'),
        (RtcAudio(id=3, audio=None), '{"type":"rtc_audio","id":3,"audio":null}'),
        (RtcClose(id=4), '{"type":"rtc_close","id":4}'),
    ],
)
def test_a_clients_word_is_this_text(message, text):
    assert encode(message).decode() == text
    assert msgspec.json.decode(text, type=AnyClientMessage) == message


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            RtcAnswer(id=1, sdp="v=0", audio=AGREED),
            '{"type":"rtc_answer","id":1,"sdp":"v=0","audio":{"frame_ms":5.0,"channels":2,"bitrate_kbps":128,'
            '"min_bitrate_kbps":32,"vbr":true,"complexity":5,"application":"lowdelay","red":2,"rtp_offset":0,"frame":0,"lookahead_frames":0}}',
        ),
        (RtcChosen(id=3), '{"type":"rtc_audio","id":3}'),
        (RtcClosed(reason="gone"), '{"type":"rtc_closed","reason":"gone"}'),
    ],
)
def test_a_nodes_word_is_this_text(message, text):
    assert encode(message).decode() == text
    assert msgspec.json.decode(text, type=AnyServerMessage) == message


def test_a_session_that_allows_everything_gives_what_is_wanted():
    wanted = OpusRequest(
        frame_ms=2.5,
        channels=1,
        bitrate_kbps=510,
        min_bitrate_kbps=10,
        vbr=False,
        complexity=10,
        application="voip",
        red=1,
    )
    agreed = msgspec.structs.asdict(OpusLimits().choose(wanted))
    assert {name: agreed[name] for name in OpusRequest.__struct_fields__} == msgspec.structs.asdict(wanted)


def test_wishes_are_narrowed_to_what_the_session_allows():
    limits = OpusLimits(min_frame_ms=20, max_channels=1, max_bitrate_kbps=24, max_complexity=3, max_red=0)
    assert limits.choose(OpusRequest(frame_ms=5)) == OpusAgreed(
        frame_ms=20.0,
        channels=1,
        bitrate_kbps=24,
        min_bitrate_kbps=24,
        vbr=True,
        complexity=3,
        application="lowdelay",
        red=0,
    )
    assert limits.choose(OpusRequest(frame_ms=60)).frame_ms == 60.0


def test_a_limit_between_two_frames_gives_the_longer_one():
    assert OpusLimits(min_frame_ms=3).choose(OpusRequest(frame_ms=2.5)).frame_ms == 5.0


def test_a_bitrate_at_which_short_packets_would_be_silent_is_raised():
    agreed = OpusLimits().choose(OpusRequest(frame_ms=2.5, bitrate_kbps=6, min_bitrate_kbps=6))
    assert (agreed.bitrate_kbps, agreed.min_bitrate_kbps) == (10, 10)


def test_no_more_is_agreed_than_the_encoder_makes_of_packets_so_long():
    most = [OpusLimits().choose(OpusRequest(frame_ms=each, bitrate_kbps=510)).bitrate_kbps for each in FRAMES_MS]
    assert most == [max_bitrate_bps(frames) // 1000 for frames in FRAME_COUNTS]
    assert most[-2:] == [255, 170]


@pytest.mark.parametrize("frame_ms", [3.0, 5.1, 25.0, 59.9])
def test_a_frame_that_opus_has_not_is_refused_by_name(frame_ms):
    with pytest.raises(ParameterError, match=r"audio\.frame_ms is .*; allowed: 2\.5, 5, 10"):
        OpusLimits().choose(OpusRequest(frame_ms=frame_ms))


def test_every_frame_of_opus_is_given():
    assert [OpusLimits().choose(OpusRequest(frame_ms=each)).frame_ms for each in FRAMES_MS] == list(FRAMES_MS)
