"""One session's trouble is its own: broken sound, wrong descriptions, and sessions that nobody hears."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from telharmonic.protocol import messages

pytestmark = pytest.mark.realtime


@pytest.fixture
def loud_file(server):
    """A sound file whose samples overflow when they are amplified, where the server looks for files."""
    folder = server.state / "assets"
    folder.mkdir(exist_ok=True)
    samples = np.where(np.arange(48_000) % 2, 3e38, -3e38).astype(np.float32)
    soundfile.write(folder / "loud.wav", samples, 48_000, subtype="FLOAT")
    return "loud.wav"


async def test_a_channel_that_breaks_is_muted_and_all_others_sound_on(visit, tell, hear, loud_file):
    tone = {"id": "tone", "source": "sine", "freq_hz": 1000.0, "level_db": -20.0}
    broken = {"id": "broken", "clip": [{"file": loud_file, "loop": True}], "set": {"input_gain": 24.0}}
    sick = visit({"version": 1, "strip": [broken, tone]})
    well = visit()
    async with await sick.join() as there, await well.join() as elsewhere:
        start = (await tell(elsewhere, messages.Play)).frame
        await tell(there, messages.Play)
        error = await there.wait_for(messages.Error)
        assert (error.code, error.id) == ("channel_muted", None)
        assert "strip/broken" in error.message
        frame = (await there.next_block()).header.first_frame + 24_000  # the 10 ms in which it fell silent are over
        left = await hear(there, 4800, frame)
        assert np.isfinite(left).all()
        assert np.abs(left).max() == pytest.approx(0.1 * np.sqrt(0.5), rel=1e-3)  # the tone alone, -3 dB at centre
        assert np.abs(await hear(elsewhere, 4800, start + 4800)).max() == pytest.approx(0.1 * np.sqrt(0.5), rel=1e-3)


def test_a_description_that_cannot_sound_is_refused_and_takes_no_place(server):
    def count() -> bytes:
        return server.request("GET", "/api/sessions")[1].partition(b"[")[0]

    before = count()
    missing = {"version": 1, "strip": [{"id": "1", "clip": [{"file": "nowhere.wav"}]}]}
    status, answer = server.request("POST", "/api/sessions", {"description": missing})
    assert status == 400
    assert b"nowhere.wav" in answer
    circle = [{"id": one, "set": {"output": f"group/{other}"}} for one, other in (("a", "b"), ("b", "a"))]
    status, answer = server.request(
        "POST", "/api/sessions", {"description": {"version": 1, "strip": [{"id": "1"}], "group": circle}}
    )
    assert status == 400
    assert count() == before


async def test_sessions_that_nobody_visits_are_not_rendered(visit, tell, metrics):
    awake, asleep = visit(), [visit() for _ in range(5)]
    for each in asleep:
        async with await each.join() as client:
            await tell(client, messages.Play)
    async with await awake.join() as client:
        await tell(client, messages.Play)
        before = metrics(awake)
        for _ in range(200):
            await client.next_block()
        after = metrics(awake)
    ticks = after["telharmonic_ticks_total"] - before["telharmonic_ticks_total"]
    blocks = after["telharmonic_blocks_total"] - before["telharmonic_blocks_total"]
    assert ticks >= 100
    assert blocks <= ticks + 1  # one session, though six are open and five of them were left playing
    assert after["telharmonic_sessions_awake"] == 1


async def test_a_paused_session_sleeps_though_someone_listens(visit, tell, hear):
    session = visit()
    async with await session.join() as client:
        await tell(client, messages.Play)
        paused = (await tell(client, messages.Pause)).frame
        await hear(client, 48_000, paused)
        woken = (await tell(client, messages.Set, address="strip/1/fader", value=-6.0)).frame
    lines = session.get("/log").decode().splitlines()
    frames = [json.loads(line)["frame"] for line in lines[1:]]
    assert woken - paused >= 48_000  # for its listeners
    assert frames[-1] - frames[-2] < 24_000  # for the engine, which rendered nothing in between
