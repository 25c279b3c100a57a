import msgspec
import pytest

from telharmonic.cluster.node_link import NodeLink, error_of
from telharmonic.errors import AssetError, NodeError, NotFoundError, ParameterError
from telharmonic.protocol.http_api import error_reply
from telharmonic.protocol.node_api import StartSession
from telharmonic.protocol.orchestra import Told

TOKENS = {"performer": "p", "controller": "c", "listener": "l"}


@pytest.fixture
async def link(fake_node):
    link = NodeLink(fake_node.address.control_socket)
    yield link
    await link.close()


def start(small_session) -> StartSession:
    return StartSession(id="a", description=small_session, base_folder="/music", tokens=TOKENS)


async def test_a_started_session_arrives_whole(link, fake_node, small_session):
    started = await link.start(start(small_session))
    assert (started.id, started.duration_s) == ("a", 60.0)
    assert fake_node.started["a"] == start(small_session)


async def test_state_status_and_log_of_a_session(link, small_session):
    await link.start(start(small_session))
    assert (await link.snapshot("a")).values == {"master/fader": 0.0}
    assert [row.id for row in (await link.status()).sessions] == ["a"]
    assert await link.log("a") == b'{"log": "a"}\n'
    await link.end("a")
    assert (await link.status()).sessions == ()


async def test_what_programs_were_told_and_one_that_is_to_play_again(link, fake_node):
    fake_node.told = (Told(host="osc-1", address="/a", values=(0.5,)),)
    assert (await link.told()).told == fake_node.told
    await link.play_again("a", "csound")
    assert fake_node.played_again == ["a/csound"]


async def test_the_nodes_own_error_is_raised_again(link, fake_node, small_session):
    fake_node.refusal = AssetError("piano.flac is missing")
    with pytest.raises(AssetError, match=r"piano\.flac is missing"):
        await link.start(start(small_session))
    with pytest.raises(NotFoundError):
        await link.snapshot("nobody")


async def test_a_node_that_is_not_there_is_a_node_error(tmp_path):
    link = NodeLink(tmp_path / "nothing.sock")
    with pytest.raises(NodeError, match="does not answer"):
        await link.status()
    await link.close()


def test_a_parameter_error_keeps_its_parts():
    error = error_of(msgspec.json.encode(error_reply(ParameterError("strip/1/pan", 3, "-1 to 1"))))
    assert isinstance(error, ParameterError)
    assert (error.parameter, error.value, error.allowed) == ("strip/1/pan", 3, "-1 to 1")


def test_an_answer_that_is_no_error_of_ours_is_a_node_error():
    assert isinstance(error_of(b"<html>"), NodeError)
