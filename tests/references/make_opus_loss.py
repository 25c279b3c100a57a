"""Write opus_loss.json: packets of two tones, and what libopus makes of them where some are lost.

libopus is the reference that RFC 6716 names; its answer holds its own concealment. The browser's decoder is held to it
by client/test/opus-codec.test.js, ours by tests/wire/test_opus.py. Run: python tests/references/make_opus_loss.py
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np

from telharmonic.wire.opus import OpusDecoder, OpusEncoder, OpusSettings

FRAMES, PACKETS, LOST = 240, 32, (16, 17, 24)
KEPT_FROM = 15  # packets, so that the file stays small


def main() -> None:
    time_s = np.arange(FRAMES * PACKETS) / 48_000
    left = 0.3 * np.sin(2 * np.pi * 440 * time_s) + 0.1 * np.sin(2 * np.pi * 1234 * time_s)
    sound = np.stack([left, 0.5 * left], 1).astype(np.float32)
    encoder, decoder = OpusEncoder(OpusSettings(frames=FRAMES)), OpusDecoder(2)
    packets, heard = [], []
    for at in range(PACKETS):
        packet = encoder.encode(np.ascontiguousarray(sound[at * FRAMES : (at + 1) * FRAMES]))
        packets.append(base64.b64encode(packet).decode())
        heard.append(np.array(decoder.conceal(FRAMES) if at in LOST else decoder.decode(packet)))
    samples = np.concatenate(heard[KEPT_FROM:])[:, 0]
    found = {"packets": packets, "lost": LOST, "from_packet": KEPT_FROM, "left": [round(float(x), 5) for x in samples]}
    text = json.dumps(found, separators=(",", ":"))
    (Path(__file__).parent / "opus_loss.json").write_text(text.replace('"left"', '\n"left"') + "\n")


if __name__ == "__main__":
    main()
