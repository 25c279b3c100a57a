"""One encoding to many listeners, over lines in memory, decoded again."""

import pytest
from aiortc import clock

from telharmonic.transport.opus_mix import OpusListener, OpusMix
from telharmonic.wire import red
from telharmonic.wire.adaptation import Reception, ladder
from telharmonic.wire.opus import OpusSettings

OPUS, RED, SSRC = 111, 63, 0xDEADBEEF


def listen(mix: OpusMix, line, *, with_red: bool = True) -> OpusListener:
    listener = OpusListener(line, SSRC, OPUS, RED if with_red else None, ladder(mix.settings), 2)
    mix.add(listener)
    return listener


def run(scene, mix: OpusMix, packets: int) -> None:
    for _ in range(packets):
        scene.play(mix.settings.frames)
        mix.pump(scene.now)
        scene.ring.give_back(mix.next_frame)


@pytest.mark.parametrize("frames", [120, 240, 960, 2880])
def test_the_sound_arrives_with_its_level_in_both_channels(scene, new_line, tone_peak, frames):
    mix, line = OpusMix(scene.ring, OpusSettings(frames=frames)), new_line()
    listen(mix, line)
    run(scene, mix, 48_000 // frames)
    sound = line.sound()[24_000:]
    assert tone_peak(sound[:, 0]) == pytest.approx(0.25, rel=0.05)
    # at 2.5 ms the softer side is a little too loud: there are few bits for the difference of two sides
    assert tone_peak(sound[:, 1]) == pytest.approx(0.125, rel=0.2 if frames == 120 else 0.05)


def test_whoever_joins_hears_the_right_level_at_once(scene, new_line, tone_peak):
    mix, line = OpusMix(scene.ring, OpusSettings()), new_line()
    listen(mix, new_line())
    run(scene, mix, 100)
    listen(mix, line)
    run(scene, mix, 20)
    levels = [tone_peak(line.sound()[start : start + 240, 0]) for start in range(240, 4800, 240)]
    assert levels == pytest.approx([0.25] * len(levels), rel=0.1)


def test_mono_is_the_mean_of_both_channels(scene, new_line, tone_peak):
    mix, line = OpusMix(scene.ring, OpusSettings(channels=1)), new_line()
    listen(mix, line)
    run(scene, mix, 100)
    assert tone_peak(line.sound()[12_000:, 0]) == pytest.approx(0.1875, rel=0.03)


def test_sequence_counts_packets_and_timestamp_counts_frames_across_both_wraps(scene, new_line):
    mix, line = OpusMix(scene.ring, OpusSettings()), new_line()
    listener = listen(mix, line)
    listener.sequence, listener.offset = 0xFFFE, 0xFFFF_FFFF
    run(scene, mix, 4)
    packets = line.packets()
    assert [packet.sequence for packet in packets] == [0xFFFE, 0xFFFF, 0, 1]
    assert [packet.timestamp for packet in packets] == [0xFFFF_FFFF, 239, 479, 719]
    assert {(packet.payload_type, packet.ssrc, packet.marker) for packet in packets} == {(OPUS, SSRC, False)}


def test_all_listeners_get_the_same_payload_under_numbers_of_their_own(scene, new_line):
    mix, all_lines = OpusMix(scene.ring, OpusSettings()), [new_line() for _ in range(3)]
    for line in all_lines:
        listen(mix, line)
    run(scene, mix, 3)
    assert len({tuple(packet.payload for packet in line.packets()) for line in all_lines}) == 1
    assert len({line.packets()[0].timestamp for line in all_lines}) == 3


def test_sequences_begin_in_the_lower_half_so_that_ciphers_are_not_confused(scene, new_line):
    mix = OpusMix(scene.ring, OpusSettings())
    assert max(listen(mix, new_line()).sequence for _ in range(200)) < 1 << 15


@pytest.mark.parametrize("past", [1, 2])
def test_redundancy_repeats_the_packets_before_each_and_is_switched_off_again(scene, new_line, past):
    mix, line = OpusMix(scene.ring, OpusSettings()), new_line()
    listener = listen(mix, line)
    run(scene, mix, 3)
    listener.adaptation.report(Reception(loss=0.01 * past * past + 0.005), 1.0)
    assert listener.adaptation.past == past
    run(scene, mix, 3)
    listener.adaptation.report(Reception(loss=0.0), 100.0)
    run(scene, mix, 1)
    packets = line.packets()
    assert [packet.payload_type for packet in packets] == [OPUS] * 3 + [RED] * 3 + [OPUS]
    opus = [red.parse(each.payload)[-1].payload if each.payload_type == RED else each.payload for each in packets]
    for number in (3, 4, 5):
        blocks = red.parse(packets[number].payload)
        assert [block.age for block in blocks] == [240 * age for age in range(past, -1, -1)]
        assert [block.payload for block in blocks] == opus[number - past : number + 1]
        assert {block.payload_type for block in blocks} == {OPUS}


def test_whoever_has_not_agreed_to_redundancy_never_gets_it(scene, new_line):
    mix, line = OpusMix(scene.ring, OpusSettings()), new_line()
    listen(mix, line, with_red=False).adaptation.report(Reception(loss=0.5), 1.0)
    run(scene, mix, 3)
    assert {packet.payload_type for packet in line.packets()} == {OPUS}


def test_every_second_packet_lost_is_made_good_by_one_past_packet(scene, new_line):
    mix, line = OpusMix(scene.ring, OpusSettings()), new_line()
    listen(mix, line).adaptation.report(Reception(loss=0.01), 1.0)
    run(scene, mix, 20)
    sent = line.packets()
    arrived = {}
    for packet in sent[1::2]:
        for block in red.parse(packet.payload):
            arrived[packet.timestamp - block.age & 0xFFFF_FFFF] = block.payload
    whole = {packet.timestamp: red.parse(packet.payload)[-1].payload for packet in sent}
    assert arrived == whole


def test_the_counts_of_sender_reports_are_those_of_packets_and_payload_bytes(scene, new_line):
    mix, line = OpusMix(scene.ring, OpusSettings()), new_line()
    listener = listen(mix, line)
    listener.adaptation.report(Reception(loss=0.01), 1.0)
    for count in range(1, 6):
        run(scene, mix, 1)
        packets = line.packets()
        assert (listener.packets, listener.octets) == (count, sum(len(packet.payload) for packet in packets))
        assert listener.timestamp == packets[-1].timestamp
    assert line.stream is listener


def test_sender_reports_tell_when_a_frame_was_rendered_not_when_it_left(scene, new_line):
    mix, line = OpusMix(scene.ring, OpusSettings()), new_line()
    listener = listen(mix, line)
    scene.now_ns = 1_000_000_000
    scene.play(480)
    before = clock.current_ntp_time() / 2**32
    scene.now_ns += 3_000_000
    mix.pump(scene.now)
    after = clock.current_ntp_time() / 2**32
    # rendered 3 ms ago; two packets of 5 ms end there, and the last begins 5 ms before
    assert before - 0.008 - 1e-4 <= listener.moment / 2**32 <= after - 0.008 + 1e-4


def test_what_the_system_does_not_take_is_a_gap_in_the_sequence_and_not_counted_as_sent(scene, new_line):
    mix, line = OpusMix(scene.ring, OpusSettings()), new_line()
    listener = listen(mix, line)
    run(scene, mix, 2)
    line.broken = True
    run(scene, mix, 3)
    line.broken = False
    run(scene, mix, 1)
    first = line.packets()[0].sequence
    assert [packet.sequence - first for packet in line.packets()] == [0, 1, 5]
    assert (listener.packets, listener.failed) == (3, 3)


def test_packets_that_leave_more_than_5_ms_after_their_sound_was_rendered_are_late(scene, new_line):
    mix = OpusMix(scene.ring, OpusSettings())
    listen(mix, new_line())
    listen(mix, new_line())
    for wait_ms, late in ((0, 0), (5, 0), (6, 2)):
        scene.play(240)
        scene.now_ns += wait_ms * 1_000_000
        mix.pump(scene.now)
        assert mix.late_packets == late


def test_a_stand_still_between_two_listeners_makes_only_those_behind_it_late(scene, new_line):
    mix, lines = OpusMix(scene.ring, OpusSettings()), [new_line() for _ in range(5)]

    class Slow:
        """A way out on which the machine stands still for 6 ms."""

        def send(self, packet: bytes) -> bool:
            scene.now_ns += 6_000_000
            return lines[2].send(packet)

        follow = lines[2].follow

    for line in (lines[0], lines[1], Slow(), lines[3], lines[4]):
        listen(mix, line)
    scene.play(240)
    mix.pump(scene.now)
    assert [len(line.sent) for line in lines] == [1] * 5
    assert mix.late_packets == 3


def test_what_was_sent_already_is_not_sent_again(scene, new_line):
    mix, line = OpusMix(scene.ring, OpusSettings()), new_line()
    listen(mix, line).from_frame = 400
    run(scene, mix, 4)
    assert len(line.sent) == 2


def test_a_mix_begins_at_a_multiple_of_its_length_that_is_still_in_the_ring(scene):
    scene.play(1000)
    assert OpusMix(scene.ring, OpusSettings(frames=960)).next_frame == 960
    scene.ring.give_back(990)
    assert OpusMix(scene.ring, OpusSettings(frames=960)).next_frame == 1920
