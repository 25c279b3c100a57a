"""Limits of WebRTC connections, and what happens to those that fail; a real node, aiortc at the other end."""

import asyncio
import contextlib

import aiohttp
import psutil
import pytest

from telharmonic.errors import MessageError, ParameterError, RefusedError, TelharmonicError
from telharmonic.protocol import messages, rtc
from telharmonic.protocol.parts import AudioRequest
from telharmonic.protocol.session import SessionSpec, StripSpec
from telharmonic.wire import red

RED = 63  # the payload type in the peer's offer
TOKENS = {"listener": "l" * 16}
pytestmark = pytest.mark.realtime


async def offer(client, peer, audio=None):
    return await client.answer_to(rtc.RtcOffer(id=client.next_id(), sdp=await peer.offer(), audio=audio))


async def test_a_session_and_a_token_have_only_so_many_connections(make_node, make_peer):
    node = make_node(peers=3, peers_per_token=2)
    await node.start("full")
    async with (
        await node.join("full") as first,
        await node.join("full") as second,
        await node.join("full") as third,
        await node.join("full", "listener") as fourth,
        await node.join("full", "listener") as fifth,
    ):
        await offer(first, make_peer())
        await offer(second, make_peer())
        with pytest.raises(RefusedError, match="token"):
            await offer(third, make_peer())
        await offer(fourth, make_peer())
        with pytest.raises(RefusedError, match="the session is full"):
            await offer(fifth, make_peer())
        headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {TOKENS['listener']}"}
        url = node.url("/api/sessions/full/whep")
        async with (
            aiohttp.ClientSession() as http,
            http.post(url, data=await make_peer().offer(), headers=headers) as answer,
        ):
            assert (answer.status, answer.headers["Retry-After"]) == (503, "2")  # RFC 9110, section 15.6.4
        await first.ask(rtc.RtcClose(id=first.next_id()))
        await offer(third, make_peer())


async def test_only_so_many_are_made_at_once_and_half_open_ones_are_given_up(make_node, make_peer):
    node = make_node(connecting=1, connect_s=0.5)
    await node.start("slow")
    async with await node.join("slow") as first, await node.join("slow") as second:
        await offer(first, make_peer())  # and never takes the answer
        with pytest.raises(TelharmonicError, match="try again"):
            await offer(second, make_peer())
        assert "within 0.5 s" in (await first.wait_for(rtc.RtcClosed)).reason
        await offer(second, make_peer())


async def test_a_peer_that_vanishes_is_noticed_by_its_missing_consent(make_node, make_peer):
    node = make_node(consent_s=0.6)
    await node.start("vanish")
    async with await node.join("vanish") as client:
        peer = make_peer()
        await peer.take((await offer(client, peer, rtc.OpusRequest())).sdp)
        await peer.connected()
        peer.vanish()
        assert "lost" in (await client.wait_for(rtc.RtcClosed)).reason
        await client.ask(messages.Play(id=client.next_id()))


async def test_wishes_are_narrowed_by_the_session_and_changed_while_it_sounds(node, make_peer):
    spec = SessionSpec(
        strips=(StripSpec(id="1", source="sine"),), opus=rtc.OpusLimits(min_frame_ms=10, max_bitrate_kbps=64)
    )
    await node.start("narrow", spec)
    async with await node.join("narrow") as client:
        peer = make_peer(data=False)
        answer = await offer(client, peer, rtc.OpusRequest(frame_ms=2.5, bitrate_kbps=510))
        assert (answer.audio.frame_ms, answer.audio.bitrate_kbps) == (10.0, 64)
        await peer.take(answer.sdp)
        await client.ask(messages.Play(id=client.next_id()))
        await peer.hear_tone(1000)
        wanted = rtc.OpusRequest(frame_ms=20, channels=1)
        changed = await client.answer_to(rtc.RtcAudio(id=client.next_id(), audio=wanted))
        assert (changed.audio.frame_ms, changed.audio.channels) == (20.0, 1)
        await peer.hear_tone(1000)
        assert (await client.answer_to(rtc.RtcAudio(id=client.next_id(), audio=None))).audio is None
        await client.answer_to(rtc.RtcAudio(id=client.next_id(), audio=wanted))
        await peer.hear_tone(1000)
        with pytest.raises(ParameterError, match="frame_ms"):
            await client.answer_to(rtc.RtcAudio(id=client.next_id(), audio=rtc.OpusRequest(frame_ms=7)))


async def test_redundancy_is_what_the_member_asked_for_last(node, make_peer):
    await node.start("red")
    async with await node.join("red") as client:
        peer = make_peer(data=False)
        sdp = await peer.offer(red=True)
        answer = await client.answer_to(rtc.RtcOffer(id=client.next_id(), sdp=sdp, audio=rtc.OpusRequest()))
        assert answer.audio.red == 2
        await peer.take(answer.sdp)
        packets = peer.packets()
        await peer.connected()
        await client.ask(messages.Play(id=client.next_id()))
        ssrc = (await packets.get()).ssrc

        async def past() -> int:
            """How many earlier packets the next one repeats."""
            packet = await packets.get()
            return len(red.parse(packet.payload)) - 1 if packet.payload_type == RED else 0

        async def repeats(wanted: int) -> None:
            await peer.report_loss(ssrc)
            async with asyncio.timeout(20):
                while await past() != wanted:
                    pass
                # fewer in the first packet of another bitrate, which loss on a busy machine may ask for
                assert max([await past() for _ in range(80)]) == wanted

        await repeats(2)
        for wanted in (0, 1, 2):
            request = rtc.RtcAudio(id=client.next_id(), audio=rtc.OpusRequest(red=wanted))
            assert (await client.answer_to(request)).audio.red == wanted
            await repeats(wanted)


async def test_without_a_payload_type_for_redundancy_none_is_agreed(node, make_peer):
    await node.start("no-red")
    async with await node.join("no-red") as client:
        answer = await offer(client, make_peer(data=False), rtc.OpusRequest(red=2))
        assert "red/48000" not in answer.sdp
        assert answer.audio.red == 0
        changed = await client.answer_to(rtc.RtcAudio(id=client.next_id(), audio=rtc.OpusRequest(red=1)))
        assert changed.audio.red == 0


@pytest.mark.parametrize(("frame_ms", "most_kbps"), [(20.0, 510), (40.0, 255), (60.0, 170)])
async def test_the_answer_tells_the_bitrate_that_a_packet_can_hold(node, make_peer, frame_ms, most_kbps):
    """RFC 6716, section 3.2.1: 1275 bytes of each frame; those of 40 and 60 ms are sent as one here."""
    await node.start(f"most-{frame_ms:g}")
    async with await node.join(f"most-{frame_ms:g}") as client:
        wanted = rtc.OpusRequest(frame_ms=frame_ms, bitrate_kbps=510)
        answer = await offer(client, make_peer(data=False), wanted)
        assert (answer.audio.frame_ms, answer.audio.bitrate_kbps) == (frame_ms, most_kbps)
        changed = await client.answer_to(rtc.RtcAudio(id=client.next_id(), audio=wanted))
        assert changed.audio.bitrate_kbps == most_kbps


async def test_a_fifth_setting_is_told_the_nearest_that_it_gets(node, make_peer):
    await node.start("five")
    async with contextlib.AsyncExitStack() as stack:
        told = []
        for frame_ms in (2.5, 5, 10, 20, 60):
            client = await stack.enter_async_context(await node.join("five"))
            told.append((await offer(client, make_peer(), rtc.OpusRequest(frame_ms=frame_ms))).audio)
        assert [each.frame_ms for each in told] == [2.5, 5, 10, 20, 20]
        assert told[-1].lookahead_frames == told[-2].lookahead_frames


async def test_a_session_of_another_rate_is_heard_at_its_pitch(node, make_peer):
    spec = SessionSpec(strips=(StripSpec(id="1", source="sine"),), sample_rate_hz=44_100)
    await node.start("rate", spec)
    async with await node.join("rate") as client:
        peer = make_peer(data=False)
        answer = await offer(client, peer, rtc.OpusRequest())
        assert answer.audio.lookahead_frames == 120
        await peer.take(answer.sdp)
        await client.ask(messages.Play(id=client.next_id()))
        await peer.hear_tone(1000)


async def test_the_answer_says_which_time_stamp_is_which_frame(node, make_peer):
    await node.start("place-in-rtp")
    async with await node.join("place-in-rtp", audio=AudioRequest()) as client:
        peer = make_peer(data=False)
        answer = await offer(client, peer, rtc.OpusRequest())
        await peer.take(answer.sdp)
        stamps = peer.time_stamps()
        await peer.connected()
        stamp = await stamps.get()
        frame = (stamp - answer.audio.rtp_offset) % 2**32
        now = (await client.next_block()).header.first_frame
        assert frame % 240 == 0
        assert answer.audio.frame <= frame + 48_000
        assert abs(frame - now) < 20 * 48_000  # of the same session, not of a random moment in a day


async def test_words_without_a_line_and_offers_that_are_none_are_refused(node, make_peer):
    await node.start("none")
    async with await node.join("none") as client:
        with pytest.raises(RefusedError, match="no WebRTC line"):
            await client.ask(rtc.RtcCandidate(id=client.next_id(), candidate=""))
        with pytest.raises(RefusedError, match="no WebRTC line"):
            await client.answer_to(rtc.RtcAudio(id=client.next_id(), audio=None))
        await client.ask(rtc.RtcClose(id=client.next_id()))
        with pytest.raises(MessageError, match="neither an audio"):
            await client.answer_to(rtc.RtcOffer(id=client.next_id(), sdp="v=0"))
        wrong = (await make_peer().offer()).replace("a=setup:actpass", "a=setup:holdconn")
        with pytest.raises(MessageError, match="setup"):
            await client.answer_to(rtc.RtcOffer(id=client.next_id(), sdp=wrong))


async def test_a_new_offer_takes_the_place_of_the_old_line(node, make_peer):
    await node.start("again")
    async with await node.join("again") as client:
        for _ in range(3):
            peer = make_peer(audio=False)
            await peer.take((await offer(client, peer)).sdp)
            await peer.opened()
            peer.control.send('{"type":"echo","id":1,"client_us":1}')
            assert "echo" in await peer.next_text()


async def test_joins_and_leaves_free_what_they_took(make_node, make_peer):
    node = make_node()
    await node.start("leaves")
    process = psutil.Process(node.process.pid)
    descriptors, grown = 0, 0
    async with await node.join("leaves") as client:
        for number in range(16):
            peer = make_peer()
            await peer.take((await offer(client, peer, rtc.OpusRequest())).sdp)
            await peer.opened()
            await client.ask(rtc.RtcClose(id=client.next_id()))
            await peer.reaches("closed")
            if number == 6:
                descriptors, grown = process.num_fds(), process.memory_info().rss
        assert process.num_fds() <= descriptors
        assert process.memory_info().rss - grown < 8 << 20  # 1000 joins grow it by less, see docs/performance.md
