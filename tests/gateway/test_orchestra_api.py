"""What a piece's page is told."""

from telharmonic.protocol.orchestra import Orchestra, OrchestraControl
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


async def test_the_piece_and_how_its_csound_does(open_door, fake_node, write_session):
    door = await open_door(orchestra=PIECE)
    status, answer = await door.ask("GET", "/api/orchestra")
    assert (status, answer["orchestra"]["name"], answer["state"]) == (200, "Bells", "")
    write_session("small.toml", PROGRAM)
    from telharmonic.gateway.catalogue import read_offer

    offer = read_offer(write_session("bells.toml", PROGRAM))
    session = await door.sessions.create(offer.description, offer.folder)
    waiting = ProgramStatus(id="csound", state="waiting", restarts=2, why="ended with status 1")
    fake_node.set_status(session.id, programs=(waiting,))
    await door.sessions.look(0.0)
    _, answer = await door.ask("GET", "/api/orchestra")
    assert (answer["state"], answer["restarts"], answer["why"]) == ("waiting", 2, "ended with status 1")
    assert answer["orchestra"]["controls"] == [{"label": "/bell", "host": "osc-1", "address": "/bell", "arguments": []}]
