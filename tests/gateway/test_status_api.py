async def test_sessions_are_listed_with_their_cost_and_without_their_ids(door, fake_node):
    created = await door.create()
    _, answer = await door.ask("GET", "/api/status")
    assert (answer["ready"], answer["sessions"], answer["history"]["sessions"]) == (True, [], [])
    fake_node.set_status(created["id"], members=2, playing=True, cost_us=100.0)
    await door.sessions.look(0.0)
    _, answer = await door.ask("GET", "/api/status")
    expected = {"name": "Small", "members": 2, "playing": True, "cost_us": 100.0, "load": 0.02, "beside": []}
    assert answer["sessions"] == [expected]
    assert answer["history"]["load"] == [0.02]
    assert answer["maximum_sessions"] == 64
    assert created["id"] not in str(answer)


async def test_without_a_node_it_answers_as_well(door):
    await door.sessions.node_lost()
    status, answer = await door.ask("GET", "/api/status")
    assert (status, answer["ready"], answer["memory_bytes"]) == (200, False, 0)


async def test_what_visitors_sent_is_counted(door):
    await door.ask("POST", "/api/uploads?name=a.flac", data=b"fLaC")
    _, answer = await door.ask("GET", "/api/status")
    assert (answer["uploads"], answer["upload_bytes"]) == (1, 4)
