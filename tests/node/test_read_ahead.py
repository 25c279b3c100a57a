"""What is read ahead, and when."""

import threading

from telharmonic.node.read_ahead import AHEAD_S, ReadAhead


class NotedClips:
    def __init__(self) -> None:
        self.asked = []

    def prefetch(self, position_frames: int, frames: int) -> None:
        self.asked.append((position_frames, frames))


def test_reads_from_where_each_song_stands():
    ahead, clips, position = ReadAhead(), NotedClips(), 1000
    ahead.add(0, clips, lambda: position, 48_000)
    ahead.look()
    position = 49_000
    ahead.look()
    assert clips.asked == [(1000, AHEAD_S * 48_000), (49_000, AHEAD_S * 48_000)]


def test_leaves_alone_what_nobody_hears_and_what_has_ended():
    ahead, parked, ended = ReadAhead(), NotedClips(), NotedClips()
    ahead.add(0, parked, lambda: None, 48_000)
    ahead.add(1, ended, lambda: 0, 48_000)
    ahead.remove(1)
    ahead.remove(1)
    ahead.look()
    assert parked.asked == ended.asked == []


def test_ends_when_told():
    stop = threading.Event()
    stop.set()
    ReadAhead().run(stop)
