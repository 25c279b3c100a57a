async def test_only_json_is_read(door):
    answer = await door.client.post("/api/sessions", data=b"session=small", headers={"Content-Type": "text/plain"})
    assert answer.status == 400
    assert "text/plain" in (await answer.json())["error"]["message"]


async def test_a_body_beyond_the_limit_is_refused(door):
    answer = await door.client.post(
        "/api/sessions", data=b" " * 1_100_000, headers={"Content-Type": "application/json"}
    )
    assert answer.status == 413
