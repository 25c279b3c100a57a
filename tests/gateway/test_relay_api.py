"""``/osc`` in front of a fake node: the paper's queue by POST and GET, who may ask, and from which pages."""

import json

import pytest
from msgspec.structs import replace

from telharmonic.protocol.relay import BODY_BYTES, RelayWish, parse_relay_file

RULES = parse_relay_file(
    'origins = ["https://stage.example"]\nmessages_per_s = 100\n[[host]]\nname = "slave01"\ntarget = "127.0.0.1:3666"\n'
)
QUEUE = {"queue": [["slave01", "/grain/gkDens", "f", 253.0]]}
CELLS = (("slave01", "/grain/gkDens", "f", 253.0),)
STAGE = {"Origin": "https://stage.example"}


@pytest.fixture
async def relay(open_door):
    return await open_door(relay=RULES)


async def test_a_post_is_passed_to_the_node_and_answered_as_in_the_paper(relay, fake_node):
    answer = await relay.client.post("/osc", data=json.dumps(QUEUE))
    assert (answer.status, await answer.json()) == (200, {"ok": "ok"})
    assert fake_node.relayed == [RelayWish(queue=CELLS, who="127.0.0.1")]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
async def test_the_body_is_read_whatever_it_is_called(relay, fake_node, kind):
    answer = await relay.client.post("/osc", data=json.dumps(QUEUE), headers={"Content-Type": kind})
    assert answer.status == 200
    assert len(fake_node.relayed) == 1


async def test_a_get_with_the_same_json_in_its_body_does_the_same(relay, fake_node):
    answer = await relay.client.get("/osc", data=json.dumps(QUEUE))
    assert (answer.status, await answer.json()) == (200, {"ok": "ok"})
    assert fake_node.relayed[0].queue == CELLS


@pytest.mark.parametrize("role", ["performer", "controller", "listener"])
async def test_a_token_gives_its_role_and_its_session(relay, fake_node, role):
    created = await relay.create()
    session, token = created["id"], created["tokens"][role]
    assert (await relay.ask("POST", f"/osc?session={session}", token, json=QUEUE))[0] == 200
    query = {"session": session, "token": token, "json": json.dumps(QUEUE)}
    assert (await relay.client.get("/osc", params=query)).status == 200
    expected = RelayWish(queue=CELLS, who="127.0.0.1", role=role, session=session)
    assert fake_node.relayed == [expected, expected]


async def test_wrong_tokens_are_refused_and_nothing_is_passed_on(relay, fake_node):
    created = await relay.create()
    assert (await relay.ask("POST", f"/osc?session={created['id']}", "x", json=QUEUE))[0] == 401
    assert (await relay.ask("POST", f"/osc?session={created['id']}", json=QUEUE))[0] == 401
    assert (await relay.ask("POST", "/osc", created["tokens"]["performer"], json=QUEUE))[0] == 401
    assert fake_node.relayed == []


async def test_a_queue_in_the_address_needs_a_token(relay, fake_node):
    """Any page can make a browser ask for an image of that address."""
    status, answer = await relay.ask("GET", "/osc", params={"json": json.dumps(QUEUE)})
    assert status == 401
    assert "token" in answer["error"]["message"]
    assert (await relay.ask("GET", "/osc"))[0] == 404
    assert fake_node.relayed == []


async def test_pages_of_the_origins_that_are_configured_may_ask(relay, fake_node):
    asked = await relay.client.options("/osc", headers=STAGE)
    assert (asked.status, asked.headers["Access-Control-Allow-Origin"]) == (204, "https://stage.example")
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    answer = await relay.client.post("/osc", data=json.dumps(QUEUE), headers=STAGE)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, "https://stage.example")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(fake_node.relayed) == 1


@pytest.mark.parametrize("method", ["POST", "GET", "OPTIONS"])
@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_pages_of_other_origins_may_not(relay, fake_node, method, headers):
    answer = await relay.client.request(method, "/osc", data=json.dumps(QUEUE), headers=headers)
    assert answer.status == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert fake_node.relayed == []


async def test_an_origin_of_the_relay_may_do_nothing_else(relay):
    assert (await relay.client.post("/api/sessions", json={"session": "small"}, headers=STAGE)).status == 403


async def test_the_nodes_reason_reaches_the_visitor(relay):
    status, answer = await relay.ask("POST", "/osc", json={"queue": [["evil", "/x"]]})
    assert status == 403
    assert answer["error"]["message"] == "no host is called 'evil'"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"queue": [[1]]}', 400),
        (b'{"queue": [["a", "/x", "f", NaN]]}', 400),
        (b"[" * 50_000, 400),
        (b"x" * (BODY_BYTES + 1), 413),
        (b"x" * (1 << 20), 413),
        (b"x" * (3 << 20), 413),
    ],
)
async def test_a_wrong_body_is_one_error(relay, fake_node, body, status):
    answer = await relay.client.post("/osc", data=body)
    assert answer.status == status
    assert (await answer.json())["error"]["message"]
    assert fake_node.relayed == []


async def test_who_asks_too_often_is_told_when_to_come_again(open_door, fake_node):
    relay = await open_door(relay=replace(RULES, messages_per_s=1.0))
    answers = [await relay.client.post("/osc", data=json.dumps(QUEUE)) for _ in range(20)]
    statuses = [answer.status for answer in answers]
    assert statuses[:2] == [200, 200]
    assert 429 in statuses
    assert "Retry-After" in answers[statuses.index(429)].headers
    assert len(fake_node.relayed) == statuses.count(200)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"data": b"[]"}, 400),
        ({"data": json.dumps({"queue": [["evil", "/x"]]})}, 403),
        ({"data": json.dumps(QUEUE), "params": {"session": "x", "token": "x"}}, 401),
        ({"data": b"x" * (3 << 20)}, 413),
    ],
)
async def test_a_page_that_may_ask_can_read_why_it_was_refused(relay, asked, status):
    answer = await relay.client.post("/osc", headers=STAGE, **asked)
    assert answer.status == status
    assert answer.headers["Access-Control-Allow-Origin"] == "https://stage.example"
    assert (answer.headers["Vary"], answer.headers["Cross-Origin-Resource-Policy"]) == ("Origin", "cross-origin")
    assert "Access-Control-Allow-Origin" not in (await relay.client.get("/healthz", headers=STAGE)).headers


async def test_without_rules_there_is_no_relay(door):
    assert (await door.ask("POST", "/osc", json=QUEUE))[0] in (404, 405)
