"""What the front door refuses of the relay, told to a fake node, which counts it."""

import json

import pytest
from msgspec.structs import replace
from tests.waiting import until

from telharmonic.errors import NodeError
from telharmonic.gateway import relay_refusals
from telharmonic.gateway.relay_refusals import KEPT, OTHERS, RefusalBook
from telharmonic.protocol.relay import parse_relay_file

RULES = parse_relay_file('[[host]]\nname = "slave01"\ntarget = "127.0.0.1:3666"\n')
QUEUE = json.dumps({"queue": [["slave01", "/grain/gkDens", "f", 253.0]]})
HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(relay_refusals, "HAND_OVER_S", 0.0)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"data": b'{"queue": [["slave01", "/x", "f", NaN]]}'}, "form"),
        ({"data": b"{"}, "form"),
        ({"data": b"[" * 50_000}, "form"),
        ({"data": b'{"queue": [[1]]}'}, "form"),
        ({"data": b"x" * (1 << 20)}, "size"),
        ({"data": b"x" * (3 << 20)}, "size"),
        ({"data": QUEUE, "params": {"session": "x"}}, "token"),
        ({"data": QUEUE, "headers": {"Authorization": "Bearer x"}}, "token"),
        ({"data": QUEUE, "headers": {"Origin": "https://evil.example"}}, "origin"),
        ({"data": QUEUE, "headers": {"Sec-Fetch-Site": "cross-site"}}, "origin"),
    ],
)
async def test_every_reason_is_told(open_door, fake_node, asked, reason):
    door = await open_door(relay=RULES)
    assert (await door.client.post("/osc", **asked)).status in (400, 401, 403, 413)
    await until(lambda: fake_node.relay_refused, "the refusal")
    assert fake_node.relay_refused == {(HERE, reason): 1}


async def test_whoever_asks_too_often_is_counted_each_time(open_door, fake_node):
    door = await open_door(relay=replace(RULES, messages_per_s=0.01))
    statuses = [(await door.client.post("/osc", data=QUEUE)).status for _ in range(100)]
    assert statuses.count(429) == 99
    await until(lambda: fake_node.relay_refused.total() == 99, "all refusals")
    assert fake_node.relay_refused == {(HERE, "rate"): 99}


async def test_what_the_node_refuses_and_what_is_not_the_relays_is_not_told(open_door, fake_node):
    door = await open_door(relay=RULES)
    assert (await door.client.post("/osc", json={"queue": [["evil", "/x"]]})).status == 403
    assert (await door.client.get("/api/sessions/x")).status == 401
    assert (await door.client.post("/osc", data=b"{")).status == 400
    await until(lambda: fake_node.relay_refused, "the refusal")
    assert fake_node.relay_refused == {(HERE, "form"): 1}


class Link:
    """A node that does not answer the first time."""

    def __init__(self) -> None:
        self.told, self.tries = [], 0

    async def linked(self):
        self.tries += 1
        if self.tries == 1:
            raise NodeError("it is starting")
        return self

    async def relay_refused(self, refusals):
        self.told.append(refusals.refused)


async def test_a_crowd_is_counted_together_and_nothing_is_lost_while_the_node_starts():
    link = Link()
    book = RefusalBook(link)
    for number in range(5000):
        book.note(f"10.0.0.{number}", "rate")
    await until(lambda: link.told, "the refusals")
    (told,) = link.told
    assert sum(each.times for each in told) == 5000
    assert len(told) == KEPT + 1
    assert max(told, key=lambda each: each.times).who == OTHERS
