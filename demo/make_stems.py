"""Render the demo's eight stems: the score in `score.py`, played dry by FluidSynth, as Ogg Vorbis.

Needs Debian's ``fluidsynth`` and ``fluid-soundfont-gm`` and the project's development packages::

    .venv/bin/python demo/make_stems.py
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import mido
import numpy as np
import soundfile
from score import CANON, CHORDS, GROUND, SIXTEENTHS_PER_STATEMENT, TEMPO_BPM, Note, pitch_of, read_line

HERE = Path(__file__).parent
SOUND_FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
SAMPLE_RATE_HZ = 48_000
STATEMENTS = len(CANON) + 1  # the ground alone, then the first voice's whole line
TICKS_PER_SIXTEENTH = 120
FINAL_SIXTEENTHS = 12.0  # the last chord


def canon(first_statement: int, octave: int = 0) -> list[Note]:
    """One voice of the canon, entering after `first_statement` statements, ending with all the others."""
    notes = []
    for index, words in enumerate(CANON[: STATEMENTS - first_statement]):
        notes += read_line(words, (first_statement + index) * SIXTEENTHS_PER_STATEMENT)
    notes.append(_final("D5" if first_statement < 2 else "F#4"))
    return [Note(pitch=note.pitch + 12 * octave, start=note.start, length=note.length) for note in notes]


def _final(name: str) -> Note:
    return Note(pitch=pitch_of(name), start=STATEMENTS * SIXTEENTHS_PER_STATEMENT, length=FINAL_SIXTEENTHS)


def ground(octave: int, length_factor: float = 1.0) -> list[Note]:
    """The bass, once in every statement."""
    notes = [note for n in range(STATEMENTS) for note in read_line(GROUND, n * SIXTEENTHS_PER_STATEMENT)]
    notes.append(_final("D2"))
    return [Note(pitch=n.pitch + 12 * octave, start=n.start, length=n.length * length_factor) for n in notes]


def chords(play: Callable[[list[int], float], list[Note]], first_statement: int = 0) -> list[Note]:
    """The continuo: `play` makes the notes of each chord, given as four pitches around middle C and a start."""
    notes = []
    for beat in range(first_statement * 8, STATEMENTS * 8 + 1):
        names = CHORDS[beat % 8].split()
        pitches = sorted({pitch_of(name + "4") - (12 if name in "GAB" else 0) for name in names})
        notes += play(pitches, beat * 4.0)
    return notes


def strummed(pitches: list[int], start: float) -> list[Note]:
    """A harpsichord's chord, spread a little, its lowest note first."""
    return [Note(pitch=p, start=start + 0.18 * i, length=3.4) for i, p in enumerate(pitches)]


def arpeggio(pitches: list[int], start: float) -> list[Note]:
    """A harp's sixteenths over an octave and a half."""
    wave = [pitches[0], pitches[1], pitches[2], pitches[0] + 12]
    return [Note(pitch=p + 12, start=start + i, length=3.0) for i, p in enumerate(wave)]


def held(pitches: list[int], start: float) -> list[Note]:
    """An organ's chord."""
    return [Note(pitch=p, start=start, length=3.9) for p in pitches]


# name -> (General MIDI program counted from 0, gain, notes)
STEMS: dict[str, tuple[int, float, list[Note]]] = {
    "1-violin": (40, 0.9, canon(1)),
    "2-oboe": (68, 0.8, canon(2)),
    "3-clarinet": (71, 0.9, canon(3)),
    "4-cello": (42, 1.0, ground(0)),
    "5-bass-pizzicato": (45, 1.1, ground(-1, 0.5)),
    "6-harpsichord": (6, 0.8, chords(strummed)),
    "7-harp": (46, 0.9, chords(arpeggio, first_statement=3)),
    "8-organ": (19, 0.55, chords(held, first_statement=5)),
}


def midi_file(program: int, notes: list[Note], seed: int) -> mido.MidiFile:
    """One track, with the small unevenness of a player (fixed by `seed`)."""
    uneven = random.Random(seed)
    events: list[tuple[float, int, mido.Message]] = []
    for note in notes:
        velocity = max(30, min(118, round(uneven.gauss(84 + (6 if note.start % 16 == 0 else 0), 6))))
        start = max(0.0, note.start * TICKS_PER_SIXTEENTH + uneven.gauss(0, 3))
        end = start + note.length * TICKS_PER_SIXTEENTH * 0.97
        events.append((start, 1, mido.Message("note_on", note=note.pitch, velocity=velocity)))
        events.append((end, 0, mido.Message("note_off", note=note.pitch)))
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(TEMPO_BPM))])
    track.append(mido.Message("program_change", program=program))
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=round(tick) - now))
        now = round(tick)
    track.append(mido.MetaMessage("end_of_track", time=TICKS_PER_SIXTEENTH * 10))
    return mido.MidiFile(ticks_per_beat=4 * TICKS_PER_SIXTEENTH, tracks=[track])


def render(program: int, notes: list[Note], seed: int) -> np.ndarray:
    """Played by FluidSynth without reverb or chorus: float32 (frames, 2)."""
    with tempfile.TemporaryDirectory() as folder:
        score, sound = Path(folder) / "score.mid", Path(folder) / "sound.wav"
        midi_file(program, notes, seed).save(score)
        options = ["-n", "-i", "-q", "-R", "0", "-C", "0", "-g", "0.7", "-r", str(SAMPLE_RATE_HZ), "-O", "float"]
        subprocess.run(["fluidsynth", *options, "-F", sound, SOUND_FONT, score], check=True, stdout=subprocess.DEVNULL)
        return soundfile.read(sound, dtype="float32")[0]


def level(sound: np.ndarray) -> float:
    """The factor that brings a stem to -22 dB RMS, or to a peak of 0.7 if that comes first."""
    return float(min(10 ** (-22 / 20) / np.sqrt(np.mean(sound**2)), 0.7 / np.abs(sound).max()))


def main() -> None:
    seconds = (STATEMENTS * SIXTEENTHS_PER_STATEMENT + FINAL_SIXTEENTHS) * 15.0 / TEMPO_BPM + 3.0
    frames = round(seconds * SAMPLE_RATE_HZ)
    for seed, (name, (program, gain, notes)) in enumerate(STEMS.items()):
        sound = render(program, notes, seed)
        sound = np.pad(sound, ((0, max(0, frames - len(sound))), (0, 0)))[:frames]
        sound *= level(sound) * gain
        path = HERE / "stems" / f"{name}.ogg"
        ogg = {"format": "OGG", "subtype": "VORBIS", "compression_level": 0.55}
        with soundfile.SoundFile(path, "w", SAMPLE_RATE_HZ, 2, **ogg) as file:
            for start in range(0, frames, 48_000):
                file.write(sound[start : start + 48_000])
        rms_db = 20 * np.log10(np.sqrt(np.mean(sound**2)) + 1e-9)
        peak, megabytes = np.abs(sound).max(), path.stat().st_size / 1e6
        print(f"{path.name}: {seconds:.1f} s, peak {peak:.2f}, {rms_db:.1f} dB RMS, {megabytes:.2f} MB")


if __name__ == "__main__":
    main()
