"""Who may play into what, and takes from beginning to end."""

from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.node.feeds import FeedMemory
from telharmonic.node.inputs import Inputs
from telharmonic.node.shared_state import SharedState
from telharmonic.node.takes import TakeFolder
from telharmonic.protocol.session import SessionSpec, StripSpec
from telharmonic.protocol.upstream import Take, TakeState, Upstream, UpstreamState
from telharmonic.sources.feed import new_feeds, play_feed
from telharmonic.wire.opus import OpusEncoder, OpusSettings
from telharmonic.wire.rtp import RtpPacket

SESSION = SessionSpec(strips=(StripSpec(id="tone", source="sine"), StripSpec(id="mic", source="live")))


@pytest.fixture
def inputs():
    link = SimpleNamespace(shared=SharedState(1), feeds=FeedMemory(1))
    folder = TakeFolder()
    yield Inputs(link, folder, SESSION, "s", slot=0, latency_frames=77)
    folder.close()
    link.shared.memory.close()
    link.feeds.memory.close()


def test_a_strip_is_played_by_one_member_until_it_lets_go_or_leaves(inputs):
    one, other = inputs.member("m1"), inputs.member("m2")
    state = one.obey(Upstream(id=1, strip="mic"))
    assert isinstance(state, UpstreamState)
    assert (state.id, state.strip, state.mixer_ms) == (1, "mic", pytest.approx(1.604, abs=0.001))
    with pytest.raises(RefusedError, match="fed already"):
        other.obey(Upstream(id=2, strip="mic"))
    with pytest.raises(NotFoundError, match="allowed: mic"):
        other.obey(Upstream(id=3, strip="tone"))
    assert one.obey(Upstream(id=4, strip=None)).strip is None
    assert other.obey(Upstream(id=5, strip="mic")).strip == "mic"
    other.close()
    assert one.obey(Upstream(id=6, strip="mic")).strip == "mic"


def test_a_take_is_begun_and_ended_by_who_plays(inputs):
    member = inputs.member("m1")
    with pytest.raises(RefusedError, match="no upstream"):
        member.obey(Take(id=1, on=True))
    member.obey(Upstream(id=2, strip="mic"))
    with pytest.raises(RefusedError, match="nothing is being recorded"):
        member.obey(Take(id=3, on=False))
    begun = member.obey(Take(id=4, on=True, capture_ms=10.0))
    assert isinstance(begun, TakeState)
    assert (begun.recording, begun.name, begun.path) == (True, "take-1", None)
    with pytest.raises(RefusedError, match="already"):
        member.obey(Take(id=5, on=True))
    member.upstream.on_written(0, np.zeros((480, 2), np.float32))
    member.heard_ms = 20.0
    done = member.obey(Take(id=6, on=False))
    assert (done.recording, done.duration_s, done.path) == (False, 0.01, "/api/sessions/s/takes/take-1.wav")
    assert done.compensated_ms == pytest.approx(10 + 20 + 6.5 + 1.6, abs=0.01)
    assert inputs.takes.file("take-1").frames == 480


@pytest.mark.parametrize("end", ["another strip", "no strip", "the member leaves"])
def test_a_take_that_something_else_ends_is_told_and_listed(inputs, end):
    member, told = inputs.member("m1"), []
    member.tell = told.append
    member.obey(Upstream(id=1, strip="mic"))
    begun = member.obey(Take(id=2, on=True))
    member.upstream.on_written(0, np.zeros((480, 2), np.float32))
    assert inputs.listed().takes == ()
    if end == "the member leaves":
        member.close()
    else:
        member.obey(Upstream(id=3, strip="mic" if end == "another strip" else None))
    (state,) = told
    assert (state.id, state.name, state.recording, state.duration_s) == (None, begun.name, False, 0.01)
    assert inputs.listed().takes == (state,)
    assert state.path == f"/api/sessions/s/takes/{begun.name}.wav"


def test_a_take_of_nothing_is_told_without_a_path_and_not_listed(inputs):
    member = inputs.member("m1")
    member.obey(Upstream(id=1, strip="mic"))
    member.obey(Take(id=2, on=True))
    done = member.obey(Take(id=3, on=False))
    assert (done.recording, done.duration_s, done.path) == (False, 0.0, None)
    assert inputs.listed().takes == ()
    with pytest.raises(NotFoundError):
        inputs.takes.file(done.name)


def test_a_take_that_was_long_enough_is_told_with_the_next_second(inputs):
    member = inputs.member("m1")
    assert member.each_second() == []
    member.obey(Upstream(id=1, strip="mic"))
    member.obey(Take(id=2, on=True))
    assert [type(told) for told in member.each_second()] == [UpstreamState]
    inputs.takes._takes["take-1"].recording = False
    states = member.each_second()
    assert (states[1].id, states[1].recording) == (None, False)
    member.close()


class Performer:
    """Plays, sample by sample, what it hears: noise by its place in the song, on simulated clocks."""

    PACKET, HEARD_MS, NETWORK_MS, LATENCY = 480, 43.0, 20.0, 77

    def __init__(self, upstream, ring) -> None:
        self.upstream, self.out = upstream, ring
        upstream._now = lambda: self.now_ns
        self.song = np.random.default_rng(2).uniform(-0.3, 0.3, 10 * 48_000).astype(np.float32)
        self.song = np.convolve(self.song, np.ones(8) / 8, "same").astype(np.float32)
        self.encoder = OpusEncoder(
            OpusSettings(frames=self.PACKET, channels=1, application="audio", bitrate_bps=256_000)
        )
        self.state = new_feeds([upstream.ring.address])
        self.begun_ns = self.now_ns = 10**15
        self.played = self.packets = self.ticks = 0
        self.held_back = 0  # packets by which its time stamps stood still

    def run(self, seconds: float) -> None:
        end_ns = self.now_ns + round(seconds * 1e9)
        while self.now_ns < end_ns:
            arrives_ns = self.begun_ns + (self.played + 1) * 10_000_000 + round(self.NETWORK_MS * 1e6)
            ticks_ns = self.begun_ns + self.ticks * 5_000_000
            self.now_ns = min(arrives_ns, ticks_ns)
            if arrives_ns <= ticks_ns:
                self.send()
            else:
                self.tick(ticks_ns)

    def send(self) -> None:
        """What was heard during the packet: rendered `HEARD_MS` before, the limiter's frames behind the song."""
        first = self.played * self.PACKET - round(self.HEARD_MS * 48) - self.LATENCY
        place = np.arange(first, first + self.PACKET)
        sound = np.where(place >= 0, self.song[np.maximum(place, 0)], 0).astype(np.float32)[:, None]
        stamp = (self.played - self.held_back) * self.PACKET
        packet = RtpPacket(
            payload_type=111, sequence=self.packets, timestamp=stamp, ssrc=9, payload=self.encoder.encode(sound)
        )
        self.played += 1
        self.packets += 1
        self.upstream.take(packet)

    def pause(self, packets: int, *, stamps_go_on: bool) -> None:
        """Play on, but send nothing: as when the line is lost, or (with stamps that stand still) a track taken away."""
        self.played += packets
        self.held_back += 0 if stamps_go_on else packets

    def tick(self, due_ns: int) -> None:
        for _ in range(2):
            play_feed(np.zeros(16 * 120, np.float32), 0, self.state, 48_000, 120)
        self.ticks += 1
        self.out.push(np.zeros((2, 240), np.float32))
        self.out.give_back(self.out.written)
        self.upstream.ring.note_time(due_ns + 5_000_000, 48_000, 240)


def test_a_take_lies_where_the_performer_heard_the_song(inputs):
    member = inputs.member("m1")
    member.obey(Upstream(id=1, strip="mic"))
    inputs._ring.reset()
    member.upstream.ring.reset()
    performer = Performer(member.upstream, inputs._ring)
    inputs.playing = lambda: True
    inputs._position = lambda slot: (inputs._ring.written, inputs._ring.written)
    performer.run(1.0)
    member.obey(Take(id=2, on=True, heard_ms=performer.HEARD_MS))
    performer.run(3.0)
    member.upstream.round_trip_s = 2 * performer.NETWORK_MS / 1000
    done = member.obey(Take(id=3, on=False))
    sound, _ = soundfile.read(inputs.takes.file(done.name).path)
    first = round(done.start_s * 48_000)
    part, near = sound[48_000:96_000, 0], performer.song[first : first + 144_000]
    match = np.fft.irfft(np.fft.rfft(near, 1 << 18) * np.conj(np.fft.rfft(part, 1 << 18)))
    offset = int(np.argmax(match[:96_000])) - 48_000
    assert abs(offset) <= 48 * 3  # the engine takes 5 ms at a time, so half of that is not known; and the drift swings
    assert done.compensated_ms == pytest.approx(43 + 20 + 10 + 6.5 + 1.6, abs=0.1)


@pytest.mark.parametrize("stamps_go_on", [True, False])
def test_a_pause_takes_its_time_in_a_take(inputs, stamps_go_on):
    member = inputs.member("m1")
    member.obey(Upstream(id=1, strip="mic"))
    inputs._ring.reset()
    member.upstream.ring.reset()
    performer = Performer(member.upstream, inputs._ring)
    clicks = np.array([96_000, 210_000, 321_000])
    performer.song[:] = 0
    performer.song[clicks] = 0.9
    inputs.playing = lambda: True
    inputs._position = lambda slot: (inputs._ring.written, inputs._ring.written)
    performer.run(1.0)
    member.obey(Take(id=2, on=True, heard_ms=performer.HEARD_MS))
    performer.run(1.5)
    performer.pause(123, stamps_go_on=stamps_go_on)  # from 2.5 s to 3.73 s
    performer.run(4.5)
    member.upstream.round_trip_s = 2 * performer.NETWORK_MS / 1000
    done = member.obey(Take(id=3, on=False))
    sound = np.abs(soundfile.read(inputs.takes.file(done.name).path)[0][:, 0])
    first = round(done.start_s * 48_000)
    found = [int(np.argmax(sound[at - first - 4800 : at - first + 4800])) - 4800 for at in clicks]
    assert np.abs(found).max() <= 48 * 3  # as a take without a pause
    assert all(sound[at - first + error] > 0.2 for at, error in zip(clicks, found, strict=True))
    assert (sound[round(2.6 * 48_000) - first : round(3.6 * 48_000) - first] == 0).all()
