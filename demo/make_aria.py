"""Render the recording of the grain demo: the first sixteen bars of the Goldberg Variations' aria, on a piano.

``grains/aria.mid`` is cut out of the Open Goldberg Variations edition (CC0). Needs Debian's ``fluidsynth`` and
``fluid-soundfont-gm`` and the project's development packages::

    .venv/bin/python demo/make_aria.py
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

HERE = Path(__file__).parent / "grains"
SOUND_FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
SAMPLE_RATE_HZ = 48_000
PEAK = 0.7
SECONDS = 43.0  # sixteen bars, and the last chord
FADE_S = 1.0


def render() -> np.ndarray:
    """Played by FluidSynth without reverb or chorus: float32 (frames,), the mean of both sides."""
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        options = ["-n", "-i", "-q", "-R", "0", "-C", "0", "-g", "0.7", "-r", str(SAMPLE_RATE_HZ), "-O", "float"]
        command = ["fluidsynth", *options, "-F", sound, SOUND_FONT, HERE / "aria.mid"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return np.asarray(soundfile.read(sound, dtype="float32")[0].mean(axis=1))


def main() -> None:
    frames, fade = round(SECONDS * SAMPLE_RATE_HZ), round(FADE_S * SAMPLE_RATE_HZ)
    sound = render()
    sound = np.pad(sound, (0, max(0, frames - len(sound))))[:frames]
    sound[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
    sound *= PEAK / np.abs(sound).max()
    path = HERE / "aria.ogg"
    with soundfile.SoundFile(
        path, "w", SAMPLE_RATE_HZ, 1, format="OGG", subtype="VORBIS", compression_level=0.5
    ) as file:
        for start in range(0, frames, SAMPLE_RATE_HZ):
            file.write(sound[start : start + SAMPLE_RATE_HZ])
    print(f"{path.name}: {SECONDS:.0f} s, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
