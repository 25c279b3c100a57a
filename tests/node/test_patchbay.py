"""A real node, a real jackd and real programs: what they play is heard in the session."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import msgspec
import numpy as np
import psutil
import pytest

from telharmonic.cluster.node_link import NodeLink
from telharmonic.control.midi import step_of, value_of
from telharmonic.node.patchbay import Patchbay, server_name
from telharmonic.protocol import messages
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.jack import ConnectRule, JackSpec, JackStatus, MidiRule
from telharmonic.protocol.parts import AudioRequest
from telharmonic.protocol.program import ProgramSpec, ProgramStatus
from telharmonic.protocol.session import MasterSpec, SessionSpec, StripSpec

pytestmark = pytest.mark.realtime

TONE = Path(__file__).parent.parent / "transport" / "jack_tone.py"
PATIENCE_S = 40  # for processes that start, on a machine that is busy with other tests


def tone(name: str, kind: str = "sine", freq_hz: float = 1000.0, count: int = 1) -> ProgramSpec:
    command = (sys.executable, str(TONE), name, kind, str(freq_hz), str(count))
    return ProgramSpec(id=name, command=command, ready_text="ready")


def unique_server() -> str:
    """A JACK server's name that no other test uses."""
    return f"t{os.getpid()}-{time.monotonic_ns() % 1_000_000}"


def session(*programs: ProgramSpec, strips: dict[str, bool], rules: dict[str, str], **more) -> SessionSpec:
    return SessionSpec(
        strips=tuple(StripSpec(id=name, source="jack", stereo=stereo) for name, stereo in strips.items()),
        jack=JackSpec(
            server=unique_server(),
            rules=tuple(ConnectRule(source=source, to=to) for source, to in rules.items()),
            **more,
        ),
        programs=programs,
        master=MasterSpec(values={"limiter_on": False}),
    )


async def status(node, name: str):
    link = NodeLink(node.socket)
    try:
        return next(row for row in (await link.status()).sessions if row.id == name)
    finally:
        await link.close()


async def until_status(node, name: str, holds):
    async with asyncio.timeout(PATIENCE_S):
        while not holds(row := await status(node, name)):
            await asyncio.sleep(0.1)
    return row


def pid_of(words: str, server: str = "") -> int:
    """The process with these words in its command line, of this server."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            command = " ".join(process.cmdline())
            ours = not server or process.environ().get("JACK_DEFAULT_SERVER") == server
            if words in command and ours and "program_exec" not in command:
                return process.pid
    raise AssertionError(f"no process {words!r}")


async def listen(member, seconds: float) -> np.ndarray:
    """So much of what comes from now on, (frames, 2)."""
    while not member.blocks.empty():
        member.blocks.get_nowait()
    blocks = [(await member.next_block()).samples for _ in range(round(seconds * 200))]
    return np.concatenate(blocks)


async def until(member, holds, seconds: float = 0.5) -> np.ndarray:
    """Listen until a stretch of so many seconds, (frames, 2), is as wanted."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            heard = await listen(member, seconds)
            if holds(heard):
                return heard


def spectrum_of(heard: np.ndarray) -> np.ndarray:
    """Amplitudes of the tones in each column."""
    return np.abs(np.fft.rfft(heard * np.hanning(len(heard))[:, None], axis=0)) * 4 / len(heard)


async def hear(member, freqs_hz: dict[int, float], *, seconds: float = 0.5) -> np.ndarray:
    """Listen until, for half a second, each channel (0 left, 1 right) has its tone and nothing as loud beside it."""

    def has_tones(heard) -> bool:
        spectrum, rate = spectrum_of(heard), 1 / seconds
        return all(
            spectrum[:, channel].max() > 0.01 and abs(np.argmax(spectrum[:, channel]) * rate - freq) < 2 * rate
            for channel, freq in freqs_hz.items()
        )

    return await until(member, has_tones, seconds)


@pytest.fixture
async def play(patched_node):
    """Start a session and join it."""
    started = []

    async def start(name: str, spec: SessionSpec):
        await patched_node.start(name, spec)
        member = await patched_node.join(name, audio=AudioRequest())
        started.append((name, member))
        return member

    yield start
    link = NodeLink(patched_node.socket)
    for name, member in started:
        await member.close()
        await link.end(name)
    await link.close()


async def test_a_program_that_a_session_names_is_heard_in_it(patched_node, play):
    spec = session(tone("tone", count=2), strips={"synth": True}, rules={"tone:*": "synth_*"})
    member = await play("jack-1", spec)
    heard = await hear(member, {0: 1000.0, 1: 2000.0})
    # the highest sample, not the mean: the sound may have begun, or missed a little, within what was heard
    np.testing.assert_allclose(np.abs(heard).max(axis=0), 0.25, rtol=0.1)
    # both are asked once a second
    row = await until_status(
        patched_node, "jack-1", lambda row: row.programs[0].state == "ready" and row.jack.connections == 2
    )
    assert row.jack.state == "running"
    assert (row.jack.sample_rate_hz, row.jack.period, row.jack.connections) == (48_000, 256, 2)
    assert [(program.id, program.state) for program in row.programs] == [("tone", "ready")]


async def test_jackd_killed_under_a_playing_session_is_started_again_and_everything_reconnects(patched_node, play):
    spec = session(tone("tone"), strips={"synth": False}, rules={"tone:*": "synth"})
    member = await play("jack-2", spec)
    await hear(member, {0: 1000.0, 1: 1000.0})
    os.kill(pid_of(f"jackd -n {spec.jack.server}"), signal.SIGKILL)
    await until_status(patched_node, "jack-2", lambda row: row.jack.reconnects == 1 and row.jack.state == "running")
    await hear(member, {0: 1000.0, 1: 1000.0})
    row = await status(patched_node, "jack-2")
    assert row.jack.connections == 1


async def test_a_program_that_crashes_comes_back_and_is_connected_again(patched_node, play):
    spec = session(tone("tone"), strips={"synth": False}, rules={"tone:*": "synth"})
    member = await play("jack-3", spec)
    await hear(member, {0: 1000.0})
    os.kill(pid_of("jack_tone.py tone sine", spec.jack.server), signal.SIGSEGV)
    await until_status(patched_node, "jack-3", lambda row: row.programs[0].restarts == 1)
    await hear(member, {0: 1000.0})
    assert (await status(patched_node, "jack-3")).programs[0].why == "was killed by SIGSEGV"


async def test_programs_that_flood_their_ports_are_shut_out_and_flagged_and_the_others_play(patched_node, play):
    kinds = ("sine", "nan", "inf", "loud")
    spec = session(
        *(tone(kind, kind) for kind in kinds),
        strips=dict.fromkeys(kinds, False),
        rules={f"{kind}:*": kind for kind in kinds},
    )
    member = await play("jack-flood", spec)
    before = (await patched_node.metrics())["telharmonic_feed_shut"]
    await until_status(patched_node, "jack-flood", lambda row: row.jack.connections == 4)
    async with asyncio.timeout(PATIENCE_S):
        while (await patched_node.metrics())["telharmonic_feed_shut"] < before + 3:
            await asyncio.sleep(0.1)
    heard = await hear(member, {0: 1000.0, 1: 1000.0})
    assert np.abs(heard).max() < 0.3
    async with asyncio.timeout(PATIENCE_S):  # members are told once a second
        while set((await member.wait_for(messages.Status)).shut) != {"nan", "inf", "loud"}:
            continue


async def test_sixty_four_ports_are_sixty_four_strips(patched_node, play):
    strips = {f"p{number}": False for number in range(1, 65)}
    spec = session(tone("many", freq_hz=100.0, count=64), strips=strips, rules={"many:*": "p*"})
    spec = msgspec.structs.replace(
        spec, strips=tuple(msgspec.structs.replace(strip, values={"mute": True}) for strip in spec.strips)
    )
    member = await play("jack-64", spec)
    await until_status(patched_node, "jack-64", lambda row: row.jack.connections == 64)
    for number in (1, 37, 64):
        await member.ask(messages.Set(id=member.next_id(), address=f"strip/p{number}/mute", value=False))
        await hear(member, {0: 100.0 * number})
        await member.ask(messages.Set(id=member.next_id(), address=f"strip/p{number}/mute", value=True))


async def test_the_mix_goes_out_to_jack_and_may_come_back(patched_node, play):
    strips = (
        StripSpec(id="tone", source="sine", freq_hz=700.0, level_db=-12.0, values={"pan": -1.0}),
        StripSpec(id="back", source="jack", values={"pan": 1.0}),
    )
    spec = session(strips={"back": False}, rules={"out_1": "back"}, outputs=True)
    member = await play("jack-out", msgspec.structs.replace(spec, strips=strips))
    await member.ask(messages.Play(id=member.next_id()))  # a test tone sounds while the time line runs
    heard = await hear(member, {0: 700.0, 1: 700.0})  # on the right there is only what went out and came back
    assert np.abs(heard[:, 1]).max() > 0.2
    row = await until_status(patched_node, "jack-out", lambda row: row.jack.connections == 2)
    assert row.members == 2  # JACK is one of them
    assert row.idle_s == 0
    await member.close()
    await until_status(patched_node, "jack-out", lambda row: row.members == 1 and row.idle_s > 0)  # and no visitor


async def test_a_parameter_tells_its_controller_and_obeys_it(patched_node, play):
    rule = MidiRule(address="strip/1/fader", controller=7)
    spec = session(strips={"1": False}, rules={"midi_out": "midi_in"}, midi_rules=(rule,))
    member = await play("jack-midi", spec)
    await until_status(patched_node, "jack-midi", lambda row: row.jack.state == "running")
    await member.ask(messages.Set(id=member.next_id(), address="strip/1/fader", value=-7.3))
    async with asyncio.timeout(PATIENCE_S):
        row = AddressTable(spec).row("strip/1/fader")  # it goes out as one of 128 steps, and comes back as that
        while (await member.wait_for(messages.Change)).value != value_of(row, step_of(row, -7.3)):
            continue


async def test_one_session_leads_jacks_transport_and_another_follows(patched_node, play):
    lead = session(strips={"1": False}, rules={}, transport="lead")
    leader = await play("jack-lead", lead)
    follow = msgspec.structs.replace(lead, jack=msgspec.structs.replace(lead.jack, transport="follow"))
    follower = await play("jack-follow", follow)
    for name in ("jack-lead", "jack-follow"):
        await until_status(patched_node, name, lambda row: row.jack.state == "running")
    await leader.ask(messages.Seek(id=leader.next_id(), position_s=30.0))
    await leader.ask(messages.Play(id=leader.next_id()))
    async with asyncio.timeout(PATIENCE_S):
        while not (state := await follower.wait_for(messages.Transport)).playing:
            continue
    assert 29.5 < state.position_s < 60
    await leader.ask(messages.Pause(id=leader.next_id()))
    async with asyncio.timeout(PATIENCE_S):
        while (await follower.wait_for(messages.Transport)).playing:
            continue


async def test_a_server_ends_with_the_last_session_on_it_and_not_with_the_one_that_it_was_started_for(
    patched_node, play
):
    spec = session(strips={"1": False}, rules={})
    await patched_node.start("jack-first", spec)
    await until_status(patched_node, "jack-first", lambda row: row.jack.state == "running")
    await play("jack-second", spec)
    await until_status(patched_node, "jack-second", lambda row: row.jack.state == "running")
    link = NodeLink(patched_node.socket)
    await link.end("jack-first")  # returns when what was its alone has ended
    await link.close()
    row = await status(patched_node, "jack-second")
    assert (row.jack.state, row.jack.reconnects) == ("running", 0)
    assert pid_of(f"jackd -n {spec.jack.server}")


def test_the_default_server_is_the_one_that_the_environment_names(monkeypatch):
    monkeypatch.delenv("JACK_DEFAULT_SERVER", raising=False)
    assert server_name("default") == "default"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "studio")
    assert (server_name("default"), server_name("other")) == ("studio", "other")


async def test_what_keeps_the_server_from_starting_is_told_instead_of_that_it_is_not_there():
    patchbay = Patchbay(None, 1)
    jackd = ProgramStatus(id="jackd-0", state="waiting", why="its command was not found (status 127)")
    patchbay._servers["x"] = SimpleNamespace(program=SimpleNamespace(statuses=(jackd,)))
    link = SimpleNamespace(status=JackStatus(server="x", why="no JACK server 'x' runs"))
    patchbay._patches["s"] = SimpleNamespace(jack=link)
    assert patchbay.jack_status("s").why == "jackd: its command was not found (status 127)"
    link.status = JackStatus(server="x", state="running")
    assert patchbay.jack_status("s") == link.status
