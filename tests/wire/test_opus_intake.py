"""A peer's packets decoded: a tone by level and frequency, losses concealed and counted, nonsense refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telharmonic.wire.opus import OpusEncoder, OpusSettings, repeats_before
from telharmonic.wire.opus_intake import BURST_PACKETS, OpusIntake
from telharmonic.wire.rtp import RtpPacket

FRAMES = 960


def tone(count: int, frames: int = FRAMES, application: str = "audio") -> list[RtpPacket]:
    """Packets of 1 kHz at half of full scale, their numbers and times about to wrap."""
    encoder = OpusEncoder(OpusSettings(frames=frames, application=application, bitrate_bps=128_000))
    wave = 0.5 * np.sin(2 * np.pi * 1000 / 48_000 * np.arange(count * frames))
    sound = np.repeat(wave[:, None], 2, axis=1).astype(np.float32)
    payloads = [encoder.encode(np.ascontiguousarray(sound[n * frames :][:frames])) for n in range(count)]
    return [rtp(payload, n, frames) for n, payload in enumerate(payloads)]


def rtp(payload: bytes, n: int, frames: int = FRAMES, ssrc: int = 1) -> RtpPacket:
    return RtpPacket(
        payload_type=111,
        sequence=(65_530 + n) % 65_536,
        timestamp=(2**32 - 3000 + n * frames) % 2**32,
        ssrc=ssrc,
        payload=payload,
    )


def take_all(intake: OpusIntake, packets: list[RtpPacket], lost: set[int] = frozenset(), frames: int = FRAMES):
    """All sound, in a row; and the frames it says it lies at."""
    sound, places = [], []
    for n, packet in enumerate(packets):
        if n not in lost:
            for stretch in intake.take(packet, n * frames / 48_000).sound:
                places += range(stretch.frame, stretch.frame + len(stretch.samples))
                sound.append(stretch.samples)
    return np.concatenate(sound), np.array(places)


@pytest.mark.parametrize("frames", [240, 960, 2880])
def test_a_tone_comes_out_as_it_went_in_without_a_frame_missing_over_the_wraps(frames):
    intake = OpusIntake()
    sound, places = take_all(intake, tone(60, frames), frames=frames)
    np.testing.assert_array_equal(np.diff(places), 1)
    spectrum = np.abs(np.fft.rfft(sound[4800:9600, 0] * np.hanning(4800)))
    assert np.argmax(spectrum) == 100  # 1 kHz in steps of 10
    assert np.abs(sound[4800:9600]).max() == pytest.approx(0.5, abs=0.02)
    assert (intake.packets, intake.lost_frames, intake.concealed_frames) == (60, 0, 0)


def test_lost_packets_are_concealed_and_counted():
    intake, lost = OpusIntake(), {20, 33, 34}
    sound, places = take_all(intake, tone(60), lost)
    np.testing.assert_array_equal(np.diff(places), 1)
    assert (intake.lost_frames, intake.concealed_frames, intake.recovered_frames) == (3 * FRAMES, 3 * FRAMES, 0)
    hole = sound[20 * FRAMES + 200 : 21 * FRAMES - 200, 0]
    assert np.abs(hole).max() > 0.2  # drawn out, not silent


def test_a_voice_encoders_repetition_fills_the_last_lost_packet():
    encoder = OpusEncoder(OpusSettings(frames=FRAMES, channels=1, application="voip", bitrate_bps=24_000))
    encoder._control(4012, 1)  # OPUS_SET_INBAND_FEC
    encoder._control(4014, 30)  # OPUS_SET_PACKET_LOSS_PERC
    at = np.arange(50 * FRAMES)
    voice = 0.3 * sum(np.sin(2 * np.pi * 150 * k / 48_000 * at) / k for k in range(1, 20))
    voice = (voice * (1 + np.sin(2 * np.pi * 4 / 48_000 * at)) / 2).astype(np.float32)
    packets = [rtp(encoder.encode(voice[n * FRAMES :][:FRAMES, None].copy()), n) for n in range(50)]
    whole, _ = take_all(OpusIntake(), packets)
    intake, blind = OpusIntake(), OpusIntake()
    holed, _ = take_all(intake, packets, {30})
    assert (intake.recovered_frames, intake.concealed_frames) == (FRAMES, 0)
    blind._decoder.recover = lambda packet, frames: (blind._decoder.conceal(frames), False)
    drawn, _ = take_all(blind, packets, {30})
    part = slice(30 * FRAMES, 31 * FRAMES)
    assert np.square(holed[part] - whole[part]).mean() < 0.5 * np.square(drawn[part] - whole[part]).mean()
    assert repeats_before(bytes([0x08, 0b01000000]))  # SILK, mono, 20 ms: a VAD bit, then the one that tells
    assert not repeats_before(bytes([0x08, 0b10000000]))
    assert not repeats_before(bytes([0xFC, 0xFF]))  # CELT
    assert not repeats_before(b"\x08")


def test_a_long_silence_begins_anew():
    intake, packets = OpusIntake(), tone(60)
    intake.take(packets[0], 0.0)
    [first, *_] = intake.take(packets[59], 2.0).sound
    assert first.begins
    assert intake.lost_frames == 0


def test_one_source_is_heard_at_a_time():
    intake, packets = OpusIntake(), tone(10)
    assert intake.take(packets[0], 0.0) is not None
    other = rtp(packets[1].payload, 1, ssrc=2)
    assert intake.take(other, 0.02) is None
    assert intake.take(other, 2.0) is not None
    assert intake.refused_packets == 1


def test_packets_too_many_too_large_or_too_long_are_refused():
    intake, packets = OpusIntake(), tone(2)
    assert intake.take(rtp(b"\xfc" * 1276, 0), 0.0) is None
    assert intake.take(rtp(b"", 0), 0.0) is None
    assert intake.take(rtp(bytes([0xFF, 0x06]), 0), 0.0) is None  # six frames of 20 ms
    taken = sum(intake.take(rtp(packets[0].payload, n), 0.0) is not None for n in range(1000))
    assert taken <= BURST_PACKETS
    assert intake.refused_packets == 1003 - taken


@settings(max_examples=60)
@given(st.lists(st.tuples(st.binary(max_size=80), st.integers(0, 2**32 - 1), st.integers(0, 2)), max_size=40))
def test_nothing_that_a_stranger_sends_raises_or_makes_endless_sound(packets):
    intake = OpusIntake()
    for n, (payload, timestamp, ssrc) in enumerate(packets):
        packet = RtpPacket(payload_type=111, sequence=n, timestamp=timestamp, ssrc=ssrc, payload=payload)
        taken = intake.take(packet, n * 0.5)
        if taken is not None:
            assert sum(len(each.samples) for each in taken.sound) <= 24_000 + 2 * 2880
            assert all(np.isfinite(each.samples).all() for each in taken.sound)
