"""Speak as dspNode's pages did in 2018: their payload, as it was published, over the WebSocket.

``python examples/04_dspnode.py [SERVER]``
"""

import asyncio
import json

import aiohttp
from front_door import session

PUBLISHED = {"channel": 5, "param": "gain", "value": "0.774", "rampTime": "0.1"}


async def main() -> None:
    with session("demo") as created:
        async with aiohttp.ClientSession() as http, http.ws_connect(created["links"]["ws"]) as line:
            await line.send_json({"type": "hello", "token": created["tokens"]["controller"], "name": "dspNode page"})
            await line.send_json(PUBLISHED)
            async for message in line:
                told = json.loads(message.data)
                if told["type"] == "change":  # what every member of the session is told
                    break
    print(f"{json.dumps(PUBLISHED)}\nmoved {told['address']} to {told['value']:.2f} dB over {told['ramp_s']} s")


asyncio.run(main())
