"""What is agreed about Opus, as settings and back."""

from types import SimpleNamespace

from telharmonic.node.opus_agreement import as_chosen, possible, settings_of
from telharmonic.protocol.rtc import OpusLimits, OpusRequest

AGREED = OpusLimits().choose(OpusRequest(frame_ms=10, channels=1, bitrate_kbps=96, min_bitrate_kbps=64, red=2))


def test_what_is_agreed_comes_back_from_its_own_settings():
    settings = settings_of(AGREED)
    assert (settings.frames, settings.channels, settings.bitrate_bps) == (480, 1, 96_000)
    assert as_chosen(AGREED, settings) == AGREED


def test_another_encoder_has_its_own_bitrate_and_a_floor_within_it():
    other = settings_of(OpusLimits().choose(OpusRequest(frame_ms=20, bitrate_kbps=48)))
    told = as_chosen(AGREED, other)
    assert (told.frame_ms, told.channels, told.bitrate_kbps, told.min_bitrate_kbps, told.red) == (20.0, 2, 48, 48, 2)


def test_only_what_the_offer_has_room_for_is_agreed():
    audio = object()
    assert possible(AGREED, SimpleNamespace(audio=audio, red_payload_type=63)) == AGREED
    assert possible(AGREED, SimpleNamespace(audio=audio, red_payload_type=None)).red == 0
    assert possible(AGREED, SimpleNamespace(audio=None, red_payload_type=63)) is None
    assert possible(AGREED, None) is None
    assert possible(None, SimpleNamespace(audio=audio, red_payload_type=63)) is None
