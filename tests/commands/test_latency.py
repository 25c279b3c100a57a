import numpy as np
import pytest

from telharmonic.commands import latency
from telharmonic.commands.latency import ONSET_THRESHOLD, Listener, Onset, stages
from telharmonic.control.members import RATE_HZ as RATE_HZ_OF_A_MEMBER
from telharmonic.protocol import messages
from telharmonic.protocol.parts import Timing

RATE_HZ = 48_000


def silence(frames: int) -> np.ndarray:
    return np.zeros((frames, 2), np.float32)


def burst(frames: int, at: int, value: float = 0.5) -> np.ndarray:
    samples = silence(frames)
    samples[at:, 1] = value
    return samples


def test_the_first_loud_sample_after_silence_is_found_in_either_channel():
    listener = Listener(RATE_HZ)
    assert listener.hear(0, silence(1440), 0.0) is None
    assert listener.is_quiet
    assert listener.hear(1440, burst(240, 100), 30.0) == Onset(frame=1540, message_frame=1440, arrived_us=30.0)


def test_without_silence_before_it_a_sound_is_no_onset():
    listener = Listener(RATE_HZ)
    assert listener.hear(0, burst(1000, 10), 0.0) is None
    assert not listener.is_quiet
    assert listener.hear(1000, silence(1439), 0.0) is None
    assert listener.hear(2439, burst(240, 0), 0.0) is None


def test_the_burst_itself_does_not_answer_for_the_next():
    listener = Listener(RATE_HZ)
    listener.hear(0, silence(2000), 0.0)
    assert listener.hear(2000, burst(240, 0), 0.0) is not None
    assert listener.hear(2240, burst(720, 0), 0.0) is None
    assert listener.hear(2960, silence(1440), 0.0) is None
    assert listener.hear(4400, burst(240, 5), 0.0).frame == 4405


def test_what_is_below_the_threshold_is_silence():
    listener = Listener(RATE_HZ)
    assert listener.hear(0, burst(2000, 0, 0.99 * ONSET_THRESHOLD), 0.0) is None
    assert listener.is_quiet


def test_the_stages_add_up_to_the_whole_way():
    # the server's clock is 5 s ahead; 120 frames at 48 kHz are 2.5 ms
    timing = Timing(received_us=5_001_200, applied_us=5_003_000, rendered_us=5_003_400)
    one = stages(
        sent_us=1_000.0,
        offset_us=5_000_000.0,
        timing=timing,
        applied_message=480,
        onset=Onset(frame=720 + 48, message_frame=720, arrived_us=9_000.0),
        sample_rate_hz=RATE_HZ,
    )
    split = one.split_ms
    assert split.control == pytest.approx(0.2)
    assert split.wait == pytest.approx(1.8)
    assert split.render == pytest.approx(0.4 + 5.0)  # heard one message of 240 frames later
    assert split.network == pytest.approx(0.6)
    assert split.ring == pytest.approx(1.0)
    assert one.total_ms == pytest.approx(9.0)
    assert sum((split.control, split.wait, split.render, split.network, split.ring)) == pytest.approx(one.total_ms)


async def test_echoes_keep_to_the_rate_that_a_member_may_have(monkeypatch):
    class QuickServer:
        """Answers without any delay."""

        asked = 0

        def next_id(self) -> int:
            return self.asked

        async def ask(self, echo: messages.Echo) -> messages.EchoReply:
            self.asked += 1
            return messages.EchoReply(id=echo.id, client_us=echo.client_us, server_us=0)

    slept: list[float] = []

    async def sleep(duration_s: float) -> None:
        slept.append(duration_s)

    monkeypatch.setattr(latency.asyncio, "sleep", sleep)
    server = QuickServer()
    result = await latency.LatencyTest(server).control(1000, lambda: None)
    assert (server.asked, len(result.samples_ms)) == (1000, 1000)
    assert server.asked <= RATE_HZ_OF_A_MEMBER * sum(slept)
