"""A member's WebRTC connection beside its WebSocket, with aiortc as shipped at the other end."""

import asyncio
import contextlib
import fractions
import json
import time

import aiohttp
import av
import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamTrack

from telharmonic.errors import RefusedError
from telharmonic.protocol import messages, rtc
from telharmonic.protocol.levels import MetersMessage
from telharmonic.protocol.parts import AudioRequest, Resume
from telharmonic.protocol.session import MasterSpec, SessionSpec, StripSpec
from telharmonic.protocol.upstream import Take, TakeState, Upstream, UpstreamState

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
        await client.wait_for(MetersMessage)
        await connect(client, peer)
        meters = json.loads(await peer.next_meters())
        assert meters["type"] == "meters"
        await client.wait_for(messages.Status)
        while not client.messages.empty():  # what was said before the channel was open
            client.messages.get_nowait()
        while not isinstance(message := await client.messages.get(), messages.Status):
            assert not isinstance(message, MetersMessage)
        assert (peer.meters.ordered, peer.meters.maxRetransmits) == (False, 0)


LIVE = SessionSpec(
    strips=(StripSpec(id="mic", source="live", stereo=True),), master=MasterSpec(values={"limiter_on": False})
)


class Tone(MediaStreamTrack):
    """1.5 kHz at a quarter of full scale, both sides, 20 ms at a time."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0
        self.begun_s = time.monotonic()

    async def recv(self) -> av.AudioFrame:
        await asyncio.sleep(max(0.0, self.begun_s + self.sent * 0.02 - time.monotonic()))
        wave = 0.25 * np.sin(2 * np.pi * 1500 / 48_000 * np.arange(self.sent * 960, (self.sent + 1) * 960))
        both = np.repeat((wave * 32767).astype(np.int16), 2).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(both, format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, self.sent * 960, fractions.Fraction(1, 48_000)
        self.sent += 1
        return frame


async def hear_level(client, hz: float, wanted: float) -> float:
    """The amplitude of this tone alone, left, over a tenth of a second, once it is as wanted: a busy machine has gaps.

    From the power in 1.5 % around it, since the drift correction may bend the pitch by 0.5 % at first.
    """
    level = 0.0
    for _ in range(200):
        heard = np.concatenate([(await client.next_block()).samples[:, 0] for _ in range(20)])
        window = np.hanning(len(heard))
        power = np.abs(np.fft.rfft(heard * window)) ** 2
        inside = power[np.abs(np.fft.rfftfreq(len(heard), 1 / 48_000) - hz) <= 0.015 * hz + 20].sum()
        if inside > 0.99 * power.sum() > 0:
            level = float(np.sqrt(4 * inside / len(window) / np.sum(window**2)))
            if abs(level - wanted) <= 0.1 * wanted:
                break
    return level


async def test_a_performers_own_sound_comes_back_in_the_mix_and_as_a_take(node, make_peer):
    await node.start("rtc-upstream", LIVE)
    peer = make_peer(plays=Tone())
    async with await node.join("rtc-upstream", audio=AudioRequest()) as client:
        assert client.welcome.state.strips[0].live
        await connect(client, peer)
        state = await client.answer_to(Upstream(id=client.next_id(), strip="mic"))
        assert (state.strip, state.packets) == ("mic", 0)
        assert await hear_level(client, 1500, 0.25) == pytest.approx(0.25, rel=0.1)
        await client.ask(messages.Play(id=client.next_id()))
        await client.answer_to(Take(id=client.next_id(), on=True, heard_ms=0.0))
        await asyncio.sleep(1.0)
        take = await client.answer_to(Take(id=client.next_id(), on=False))
        assert isinstance(take, TakeState)
        assert take.duration_s > 0.2
        assert take.start_s is not None
        url = node.url(take.path)
        async with aiohttp.ClientSession() as http:
            listing, mine = node.url("/api/sessions/rtc-upstream/takes"), {"Authorization": "Bearer " + "p" * 16}
            async with http.get(listing, headers={"Authorization": "Bearer " + "l" * 16}) as answer:
                assert answer.status == 403
            async with http.get(listing, headers=mine) as answer:
                assert [each["path"] for each in (await answer.json())["takes"]] == [take.path]
            for token, status in (("l" * 16, 403), ("wrong", 401), ("p" * 16, 200)):
                async with http.get(url, headers={"Authorization": f"Bearer {token}"}) as answer:
                    assert answer.status == status
                    body = await answer.read()
        sound = np.frombuffer(body[44:], np.uint8).reshape(-1, 2, 3)
        left = (
            sound[:, 0, 0] + (sound[:, 0, 1].astype(np.int32) << 8) + (sound[:, 0, 2].astype(np.int8).astype(int) << 16)
        )
        assert np.abs(left).max() / 2**23 == pytest.approx(0.25, rel=0.1)
        while not (state := await client.wait_for(UpstreamState)).hears:
            pass
        assert state.packet_ms == 20
        assert state.refused_packets == 0
        assert (await client.answer_to(Upstream(id=client.next_id(), strip=None))).strip is None


async def test_only_performers_play_and_a_strip_is_free_again_when_its_player_leaves(node):
    await node.start("rtc-roles", LIVE)

    def wish(client):
        return client.answer_to(Upstream(id=client.next_id(), strip="mic"))

    async with await node.join("rtc-roles", "controller") as controller:
        with pytest.raises(RefusedError, match="only performers"):
            await wish(controller)
        async with await node.join("rtc-roles") as first, await node.join("rtc-roles") as second:
            assert (await wish(first)).strip == "mic"
            with pytest.raises(RefusedError, match="fed already"):
                await wish(second)
            await first.close()
            for _ in range(100):
                with contextlib.suppress(RefusedError):
                    assert (await wish(second)).strip == "mic"
                    break
            else:
                pytest.fail("the strip was not freed")


async def test_who_comes_back_finds_its_strip_free_and_its_take_whole_though_the_old_line_seems_to_be_there(node):
    await node.start("rtc-again", LIVE)
    async with await node.join("rtc-again") as old, await node.join("rtc-again") as other:
        await old.answer_to(Upstream(id=old.next_id(), strip="mic"))
        await old.answer_to(Take(id=old.next_id(), on=True))
        told = old.welcome
        seen = Resume(epoch=told.epoch, seq=told.seq, history_key=told.history_key)
        async with await node.join("rtc-again", resume=seen) as again:
            state = await again.answer_to(Upstream(id=again.next_id(), strip="mic"))
            assert (state.strip, state.packets) == ("mic", 0)
            take = await old.wait_for(TakeState)
            assert (take.id, take.name, take.recording) == (None, "take-1", False)
            assert (await old.wait_for(messages.Bye)).reason == "it came back by another line"
            while len(members := (await other.wait_for(messages.Members)).members) != 2:
                pass
            assert [each.member for each in members] == [other.welcome.member, again.welcome.member]
            with pytest.raises(RefusedError, match="fed already"):
                await other.answer_to(Upstream(id=other.next_id(), strip="mic"))


async def break_off(client) -> None:
    """Break a client's WebSocket without a word, as a network does that is gone."""
    client._socket._writer.transport.abort()
    await client.close()


async def test_a_websocket_that_breaks_leaves_the_webrtc_line_to_who_comes_back(node, make_peer):
    await node.start("rtc-kept")
    peer = make_peer()
    async with await node.join("rtc-kept") as other:
        old = await node.join("rtc-kept")
        await connect(old, peer, rtc.OpusRequest())
        await peer.opened()
        await old.ask(messages.Play(id=old.next_id()))
        await peer.hear_tone(1000)
        await break_off(old)
        await peer.hear_tone(1000)
        peer.control.send('{"type":"set","id":7,"address":"strip/1/fader","value":-6}')  # while it is away
        assert (await other.wait_for(messages.Change)).member == old.welcome.member
        told = old.welcome
        seen = Resume(epoch=told.epoch, seq=told.seq, history_key=told.history_key)
        async with await node.join("rtc-kept", resume=seen) as again:
            assert (told.rtc.kept, again.welcome.rtc.kept) == (False, True)
            assert "strip/1/fader" in [getattr(change, "address", "") for change in again.welcome.missed]
            await peer.hear_tone(1000)
            peer.control.send('{"type":"set","id":8,"address":"strip/1/fader","value":-3}')
            assert (await other.wait_for(messages.Change)).member == again.welcome.member
            chosen = await again.answer_to(rtc.RtcAudio(id=again.next_id(), audio=rtc.OpusRequest(frame_ms=20)))
            assert chosen.audio.frame_ms == 20.0  # the line is its own
            await again.ask(rtc.RtcClose(id=again.next_id()))
        await peer.reaches("closed", "failed")


async def test_who_leaves_takes_its_webrtc_line_along(node, make_peer):
    await node.start("rtc-left")
    peer = make_peer()
    async with await node.join("rtc-left") as other:
        async with await node.join("rtc-left") as leaving:
            await connect(leaving, peer, rtc.OpusRequest())
        while len((await other.wait_for(messages.Members)).members) != 1:
            pass
        await peer.reaches("closed", "failed")


async def test_who_lost_both_lines_is_gone_and_takes_no_ones_place(make_node, make_peer):
    node = make_node(members=2)
    await node.start("rtc-lost")
    peer = make_peer()
    async with await node.join("rtc-lost") as other:
        lost = await node.join("rtc-lost")
        await connect(lost, peer, rtc.OpusRequest())
        await break_off(lost)
        third = None
        while third is None:  # until the node has seen it
            with contextlib.suppress(RefusedError):
                third = await node.join("rtc-lost")
        await third.close()
        await peer.close()
        while [each.member for each in (await other.wait_for(messages.Members)).members] != [other.welcome.member]:
            pass
