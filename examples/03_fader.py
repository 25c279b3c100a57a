"""Join a session, pull a fader down by 6 dB, and measure 6 dB less in what is heard.

``python examples/03_fader.py [SERVER]``
"""

import asyncio

import numpy as np
from front_door import session

from telharmonic.protocol.messages import Play, Set
from telharmonic.protocol.parts import AudioRequest
from telharmonic.transport.client import Client

TONE = {"version": 1, "strip": [{"id": "1", "source": "sine", "freq_hz": 1000.0}]}


async def level_db(client: Client, from_frame: int, frames: int = 24_000) -> float:
    """RMS of what is heard from a frame on, in dBFS."""
    heard: list[np.ndarray] = []
    while sum(map(len, heard)) < frames:
        block = await client.next_block()
        if block.header.first_frame >= from_frame:
            heard.append(block.samples)
    return 20 * np.log10(np.sqrt(np.mean(np.square(np.concatenate(heard)))))


async def main() -> None:
    with session(TONE) as created:
        client = await Client.connect(created["links"]["ws"], created["tokens"]["performer"], audio=AudioRequest())
        async with client:
            started = await client.ask(Play(id=client.next_id()))
            before = await level_db(client, started.frame + 4800)
            moved = await client.ask(Set(id=client.next_id(), address="strip/1/fader", value=-6.0))
            after = await level_db(client, moved.frame + 4800)  # a change glides for 10 ms; look-ahead takes 2 more
    print(f"{before:.2f} dBFS, then {after:.2f} dBFS: {after - before:+.2f} dB")


asyncio.run(main())
