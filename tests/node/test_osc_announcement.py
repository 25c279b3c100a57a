"""OSC that was opened to a network: found there by mDNS and turned from there, by programs that are not ours."""

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from benchmarks import namespaces

from telharmonic.cluster.node_link import NodeLink
from telharmonic.errors import RefusedError
from telharmonic.node.oscquery_door import check_visitor
from telharmonic.transport.osc_udp import is_near

ROOT = Path(__file__).resolve().parents[2]
NODE, TABLET = "10.79.1.1", "10.79.1.2"
FINDER = """
const { OSCQueryDiscovery } = require("oscquery");
const discovery = new OSCQueryDiscovery();
const tell = (what) => (service) => console.log(JSON.stringify({
  what, address: service.address, port: service.port, host: service.hostInfo, parameters: service.flat().length }));
discovery.on("up", tell("up"));
discovery.on("down", tell("down"));
discovery.start();
"""


@pytest.fixture
def network():
    if reason := namespaces.reason_without():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with namespaces.Network("node", "tablet") as network:
        for machine, end in zip(("node", "tablet"), network.join("node", "tablet", "o", (NODE, TABLET)), strict=True):
            subprocess.run(network.within(machine, "ip", "route", "add", "default", "dev", end), check=True)
        yield network


@pytest.mark.realtime
@pytest.mark.skipif(not (ROOT / "node_modules" / "oscquery").exists(), reason="needs npm's oscquery")
@pytest.mark.skipif(shutil.which("oscsend") is None, reason="needs liblo-tools")
async def test_a_surface_finds_it_by_itself_turns_a_fader_and_sees_it_go(network, make_node):
    node = make_node(within=network.within("node"), osc_port=0, osc_host=NODE)
    port = node.ready["osc_port"]
    await node.start("found")
    finder = await asyncio.create_subprocess_exec(
        *network.within("tablet", "node", "-e", FINDER), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )

    async def told() -> dict:
        async with asyncio.timeout(30):
            return json.loads(await finder.stdout.readline())

    try:
        found = await told()
        assert (found["what"], found["address"], found["port"]) == ("up", NODE, port)
        assert (found["host"]["oscIp"], found["host"]["oscPort"]) == (NODE, port)
        words = network.within("tablet", "oscsend", NODE, str(port), "/strip/1/fader", "f", "-6")
        sender = await asyncio.create_subprocess_exec(*words)
        assert await sender.wait() == 0

        link = NodeLink(node.socket)
        async with asyncio.timeout(30):
            while (await link.snapshot("found")).values.get("strip/1/fader") != -6.0:
                await asyncio.sleep(0.02)
        await link.close()
        assert await asyncio.to_thread(node.end) == 0
        assert (await told())["what"] == "down"
        assert "whoever is on that network may turn everything" in node.said()
    finally:
        finder.kill()
        await finder.wait()


def test_strangers_beyond_private_networks_are_not_heard():
    for near in ("127.0.0.1", "192.168.1.20", "10.0.0.5", "172.16.9.9", "169.254.1.1"):
        assert is_near(near)
        check_visitor(f"{near}:9000", None, near)
    for far in ("8.8.8.8", "172.32.0.1", "93.184.216.34"):
        assert not is_near(far)
        with pytest.raises(RefusedError):
            check_visitor("192.168.1.20:9000", None, far)
