"""A node's OSC: nothing unless it is wanted."""

from types import SimpleNamespace

from telharmonic.node.osc_service import OscService
from telharmonic.node.stream_process import OscSettings
from telharmonic.protocol.relay import parse_relay_file


async def test_nothing_is_open_unless_it_is_wanted():
    node = SimpleNamespace(hosts={}, relay=None)
    service = OscService(node, OscSettings())
    assert await service.open() is None
    assert node.relay is None
    await service.close()


async def test_port_and_relay_are_there_if_they_are_wanted(tmp_path):
    node = SimpleNamespace(hosts={}, relay=None)
    rules = parse_relay_file('[[host]]\nname = "a"\ntarget = "session"\n')
    service = OscService(node, OscSettings(port=0, relay=rules, audit=tmp_path / "refused.jsonl"))
    assert await service.open() > 0
    assert node.relay.relay.passed == 0
    await service.close()
