"""The metrics count what happened."""

import contextlib

import pytest

from telharmonic.errors import RefusedError
from telharmonic.protocol import messages
from telharmonic.protocol.parts import AudioRequest
from telharmonic.protocol.relay import Osc

pytestmark = pytest.mark.realtime


async def test_members_listeners_and_their_reports_are_counted(node):
    await node.start("counted")
    before = await node.metrics()
    async with (
        await node.join("counted", audio=AudioRequest()) as first,
        await node.join("counted", "controller"),
    ):
        report = messages.Stats(
            underruns=3, fill_frames=480, target_frames=480, dropped_blocks=0, arrival_p95_ms=1.0, delay_ms=12.0
        )
        await first.send(report)
        await first.ask(messages.Echo(id=first.next_id(), client_us=0))
        for _ in range(20):
            await first.next_block()
        now = await node.metrics()
        assert now["telharmonic_members"] - before["telharmonic_members"] == 2
        assert now["telharmonic_listeners"] - before["telharmonic_listeners"] == 1
        assert now["telharmonic_listener_underruns"] == 3
        feeds = ("feeds", "feed_fill_frames", "feed_dry", "feed_missed_frames", "feed_jumps", "feed_shut")
        assert all(f"telharmonic_{name}" in now for name in feeds)
        names = ("listeners", "encodings", "sent_packets", "late_packets", "failed_packets")
        assert all(f"telharmonic_rtc_{name}" in now for name in names)  # other tests' lines may be open
        assert now['telharmonic_listener_delay_seconds{quantile="0.5"}'] == pytest.approx(0.012)
        assert now["telharmonic_blocks_total"] >= before["telharmonic_blocks_total"] + 20
        assert now["telharmonic_sessions_awake"] >= 1
        assert now['telharmonic_block_seconds{quantile="0.99"}'] > 0


async def test_what_the_relay_sends_on_and_what_it_refuses_is_counted_by_the_reason(node, osc_program):
    await node.start("relaying")
    before = await node.metrics()
    async with await node.join("relaying") as member:
        for host, address in (("slave01", "/grain/gkDens"), ("nobody", "/grain/gkDens"), ("slave01", "/quit")):
            with contextlib.suppress(RefusedError):
                await member.ask(Osc(id=member.next_id(), queue=((host, address, "f", 253.0),)))
    assert osc_program.next()[0].address == "/grain/gkDens"
    now = await node.metrics()
    grew = {name: value - before[name] for name, value in now.items() if name.startswith("telharmonic_relay")}
    assert grew.pop("telharmonic_relay_passed_messages_total") == 1
    assert grew.pop('telharmonic_relay_refused_total{reason="host"}') == 1
    assert grew.pop('telharmonic_relay_refused_total{reason="address"}') == 1
    assert set(grew.values()) == {0}
