"""What members of one session get: sound, acknowledgements, each other's changes, and answers to nonsense."""

import asyncio
import itertools
import json
import socket

import numpy as np
import pytest

from telharmonic.errors import ParameterError, RefusedError
from telharmonic.protocol import editing, messages
from telharmonic.protocol.levels import MetersMessage
from telharmonic.protocol.parts import AudioRequest, Resume

pytestmark = pytest.mark.realtime

MUTE_FRAMES = 480  # a change glides 10 ms


async def play(client):
    """Let the song run, and drop the silence before it."""
    ack = await client.ask(messages.Play(id=client.next_id()))
    while (await client.next_block()).header.first_frame < ack.frame + MUTE_FRAMES:
        pass


async def blocks(client, count):
    return [await client.next_block() for _ in range(count)]


async def test_a_sine_is_heard_as_a_sine_without_a_missing_frame(node):
    await node.start("sine")
    async with await node.join("sine", audio=AudioRequest()) as client:
        await play(client)
        heard = await blocks(client, 120)
        first = heard[0].header
        for number, block in enumerate(heard):
            assert block.header.sequence == first.sequence + number
            assert block.header.first_frame == first.first_frame + 240 * number
            assert block.header.epoch == client.welcome.epoch
            assert not block.header.discontinuity
        left = np.concatenate([block.samples[:, 0] for block in heard])[4800:]
        spectrum = np.abs(np.fft.rfft(left[:24_000] * np.hanning(24_000)))
        assert np.argmax(spectrum) == 500  # 1000 Hz in steps of 2 Hz
        # -20 dBFS through the -3 dB centre of the pan law
        assert np.max(np.abs(left)) == pytest.approx(0.1 * np.sqrt(0.5), rel=0.01)


@pytest.mark.parametrize(("encoding", "step"), [("s16", 1.6 / 2**15), ("s24", 1.0 / 2**23)])
async def test_every_encoding_carries_the_same_sound(node, encoding, step):
    name = f"same-{encoding}"
    await node.start(name)
    async with (
        await node.join(name, audio=AudioRequest()) as exact,
        await node.join(name, "listener", audio=AudioRequest(encoding=encoding, frames=480)) as other,
    ):
        await play(exact)
        played = (await exact.next_block()).header.first_frame
        while (coarse := await other.next_block()).header.first_frame < played + 240:
            pass
        fine = {}
        while len(fine) < 2:
            block = await exact.next_block()
            if coarse.header.first_frame <= block.header.first_frame < coarse.header.first_frame + 480:
                fine[block.header.first_frame] = block.samples
        assert coarse.header.frames == 480
        samples = np.concatenate([fine[frame] for frame in sorted(fine)])
        assert np.abs(coarse.samples - samples).max() <= step


async def test_the_ack_names_the_frame_at_which_the_sound_changes(node):
    await node.start("mute")
    async with await node.join("mute", audio=AudioRequest()) as client:
        await play(client)
        at_frame = (await client.next_block()).header.first_frame + 24_000
        ack = await client.ask(messages.Set(id=client.next_id(), address="strip/1/mute", value=True, at_frame=at_frame))
        assert ack.frame == at_frame
        heard = await blocks(client, 130)
        start = heard[0].header.first_frame
        left = np.concatenate([block.samples[:, 0] for block in heard])
        before, after = left[: at_frame - start], left[at_frame - start + MUTE_FRAMES + client.welcome.latency_frames :]
        assert np.abs(before[-240:]).max() > 0.06
        assert np.abs(after).max() == 0.0


async def test_a_ping_is_heard_and_its_ack_tells_the_stages(node):
    await node.start("ping")
    async with await node.join("ping", audio=AudioRequest()) as client:
        await client.ask(messages.Set(id=client.next_id(), address="strip/1/mute", value=True))
        ack = await client.ask(messages.Ping(id=client.next_id()))
        timing = ack.timing
        assert timing.received_us <= timing.applied_us <= timing.rendered_us
        while True:
            block = await client.next_block()
            if block.header.first_frame >= ack.frame and np.abs(block.samples).max() > 0.01:
                break
        assert block.header.first_frame <= ack.frame + client.welcome.latency_frames + 480


async def test_every_member_sees_every_other_members_changes(node):
    await node.start("two")
    async with await node.join("two") as first, await node.join("two", "listener") as second:
        joined = await first.wait_for(messages.Members)
        assert [member.role for member in joined.members] == ["performer", "listener"]
        await first.ask(messages.Set(id=first.next_id(), address="strip/1/fader", value=-6.0))
        changes = [await client.wait_for(messages.Change) for client in (first, second)]
        assert changes[0] == changes[1]
        assert (changes[0].member, changes[0].value) == (first.welcome.member, -6.0)
        await first.ask(messages.Play(id=first.next_id()))
        assert (await second.wait_for(messages.Transport)).playing
    async with await node.join("two") as third:
        assert third.welcome.state.values["strip/1/fader"] == -6.0
        assert third.welcome.state.transport.playing


async def test_who_comes_back_gets_what_was_missed_and_nothing_else(node):
    await node.start("resume")
    async with await node.join("resume") as first:
        async with await node.join("resume") as second:
            seen = Resume(epoch=second.welcome.epoch, seq=second.welcome.seq)
        for value in (-1.0, -2.0):
            await first.ask(messages.Set(id=first.next_id(), address="strip/1/fader", value=value))
        async with await node.join("resume", resume=seen) as again:
            assert again.welcome.state is None
            missed = again.welcome.missed
            assert [item.seq for item in missed] == list(range(seen.seq + 1, again.welcome.seq + 1))
            assert [item.value for item in missed if isinstance(item, messages.Change)] == [-1.0, -2.0]
        other_life = Resume(epoch=seen.epoch ^ 1, seq=seen.seq)
        async with await node.join("resume", resume=other_life) as fresh:
            assert fresh.welcome.state is not None


async def test_who_comes_back_can_undo_what_it_did_before(node):
    await node.start("undone")
    async with await node.join("undone") as first:
        await first.ask(messages.Set(id=first.next_id(), address="strip/1/fader", value=-1.0))
        told = first.welcome
        seen = Resume(epoch=told.epoch, seq=told.seq, history_key=told.history_key)
    async with await node.join("undone", resume=seen) as again:
        assert (await again.wait_for(editing.Steps)).undo == 1
        await again.ask(editing.Undo(id=again.next_id()))


async def test_roles_are_kept_apart(node):
    await node.start("roles")
    async with (
        await node.join("roles", "listener", audio=AudioRequest()) as listener,
        await node.join("roles", "controller", audio=AudioRequest()) as controller,
    ):
        with pytest.raises(RefusedError, match="listener"):
            await listener.ask(messages.Set(id=listener.next_id(), address="strip/1/fader", value=0.0))
        assert controller.welcome.audio is None
        await controller.ask(messages.Set(id=controller.next_id(), address="strip/1/fader", value=-3.0))
        assert (await listener.wait_for(messages.Change)).value == -3.0
        await listener.next_block()
        assert controller.blocks.empty()


NONSENSE = [
    "",
    "{",
    "[]",
    '"hello"',
    "{}",
    '{"type":"dance","id":3}',
    '{"type":"set","id":4,"address":"strip/9/fader","value":0}',
    '{"type":"set","id":5,"address":"strip/1/fader","value":1e999}',
    '{"type":"set","id":6,"address":"strip/1/fader","value":0,"speed":1}',
    '{"type":"hello","token":"again"}',
    "[" * 5000,
    '{"type":"set","id":7,"address":"' + "x" * 20_000 + '","value":0}',
    "♪ 🎵",
    '{"channel":77,"param":"gain","value":"loud"}',
]


async def test_nonsense_gets_one_error_each_and_the_sound_goes_on(node):
    await node.start("nonsense")
    async with await node.join("nonsense", audio=AudioRequest()) as client:
        await client.next_block()
        for text in NONSENSE:
            await client.send_text(text)
            error = await client.wait_for(messages.Error)
            assert error.message
        heard = await blocks(client, 50)
        assert {later - earlier for earlier, later in itertools.pairwise(map(sequence_of, heard))} == {1}
        with pytest.raises(ParameterError, match="strip/1/fader is 1000"):
            await client.ask(messages.Set(id=client.next_id(), address="strip/1/fader", value=1000.0))


async def test_dspnodes_payload_is_obeyed(node):
    await node.start("dspnode")
    async with await node.join("dspnode") as client:
        await client.send_text('{"channel": 1, "param": "gain", "value": "0.5", "rampTime": "0.1"}')
        change = await client.wait_for(messages.Change)
        assert change.address == "strip/1/fader"
        assert change.value == pytest.approx(20 * np.log10(0.5))


async def test_audio_can_be_changed_and_stopped_on_the_way(node):
    await node.start("change")
    async with await node.join("change", audio=AudioRequest()) as client:
        await client.next_block()
        ack = await client.ask(
            messages.Audio(id=client.next_id(), audio=AudioRequest(encoding="s16", frames=960, channels=1))
        )
        assert ack.audio.frames == 960
        while (block := await client.next_block()).header.frames != 960:
            pass
        assert block.samples.shape == (960, 1)
        await client.ask(messages.Audio(id=client.next_id(), audio=None))
        await client.wait_for(messages.Status)
        while not client.blocks.empty():
            client.blocks.get_nowait()
        await client.wait_for(messages.Status)
        assert client.blocks.empty()


async def test_blocks_are_as_short_as_the_shortest_messages_and_long_again_after_them(node):
    await node.start("short")

    async def blocks_of(count, client):
        for _ in range(20):  # a change takes effect some messages later
            await client.next_block()
        before = (await node.metrics())["telharmonic_blocks_total"]
        first = (await client.next_block()).header
        for _ in range(count):
            last = (await client.next_block()).header
        assert last.first_frame - first.first_frame == count * last.frames
        return (await node.metrics())["telharmonic_blocks_total"] - before

    async with await node.join("short", audio=AudioRequest()) as listener:
        assert 190 < await blocks_of(200, listener) < 300  # 200 of 5 ms and those of the asking
        async with await node.join("short", audio=AudioRequest(frames=120)) as performer:
            assert 380 < await blocks_of(400, performer) < 600
            assert listener.blocks.qsize() > 190
        while not listener.blocks.empty():
            await listener.next_block()
        assert 190 < await blocks_of(200, listener) < 300


async def test_status_comes_once_a_second_and_meters_as_often_as_asked(node):
    await node.start("meters")
    async with await node.join("meters", meters_hz=25) as often, await node.join("meters", meters_hz=5) as seldom:
        await often.ask(messages.Play(id=often.next_id()))
        await often.wait_for(messages.Status)
        wanted = pytest.approx([25, 5], abs=2)
        for _ in range(5):  # again, where the machine stood still: only the newest levels are sent then
            counts, message = await meters_in_a_second(often, seldom)
            if counts == wanted:
                break
        assert counts == wanted
        assert message.channels["strip/1"][0] == pytest.approx(-23.0, abs=0.2)


async def meters_in_a_second(*clients) -> tuple[list[int], MetersMessage]:
    """How many messages of levels each is sent in the next second of the session; the last of them."""
    for client in clients:
        while not client.messages.empty():
            client.messages.get_nowait()
    end_frame = (await clients[0].wait_for(MetersMessage)).frame + 48_000
    counts = []
    for client in clients:
        count, frame = 0, 0
        while frame < end_frame:
            message = await client.wait_for(MetersMessage)
            count, frame = count + 1, message.frame
        counts.append(count)
    return counts, message


async def test_the_analysis_comes_with_the_meters_of_who_asked_for_it(node):
    await node.start("analysed")
    async with (
        await node.join("analysed", meters_hz=25) as plain,
        await node.join("analysed", "listener", meters_hz=25) as curious,
    ):
        await plain.ask(messages.Play(id=plain.next_id()))
        await curious.ask(editing.Analyse(id=curious.next_id(), target="strip/1"))
        while True:
            seen = (await curious.wait_for(MetersMessage)).analysis
            if seen is not None and max(seen.bands_db) > -23.5:
                break
        assert seen.target == "strip/1"
        assert seen.bands_db[17] == pytest.approx(-23.0, abs=0.1)  # 1 kHz, -20 dB peak
        assert (await plain.wait_for(MetersMessage)).analysis is None


async def test_a_slow_reader_loses_whole_blocks_and_is_told_and_nobody_else_suffers(node):
    await node.start("slow")
    async with await node.join("slow", audio=AudioRequest()) as quick:
        reader, writer = await raw_listener(node, "slow")
        transport = writer.transport
        transport.pause_reading()
        heard = await blocks(quick, 1200)
        transport.resume_reading()
        assert {later - earlier for earlier, later in itertools.pairwise(map(sequence_of, heard))} == {1}
        dropped, sequences = 0, []
        while not dropped or len(sequences) < 300:
            opcode, payload = await read_frame(reader)
            if opcode == 1 and json.loads(payload)["type"] == "dropped":
                dropped += json.loads(payload)["blocks"]
            elif opcode == 2:
                assert len(payload) == 32 + 240 * 8
                sequences.append(int.from_bytes(payload[12:16], "little"))
        gaps = sum(later - earlier - 1 for earlier, later in itertools.pairwise(sequences))
        assert gaps == dropped > 0
        writer.close()


def sequence_of(block) -> int:
    """Its number among those that were sent, or would have been: what the clock itself skipped has none."""
    return block.header.sequence


async def raw_listener(node, session):
    """A WebSocket by hand, with a small receive buffer."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", node.port))
    reader, writer = await asyncio.open_connection(sock=connection, limit=16_384)
    writer.write(
        f"GET /api/sessions/{session}/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    hello = json.dumps({"type": "hello", "token": "l" * 16, "audio": {}, "meters_hz": 0}).encode()
    writer.write(bytes((0x81, 0x80 | len(hello))) + bytes(4) + hello)
    return reader, writer


async def read_frame(reader):
    head = await reader.readexactly(2)
    length = head[1]
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2), "big")
    elif length == 127:
        length = int.from_bytes(await reader.readexactly(8), "big")
    return head[0] & 15, await reader.readexactly(length)


async def test_the_seventh_member_finds_the_session_full(node):
    await node.start("full")
    clients = [await node.join("full") for _ in range(6)]
    with pytest.raises(RefusedError, match="full"):
        await node.join("full")
    for client in clients:
        await client.close()
    async with await node.join("full"):
        pass


async def test_deleting_a_session_says_goodbye(node, link):
    await node.start("gone")
    async with await node.join("gone") as client:
        await link.end("gone")
        assert "ended" in (await client.wait_for(messages.Bye)).reason
        await asyncio.wait_for(client.gone.wait(), 10)
    with pytest.raises(RefusedError, match="no session"):
        await node.join("gone")


async def test_a_flood_is_refused_by_its_rate_and_nobody_else_misses_a_frame(node):
    await node.start("flood")
    async with await node.join("flood", audio=AudioRequest()) as listener, await node.join("flood") as client:
        await listener.next_block()
        for number in range(1300):  # under the patience of 1000 refusals, behind which the line is closed
            await client.send(messages.Echo(id=number, client_us=0))
        assert (await client.wait_for(messages.Error)).message.startswith("too many messages")
        heard = await blocks(listener, 50)
        assert {later - earlier for earlier, later in itertools.pairwise(map(sequence_of, heard))} == {1}
