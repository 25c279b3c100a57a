"""Put sound through an effect, block by block: a rumble and a tone, and an equaliser that takes the rumble away."""

import numpy as np

from telharmonic.effects.equaliser import Equaliser

RATE = 48_000
BLOCK = 480  # any length will do, and gives the same samples

time_s = np.arange(RATE) / RATE
rumble = 0.3 * np.sin(2 * np.pi * 25 * time_s)
tone = 0.1 * np.sin(2 * np.pi * 1000 * time_s)
sound = np.stack([rumble + tone] * 2).astype(np.float32)  # (channels, frames)

equaliser = Equaliser(hp_on=True, hp_freq=200.0, eq_on=True, eq_mid1_freq=1000.0, eq_mid1_gain=6.0)
heard = []
for start in range(0, RATE, BLOCK):
    block = sound[:, start : start + BLOCK].copy()
    equaliser.process(block)  # in place
    heard.append(block)
result = np.hstack(heard)

for hz in (25, 1000):
    before, after = (abs(np.fft.rfft(part[0])[hz]) * 2 / RATE for part in (sound, result))
    print(f"{hz:5} Hz: {20 * np.log10(before):6.1f} dB before, {20 * np.log10(after):6.1f} dB after")
