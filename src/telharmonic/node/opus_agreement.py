"""What is agreed with a listener about its Opus, and the settings of the encoder that it means."""

from __future__ import annotations

import msgspec

from telharmonic.protocol.rtc import OpusAgreed
from telharmonic.transport.offer import Offer
from telharmonic.wire.opus import SAMPLE_RATE_HZ, Application, OpusSettings


def settings_of(audio: OpusAgreed) -> OpusSettings:
    """The encoder's settings for what is agreed."""
    return OpusSettings(
        frames=round(audio.frame_ms * SAMPLE_RATE_HZ / 1000),
        channels=audio.channels,
        bitrate_bps=1000 * audio.bitrate_kbps,
        vbr=audio.vbr,
        complexity=audio.complexity,
        application=Application(audio.application),
    )


def as_chosen(agreed: OpusAgreed, chosen: OpusSettings) -> OpusAgreed:
    """The same where an encoder of other settings is shared."""
    bitrate_kbps = chosen.bitrate_bps // 1000
    return msgspec.structs.replace(
        agreed,
        frame_ms=1000 * chosen.frames / SAMPLE_RATE_HZ,
        channels=chosen.channels,
        bitrate_kbps=bitrate_kbps,
        min_bitrate_kbps=min(agreed.min_bitrate_kbps, bitrate_kbps),
        vbr=chosen.vbr,
        complexity=chosen.complexity,
        application=chosen.application.value,
    )


def possible(agreed: OpusAgreed | None, offer: Offer | None) -> OpusAgreed | None:
    """What can be sent of that: nothing without an audio section, no redundancy where it has no payload type for it."""
    if agreed is None or offer is None or offer.audio is None:
        return None
    return agreed if offer.red_payload_type is not None else msgspec.structs.replace(agreed, red=0)
