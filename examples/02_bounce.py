"""Describe a session in TOML, and render it to a WAV file, faster than it plays. No server is needed.

The same from the command line: ``telharmonic bounce SESSION.toml OUT.wav``.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile

from telharmonic.commands.folders import audio_cache_folder
from telharmonic.engine.assets import AssetStore
from telharmonic.engine.bounce import Bounce, play_through
from telharmonic.protocol.session_file import parse_toml

SESSION = """
version = 1
name = "Two tones and an echo"

[[strip]]
id = "low"
source = "sine"
freq_hz = 220.0
set = { pan = -0.5, fader = -3.0 }

[[strip]]
id = "burst"
source = "ping"                     # sounds when a ping command comes; silent here
set = { "send/echo" = -6.0 }

[[strip]]
id = "noise"
source = "pink"
level_db = -12.0
set = { pan = 0.5, hp_on = true, hp_freq = 400.0, comp_on = true, comp_threshold = -30.0, "send/echo" = -12.0 }

[[aux]]
id = "echo"
kind = "delay"
set = { time = 0.25, feedback = 0.4, cross = 1.0 }
"""
SECONDS = 3.0

out = Path(sys.argv[1] if len(sys.argv) > 1 else "two-tones.wav")
session = parse_toml(SESSION)
assets = AssetStore(audio_cache_folder()).load(session, Path())  # this session has no files
frames = round(SECONDS * session.sample_rate_hz)
bounce = Bounce(session, assets, play_through(), frames, aligned=True)
mix = np.hstack([chunk.mix for chunk in bounce])
soundfile.write(out, mix.T, session.sample_rate_hz, subtype="FLOAT")
print(f"wrote {out}: {mix.shape[1] / session.sample_rate_hz:g} s, peak {20 * np.log10(np.abs(mix).max()):.1f} dBFS")
