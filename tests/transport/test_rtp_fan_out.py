"""Who gets which encoding, and that a change is heard by nobody."""

import itertools

import numpy as np
import pytest

from telharmonic.transport.rtp_fan_out import OpusFanOut, choose
from telharmonic.wire.adaptation import Reception
from telharmonic.wire.opus import OpusSettings

WANTED = OpusSettings()


@pytest.fixture
def fan_out(scene) -> OpusFanOut:
    return OpusFanOut(scene.ring, now=scene.now)


@pytest.fixture
def join(fan_out, new_line):
    def join(settings: OpusSettings = WANTED, **options):
        line = new_line()
        return fan_out.add_peer(line, settings, ssrc=1, payload_type=111, red_payload_type=63, **options), line

    return join


def run(scene, fan_out: OpusFanOut, seconds: float) -> None:
    for _ in range(round(seconds * 200)):
        scene.play(240)
        fan_out.pump()
        scene.ring.give_back(fan_out.next_frame)
        scene.now_ns += 5_000_000


def bitrates(fan_out: OpusFanOut) -> list[int]:
    return sorted(settings.bitrate_bps for settings in fan_out.encodings)


def test_listeners_of_equal_settings_share_one_encoding(scene, fan_out, join):
    lines = [join()[1] for _ in range(5)]
    assert fan_out.encodings == (WANTED,)
    run(scene, fan_out, 0.1)
    assert [len(line.sent) for line in lines] == [20] * 5


def test_listeners_of_other_settings_get_their_own(scene, fan_out, join):
    line, slow = join()[1], join(OpusSettings(frames=960))[1]
    run(scene, fan_out, 0.2)
    assert (len(line.sent), len(slow.sent)) == (40, 10)
    assert fan_out.next_frame == 9600


def test_an_encoding_that_nobody_listens_to_is_not_made(scene, fan_out, join):
    first, line = join()
    second, _ = join()
    fan_out.remove_peer(first)
    assert fan_out.encodings == (WANTED,)
    fan_out.remove_peer(second)
    fan_out.remove_peer(second)
    assert fan_out.encodings == ()
    assert line.closed
    run(scene, fan_out, 0.1)
    assert line.sent == []
    assert (len(fan_out), fan_out.next_frame) == (0, scene.ring.written)


def test_loss_moves_one_listener_down_the_ladder_and_leaves_the_other(scene, fan_out, join):
    (listener, line), (_, other) = join(), join()
    run(scene, fan_out, 1)
    fan_out.report(listener, Reception(loss=0.3))
    run(scene, fan_out, 3)
    assert bitrates(fan_out) == [64_000, 128_000]
    fan_out.report(listener, Reception(loss=0.3))
    run(scene, fan_out, 1)
    assert bitrates(fan_out) == [32_000, 128_000]
    # redundancy came with it: look at the newest packets alone
    sizes = [len(packet.payload) for packet in other.packets()]
    assert 70 < sum(sizes[100:]) / len(sizes[100:]) < 90  # 128 kbit/s for 5 ms: 80
    assert listener.settings.bitrate_bps == 32_000
    assert line.packets()[-1].payload_type == 63


def test_a_move_is_without_a_break_in_numbers_and_without_a_click(scene, fan_out, join, tone_peak):
    listener, line = join(most_past=0)
    run(scene, fan_out, 1)
    fan_out.report(listener, Reception(loss=0.3))
    run(scene, fan_out, 1)
    packets = line.packets()
    assert len(packets) == 400
    for before, after in itertools.pairwise(packets):
        assert (after.sequence - before.sequence) & 0xFFFF == 1
        assert (after.timestamp - before.timestamp) & 0xFFFF_FFFF == 240
    sound = line.sound()
    for start in range(24_000, 95_000, 2400):
        assert tone_peak(sound[start : start + 2400, 0]) == pytest.approx(0.25, rel=0.1)
    # of a 1 kHz tone with peak 0.25 neighbours differ by at most 0.033: twice that would be a click
    assert abs(sound[24_000:, 0][1:] - sound[24_000:, 0][:-1]).max() < 0.066


def test_a_clean_line_moves_it_up_again(scene, fan_out, join):
    listener, _ = join()
    fan_out.report(listener, Reception(loss=0.3))
    assert listener.settings.bitrate_bps == 64_000
    scene.now_ns += 25_000_000_000
    fan_out.report(listener, Reception(loss=0.0))
    assert fan_out.encodings == (WANTED,)


def test_a_thousand_listeners_on_bad_lines_need_three_encodings(scene, fan_out, join):
    listeners = [join()[0] for _ in range(1000)]
    for number, listener in enumerate(listeners):
        for step in range(number % 3):
            scene.now_ns += step * 3_000_000_000
            fan_out.report(listener, Reception(loss=0.5))
    assert bitrates(fan_out) == [32_000, 64_000, 128_000]


def test_more_different_wishes_than_allowed_get_the_nearest():
    others = [OpusSettings(frames=frames) for frames in (120, 240, 960, 2880)]
    assert choose(OpusSettings(frames=480, bitrate_bps=64_000), others) == OpusSettings(frames=240)
    assert choose(OpusSettings(frames=1920), others).frames in (960, 2880)
    assert choose(OpusSettings(frames=960), others) == OpusSettings(frames=960)
    assert choose(OpusSettings(frames=480), others[1:]) == OpusSettings(frames=480)
    assert choose(OpusSettings(frames=480), [*others[1:], *others[1:]]) == OpusSettings(frames=480)


def test_a_floor_of_its_own_gives_nobody_an_encoder_of_its_own(fan_out, join):
    listeners = [join(least_bps=1000 * kbps)[0] for kbps in range(33, 81)]
    for listener in listeners:
        fan_out.report(listener, Reception(loss=0.4))
    assert bitrates(fan_out) == [64_000, 128_000]  # those whose floor is above a half stay at the best


def test_a_listener_may_change_to_another_length_and_hears_nothing_twice(scene, fan_out, join):
    listener, line = join()
    run(scene, fan_out, 0.105)
    fan_out.change_peer(listener, OpusSettings(frames=960))
    assert listener.settings == OpusSettings(frames=960)
    run(scene, fan_out, 0.2)
    fan_out.change_peer(listener, WANTED)
    run(scene, fan_out, 0.1)
    ends = 0
    for packet in line.packets():
        start = (packet.timestamp - listener.offset) & 0xFFFF_FFFF
        assert 0 <= start - ends < 960
        ends = start + (960 if 5040 <= start < 14_400 and start % 960 == 0 and start >= 5760 else 240)
    assert fan_out.encodings == (WANTED,)


def test_a_listener_that_was_told_where_frame_0_is_finds_it_there(scene, fan_out, join):
    run(scene, fan_out, 0.1)
    _, line = join(offset=2**32 - 4000)
    run(scene, fan_out, 0.01)
    assert [packet.timestamp for packet in line.packets()] == [800, 1040]


def test_redundancy_is_bounded_anew_by_a_change(fan_out, join):
    listener, _ = join()
    fan_out.report(listener, Reception(loss=0.05))
    assert listener.adaptation.past == 2
    fan_out.change_peer(listener, WANTED, most_past=0)
    assert listener.adaptation.past == 0
    fan_out.report(listener, Reception(loss=0.05))
    assert listener.adaptation.past == 0


def test_what_was_counted_is_remembered_when_its_listener_has_gone(scene, fan_out, join):
    listener, line = join()
    run(scene, fan_out, 0.02)
    line.broken = True
    scene.play(240)
    scene.now_ns += 6_000_000
    fan_out.pump()
    assert (fan_out.sent_packets, fan_out.failed_packets, fan_out.late_packets) == (4, 1, 1)
    fan_out.remove_peer(listener)
    assert (fan_out.sent_packets, fan_out.failed_packets, fan_out.late_packets) == (4, 1, 1)


def test_reports_of_someone_who_has_gone_are_ignored(fan_out, join):
    listener, _ = join()
    fan_out.remove_peer(listener)
    fan_out.report(listener, Reception(loss=1.0))
    assert fan_out.encodings == ()


def test_closing_closes_every_line(fan_out, join):
    lines = [join()[1] for _ in range(3)]
    fan_out.close()
    assert all(line.closed for line in lines)
    assert len(fan_out) == 0


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_a_session_of_another_rate_is_heard_at_its_own_pitch(scene, new_line, tone_peak, rate_hz):
    # the scene counts frames: its 1000 Hz at 48 kHz are rate_hz / 48 Hz here, and are 1000 again by 48 kHz's count
    fan_out, line = OpusFanOut(scene.ring, sample_rate_hz=rate_hz, now=scene.now), new_line()
    scene.play(480)
    fan_out.pump()
    scene.ring.give_back(fan_out.next_frame)
    fan_out.add_peer(line, WANTED, ssrc=1, payload_type=111)
    for _ in range(rate_hz // 240):
        scene.play(240)
        fan_out.pump()
        scene.ring.give_back(fan_out.next_frame)
    assert scene.ring.fill == 0
    assert len(line.sent) == pytest.approx(200, abs=2)  # a second in packets of 5 ms
    sound = line.sound()[-24_000:, 0]
    tone = np.exp(-2j * np.pi * rate_hz / 48 * np.arange(24_000) / 48_000) * np.hanning(24_000)
    assert abs(sound @ tone) * 4 / 24_000 == pytest.approx(0.25, rel=0.05)


def test_whoever_joins_a_session_of_another_rate_hears_nothing_old(scene, new_line):
    fan_out, line = OpusFanOut(scene.ring, sample_rate_hz=96_000, now=scene.now), new_line()
    for _ in range(4):
        scene.play(4800)
        scene.ring.give_back(scene.ring.written)  # nobody pumps what nobody hears
    fan_out.add_peer(line, WANTED, ssrc=1, payload_type=111)
    scene.play(960)
    fan_out.pump()
    assert len(line.sent) in (1, 2)
    assert fan_out.next_frame == scene.ring.written
