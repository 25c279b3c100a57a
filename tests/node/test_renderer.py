"""The renderer tick by tick, on a time of its own, with engines whose faults are written down."""

import pickle
from collections import deque

import numpy as np
import pytest

from telharmonic.audio.feed_ring import FEED_BYTES, PLAYING, POSITION, FeedRing
from telharmonic.audio.ring import Ring
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.engine.commands import Applied, Play, Set
from telharmonic.engine.meters import MasterMeters, Meters
from telharmonic.node.clock import BLOCK_TICKS, TICK_NS
from telharmonic.node.renderer import Renderer, Voice
from telharmonic.node.shared_state import RING_FRAMES, SessionFailed, SharedState, Tidings, Wish

BLOCK_NS = BLOCK_TICKS * TICK_NS
METERS = Meters(
    frame=0,
    position_frames=0,
    channels=(),
    auxes=(),
    master=MasterMeters(
        peak_db=(0.0, 0.0),
        rms_db=(0.0, 0.0),
        true_peak_db=(0.0, 0.0),
        true_peak_max_db=(0.0, 0.0),
        momentary_lufs=0.0,
        short_term_lufs=0.0,
        integrated_lufs=0.0,
        range_lu=0.0,
        correlation=0.0,
        limiter_db=0.0,
        spectrum_db=(),
    ),
)


class CountingEngine:
    """Plays its frame numbers; obeys at once; sleeps, breaks or takes long when told."""

    def __init__(self, time: "Time", sample_rate_hz: int = 48_000) -> None:
        self.time = time
        self.sample_rate_hz = sample_rate_hz
        self.frame = 0
        self.position_frames = 0
        self.news = deque()
        self.asleep = False
        self.broken = False
        self.cost_ns = 10_000
        self.posted = []
        self.has_meters = False

    def post(self, command) -> None:
        self.posted.append(command)
        self.asleep = False
        self.news.append(Applied(command_id=command.command_id, frame=self.frame))

    def render(self, out) -> None:
        if self.broken:
            raise ValueError("a bad day")
        self.time.now_ns += self.cost_ns
        out[:] = np.arange(self.frame, self.frame + out.shape[1])
        self.frame += out.shape[1]

    def meters(self):
        return METERS if self.has_meters else None


class Time:
    def __init__(self) -> None:
        self.now_ns = 0

    def now(self) -> int:
        return self.now_ns


class Stage:
    """A renderer with its shared memory, both ends in this process."""

    def __init__(self) -> None:
        self.time = Time()
        self.shared = SharedState(4)
        self.wakes = 0
        self.index = -1  # of the last tick
        self.renderer = Renderer(self.shared, self._wake, self.time.now)

    def _wake(self) -> None:
        self.wakes += 1

    def add(
        self,
        slot: int,
        sample_rate_hz: int = 48_000,
        awake: bool = True,
        meters: bool = False,
        short: bool = False,
        feeds: tuple[FeedRing, ...] = (),
    ) -> tuple[CountingEngine, Ring]:
        engine, ring = CountingEngine(self.time, sample_rate_hz), self.shared.ring(slot)
        ring.reset()
        self.renderer.changes.append(lambda: self.renderer.add(Voice(slot, engine, ring, feeds)))
        if awake:
            self.post(slot, Wish(awake=True, meters=meters, short=short))
        return engine, ring

    def post(self, slot: int, item: object) -> None:
        assert self.shared.to_render.push(pickle.dumps((slot, item)))

    def tick(self, count: int = 1, skipped: int = 0) -> None:
        for _ in range(count):
            self.index += 1 + skipped
            self.time.now_ns = max(self.time.now_ns, self.index * TICK_NS)
            self.renderer.tick(self.index, self.index * TICK_NS, skipped)

    def block(self, count: int = 1) -> None:
        self.tick(count * BLOCK_TICKS)

    def news(self) -> list:
        items = []
        while (message := self.shared.from_render.pop()) is not None:
            items.append(pickle.loads(message))
        return items

    def count(self, name: str) -> int:
        return self.shared.gauges.count(name)


@pytest.fixture
def stage():
    stage = Stage()
    yield stage
    stage.shared.memory.close()


def new_feed() -> FeedRing:
    return FeedRing(SharedMemory(FEED_BYTES).part(0, FEED_BYTES))


def frames_in(ring: Ring) -> np.ndarray:
    return ring.view(ring.taken, ring.fill)[:, 0]


def test_every_session_gets_its_240_frames_a_tick(stage):
    rings = [stage.add(slot)[1] for slot in range(3)]
    stage.block(3)
    for ring in rings:
        np.testing.assert_array_equal(frames_in(ring), np.arange(720))
    assert stage.count("blocks") == 9


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_a_second_of_ticks_is_a_second_of_sound_at_any_rate(stage, rate_hz):
    engine, ring = stage.add(0, rate_hz)
    for _ in range(200):
        stage.block()
        ring.give_back(ring.written)
    assert 0 <= rate_hz - engine.frame < 120


def test_a_session_that_nobody_visits_is_not_rendered(stage):
    engine, ring = stage.add(0, awake=False)
    stage.block(5)
    assert (engine.frame, ring.written, stage.count("blocks")) == (0, 0, 0)
    stage.post(0, Wish(awake=True, meters=False))
    stage.block()
    assert engine.frame == 240
    stage.post(0, Wish(awake=False, meters=False))
    stage.block()
    assert engine.frame == 240


def test_a_sleeping_engine_is_not_rendered_and_its_listeners_hear_silence(stage):
    engine, ring = stage.add(0)
    stage.block()
    engine.asleep = True
    stage.block(2)
    assert engine.frame == 240
    assert ring.written == 720
    np.testing.assert_array_equal(frames_in(ring)[240:], np.zeros(480))


def test_after_sleep_frames_are_the_listeners_on_both_ways(stage):
    engine, ring = stage.add(0)
    stage.block()
    engine.asleep = True
    stage.block(2)
    stage.post(0, Set(command_id=1, address="a", value=1.0, at_frame=960))
    stage.block()
    assert engine.posted[0].at_frame == 960 - 480
    (slot, tidings) = stage.news()[0]
    assert slot == 0
    assert tidings.news == (Applied(command_id=1, frame=720),)
    assert ring.written == 960


def test_news_carry_the_times_of_their_block(stage):
    engine, _ = stage.add(0)
    engine.cost_ns = 70_000
    stage.block()
    stage.post(0, Play(command_id=5))
    stage.block()
    ((_, tidings),) = stage.news()
    assert isinstance(tidings, Tidings)
    assert (tidings.applied_ns, tidings.rendered_ns) == (BLOCK_NS, BLOCK_NS + 70_000)


def test_a_failing_session_is_silenced_and_reported_and_the_others_play_on(stage):
    bad, bad_ring = stage.add(0)
    _good, good_ring = stage.add(1)
    stage.block()
    bad.broken = True
    stage.block(3)
    np.testing.assert_array_equal(frames_in(good_ring), np.arange(960))
    assert bad_ring.written >= 720
    np.testing.assert_array_equal(frames_in(bad_ring)[240:], np.zeros(bad_ring.written - 240))
    failures = [item for item in stage.news() if isinstance(item[1], SessionFailed)]
    assert failures == [(0, SessionFailed(frame=240, reason="ValueError: a bad day"))]
    assert stage.count("failed") == 1


def test_a_block_that_is_ready_after_the_next_is_due_counts_as_late(stage):
    engine, _ = stage.add(0)
    stage.block()
    engine.cost_ns = BLOCK_NS + 1
    stage.block()
    assert stage.count("late_blocks") == 1


def test_skipped_ticks_are_counted_and_marked_for_the_listeners(stage):
    _, ring = stage.add(0)
    stage.block()
    stage.tick(skipped=19 * BLOCK_TICKS)
    assert stage.count("skipped_blocks") == 19
    assert ring.gap_frame == 240
    assert ring.written == 480


@pytest.mark.parametrize(("short", "blocks"), [(False, 3), (True, 6)])
def test_a_gap_that_ends_within_a_whole_block_lasts_until_the_next(stage, short, blocks):
    _, ring = stage.add(0, short=short)
    stage.block()
    stage.tick(skipped=2 * BLOCK_TICKS + 1)  # the second half of a block
    assert stage.count("skipped_blocks") == blocks
    assert (ring.written, ring.gap_frame) == (240, 240)
    stage.block()
    assert ring.written == 480


def test_a_full_ring_skips_blocks_and_never_waits(stage):
    engine, ring = stage.add(0)
    whole = RING_FRAMES // 240
    stage.block(whole + 3)
    assert engine.frame == RING_FRAMES
    assert stage.count("skipped_blocks") == 3
    ring.give_back(240)
    stage.block()
    assert engine.frame == RING_FRAMES + 240
    assert ring.gap_frame == RING_FRAMES


def test_meters_are_sent_only_while_someone_reads_them(stage):
    engine, _ = stage.add(0)
    engine.has_meters = True
    stage.block()
    assert stage.news() == []
    stage.post(0, Wish(awake=True, meters=True))
    stage.block()
    assert stage.news() == [(0, METERS)]


def test_a_long_tick_wakes_the_stream_process_while_it_goes_on(stage):
    for slot in range(3):
        engine, _ = stage.add(slot)
        engine.cost_ns = 1_500_000
    stage.block()
    assert stage.wakes == 4


def test_news_wait_for_room_and_keep_their_order(stage):
    stage.add(0)
    stage.block()
    filler = bytes(stage.shared.from_render.longest)
    while stage.shared.from_render.push(filler):
        pass
    while stage.shared.from_render.push(b"x"):
        pass
    for number in range(3):
        stage.post(0, Play(command_id=number))
        stage.block()
    while (message := stage.shared.from_render.pop()) in (filler, b"x"):
        pass
    assert message is None
    stage.block()
    assert [item.news[0].command_id for _, item in stage.news()] == [0, 1, 2]


def test_a_removed_session_is_rendered_no_more(stage):
    engine, _ = stage.add(0)
    stage.block()
    stage.renderer.changes.append(lambda: stage.renderer.remove(0))
    stage.post(0, Play(command_id=1))
    stage.block()
    assert engine.frame == 240


def test_where_the_song_stands_is_noted(stage):
    engine, ring = stage.add(0)
    engine.position_frames = 4711
    stage.block(40)
    frame, position = stage.shared.gauges.position(0)
    assert position == 4711
    assert ring.written - 16 * 240 <= frame <= ring.written


def test_a_feeds_anchor_says_which_frame_belongs_to_which_time(stage):
    feed = new_feed()
    stage.add(0, feeds=(feed,))
    feed._words[POSITION] = 1000
    stage.block(8)
    assert feed.anchor_frames == pytest.approx(1000 - 8 * 240)  # the next tick's
    assert feed.block_frames == 240


def test_the_writer_of_a_feed_is_told_before_blocks_become_longer(stage):
    feed = new_feed()
    _, ring = stage.add(0, short=True, feeds=(feed,))
    stage.block()
    assert feed.block_frames == 120
    feed._words[PLAYING] = 1
    stage.post(0, Wish(awake=True, meters=False))
    lengths = []
    for _ in range(602):
        ring.give_back(ring.written)
        stage.tick()
        lengths.append(ring.fill)
        stage.tick()
        assert feed.block_frames == 240
    assert lengths == [120] * 600 + [240] * 2  # 3 s


def test_a_session_whose_members_wish_it_is_given_a_quantum_each_tick(stage):
    short, whole = stage.add(0, short=True)[1], stage.add(1)[1]
    written = []
    for _ in range(4):
        stage.tick()
        written.append((short.written, whole.written))
    assert written == [(120, 240), (240, 240), (360, 480), (480, 480)]
    np.testing.assert_array_equal(frames_in(short), frames_in(whole))


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_the_length_of_blocks_changes_at_any_tick_and_no_frame_is_lost_or_played_twice(stage, rate_hz):
    engine, ring = stage.add(0, rate_hz)
    heard, random = [], np.random.default_rng(7)
    for tick in range(400):
        assert tick % BLOCK_TICKS or ring.written % 240 == 0 or rate_hz == 44_100  # whole messages end where blocks do
        if random.random() < 0.3:
            stage.post(0, Wish(awake=True, meters=False, short=bool(random.random() < 0.5)))
        stage.tick()
        heard.append(frames_in(ring).copy())
        ring.give_back(ring.written)
    np.testing.assert_array_equal(np.concatenate(heard), np.arange(engine.frame))
    assert 0 <= rate_hz - engine.frame < 120  # 400 ticks are a second
    assert stage.count("skipped_blocks") == stage.count("late_blocks") == 0


def test_a_short_block_is_late_after_its_own_tick(stage):
    engine, _ = stage.add(0, short=True)
    stage.block()
    engine.cost_ns = TICK_NS + 1
    stage.tick()
    assert stage.count("late_blocks") == 1


def test_what_a_session_costs_is_told_for_whole_blocks(stage):
    stage.add(0, short=True)[0].cost_ns = 30_000
    stage.add(1)[0].cost_ns = 60_000
    stage.block(3)
    assert set(stage.shared.gauges.session_times_us([0, 1])) == {np.float32(60)}


def test_only_so_many_sessions_have_short_blocks(stage, monkeypatch):
    monkeypatch.setattr("telharmonic.node.renderer.SHORT_SESSIONS", 1)
    rings = [stage.add(slot, short=True)[1] for slot in range(2)]
    stage.tick()
    assert [ring.written for ring in rings] == [120, 240]
    stage.post(0, Wish(awake=True, meters=False))
    stage.tick()
    assert [ring.written for ring in rings] == [240, 240]
    stage.tick()
    assert [ring.written for ring in rings] == [480, 360]


def test_a_session_begins_and_ends_where_a_whole_block_does(stage):
    stage.add(0, short=True)
    ring = stage.add(1, awake=False)[1]
    stage.block()
    stage.tick()
    stage.post(1, Wish(awake=True, meters=False, short=True))
    stage.tick()
    assert ring.written == 0
    stage.tick()
    assert ring.written == 120
    stage.post(1, Wish(awake=False, meters=False, short=True))
    stage.block(2)
    assert ring.written == 240
