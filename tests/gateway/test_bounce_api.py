"""Bounces through the front door: who may, and what is told. What is rendered: tests/integration/test_own_music.py."""

import sys

import pytest

from telharmonic.gateway import bounces as bounces_module

SCRIPT = """
import json, sys, pathlib
order = json.load(sys.stdin)
assert order["stems"] and order["format"] == "flac"
(pathlib.Path(order["folder"]) / "result.zip").write_bytes(b"PK" + bytes(98))
print('{"progress": 1.0, "file": "result.zip"}', flush=True)
"""


@pytest.fixture
def door_with_renderer(open_door, tmp_path, monkeypatch):
    """The front door with a small program in the place of the renderer."""
    (tmp_path / "renderer.py").write_text(SCRIPT)
    monkeypatch.setattr(bounces_module, "MODULE", "renderer")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{':'.join(sys.path)}")
    return open_door


async def test_a_bounce_is_ordered_watched_fetched_and_forgotten(door_with_renderer):
    door = await door_with_renderer()
    created = await door.create()
    token = created["tokens"]["controller"]
    answer = await door.client.post(
        f"/api/sessions/{created['id']}/bounces",
        json={"format": "flac", "stems": True},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status == 202
    view = await answer.json()
    assert answer.headers["Location"] == view["self"]
    path = view["self"].partition("/api")[2]
    while view["state"] != "done":
        assert view["state"] != "failed", view
        _, view = await door.ask("GET", f"/api{path}", token)
    assert (view["progress"], view["size_bytes"]) == (1.0, 100)
    assert 3500 < view["left_s"] <= 3600
    file = await door.client.get(f"/api{path}/file?token={token}")
    assert (await file.read())[:2] == b"PK"
    assert file.headers["Content-Type"] == "application/zip"
    assert file.headers["Content-Disposition"].endswith("filename*=UTF-8''Small.zip")
    part = await door.client.get(f"/api{path}/file?token={token}", headers={"Range": "bytes=0-1"})
    assert (part.status, await part.read()) == (206, b"PK")
    assert (await door.ask("DELETE", f"/api{path}", token))[0] == 204
    assert (await door.ask("GET", f"/api{path}", token))[0] == 404


async def test_a_listener_may_not(door):
    created = await door.create()
    path = f"/api/sessions/{created['id']}/bounces"
    for method, more in (("POST", ""), ("GET", "/0"), ("GET", "/0/file"), ("DELETE", "/0")):
        status, answer = await door.ask(method, path + more, created["tokens"]["listener"], json={})
        assert (status, answer["error"]["code"]) == (403, "refused")
        assert (await door.ask(method, path + more))[0] == 401


@pytest.mark.parametrize("body", [{"format": "exe"}, {"stems": "perhaps"}, {"out": "/etc/passwd"}])
async def test_wrong_wishes_are_refused(door, body):
    created = await door.create()
    path = f"/api/sessions/{created['id']}/bounces"
    assert (await door.ask("POST", path, created["tokens"]["performer"], json=body))[0] == 400
