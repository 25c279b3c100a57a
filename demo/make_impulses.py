"""Make the demo's two impulse responses with the room simulator pyroomacoustics (MIT).

Early reflections by image sources, the tail by ray tracing; two microphones 40 cm apart make it stereo::

    .venv/bin/python demo/make_impulses.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyroomacoustics as pra
import soundfile
from scipy import signal

HERE = Path(__file__).parent
SAMPLE_RATE_HZ = 48_000
# name -> (room in metres, reverberation time in s, source, centre of the microphones, seconds kept)
ROOMS = {
    "chamber": ((7.1, 5.3, 3.2), 0.6, (1.9, 1.7, 1.4), (4.8, 3.1, 1.6), 1.0),
    "hall": ((31.0, 19.0, 13.0), 2.6, (6.1, 9.0, 1.8), (17.0, 10.3, 3.0), 2.2),
}


def impulse_response(name: str) -> np.ndarray:
    """Float64 (frames, 2); peak 1, the direct sound's travel time and level removed by starting at it."""
    size, seconds, source, centre, kept_seconds = ROOMS[name]
    absorption, _ = pra.inverse_sabine(seconds, size)
    np.random.seed(7)  # the ray tracer draws from numpy's global generator
    walls = pra.Material(absorption, 0.2)
    room = pra.ShoeBox(size, fs=SAMPLE_RATE_HZ, materials=walls, max_order=3, ray_tracing=True, air_absorption=True)
    room.set_ray_tracing(n_rays=400_000, receiver_radius=0.5)
    room.add_source(source)
    x, y, z = centre
    room.add_microphone(np.array([[x, x], [y - 0.2, y + 0.2], [z, z]]))
    room.compute_rir()
    left, right = (room.rir[channel][0] for channel in (0, 1))
    frames = round(kept_seconds * SAMPLE_RATE_HZ)
    start = min(int(np.argmax(np.abs(side) > 0.05 * np.abs(side).max())) for side in (left, right))
    response = np.stack([np.pad(side[start:], (0, frames))[:frames] for side in (left, right)], axis=1)
    rumble = signal.butter(2, 40.0, "highpass", fs=SAMPLE_RATE_HZ, output="sos")  # image sources are all positive
    response = signal.sosfilt(rumble, response, axis=0)
    fade = np.ones(frames)
    fade[-4800:] = np.cos(np.linspace(0, np.pi / 2, 4800)) ** 2
    return response * fade[:, None] / np.abs(response).max()


def main() -> None:
    for name in ROOMS:
        response = impulse_response(name) * 0.5
        path = HERE / "impulses" / f"{name}.flac"
        soundfile.write(path, response, SAMPLE_RATE_HZ, subtype="PCM_24")
        energy = np.cumsum(response[::-1, 0] ** 2)[::-1]
        decay_db = 10 * np.log10(energy / energy[0] + 1e-12)
        t20 = 3 * (np.argmax(decay_db < -25) - np.argmax(decay_db < -5)) / SAMPLE_RATE_HZ
        megabytes = path.stat().st_size / 1e6
        print(f"{path.name}: {len(response) / SAMPLE_RATE_HZ:.2f} s, T20 {t20:.2f} s, {megabytes:.2f} MB")


if __name__ == "__main__":
    main()
