"""The clips of one strip in their places."""

from __future__ import annotations

from collections.abc import Mapping

from telharmonic.audio.units import gain_from_db
from telharmonic.errors import AssetError
from telharmonic.protocol.session import StripSpec
from telharmonic.sources.clips import Clip
from telharmonic.sources.sound import Sound


def placed_clips(strip: StripSpec, sounds: Mapping[str, Sound], sample_rate_hz: int) -> list[Clip]:
    """What a strip plays, in frames of its session; `sounds` by the names of their files.

    Raises
    ------
    AssetError
        If a clip begins behind its file's end.
    """
    made = []
    for spec in strip.clips:
        sound, offset = sounds[spec.file], round(spec.offset_s * sample_rate_hz)
        if offset >= sound.frames:
            raise AssetError(f"{spec.file} lasts {sound.duration_s:g} s; the clip's offset_s is {spec.offset_s:g}")
        duration = None if spec.duration_s is None else max(1, round(spec.duration_s * sample_rate_hz))
        made.append(
            Clip(
                sound=sound,
                start_frames=round(spec.start_s * sample_rate_hz),
                offset_frames=offset,
                duration_frames=duration,
                gain=gain_from_db(spec.gain_db),
                loop=spec.loop,
            )
        )
    return made
