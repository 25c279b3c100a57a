"""A member's WebRTC connection beside its WebSocket, with aiortc as shipped at the other end."""

import json

import numpy as np
import pytest

from telharmonic.protocol import messages, rtc

pytestmark = pytest.mark.realtime


async def connect(client, peer, audio=None):
    """The peer's connection, by the member's WebSocket; the answer."""
    answer = await client.answer_to(rtc.RtcOffer(id=client.next_id(), sdp=await peer.offer(), audio=audio))
    await peer.take(answer.sdp)
    await peer.connected()
    return answer


async def test_a_sine_is_heard_in_stereo_as_opus(node, make_peer):
    await node.start("rtc-sine")
    peer = make_peer()
    async with await node.join("rtc-sine") as client:
        answer = await connect(client, peer, rtc.OpusRequest())
        assert (answer.audio.frame_ms, answer.audio.bitrate_kbps, answer.audio.channels) == (5.0, 128, 2)
        assert "stereo=1;sprop-stereo=1" in answer.sdp
        await client.ask(messages.Set(id=client.next_id(), address="strip/1/pan", value=-1.0))
        await client.ask(messages.Play(id=client.next_id()))
        heard = await peer.hear_tone(1000)
        left, right = np.abs(heard[-4800:]).max(axis=0)
        assert left == pytest.approx(0.1, rel=0.1)  # -20 dBFS, hard left
        assert right < 0.01


async def test_what_is_said_over_the_data_channel_is_said_by_the_same_member(node, make_peer):
    await node.start("rtc-control")
    peer = make_peer(audio=False)
    async with await node.join("rtc-control") as client, await node.join("rtc-control") as other:
        await connect(client, peer)
        await peer.opened()
        peer.control.send('{"type":"set","id":7,"address":"strip/1/fader","value":-6}')
        change = await other.wait_for(messages.Change)
        assert (change.member, change.value) == (client.welcome.member, -6.0)
        said = [json.loads(await peer.next_text()) for _ in range(2)]
        assert [each["type"] for each in said] == ["ack", "change"]
        assert said[0]["id"] == 7
        assert (await client.wait_for(messages.Change)).seq == said[1]["seq"] == change.seq
        peer.control.send('{"type":"echo","id":8,"client_us":5}')
        while (answer := json.loads(await peer.next_text()))["type"] != "echo":
            assert answer["type"] == "history"
        assert answer["client_us"] == 5


async def test_nonsense_over_the_data_channel_is_answered_there(node, make_peer):
    await node.start("rtc-nonsense")
    peer = make_peer(audio=False)
    async with await node.join("rtc-nonsense") as client:
        await connect(client, peer)
        await peer.opened()
        for nonsense, named in [
            ("{", "JSON"),
            (b"\x00\x01", "binary"),
            ('{"type":"hello","token":""}', "hello"),
            ("x" * 20_000, "16384"),
        ]:
            peer.control.send(nonsense)
            error = json.loads(await peer.next_text())
            assert error["type"] == "error"
            assert named in error["message"]


async def test_meters_come_by_their_channel_and_no_longer_by_the_websocket(node, make_peer):
    await node.start("rtc-meters")
    peer = make_peer(audio=False)
    async with await node.join("rtc-meters", meters_hz=25) as client:
        await client.ask(messages.Play(id=client.next_id()))
        await client.wait_for(messages.MetersMessage)
        await connect(client, peer)
        meters = json.loads(await peer.next_meters())
        assert meters["type"] == "meters"
        await client.wait_for(messages.Status)
        while not client.messages.empty():  # what was said before the channel was open
            client.messages.get_nowait()
        while not isinstance(message := await client.messages.get(), messages.Status):
            assert not isinstance(message, messages.MetersMessage)
        assert (peer.meters.ordered, peer.meters.maxRetransmits) == (False, 0)
