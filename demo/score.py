"""Johann Pachelbel (1653-1706), Canon in D: the ground and the first eight statements, entered by hand.

The work is in the public domain; this entry of it is ours (MIT, as the rest of the project). Each
statement of the canon lasts eight quarter notes, the length of the ground; the second and the third
voice play the same line one and two statements later.

A line is written as words: pitch, octave, and the length in sixteenths after a colon; a word
without a length repeats the one before. ``r`` rests.
"""

from __future__ import annotations

from dataclasses import dataclass

TEMPO_BPM = 72.0
SIXTEENTHS_PER_STATEMENT = 32

CANON = (
    "F#5:4 E5 D5 C#5 B4 A4 B4 C#5",
    "D5:4 C#5 B4 A4 G4 F#4 G4 E4",
    "D4:2 F#4 A4 G4 F#4 D4 F#4 E4 D4 B3 D4 A4 G4 B4 A4 G4",
    "F#4:2 D4 E4 C#5 D5 F#5 A5 A4 B4 G4 A4 F#4 D4 D5 D5:3 C#5:1",
    "D5:1 C#5 D5 D4 C#4 A4 E4 F#4 D4 D5 C#5 B4 C#5 F#5 A5 B5 G5 F#5 E5 G5 F#5 E5 D5 C#5 B4 A4 G4 F#4 E4 G4 F#4 E4",
    "D4:1 E4 F#4 G4 A4 E4 A4 G4 F#4 B4 A4 G4 A4 G4 F#4 E4 D4 B3 B4 C#5 D5 C#5 B4 A4 G4 F#4 E4 B4 A4 B4 A4 G4",
    "A5:2 F#5:1 G5 A5:2 F#5:1 G5 A5:1 A4 B4 C#5 D5 E5 F#5 G5 F#5:2 D5:1 E5 F#5:2 F#4:1 G4 A4 B4 A4 G4 A4 F#4 G4 A4",
    "G4:2 B4:1 A4 G4:2 F#4:1 E4 F#4 E4 D4 E4 F#4 G4 A4 B4 G4:2 B4:1 A4 B4:2 C#5:1 D5 A4 B4 C#5 D5 E5 F#5 G5 A5",
    "F#5:4 E5 D5 C#5 B4 A4 B4 C#5",
)
GROUND = "D3:4 A2 B2 F#2 G2 D2 G2 A2"
CHORDS = ("D A D F#", "A A C# E", "B B D F#", "F# A C# F#", "G G B D", "D A D F#", "G G B D", "A A C# E")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note: MIDI pitch, start and length in sixteenths."""

    pitch: int
    start: float
    length: float


def pitch_of(name: str) -> int:
    """MIDI number of a name like ``F#4`` (middle C is ``C4``, 60)."""
    return 12 * (int(name[-1]) + 1) + _STEPS[name[0]] + ("#" in name)


def read_line(words: str, start: float = 0.0) -> list[Note]:
    """The notes of one written line, from `start` (sixteenths) on."""
    notes, length = [], 4.0
    for word in words.split():
        name, _, given = word.partition(":")
        length = float(given) if given else length
        if name != "r":
            notes.append(Note(pitch=pitch_of(name), start=start, length=length))
        start += length
    return notes
