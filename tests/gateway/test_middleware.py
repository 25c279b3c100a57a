import errno
import logging

import pytest

from telharmonic.gateway.headers import ALWAYS

PATHS = ("/", "/api/sessions", "/nothing", "/api/sessions/x", "/api/docs", "/schema", "/api/openapi.json")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
async def test_every_answer_has_the_headers_errors_included(door, method, path):
    answer = await door.client.request(method, path)
    for name in ("Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy"):
        assert answer.headers[name] == ALWAYS[name]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Server"] == "telharmonic"


async def test_a_failure_of_ours_tells_nothing_and_is_logged(door, monkeypatch, caplog):
    def fail(_):
        raise ValueError("secret thing")

    monkeypatch.setattr(door.sessions, "all", fail)
    status, answer = await door.ask("GET", "/api/sessions")
    assert (status, answer["error"]["code"]) == (500, "internal")
    assert "secret" not in str(answer)
    assert "GET /api/sessions failed" in caplog.text


async def test_a_full_disk_is_said_in_one_line(door, monkeypatch, caplog):
    def fail():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(door.sessions, "all", fail)
    status, answer = await door.ask("GET", "/api/sessions")
    assert (status, answer["error"]["code"]) == (503, "full")
    assert "disk" in answer["error"]["message"]
    assert "Traceback" not in caplog.text


async def test_a_wrong_method_says_which_are_allowed(door):
    answer = await door.client.put("/api/latency")
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]
    assert (await answer.json())["error"]["code"] == "method_not_allowed"


async def test_a_foreign_host_name_is_refused(door):
    answer = await door.client.get("/", headers={"Host": "evil.example"})
    assert answer.status == 403
    assert "ws://evil.example" not in answer.headers["Content-Security-Policy"]


async def test_a_page_of_another_origin_changes_nothing(door):
    own = f"http://{door.client.host}:{door.client.port}"
    for origin, status in (("https://evil.example", 403), ("null", 403), ("http://localhost:1", 403), (own, 201)):
        answer = await door.client.post("/api/sessions", json={"session": "small"}, headers={"Origin": origin})
        assert answer.status == status
    assert len(door.sessions) == 1


async def test_an_address_may_ask_only_so_often(open_door):
    door = await open_door(requests_per_s=0.001, requests_burst=3)
    statuses = [(await door.client.get("/api/parameters")).status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


async def test_files_of_a_page_do_not_count_as_questions_but_have_a_limit_of_their_own(open_door):
    door = await open_door(requests_per_s=0.001, requests_burst=1, files_per_s=0.001, files_burst=3)
    statuses = [(await door.client.get("/")).status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert (await door.client.get("/api/parameters")).status == 200


async def test_tokens_are_not_in_the_log(door, caplog):
    created = await door.create()
    token = created["tokens"]["listener"]
    with caplog.at_level(logging.DEBUG):
        await door.client.get(f"/api/sessions/{created['id']}/stream?token={token}", allow_redirects=False)
        await door.client.get(f"/api/sessions/{created['id']}", headers={"Authorization": f"Bearer {token}"})
        await door.client.get(f"/api/sessions/{created['id']}/stream?token={token}x", allow_redirects=False)
    assert token not in caplog.text
