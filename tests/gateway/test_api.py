import asyncio

import msgspec
import pytest

from telharmonic.errors import AssetError
from telharmonic.gateway import bodies
from telharmonic.protocol.http_api import LatencyReport, SessionCreated, SessionView, parameter_rows


async def test_a_named_session_is_made_with_links_and_one_token_a_role(door):
    answer = await door.client.post("/api/sessions", json={"session": "small"})
    created = msgspec.json.decode(await answer.read(), type=SessionCreated)
    host, port = door.client.host, door.client.port
    assert answer.status == 201
    assert created.name == "Small"
    assert created.links.self == answer.headers["Location"] == f"http://{host}:{port}/api/sessions/{created.id}"
    assert created.links.ws == f"ws://{host}:18001/api/sessions/{created.id}/ws"
    assert created.links.stream == f"http://{host}:18001/api/sessions/{created.id}/stream"
    assert created.links.page == (
        f"http://{host}:{port}/#session={created.id}&token={created.tokens.performer}&ws={created.links.ws}"
    )
    assert door.tokens.role(created.id, created.tokens.listener) == "listener"
    assert len({created.tokens.performer, created.tokens.controller, created.tokens.listener}) == 3


async def test_a_described_session_takes_its_files_from_the_assets_folder(door, fake_node, tmp_path):
    created = await door.create(description={"version": 1, "strip": [{"id": "a", "source": "pink"}]})
    assert fake_node.started[created["id"]].base_folder == str(tmp_path / "assets")


async def test_links_follow_the_name_by_which_the_visitor_came(door):
    headers = {"Host": "localhost:9"}
    answer = await door.client.post("/api/sessions", json={"session": "small"}, headers=headers)
    links = (await answer.json())["links"]
    assert links["self"].startswith("http://localhost:9/")
    assert links["ws"].startswith("ws://localhost:18001/")


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        (b"{", 400, "message", "not JSON"),
        (b"{}", 400, "message", "session"),
        (b'{"session": "small", "extra": 1}', 400, "message", "extra"),
        (b'{"session": 7}', 400, "parameter", "session"),
        (b'{"session": "opera"}', 404, "not_found", "there are small"),
        (b'{"description": {"strip": [{"id": "a", "clip": [{"file": "../x.wav"}]}]}}', 400, "session_file", "../x.wav"),
        (b'{"description": {"strip": [{"id": "a", "clip": [{"file": "/etc/passwd"}]}]}}', 400, "session_file", "/etc"),
        (b'{"description": {"strip": []}}', 400, "parameter", "strip"),
        (b"[" * 100_000, 400, "message", "deep"),
    ],
)
async def test_a_wrong_body_is_one_clear_error(door, body, status, code, words):
    answer = await door.client.post("/api/sessions", data=body, headers={"Content-Type": "application/json"})
    error = (await answer.json())["error"]
    assert (answer.status, error["code"]) == (status, code)
    assert words in error["message"]


async def test_only_json_is_taken(door):
    status, answer = await door.ask("POST", "/api/sessions", data=b'{"session": "small"}')
    assert status == 400
    assert "application/json" in answer["error"]["message"]


async def test_a_body_beyond_the_limit_is_refused(door):
    data = b'{"session": "' + b"x" * (1024 * 1024) + b'"}'
    answer = await door.client.post("/api/sessions", data=data, headers={"Content-Type": "application/json"})
    assert answer.status == 413
    assert (await answer.json())["error"]["code"] == "too_large"


async def test_a_body_that_never_comes_is_not_waited_for(door, monkeypatch):
    monkeypatch.setattr(bodies, "BODY_S", 0.05)

    async def slow():
        yield b"{"
        await asyncio.get_running_loop().create_future()

    answer = await door.client.post("/api/sessions", data=slow(), headers={"Content-Type": "application/json"})
    assert answer.status == 408


async def test_what_the_node_says_about_a_session_reaches_the_visitor(door, fake_node):
    fake_node.refusal = AssetError("piano.flac is missing")
    status, answer = await door.ask("POST", "/api/sessions", json={"session": "small"})
    assert (status, answer["error"]) == (400, {"code": "asset", "message": "piano.flac is missing"})


async def test_a_member_sees_its_session(door, fake_node):
    created = await door.create()
    fake_node.set_status(created["id"], members=2, playing=True)
    await door.sessions.look(0.0)
    for role, token in created["tokens"].items():
        _, answer = await door.ask("GET", f"/api/sessions/{created['id']}", token)
        view = msgspec.convert(answer, SessionView)
        assert (view.role, view.members, view.playing) == (role, 2, True)
        assert token in view.links.page


async def test_without_its_token_a_session_is_as_if_it_were_not_there(door):
    created, other = await door.create(), await door.create()
    answers = [
        await door.ask("GET", path, token)
        for path in (f"/api/sessions/{created['id']}", "/api/sessions/0000000000000000")
        for token in (None, "", "wrong", other["tokens"]["performer"])
    ]
    assert {status for status, _ in answers} == {401}
    assert len({str(answer) for _, answer in answers}) == 1


async def test_a_token_of_an_ended_session_opens_nothing(door):
    created = await door.create()
    token = created["tokens"]["performer"]
    assert (await door.ask("DELETE", f"/api/sessions/{created['id']}", token))[0] == 204
    assert (await door.ask("GET", f"/api/sessions/{created['id']}", token))[0] == 404


@pytest.mark.parametrize("role", ["controller", "listener"])
async def test_only_a_performer_ends_a_session(door, role):
    created = await door.create()
    status, answer = await door.ask("DELETE", f"/api/sessions/{created['id']}", created["tokens"][role])
    assert (status, answer["error"]["code"]) == (403, "refused")
    assert len(door.sessions) == 1


async def test_the_list_has_ids_for_the_admin_only(door):
    created = await door.create()
    _, answer = await door.ask("GET", "/api/sessions")
    assert answer == {"count": 1, "sessions": [{"name": "Small", "members": 0}], "available": ["small"]}
    _, answer = await door.ask("GET", "/api/sessions", door.tokens.admin_token)
    assert answer["sessions"][0]["id"] == created["id"]
    assert (await door.ask("GET", "/api/sessions", "wrong"))[0] == 401


async def test_whep_is_the_nodes(door):
    created = await door.create()
    token = created["tokens"]["listener"]
    path = f"/api/sessions/{created['id']}/whep?frame_ms=20&token={token}"
    answer = await door.client.post(path, data=b"v=0", allow_redirects=False)
    assert answer.status == 307
    assert answer.headers["Location"] == f"{created['links']['whep']}?frame_ms=20&token={token}"
    assert (await door.ask("POST", f"/api/sessions/{created['id']}/whep"))[0] == 401


async def test_the_whep_endpoint_has_nothing_to_show_and_says_what_may_be_posted(door):
    created = await door.create()
    path = f"/api/sessions/{created['id']}/whep"
    answer = await door.client.get(f"{path}?token={created['tokens']['listener']}")
    assert (answer.status, await answer.read()) == (204, b"")
    assert (await door.client.get(path)).headers["WWW-Authenticate"] == "Bearer"
    answer = await door.client.options(path)
    assert (answer.status, answer.headers["Accept-Post"]) == (200, "application/sdp")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


async def test_the_stream_is_the_nodes(door):
    created = await door.create()
    token = created["tokens"]["listener"]
    path = f"/api/sessions/{created['id']}/stream?format=wav&token={token}"
    answer = await door.client.get(path, allow_redirects=False)
    assert answer.status == 307
    assert answer.headers["Location"] == f"{created['links']['stream']}?format=wav&token={token}"
    assert (await door.ask("GET", f"/api/sessions/{created['id']}/stream"))[0] == 401


async def test_state_and_log_are_for_members(door):
    created = await door.create()
    path = f"/api/sessions/{created['id']}"
    _, state = await door.ask("GET", f"{path}/state", created["tokens"]["listener"])
    assert state["values"] == {"master/fader": 0.0}
    assert (await door.ask("GET", f"{path}/log", created["tokens"]["controller"]))[0] == 200
    assert (await door.ask("GET", f"{path}/log", created["tokens"]["listener"]))[0] == 403
    assert (await door.ask("GET", f"{path}/state"))[0] == 401


async def test_the_parameter_table_is_served(door):
    _, answer = await door.ask("GET", "/api/parameters")
    assert answer == msgspec.json.decode(msgspec.json.encode(parameter_rows()))


async def test_latency_results_are_kept_and_summed_up(door):
    result = {"kind": "sound", "client": "Chromium", "samples_ms": [12.0, 11.0, 13.0], "split_ms": {"network": 0.5}}
    assert (await door.ask("POST", "/api/latency", json=result))[0] == 204
    _, answer = await door.ask("GET", "/api/latency")
    (summary,) = msgspec.convert(answer, LatencyReport).summaries
    assert (summary.p50_ms, summary.runs, summary.split_ms.network) == (12.0, 1, 0.5)


@pytest.mark.parametrize("samples", [[], [-1.0], [1e9], [1.0] * 1001, ["x"], [None]])
async def test_latency_results_out_of_range_are_refused(door, samples):
    status, _ = await door.ask("POST", "/api/latency", json={"kind": "sound", "samples_ms": samples})
    assert status == 400


async def test_new_sessions_are_limited_for_each_address(open_door):
    door = await open_door(sessions_per_minute=60.0, sessions_burst=2)
    assert [(await door.ask("POST", "/api/sessions", json={"session": "small"}))[0] for _ in range(3)] == [
        201,
        201,
        429,
    ]


async def test_a_full_server_says_so(open_door):
    door = await open_door(maximum_sessions=1)
    await door.create()
    answer = await door.client.post("/api/sessions", json={"session": "small"})
    assert answer.status == 503
    assert (await answer.json())["error"]["code"] == "full"
    assert "Retry-After" in answer.headers


async def test_without_a_node_the_visitor_is_asked_to_come_again(door):
    await door.sessions.node_lost()
    answer = await door.client.post("/api/sessions", json={"session": "small"})
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"
