"""A listener that has nothing but a relay, in whatever network it is started: aiortc as shipped.

``relayed_listener.py URI USERNAME CREDENTIAL`` prints its offer and reads the answer, each as one line of JSON; then it
listens until it has heard a second of a tone of 1 kHz and prints that tone's level and the addresses in use.
"""

from __future__ import annotations

import asyncio
import json
import sys

import numpy as np
from aiortc import RTCConfiguration, RTCIceServer, RTCIceTransportPolicy, RTCPeerConnection, RTCSessionDescription

TONE_HZ, SECONDS = 1000, 1
LIMIT_S = 40


def level_of(sound: np.ndarray) -> float:
    """The tone's peak in dBFS, if it stands out of everything else by 40 dB; else -200."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) / (len(sound) / 4)
    peak = spectrum[TONE_HZ * SECONDS]
    spectrum[TONE_HZ * SECONDS - 10 : TONE_HZ * SECONDS + 11] = 0
    return float(20 * np.log10(peak)) if peak > 100 * spectrum.max() > 0 else -200.0


async def main(uri: str, username: str, credential: str) -> None:
    server = RTCIceServer([uri], username, credential)
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[server], iceTransportPolicy=RTCIceTransportPolicy.RELAY))
    tracks: asyncio.Queue = asyncio.Queue()
    peer.on("track", tracks.put_nowait)
    peer.addTransceiver("audio", "recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    sys.stdout.write(json.dumps(peer.localDescription.sdp) + "\n")
    sys.stdout.flush()
    answer = json.loads(await asyncio.to_thread(sys.stdin.readline))
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    track, sound, level_db = await tracks.get(), np.zeros(0), -200.0
    while level_db == -200.0:
        sound = np.concatenate((sound, (await track.recv()).to_ndarray().reshape(-1, 2)[:, 0] / 32_768))
        if len(sound) >= 48_000 * SECONDS:
            level_db, sound = level_of(sound[: 48_000 * SECONDS]), np.zeros(0)
    pair = peer.getTransceivers()[0].receiver.transport.transport._connection._nominated[1]
    used = {"level_db": level_db, "local": pair.local_candidate.type, "remote": pair.remote_addr[0]}
    sys.stdout.write(json.dumps(used) + "\n")
    await peer.close()


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(main(*sys.argv[1:]), LIMIT_S))
