"""What a piece's page is told."""

import pytest

from telharmonic.gateway.catalogue import read_offer
from telharmonic.protocol.orchestra import Orchestra, OrchestraControl, Told
from telharmonic.protocol.program import ProgramStatus

PIECE = Orchestra(name="Bells", controls=(OrchestraControl(label="/bell", host="osc-1", address="/bell"),))
PROGRAM = """
version = 1
name = "Bells"
[[strip]]
id = "1"
source = "jack"
[[program]]
id = "csound"
command = ["csound"]
"""


async def test_without_a_piece_there_is_none(open_door):
    door = await open_door()
    status, answer = await door.ask("GET", "/api/orchestra")
    assert status == 404
    assert "telharmonic play" in answer["error"]["message"]


@pytest.fixture
async def playing(open_door, fake_node, write_session):
    """A door behind which the piece is played, and the session that does."""
    door = await open_door(orchestra=PIECE)
    offer = read_offer(write_session("bells.toml", PROGRAM))
    session = await door.sessions.create(offer.description, offer.folder)
    waiting = ProgramStatus(id="csound", state="waiting", restarts=2, why="ended with status 1", said="error: no table")
    fake_node.set_status(session.id, programs=(waiting,))
    fake_node.told = (Told(host="osc-1", address="/bell", values=(0.5,)),)
    await door.sessions.look(0.0)
    return door, session.id


async def test_before_it_plays_the_piece_is_there(open_door):
    door = await open_door(orchestra=PIECE)
    status, answer = await door.ask("GET", "/api/orchestra")
    assert (status, answer["orchestra"]["name"], answer["state"]) == (200, "Bells", "")


async def test_the_piece_and_how_its_csound_does(playing):
    door, _ = playing
    _, answer = await door.ask("GET", "/api/orchestra")
    assert (answer["state"], answer["restarts"], answer["why"]) == ("waiting", 2, "ended with status 1")
    assert answer["orchestra"]["controls"] == [{"label": "/bell", "host": "osc-1", "address": "/bell", "arguments": []}]


async def test_what_it_was_told_and_said_only_members_of_its_session_learn(playing):
    door, session = playing
    told = [{"host": "osc-1", "address": "/bell", "values": [0.5]}]
    for role in ("performer", "controller", "listener"):
        token = door.tokens.tokens(session)[role]
        _, answer = await door.ask("GET", f"/api/orchestra?session={session}", token)
        assert (answer["said"], answer["told"]) == ("error: no table", told)
    other = await door.create()
    _, answer = await door.ask("GET", f"/api/orchestra?session={other['id']}", other["tokens"]["performer"])
    assert (answer["said"], answer["told"]) == ("", [])
    _, answer = await door.ask("GET", "/api/orchestra")
    assert (answer["said"], answer["told"]) == ("", [])
    assert (await door.ask("GET", f"/api/orchestra?session={session}", "wrong"))[0] == 401


async def test_performers_and_controllers_may_start_it_again(playing, fake_node):
    door, session = playing
    tokens = door.tokens.tokens(session)
    path = f"/api/orchestra/play?session={session}"
    for role in ("performer", "controller"):
        assert (await door.ask("POST", path, tokens[role]))[0] == 204
    assert fake_node.played_again == [f"{session}/csound"] * 2
    other = await door.create()
    for path_of, token, status in (
        (path, tokens["listener"], 403),
        (path, None, 401),
        ("/api/orchestra/play", tokens["performer"], 401),
        (f"/api/orchestra/play?session={other['id']}", other["tokens"]["performer"], 404),
    ):
        assert (await door.ask("POST", path_of, token))[0] == status
    assert len(fake_node.played_again) == 2
