"""Play with a session live, take the command log that the server kept, and render it again to the same samples.

``python examples/07_log.py [SERVER]``. From the command line: ``telharmonic bounce SESSION.toml OUT.wav --log LOG``.
"""

import asyncio
import json
from pathlib import Path

import numpy as np
from front_door import request, session

from telharmonic.commands.folders import audio_cache_folder
from telharmonic.control.log import parse
from telharmonic.engine.assets import AssetStore
from telharmonic.engine.bounce import Bounce
from telharmonic.engine.commands import Play as Played
from telharmonic.protocol.messages import Play, Set
from telharmonic.protocol.parts import AudioRequest
from telharmonic.protocol.session_file import parse_json
from telharmonic.transport.client import Client

TONE = {"version": 1, "strip": [{"id": "1", "source": "noise", "set": {"comp_on": True}}]}


async def play_live(created: dict) -> tuple[int, int, np.ndarray]:
    """Play, move things, listen: the frame of the play command, the first frame heard, and the sound (frames, 2)."""
    client = await Client.connect(created["links"]["ws"], created["tokens"]["performer"], audio=AudioRequest())
    async with client:
        started = await client.ask(Play(id=client.next_id()))
        blocks = []
        for value in (-12.0, 0.0, -3.0):
            move = Set(id=client.next_id(), address="strip/1/fader", value=value, ramp_s=0.2)
            await client.ask(move)
            blocks += [await client.next_block() for _ in range(50)]
        while blocks[0].header.first_frame < started.frame:
            blocks.pop(0)
        return started.frame, blocks[0].header.first_frame, np.concatenate([block.samples for block in blocks])


with session(TONE) as created:
    played_at, first_frame, live = asyncio.run(play_live(created))
    log_text = request("GET", f"/api/sessions/{created['id']}/log", token=created["tokens"]["performer"]).decode()

log = parse(log_text).entries
spec = parse_json(json.dumps(TONE))
# while a session sleeps its listeners count silent frames and its engine does not: `ahead` is how many
ahead = played_at - next(entry.frame for entry in log if isinstance(entry.command, Played))
frames = first_frame - ahead + len(live)
bounce = Bounce(spec, AssetStore(audio_cache_folder()).load(spec, Path()), log, frames)
again = np.hstack([chunk.mix for chunk in bounce]).T[-len(live) :]

print(log_text, end="")
print(f"{len(live)} frames heard, {np.count_nonzero(live != again)} samples differ from the bounce of the log")
