"""Opus against closed forms and against FFmpeg's decoder, which shares no line with libopus."""

import base64
import contextlib
import json
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import MessageError, ParameterError
from telharmonic.wire.opus import (
    FRAME_COUNTS,
    HISTORY_FRAMES,
    LOOKAHEAD_FRAMES,
    Application,
    OpusDecoder,
    OpusEncoder,
    OpusSettings,
    max_bitrate_bps,
    min_bitrate_bps,
    packet_frames,
)

SECONDS = 1.0


def tones(seconds: float = SECONDS) -> np.ndarray:
    """440 Hz at -12 dB on the left, 1 kHz at -18 dB on the right."""
    time_s = np.arange(int(48_000 * seconds)) / 48_000
    left, right = 0.25 * np.sin(2 * np.pi * 440 * time_s), 0.125 * np.sin(2 * np.pi * 1000 * time_s)
    return np.stack((left, right), axis=1).astype(np.float32)


def encoded(settings: OpusSettings, sound: np.ndarray) -> list[bytes]:
    encoder, frames = OpusEncoder(settings), settings.frames
    return [encoder.encode(sound[at : at + frames]) for at in range(0, len(sound) - frames + 1, frames)]


def signal_to_noise_db(sound: np.ndarray, decoded: np.ndarray, delay: int) -> float:
    wanted, got = sound[4800 : len(decoded) - delay - 960], decoded[4800 + delay : len(decoded) - 960]
    return float(10 * np.log10(np.sum(wanted**2) / np.sum((wanted - got) ** 2)))


def ffmpeg_decodes(packets: list[bytes], channels: int) -> np.ndarray:
    """FFmpeg's own Opus decoder (``opus``, not ``libopus``)."""
    context = av.CodecContext.create("opus", "r")
    # RFC 7845's identification header, which gives the decoder its channels: no pre-skip, no gain
    context.extradata = b"OpusHead\x01" + bytes((channels, 0, 0)) + (48_000).to_bytes(4, "little") + bytes(3)
    blocks = [frame.to_ndarray() for packet in packets for frame in context.decode(av.Packet(packet))]
    return np.concatenate(blocks, axis=1).T


@pytest.mark.parametrize("frames", FRAME_COUNTS)
@pytest.mark.parametrize("application", Application)
def test_every_frame_length_and_application_comes_back_as_the_same_sound(frames, application):
    settings = OpusSettings(frames=frames, application=application, bitrate_bps=min(256_000, max_bitrate_bps(frames)))
    packets = encoded(settings, tones())
    assert all(packet_frames(packet) == frames for packet in packets)
    decoder = OpusDecoder()
    decoded = np.concatenate([decoder.decode(packet) for packet in packets])
    # two sines at 256 kbit/s, or the most of a long packet; voip's high-pass turns the phase of the lower one
    least_db = 12 if application is Application.VOIP else 20
    assert signal_to_noise_db(tones(), decoded, LOOKAHEAD_FRAMES[application]) > least_db


def test_an_independent_decoder_hears_the_same():
    packets = encoded(OpusSettings(), tones())
    theirs = ffmpeg_decodes(packets, 2)
    decoder = OpusDecoder()
    ours = np.concatenate([decoder.decode(packet) for packet in packets])
    shift = max(range(0, 241, 120), key=lambda s: -np.abs(ours[4800:9600] - theirs[4800 + s : 9600 + s]).sum())
    # RFC 6716 lets decoders differ a little
    assert np.abs(ours[4800:40_000] - theirs[4800 + shift : 40_000 + shift]).max() < 1e-3


@pytest.mark.parametrize(("channel", "hz", "level"), [(0, 440, 0.25), (1, 1000, 0.125)])
def test_level_and_pitch_of_each_channel_are_kept_at_the_default_settings(channel, hz, level):
    decoder = OpusDecoder()
    decoded = np.concatenate([decoder.decode(packet) for packet in encoded(OpusSettings(), tones())])
    spectrum = np.abs(np.fft.rfft(decoded[9600:33_600, channel] * np.hanning(24_000))) * 4 / 24_000
    assert np.argmax(spectrum) * 2 == pytest.approx(hz, abs=2)
    assert spectrum.max() == pytest.approx(level, rel=0.03)


def test_a_constant_bitrate_makes_every_packet_equally_long():
    packets = encoded(OpusSettings(vbr=False, bitrate_bps=128_000), tones())
    assert {len(packet) for packet in packets} == {80}  # 128 kbit/s for 5 ms


@pytest.mark.parametrize("bitrate_bps", [32_000, 128_000, 510_000])
def test_a_variable_bitrate_keeps_its_mean(bitrate_bps):
    noise = np.random.default_rng(1).uniform(-0.3, 0.3, (96_000, 2)).astype(np.float32)
    packets = encoded(OpusSettings(bitrate_bps=bitrate_bps, frames=960), noise)
    assert sum(map(len, packets)) * 8 / 2 == pytest.approx(bitrate_bps, rel=0.15)


@pytest.mark.parametrize("frames", FRAME_COUNTS)
def test_the_least_bitrate_still_sounds_and_the_greatest_is_no_error(frames):
    noise = np.random.default_rng(2).uniform(-0.3, 0.3, (48_000, 2)).astype(np.float32)
    for bitrate_bps in (min_bitrate_bps(frames), max_bitrate_bps(frames)):
        decoder = OpusDecoder()
        packets = encoded(OpusSettings(frames=frames, bitrate_bps=bitrate_bps), noise)
        decoded = np.concatenate([decoder.decode(packet) for packet in packets])
        assert np.std(decoded[24_000:]) > 0.01


def test_mono_is_decoded_to_two_equal_channels():
    sound = np.ascontiguousarray(tones()[:, :1])
    decoder = OpusDecoder(channels=2)
    decoded = np.concatenate([decoder.decode(packet) for packet in encoded(OpusSettings(channels=1), sound)])
    np.testing.assert_array_equal(decoded[:, 0], decoded[:, 1])
    assert signal_to_noise_db(np.repeat(sound, 2, axis=1), decoded, 120) > 20


def test_a_lost_packet_is_concealed_by_the_sound_before_it():
    packets = encoded(OpusSettings(), tones())
    decoder = OpusDecoder()
    blocks = [
        decoder.decode(packet) if number != 100 else decoder.conceal(240) for number, packet in enumerate(packets)
    ]
    concealed = np.concatenate(blocks)
    hole = concealed[100 * 240 + 120 : 101 * 240]
    assert 0.5 < np.std(hole[:, 0]) / np.std(concealed[12_000:23_000, 0]) < 1.5
    tail = slice(36_000, 40_000)
    assert np.abs(concealed[tail][120:] - tones()[tail][:-120]).max() < 0.05  # it has found its way back


def test_losses_sound_as_in_the_vectors_that_the_browsers_decoder_is_held_to():
    vectors = json.loads((Path(__file__).parent.parent / "references" / "opus_loss.json").read_text())
    decoder, heard = OpusDecoder(2), []
    for number, packet in enumerate(vectors["packets"]):
        lost = number in vectors["lost"]
        heard.append((decoder.conceal(240) if lost else decoder.decode(base64.b64decode(packet))).copy())
    left = np.concatenate(heard[vectors["from_packet"] :])[:, 0]
    # two releases of libopus differ by some 1e-4; a lost frame that were silence would by 0.3
    assert np.abs(left - vectors["left"]).max() < 2e-3


def test_a_decoder_can_begin_where_packets_are_independent():
    def errors(independent: int) -> np.ndarray:
        """How far a decoder that begins at packet 100 is from one that heard all."""
        encoder, sound = OpusEncoder(OpusSettings()), tones()
        packets = [
            encoder.encode(sound[240 * number : 240 * number + 240], independent=0 <= number - 100 < independent)
            for number in range(200)
        ]
        whole, late = OpusDecoder(), OpusDecoder()
        through = np.concatenate([whole.decode(packet) for packet in packets])[24_000:]
        return np.abs(np.concatenate([late.decode(packet) for packet in packets[100:]]) - through)

    assert errors(-(-HISTORY_FRAMES // 240))[240:].max() < 1e-3
    assert errors(0)[240:].max() > 0.1


def test_a_long_loss_fades_to_a_murmur():
    decoder = OpusDecoder()
    for packet in encoded(OpusSettings(), tones()):
        decoder.decode(packet)
    loss = np.concatenate([decoder.conceal(240) for _ in range(200)])
    assert np.abs(loss[-2400:]).max() < 0.2 * np.abs(tones()).max()


def test_loud_and_broken_sound_stays_in_the_packet_it_was_in():
    encoder, decoder = OpusEncoder(OpusSettings()), OpusDecoder()
    for number in range(40):
        block = tones()[number * 240 : number * 240 + 240].copy()
        if number == 10:
            block[3, 1] = np.nan
        if number == 20:
            block[5, 0] = np.inf
        if number == 30:
            block *= 1e30
        decoded = decoder.decode(encoder.encode(block))
        assert np.isfinite(decoded).all()
    assert np.abs(decoded).max() < 2


def test_silence_stays_silent():
    decoder = OpusDecoder()
    packets = encoded(OpusSettings(), np.zeros((4800, 2), np.float32))
    assert max(np.abs(decoder.decode(packet)).max() for packet in packets) < 2**-24  # a 24-bit step
    assert len(packets) == 20  # discontinuous transmission is off: every frame is sent


def test_after_a_reset_an_encoder_gives_the_bytes_of_a_new_one():
    encoder = OpusEncoder(OpusSettings())
    first = [encoder.encode(tones()[at : at + 240]) for at in range(0, 2400, 240)]
    encoder.reset()
    assert [encoder.encode(tones()[at : at + 240]) for at in range(0, 2400, 240)] == first


def test_after_a_reset_a_decoder_gives_the_sound_of_a_new_one():
    packets, decoder = encoded(OpusSettings(), tones(0.1)), OpusDecoder()
    first = [decoder.decode(packet) for packet in packets]
    decoder.reset()
    np.testing.assert_array_equal([decoder.decode(packet) for packet in packets], first)


@given(st.binary(max_size=1500))
def test_strangers_bytes_give_sound_or_the_documented_error(data):
    decoder = OpusDecoder()
    try:
        decoded = decoder.decode(data)
    except MessageError:
        decoded = decoder.conceal(240)
    assert decoded.shape[0] <= 5760
    assert np.isfinite(decoded).all()


@given(st.binary(max_size=8))
def test_the_length_of_strangers_packets_is_at_most_120_ms_or_the_documented_error(data):
    with contextlib.suppress(MessageError):
        assert 1 <= packet_frames(data) <= 5760


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"frames": 241}, "frames is 241; allowed: 120, 240, 480, 960, 1920, 2880"),
        ({"frames": 240.0}, "frames is 240.0"),
        ({"channels": 3}, "channels is 3; allowed: 1 to 2"),
        ({"bitrate_bps": 511_000}, "bitrate_bps is 511000; allowed: 6000 to 510000"),
        ({"bitrate_bps": 8000, "frames": 120}, "bitrate_bps is 8000; allowed: 9600 to 510000"),
        ({"complexity": 11}, "complexity is 11; allowed: 0 to 10"),
        ({"complexity": True}, "complexity is true; allowed: 0 to 10"),
        ({"vbr": 1}, "vbr is 1; allowed: true or false"),
        ({"application": "music"}, "application is 'music'; allowed: audio, lowdelay, voip"),
    ],
)
def test_a_setting_out_of_range_is_named_with_its_range(changes, words):
    with pytest.raises(ParameterError, match=words.replace("(", r"\(")):
        OpusSettings(**changes)


def test_another_bitrate_is_brought_into_its_range():
    settings = OpusSettings(frames=120)
    assert [settings.at_bitrate(wanted).bitrate_bps for wanted in (0, 64_000, 10**9)] == [9600, 64_000, 510_000]


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((240, 1), np.float32),
        np.zeros((239, 2), np.float32),
        np.zeros((240, 2), np.float64),
        np.zeros((2, 240), np.float32).T,
    ],
)
def test_samples_of_another_shape_type_or_layout_are_refused(samples):
    with pytest.raises(ParameterError, match=r"float32 \(240, 2\)"):
        OpusEncoder(OpusSettings()).encode(samples)


@pytest.mark.parametrize("frames", [0, 100, 5880, 240.0])
def test_only_whole_multiples_of_the_shortest_frame_are_concealed(frames):
    with pytest.raises(ParameterError, match="multiple of 120"):
        OpusDecoder().conceal(frames)


@pytest.mark.parametrize(("frames", "most"), [(240, 510_000), (960, 510_000), (1920, 255_000), (2880, 170_000)])
def test_the_greatest_bitrate_is_kept_and_fits_one_datagram(frames, most):
    assert max_bitrate_bps(frames) == most
    noise = np.random.default_rng(3).uniform(-0.3, 0.3, (96_000, 2)).astype(np.float32)
    packets = encoded(OpusSettings(frames=frames, bitrate_bps=most, vbr=False), noise)
    assert max(map(len, packets)) <= 1275
    assert sum(map(len, packets)) * 8 / 2 == pytest.approx(most, rel=0.01)
    with pytest.raises(ParameterError, match=f"bitrate_bps is {most + 1}"):
        OpusSettings(frames=frames, bitrate_bps=most + 1)
