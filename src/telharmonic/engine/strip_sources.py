"""What the strips of a session play, as the tables of `telharmonic.sources`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from telharmonic.audio.feed_ring import FeedRing
from telharmonic.audio.units import gain_from_db
from telharmonic.engine.assets import Assets
from telharmonic.engine.channel_sources import (
    CLIP_SOURCE,
    GRAIN_SOURCE,
    LIVE_SOURCE,
    NOTHING,
    PING_SOURCE,
    SOURCE_INTS,
    TONE_SOURCE,
)
from telharmonic.engine.strip_clips import placed_clips
from telharmonic.engine.strip_grains import clouds_of, recordings_of
from telharmonic.protocol.session import SessionSpec, StripSpec
from telharmonic.sources.clips import ClipTable
from telharmonic.sources.feed import new_feeds
from telharmonic.sources.tone import Tone, ToneTable


class Sources:
    """What the strips play, as the tables of `sources`.

    `feeds` are the rings of live strips, by the strips' ids; a live strip without one is silent.

    Raises
    ------
    AssetError
        If a clip begins behind its file's end, or grains cannot read it.
    """

    def __init__(self, session: SessionSpec, assets: Assets, feeds: Mapping[str, FeedRing] | None = None) -> None:
        rate = session.sample_rate_hz
        self.clips = ClipTable(
            [[] if strip.source else placed_clips(strip, assets.sounds, rate) for strip in session.strips]
        )
        self.clouds = clouds_of(session, assets.sounds)
        self.recordings = recordings_of(session, assets.sounds)
        self.tones = ToneTable(
            [_tone(strip, seed) for seed, strip in enumerate(session.strips) if _is_tone(strip)], rate
        )
        self.kinds = np.zeros((len(session.strips), SOURCE_INTS), np.int64)
        counts = {TONE_SOURCE: 0, PING_SOURCE: 0, LIVE_SOURCE: 0, GRAIN_SOURCE: 0}
        for row, strip in zip(self.kinds, session.strips, strict=True):
            if strip.source is None:
                row[0] = CLIP_SOURCE if strip.clips else NOTHING
            else:
                kinds = {"ping": PING_SOURCE, "live": LIVE_SOURCE, "jack": LIVE_SOURCE, "grains": GRAIN_SOURCE}
                row[0] = kinds.get(strip.source, TONE_SOURCE)
                row[1] = counts[int(row[0])]
                counts[int(row[0])] += 1
        rings = [(feeds or {}).get(strip.id) for strip in session.strips if strip.is_live]
        self.rings = tuple(ring for ring in rings if ring is not None)  # kept here: the kernel has their addresses only
        self.feeds = new_feeds([0 if ring is None else ring.address for ring in rings])
        self.stereo = [_is_stereo(strip, assets) for strip in session.strips]


def _is_tone(strip: StripSpec) -> bool:
    return strip.source not in (None, "ping", "live", "jack", "grains")


def _tone(strip: StripSpec, seed: int) -> Tone:
    assert strip.source is not None
    return Tone(kind=strip.source, frequency_hz=strip.freq_hz, amplitude=gain_from_db(strip.level_db), seed=seed)


def _is_stereo(strip: StripSpec, assets: Assets) -> bool:
    if strip.stereo is not None:
        return strip.stereo
    if strip.source == "grains":
        return True
    return any(assets.sounds[clip.file].channels == 2 for clip in strip.clips)
