"""Cross-fade between two scenes, and let a fader jump exactly on the third beat.

``python examples/06_scenes_and_beats.py [SERVER]``
"""

import asyncio

from front_door import session

from telharmonic.protocol import messages
from telharmonic.protocol.messages import Play, SceneRecall, SceneStore, Set
from telharmonic.transport.client import Client

BAND = {
    "version": 1,
    "tempo": 120.0,  # a beat every half second
    "strip": [
        {"id": "bass", "source": "sine", "freq_hz": 110.0},
        {"id": "hat", "source": "noise", "set": {"fader": -60}},
    ],
    "scene": [{"name": "Chorus", "values": {"strip/bass/fader": -6.0, "strip/hat/fader": -12.0}}],
}


async def main() -> None:
    with session(BAND) as created:
        async with await Client.connect(created["links"]["ws"], created["tokens"]["controller"]) as client:
            # every value of the console under a name; "Chorus" is in the description
            await client.ask(SceneStore(id=client.next_id(), name="Verse"))
            await client.ask(SceneRecall(id=client.next_id(), name="Chorus", fade_s=2.0))
            for _ in range(2):
                change = await client.wait_for(messages.Change)
                print(f"{change.address} goes to {change.value:g} dB within {change.ramp_s:g} s")

            beat = Set(id=client.next_id(), address="strip/hat/mute", value=True, at_beat=3.0)
            waiting = asyncio.create_task(client.ask(beat))  # answered when the beat has come
            started = await client.ask(Play(id=client.next_id()))
            muted = await waiting
            seconds = (muted.frame - started.frame) / client.welcome.sample_rate_hz
            print(f"muted {seconds:.6f} s after the song began: beat {seconds * BAND['tempo'] / 60:g}")


asyncio.run(main())
