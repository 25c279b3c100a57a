"""What goes into a bank's lanes."""

from __future__ import annotations

import numpy as np

from telharmonic.audio.feed_ring import FEED_BYTES, FeedRing
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.engine.channel_sources import silence_lane
from telharmonic.engine.commands import ChannelMuted, Pause, Play, Seek


def test_silencing_a_lane_leaves_the_others():
    bank = np.ones(16 * 8, np.float32)
    silence_lane(bank, 3, 8)
    lanes = bank.reshape(8, 16)
    assert not lanes[:, [3, 11]].any()
    assert lanes.sum() == 8 * 14


def test_every_kind_of_source_shares_a_bank(studio, noise):
    text = (
        '[[strip]]\nid = "clip"\nclip = [{ file = "a" }]\n'
        '[[strip]]\nid = "tone"\nsource = "sine"\nfreq_hz = 480.0\nlevel_db = -20.0\n'
        '[[strip]]\nid = "nothing"\n[[strip]]\nid = "ping"\nsource = "ping"\n'
    )
    sound = noise(9600, seed=4)
    engine = studio.engine(text, {"a": sound}, stems=True)
    engine.post(Play())
    mix, stems = np.zeros((2, 9600), np.float32), np.zeros((8, 9600), np.float32)
    engine.render_stems(mix, stems)
    np.testing.assert_array_equal(stems[:2], sound)
    wave = 0.1 * np.sqrt(0.5) * np.sin(2 * np.pi * 480 * np.arange(9600) / 48_000)
    np.testing.assert_allclose(stems[2, 480:], wave[480:], atol=2e-6)
    np.testing.assert_array_equal(stems[2], stems[3])
    assert not stems[4:].any()


def test_tones_and_clips_stop_and_go_together(studio, noise):
    text = '[[strip]]\nid = "1"\nsource = "noise"\n[[strip]]\nid = "2"\nclip = [{ file = "a" }]\n'
    engine = studio.engine(text, {"a": np.full((2, 96_000), 0.2, np.float32)}, stems=True)
    heard = []
    for commands in ([Play()], [Pause()], [Seek(position_frames=100), Play()]):
        for command in commands:
            engine.post(command)
        mix, stems = np.zeros((2, 4800), np.float32), np.zeros((4, 4800), np.float32)
        engine.render_stems(mix, stems)
        heard.append(np.abs(stems[:, 960:]).max(axis=1) > 0.01)
    assert [part.tolist() for part in heard] == [[True] * 4, [False] * 4, [True] * 4]


def test_a_live_strip_plays_what_is_written_and_a_faulty_one_harms_no_other(studio):
    memory = SharedMemory(2 * FEED_BYTES)
    feeds = {name: FeedRing(memory.part(n * FEED_BYTES, FEED_BYTES)) for n, name in enumerate(("good", "bad"))}
    text = "".join(f'[[strip]]\nid = "{name}"\nsource = "live"\nstereo = true\n' for name in feeds)
    for feed in feeds.values():
        feed.reset()
    engine = studio.engine(text, feeds=feeds, stems=True)
    assert engine.asleep
    for feed in feeds.values():
        feed.open()
        feed.aim(240, 4096)
        feed.push(np.full((2, 480), 0.25, np.float32))
    assert not engine.asleep
    heard = []
    for block in range(60):
        feeds["good"].push(np.full((2, 240), 0.25, np.float32))
        feeds["bad"].push(np.full((2, 240), (0.25, np.nan, 500.0)[min(2, block // 20)], np.float32))
        mix, stems = np.zeros((2, 240), np.float32), np.zeros((4, 240), np.float32)
        engine.render_stems(mix, stems)
        heard.append(stems)
    good, bad = np.split(np.concatenate(heard, axis=1), 2)
    np.testing.assert_array_equal(good[:, 240:], np.float32(0.25))
    assert np.isfinite(bad).all()
    assert np.abs(bad).max() <= 0.25
    assert not bad[:, 26 * 240 :].any()
    assert not any(
        isinstance(news, ChannelMuted) for news in engine.news
    )  # the feed is shut for a while, not the strip
    assert (feeds["good"].shut_count, feeds["bad"].shut_count) == (0, 1)


def test_without_a_ring_a_live_strip_is_silent(studio):
    engine = studio.engine('[[strip]]\nid = "1"\nsource = "live"\n')
    assert not studio.play(engine, 4800).any()
