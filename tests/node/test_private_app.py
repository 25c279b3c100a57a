"""The private socket, through the gateway's own link."""

import json
import stat

import aiohttp
import msgspec
import pytest

from telharmonic.control.log import parse
from telharmonic.engine.commands import Play, Set
from telharmonic.errors import AssetError, NotFoundError, RefusedError
from telharmonic.protocol import messages
from telharmonic.protocol.session import ClipSpec, SessionSpec, StripSpec

pytestmark = pytest.mark.realtime


async def test_a_session_is_started_listed_kept_and_ended(node, link):
    started = await node.start("life")
    status = {session.id: session for session in (await link.status()).sessions}["life"]
    assert (status.members, status.playing) == (0, False)
    async with await node.join("life") as client:
        assert client.welcome.epoch == started.epoch
        await client.ask(messages.Set(id=client.next_id(), address="strip/1/fader", value=-9.0))
        await client.ask(messages.SceneStore(id=client.next_id(), name="A"))
        await client.wait_for(messages.Scenes)
        status = {session.id: session for session in (await link.status()).sessions}["life"]
        assert (status.members, status.idle_s) == (1, 0.0)
    kept = await link.snapshot("life")
    assert kept.values["strip/1/fader"] == -9.0
    assert kept.scenes["A"]["strip/1/fader"] == -9.0
    await link.end("life")
    with pytest.raises(NotFoundError):
        await link.snapshot("life")
    again = await node.start("life", state=kept)
    assert again.epoch != started.epoch
    async with await node.join("life") as client:
        assert client.welcome.state.values["strip/1/fader"] == -9.0
        assert client.welcome.state.scenes == ("A",)
        assert client.welcome.seq > kept.seq


async def test_where_the_song_stood_is_kept_over_a_restart(node, link):
    await node.start("place")
    async with await node.join("place") as client:
        await client.ask(messages.Seek(id=client.next_id(), position_s=2.0))
        await client.wait_for(messages.Transport)
    kept = await link.snapshot("place")
    assert kept.transport.position_s == pytest.approx(2.0, abs=0.1)
    await link.end("place")
    await node.start("place", state=kept)
    async with await node.join("place") as client:
        assert client.welcome.state.transport.position_s == pytest.approx(2.0, abs=0.1)


async def test_a_song_that_played_goes_on_after_a_restart(node, link):
    await node.start("goes-on")
    async with await node.join("goes-on") as client:
        await client.ask(messages.Play(id=client.next_id()))
        await client.wait_for(messages.Transport)
    kept = await link.snapshot("goes-on")
    assert kept.transport.playing
    await link.end("goes-on")
    await node.start("goes-on", state=kept)
    async with await node.join("goes-on") as client:
        state = client.welcome.state
        assert state.transport.playing or (await client.wait_for(messages.Transport)).playing


async def test_the_log_is_what_was_commanded_in_order(node, link):
    await node.start("log")
    async with await node.join("log") as client:
        await client.ask(messages.Play(id=client.next_id()))
        for number in range(300):
            ack = await client.ask(messages.Set(id=client.next_id(), address="strip/1/pan", value=number / 300))
    log = parse((await link.log("log")).decode())
    assert log.sample_rate_hz == 48_000
    assert isinstance(log.entries[0].command, Play)
    values = [entry.command.value for entry in log.entries if isinstance(entry.command, Set)]
    assert values == [number / 300 for number in range(300)]
    assert log.entries[-1].frame <= ack.frame


async def test_a_name_that_is_taken_is_refused(node):
    await node.start("twice")
    with pytest.raises(RefusedError, match="twice"):
        await node.start("twice")


async def test_a_missing_file_is_named_and_costs_no_slot(node, link):
    spec = SessionSpec(strips=(StripSpec(id="1", clips=(ClipSpec(file="nowhere.wav"),)),))
    before = len((await link.status()).sessions)
    for _ in range(3):
        with pytest.raises(AssetError, match=r"nowhere\.wav"):
            await node.start("missing", spec)
    assert len((await link.status()).sessions) == before


async def test_nonsense_is_answered_by_an_error_in_our_form(node):
    connector = aiohttp.UnixConnector(path=str(node.socket))
    async with aiohttp.ClientSession(connector=connector) as http:
        for body in (b"", b"{}", b"[[[", b'{"id":"UPPER"}', bytes(100)):
            async with http.post("http://node/node/sessions", data=body) as answer:
                assert answer.status == 400
                assert msgspec.json.decode(await answer.read())["error"]["message"]
        async with http.delete("http://node/node/sessions/nobody") as answer:
            assert answer.status == 404
            assert json.loads(await answer.read())["error"]["code"] == "not_found"


async def test_nobody_else_may_open_the_socket(node):
    assert stat.S_IMODE(node.socket.stat().st_mode) == 0o600
