"""OSCQuery of a real node, read by a client that is not ours: `oscquery` of npm."""

import asyncio
import json
import shutil
import subprocess
from pathlib import Path

import aiohttp
import pytest

from telharmonic.errors import RefusedError
from telharmonic.node.oscquery_door import check_visitor
from telharmonic.protocol import messages
from telharmonic.protocol.osc import OscMessage, parse

ROOT = Path(__file__).resolve().parents[2]
CLIENT = """
const { OSCQueryDiscovery } = require("oscquery");
const discovery = new OSCQueryDiscovery();
discovery.queryNewService("127.0.0.1", Number(process.argv[1])).then((service) => {
  const nodes = service.flat().map((node) => [node.full_path, node.access, node.arguments]);
  console.log(JSON.stringify({ host: service.hostInfo, nodes }));
  process.exit(0);
}, (problem) => { console.error(problem); process.exit(1); });
"""


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


def leaves(node):
    yield node
    for each in node.get("CONTENTS", {}).values():
        yield from leaves(each)


def base(node):
    return f"http://127.0.0.1:{node.ready['osc_port']}"


@pytest.mark.realtime
@pytest.mark.skipif(not (ROOT / "node_modules" / "oscquery").exists(), reason="needs npm's oscquery")
async def test_a_client_of_others_finds_every_parameter_with_type_range_and_value(node, http):
    await node.start("query")
    async with http.get(base(node)) as answer:  # the session that is open longest: another test's, perhaps
        said = {each["FULL_PATH"]: each for each in leaves(await answer.json()) if "VALUE" in each}
    command = [shutil.which("node") or "node", "-e", CLIENT, str(node.ready["osc_port"])]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["host"]["oscPort"] == node.ready["osc_port"]
    nodes = {path: arguments[0] for path, _, arguments in found["nodes"] if arguments}
    assert set(said) <= set(nodes)
    assert len(said) > 30
    for path, ours in said.items():
        assert nodes[path]["value"] == ours["VALUE"][0], path
        if ours["TYPE"] == "f" and "RANGE" in ours:
            limits = ours["RANGE"][0]
            assert (nodes[path]["range"]["min"], nodes[path]["range"]["max"]) == (limits["MIN"], limits["MAX"]), path
        else:
            assert nodes[path].get("range", {}).get("vals") == ours.get("RANGE", [{}])[0].get("VALS"), path


@pytest.mark.realtime
async def test_a_session_is_described_by_its_name(node, http):
    await node.start("described")
    async with http.get(f"{base(node)}/session/described/strip/2/mute") as answer:
        found = await answer.json()
    assert (found["FULL_PATH"], found["VALUE"]) == ("/session/described/strip/2/mute", [True])
    async with http.get(f"{base(node)}/session/described/strip/1/fader?VALUE") as answer:
        assert await answer.json() == {"VALUE": [0.0]}
    async with http.get(f"{base(node)}/?HOST_INFO") as answer:
        assert (await answer.json())["NAME"] == "Telharmonic"
    async with http.get(f"{base(node)}/session/described") as answer:  # a client need not know of the slash
        assert (await answer.json())["FULL_PATH"] == "/session/described"
    for path, status in (
        ("/session/none/strip", 404),
        ("/session/none", 404),
        ("/session/described/strip/9", 404),
        ("/session/described/play?VALUE", 204),
        ("/session/described/strip/1/fader?RANGES", 400),
    ):
        async with http.get(base(node) + path) as answer:
            assert answer.status == status, path


@pytest.mark.realtime
async def test_a_client_is_told_when_addresses_without_a_name_are_another_sessions(make_node, http):
    node = make_node(osc_port=0)
    async with http.ws_connect(base(node), autoping=False) as line:
        await node.start("begun")
        assert await line.receive_json(timeout=20) == {"COMMAND": "PATH_CHANGED", "DATA": "/"}


@pytest.mark.realtime
async def test_a_websocket_is_told_what_changes_where_it_listens(node, http):
    await node.start("listened")
    async with await node.join("listened") as client, http.ws_connect(base(node), autoping=False) as line:
        await line.send_str(json.dumps({"COMMAND": "LISTEN", "DATA": "/session/listened/strip/1/fader"}))
        await line.send_str("nonsense")
        await line.send_str(json.dumps({"COMMAND": "LISTEN", "DATA": 7}))
        await heard_out(line)
        await client.ask(messages.Set(id=client.next_id(), address="strip/2/fader", value=-1.0))
        await client.ask(messages.Set(id=client.next_id(), address="strip/1/fader", value=-2.0))
        told = await line.receive_bytes(timeout=20)
        assert [each.message for each in parse(told)] == [OscMessage("/session/listened/strip/1/fader", (-2.0,), "f")]
        await line.send_str(json.dumps({"COMMAND": "IGNORE", "DATA": "/session/listened/strip/1/fader"}))
        await heard_out(line)
        await client.ask(messages.Set(id=client.next_id(), address="strip/1/fader", value=-3.0))
        await heard_out(line)  # and nothing was told before


async def heard_out(line):
    """Return once all that was said on the line has been obeyed: a pong comes in its turn."""
    await line.ping()
    assert (await line.receive(timeout=20)).type is aiohttp.WSMsgType.PONG


@pytest.mark.realtime
async def test_pages_are_kept_out(node, http):
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        async with http.get(base(node), headers=headers) as answer:
            assert answer.status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await http.ws_connect(base(node), origin="https://evil.example")


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("evil.example:9000", None),
        ("", None),
        ("127.0.0.1:9000", "https://evil.example"),
        ("192.168.1.20:9000", "http://192.168.1.66"),
        ("localhost", "null"),
    ],
)
def test_only_this_machines_programs_come_in(host, origin):
    with pytest.raises(RefusedError):
        check_visitor(host, origin, "127.0.0.1")


def test_this_machines_own_names_come_in():
    for host in ("127.0.0.1:9000", "localhost:9000"):
        check_visitor(host, None, "127.0.0.1")
        check_visitor(host, "http://localhost:8000", "127.0.0.1")
