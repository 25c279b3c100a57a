"""Several members of one session on a real server: what one does the others see, hear, and may or may not do."""

from __future__ import annotations

import json

import numpy as np
import pytest

from telharmonic.errors import ParameterError, RefusedError
from telharmonic.protocol import messages
from telharmonic.protocol.parts import AudioRequest, Resume
from telharmonic.transport.client import Client

pytestmark = pytest.mark.realtime


async def test_a_member_sees_and_hears_what_another_changes(visit, tell, hear):
    session = visit()
    async with await session.join("controller", audio=False) as tablet, await session.join("listener") as television:
        start = (await tell(tablet, messages.Play)).frame
        before = await hear(television, 2400, start + 2400)
        turned = (await tell(tablet, messages.Set, address="strip/1/fader", value=-6.0)).frame
        change = await television.wait_for(messages.Change)
        assert (change.address, change.value, change.frame) == ("strip/1/fader", -6.0, turned)
        assert change.member == tablet.welcome.member
        after = await hear(television, 2400, turned + 2400)
        step_db = 20 * np.log10(np.sqrt(np.mean(after**2)) / np.sqrt(np.mean(before**2)))
        assert step_db == pytest.approx(-6.0, abs=0.01)  # whole periods of 1 kHz: nothing but the fader's own law


async def test_both_listeners_of_a_session_hear_the_same_samples(visit, tell, hear):
    session = visit()
    async with await session.join() as one, await session.join("listener") as other:
        start = (await tell(one, messages.Play)).frame
        frames = -(-start // 240) * 240 + 4800
        np.testing.assert_array_equal(await hear(one, 4800, frames), await hear(other, 4800, frames))


async def test_who_comes_back_is_told_what_it_missed(visit, tell):
    session = visit()
    async with await session.join(audio=False) as stays:
        async with await session.join("controller", audio=False) as leaves:
            seen = Resume(epoch=leaves.welcome.epoch, seq=leaves.welcome.seq)
        await tell(stays, messages.Set, address="strip/1/pan", value=0.5)
        await tell(stays, messages.SceneStore, name="away")
        async with await session.join("controller", audio=False, resume=seen) as back:
            missed = back.welcome.missed
            assert back.welcome.state is None
            assert [each.seq for each in missed] == list(range(seen.seq + 1, back.welcome.seq + 1))
            assert [each.address for each in missed if isinstance(each, messages.Change)] == ["strip/1/pan"]
            assert [each.names for each in missed if isinstance(each, messages.Scenes)] == [("away",)]


async def test_who_comes_back_to_another_life_of_the_session_gets_everything(visit):
    session = visit()
    async with await session.join(audio=False) as first:
        stale = Resume(epoch=(first.welcome.epoch + 1) % 2**32, seq=first.welcome.seq)
    async with await session.join(audio=False, resume=stale) as back:
        assert back.welcome.missed is None
        assert back.welcome.state.values["strip/1/fader"] == 0.0


async def test_a_listener_may_not_control_and_a_controller_hears_nothing(visit, tell):
    session = visit()
    async with await session.join("listener") as listener:
        for kind, fields in (
            (messages.Set, {"address": "strip/1/fader", "value": -60.0}),
            (messages.Play, {}),
            (messages.Seek, {"position_s": 1.0}),
            (messages.SceneStore, {"name": "mine"}),
            (messages.Ping, {}),
        ):
            with pytest.raises(RefusedError, match="a listener may not control"):
                await tell(listener, kind, **fields)
        assert (await listener.ask(messages.Echo(id=listener.next_id(), client_us=1))).client_us == 1
    async with await session.join("controller") as controller:
        assert controller.welcome.audio is None
        with pytest.raises(RefusedError, match="a controller is sent no audio"):
            await tell(controller, messages.Audio, audio=AudioRequest())
        assert controller.blocks.empty()
        assert controller.welcome.state.values["strip/1/fader"] == 0.0


@pytest.mark.parametrize("token", ["", "x", "A" * 256, "é"])
async def test_a_wrong_token_opens_nothing(visit, server, token):
    session = visit()
    with pytest.raises(RefusedError, match="not one of this session's"):
        await Client.connect(session.ws, token)
    if token.isascii():
        assert server.request("GET", f"/api/sessions/{session.id}", token=token)[0] == 401
        assert server.request("DELETE", f"/api/sessions/{session.id}", token=token)[0] == 401


async def test_only_a_performer_ends_the_session(visit, server):
    session = visit()
    path = f"/api/sessions/{session.id}"
    async with await session.join("listener") as listener:
        assert server.request("DELETE", path, token=session.tokens["listener"])[0] == 403
        assert server.request("GET", f"{path}/log", token=session.tokens["listener"])[0] == 403
        assert server.request("DELETE", path, token=session.tokens["performer"])[0] == 204
        assert "ended" in (await listener.wait_for(messages.Bye)).reason


async def test_every_kind_of_wrong_word_is_answered_and_the_line_stays_open(visit, tell):
    session = visit()
    async with await session.join(audio=False) as client:
        for text in ("", "{", "[]", '{"type":"dance","id":1}', '{"type":"set","id":1}', "\0", '{"type":"hello"}'):
            await client.send_text(text)
            assert (await client.wait_for(messages.Error)).code in ("message", "parameter")
        with pytest.raises(ParameterError, match="strip/1/fader is 40"):
            await tell(client, messages.Set, address="strip/1/fader", value=40.0)
        await client.send_text(json.dumps({"type": "play", "id": 7, "faster": True}))
        assert "faster" in (await client.wait_for(messages.Error)).message
        await tell(client, messages.Play)


async def test_dspnodes_payload_moves_a_fader(visit):
    session = visit("demo")
    async with await session.join(audio=False) as client:
        await client.send_text('{"channel": 5, "param": "gain", "value": "0.774", "rampTime": "0.1"}')
        change = await client.wait_for(messages.Change)
        assert change.address == "strip/5/fader"
        assert change.value == pytest.approx(20 * np.log10(0.774), abs=0.01)
        assert change.ramp_s == 0.1
