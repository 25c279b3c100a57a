"""What the strips of grains of a session read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from telharmonic.audio.units import gain_from_db
from telharmonic.errors import AssetError
from telharmonic.protocol.session import SessionSpec
from telharmonic.sources.recording import LONGEST_S, Recording, recording_of
from telharmonic.sources.sound import Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One strip's recording, and its clip's linear gain."""

    recording: Recording
    gain: float


def clouds_of(session: SessionSpec, sounds: Mapping[str, Sound]) -> list[Cloud]:
    """The clouds of a session in the order of its strips; `sounds` by the names of their files.

    Raises
    ------
    AssetError
        If a clip begins behind its file's end, or is too short or too long.
    """
    made, rate = [], session.sample_rate_hz
    for strip in session.strips:
        if strip.source != "grains":
            continue
        clip = strip.clips[0]
        sound, first = sounds[clip.file], round(clip.offset_s * rate)
        if first >= sound.frames:
            raise AssetError(f"{clip.file} lasts {sound.duration_s:g} s; the clip's offset_s is {clip.offset_s:g}")
        rest = sound.frames - first
        frames = rest if clip.duration_s is None else min(rest, round(clip.duration_s * rate))
        recording = recording_of(sound, first, frames, clip.file)
        made.append(Cloud(recording=recording, gain=gain_from_db(clip.gain_db)))
    return made


def recordings_of(session: SessionSpec, sounds: Mapping[str, Sound]) -> list[Recording]:
    """The recordings that all clouds of a session may read, in the order of its file.

    Raises
    ------
    AssetError
        If one is too short or too long.
    """
    files = [(each.file, sounds[each.file]) for each in session.recordings]
    return [recording_of(sound, 0, sound.frames, file) for file, sound in files]


def check_together(recordings: Iterable[Recording], rate: int) -> None:
    """Each counts once, however often it is there.

    Raises
    ------
    AssetError
        If they are longer than `LONGEST_S`.
    """
    together_s = sum({id(each): each.frames for each in recordings}.values()) / rate
    if together_s > LONGEST_S:
        raise AssetError(f"the recordings of all grains last {together_s:.1f} s; allowed: {LONGEST_S:g} s together")
