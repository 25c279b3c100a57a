"""The relay of a real server under attack: whatever strangers post, a program hears only what is allowed."""

import asyncio
import json
import re
from collections import Counter
from urllib.parse import urlsplit

import aiohttp
import pytest
from tests.waiting import until

from telharmonic.protocol.osc import OscMessage

pytestmark = [pytest.mark.realtime, pytest.mark.slow]

GOOD = ["slave01", "/grain/gkDens", "f", 253.0]


@pytest.fixture
def program(osc_program):
    osc_program.arrived()  # what other tests had sent
    return osc_program


@pytest.fixture
def relay(relay_server):
    return relay_server


def hostile_bodies():
    for item in (
        ["evil.example", "/grain/gkDens", "f", 1.0],
        ["127.0.0.1", "/grain/gkDens", "f", 1.0],
        ["slave*", "/grain/gkDens", "f", 1.0],
        ["slave01", "/grain/*", "f", 1.0],
        ["slave01", "/{grain,x}/gkDens", "f", 1.0],
        ["slave01", "/grain/gkDens/../../gkAmp", "f", 1.0],
        ["slave01", "/grain/gkDens\0/x", "f", 1.0],
        ["slave01", "/grain/gkDens\0\0\0,f\0\0G\0\0\0", "f", 0.5],
        ["slave01", "/say/a\0\0,s\0\0b\0\0\0", "s", "x"],
        ["slave01", "#bundle", "f", 1.0],
        ["slave01", "/grain/gkDens", "f", 2001],
        ["slave01", "/grain/gkDens", "f", "nan"],
        ["slave01", "/grain/gkDens", "f", "inf"],
        ["slave01", "/grain/gkDens", "s", "x" * 250],
        ["slave01", "/grain/gkDens", "b", 1],
        ["slave01", "/grain/gkDens", "f", None],
        ["slave01", "/grain/gkDens", "f", True],
        ["slave01", "/grain/gkDens"],
        ["mixer", "/strip/1/fader", "f", -3.0],
    ):
        yield json.dumps({"queue": [GOOD, item]}).encode()
    yield b'{"queue": [["slave01", "/grain/gkDens", "f", NaN]]}'
    yield b'{"queue": [["slave01", "/grain/gkDens", "f", 1e999]]}'
    yield b'{"queue": ' + b"[" * 30_000 + b"]" * 30_000 + b"}"
    yield b'{"queue": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}"
    yield json.dumps({"queue": [GOOD] * 65}).encode()
    yield json.dumps({"queue": [GOOD] * 20_000}).encode()
    yield b"x" * (1 << 20)
    yield b""


async def test_nothing_of_what_is_hostile_is_sent_on(relay, program):
    statuses = Counter()
    async with aiohttp.ClientSession() as http:
        for body in hostile_bodies():
            async with http.post(f"{relay.url}/osc", data=body) as answer:
                statuses[answer.status] += 1
                assert (await answer.json())["error"]["message"]
    assert set(statuses) <= {400, 403, 413}
    assert program.arrived() == []

    def refused() -> Counter[str]:
        lines = map(json.loads, (relay.state / "osc-refused.jsonl").read_text().splitlines())
        return sum((Counter({line["reason"]: int(line.get("times", 1))}) for line in lines), Counter())

    await until(lambda: refused().total() >= len(list(hostile_bodies())), "a line for each")
    assert set(refused()) >= {"host", "address", "arguments", "role", "form", "size"}


async def test_tokens_are_in_no_log_and_give_what_their_role_may(relay, program):
    created = relay.open("latency")
    tokens = created["tokens"]
    body = {"queue": [["mixer", "/strip/1/fader", "f", -3.0]]}
    path = f"/osc?session={created['id']}"
    state = f"/api/sessions/{created['id']}/state"
    strip = next(iter(json.loads(relay.request("GET", state, token=tokens["performer"])[1])["values"])).split("/")[1]
    body["queue"][0][1] = f"/strip/{strip}/fader"
    assert relay.request("POST", path, body, tokens["listener"])[0] == 403
    assert relay.request("POST", path, body, tokens["performer"])[0] == 403
    status, answer = relay.request("POST", path, body, tokens["controller"])
    assert (status, json.loads(answer)) == (200, {"ok": "ok"})

    def fader_db() -> float:
        values = json.loads(relay.request("GET", state, token=tokens["performer"])[1])["values"]
        return values[f"strip/{strip}/fader"]

    await until(lambda: fader_db() == -3.0, "the fader")
    log = (relay.state / "osc-refused.jsonl").read_text()
    assert not any(token in log for token in tokens.values())
    assert program.arrived() == []


def test_no_udp_port_is_open_to_others(relay):
    """The relay's sockets are connected to their targets, and OSC's own port is off."""
    inodes = set()
    for process in (relay.node(), *relay.node().children(recursive=True)):
        for line in (each for each in process.net_connections(kind="udp")):
            assert line.raddr or line.laddr.ip == "127.0.0.1", line
            inodes.add(line.laddr)
    assert urlsplit(relay.url).hostname in ("localhost", "127.0.0.1")
    assert re.match(r"https?://", relay.url)


async def test_ten_thousand_messages_a_second_are_cut_to_the_rate(relay, program):
    body = json.dumps({"queue": [GOOD] * 50}).encode()
    begun_s = asyncio.get_running_loop().time()

    async def flood(http):
        seen = Counter()
        for _ in range(50):
            async with http.post(f"{relay.url}/osc", data=body) as answer:
                seen[answer.status] += 1
        return seen

    async with aiohttp.ClientSession() as http:
        seen = sum(await asyncio.gather(*(flood(http) for _ in range(4))), Counter())
    took_s = asyncio.get_running_loop().time() - begun_s
    assert set(seen) <= {200, 403, 429}
    assert sum(seen.values()) == 200
    packets = program.arrived()
    assert len(packets) == seen[200]
    assert all(packet == [OscMessage("/grain/gkDens", (253.0,), "f")] * 50 for packet in packets)
    assert 50 * len(packets) <= 100 + 50 * (took_s + 1.0)
    assert (relay.state / "osc-refused.jsonl").stat().st_size <= 1 << 20
