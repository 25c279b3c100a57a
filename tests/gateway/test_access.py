"""Who a request is from, through the front door's own handlers."""

import pytest

from telharmonic.gateway import access as access_module


async def test_guessing_tokens_is_slowed_down(open_door, monkeypatch):
    monkeypatch.setattr(access_module, "WRONG_TOKENS_BURST", 3)
    door = await open_door()
    created = await door.create()
    path = f"/api/sessions/{created['id']}"
    assert [(await door.ask("GET", path, "wrong"))[0] for _ in range(4)] == [401, 401, 401, 429]
    assert (await door.ask("GET", path, created["tokens"]["listener"]))[0] == 200


@pytest.mark.parametrize("query", ["", "?token="])
async def test_no_token_opens_nothing(door, query):
    created = await door.create()
    assert (await door.ask("GET", f"/api/sessions/{created['id']}{query}"))[0] == 401


async def test_a_token_may_stand_in_the_query(door):
    created = await door.create()
    path = f"/api/sessions/{created['id']}?token={created['tokens']['listener']}"
    _, answer = await door.ask("GET", path)
    assert answer["role"] == "listener"
