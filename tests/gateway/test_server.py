import asyncio
import dataclasses
import socket
from urllib.parse import parse_qs

import aiohttp
import pytest

from telharmonic.errors import NodeError, ParameterError
from telharmonic.gateway.server import Server
from telharmonic.gateway.settings import Settings
from telharmonic.gateway.tls import self_made, server_context
from telharmonic.gateway.tokens import TokenKeeper, load_key


@pytest.fixture
def settings(tmp_path, write_session):
    return Settings(state_folder=tmp_path / "state", assets_folder=tmp_path, session_files=(write_session(),), port=0)


async def test_after_a_restart_the_same_token_opens_the_same_session(settings, fake_node):
    first = Server(settings)
    await first.start()
    await first.node_ready(fake_node.address)
    async with aiohttp.ClientSession() as http:
        answer = await http.post(f"{first.url}api/sessions", json={"session": "small"})
        created = await answer.json()
        await first.stop()
        fake_node.started.clear()
        second = Server(settings)
        await second.start()
        await second.node_ready(fake_node.address)
        headers = {"Authorization": f"Bearer {created['tokens']['controller']}"}
        answer = await http.get(f"{second.url}api/sessions/{created['id']}", headers=headers)
        assert (await answer.json())["role"] == "controller"
    assert fake_node.started[created["id"]].tokens == created["tokens"]
    await second.stop()


async def test_a_session_that_is_opened_with_the_server_has_a_link(settings, fake_node):
    server = Server(dataclasses.replace(settings, opened="small"))
    await server.start()
    await server.node_ready(fake_node.address)
    link = await server.open("orchestra.html")
    (session,) = fake_node.started
    front, _, fragment = link.partition("#")
    assert front == f"{server.url}orchestra.html"
    entry = {name: values[0] for name, values in parse_qs(fragment).items()}
    assert entry["session"] == session
    assert entry["token"] == fake_node.started[session].tokens["performer"]
    assert entry["ws"] == f"ws://localhost:18001/api/sessions/{session}/ws"
    await server.stop()


async def test_a_kept_session_goes_on_after_a_restart_under_the_same_link(settings, fake_node):
    opening = dataclasses.replace(settings, opened="small")
    links = []
    for _ in range(2):
        fake_node.started.clear()
        server = Server(opening)
        await server.forget()
        await server.start()
        await server.node_ready(fake_node.address)
        link = await server.open("")
        links.append(link.removeprefix(server.url))
        assert len(fake_node.started) == len(server.sessions) == 1
        await server.stop()
    assert links[0] == links[1]
    assert links[0].startswith("#session=")


async def test_a_session_to_open_that_there_is_not_is_refused_with_those_that_are(settings):
    with pytest.raises(ParameterError, match="--open is 'opera'; allowed: small"):
        Server(dataclasses.replace(settings, opened="opera"))


CARD = 'version = 1\n[[strip]]\nid = "{}"\nsource = "jack"\n[master]\nlook_ahead_s = 0.0002\nset = {{ fader = -3 }}\n'


@pytest.mark.parametrize(("later", "goes_on"), [("a", True), ("b", False)])
async def test_what_the_files_name_no_more_of_jack_and_programs_does_not_start_again(
    settings, fake_node, tmp_path, later, goes_on
):
    file = tmp_path / "card.toml"
    opening = dataclasses.replace(settings, session_files=(file,), opened="card")
    file.write_text(CARD.format("a"))
    first = Server(opening)
    await first.start()
    await first.node_ready(fake_node.address)
    await first.open("")
    await first.stop()
    fake_node.started.clear()
    file.write_text(CARD.format(later))
    second = Server(opening)
    await second.forget()
    await second.start()
    await second.node_ready(fake_node.address)
    assert bool(fake_node.started) == goes_on
    await second.open("")
    (started,) = fake_node.started.values()
    assert started.description.strips[0].id == later
    await second.stop()


def test_the_admin_token_lies_in_the_state_folder_for_its_owner_only(settings):
    Server(settings)
    path = settings.state_folder / "admin.token"
    assert TokenKeeper(load_key(settings.state_folder / "server.key")).is_admin(path.read_text().strip())
    assert path.stat().st_mode & 0o077 == 0


async def test_two_servers_do_not_share_a_state_folder(settings, fake_node):
    first = Server(settings)
    with pytest.raises(NodeError, match=r"another server uses .* --state"):
        Server(settings)
    await first.start()
    await first.stop()
    second = Server(settings)
    await second.start()
    await second.stop()


async def test_a_taken_port_is_named(settings, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = Server(Settings(state_folder=tmp_path / "s", assets_folder=tmp_path, port=port))
        with pytest.raises(
            NodeError, match=rf"port {port} on 127.0.0.1 cannot be used \(Address already in use\); .* --port"
        ):
            await server.start()
        await server.stop()


async def test_an_address_of_another_machine_is_said_to_be_the_host(settings, tmp_path):
    server = Server(Settings(state_folder=tmp_path / "s", assets_folder=tmp_path, host="192.0.2.1", port=0))
    with pytest.raises(NodeError, match=r"192\.0\.2\.1 cannot be used \(Cannot assign .*\); choose another: --host"):
        await server.start()
    await server.stop()


def test_a_state_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NodeError, match="--state"):
        Server(Settings(state_folder=tmp_path / "file" / "state", assets_folder=tmp_path))


def test_only_its_owner_sees_the_state_folder(settings):
    Server(settings)
    assert settings.state_folder.stat().st_mode & 0o077 == 0


async def test_with_tls_everything_is_https(settings, tmp_path, fake_node):
    certificate, key = self_made(tmp_path)
    server = Server(settings, server_context(certificate, key))
    await server.start()
    await server.node_ready(fake_node.address)
    assert server.url.startswith("https://localhost:")
    async with aiohttp.ClientSession() as http:
        answer = await http.post(f"{server.url}api/sessions", json={"session": "small"}, ssl=False)
        links = (await answer.json())["links"]
    assert links["self"].startswith("https://")
    assert links["page"].startswith("https://")
    await server.stop()


async def test_stopping_without_a_node_is_quick_and_quiet(settings):
    server = Server(settings)
    await server.start()
    async with asyncio.timeout(20):
        await server.stop()


async def test_a_connection_that_never_finishes_its_request_is_closed_and_others_are_served(settings, fake_node):
    server = Server(dataclasses.replace(settings, request_s=0.3))
    await server.start()
    silent, partial = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(2)]
    partial[1].write(b"GET /api/sessions HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    async with asyncio.timeout(20):
        assert await silent[0].read() == b""
        assert await partial[0].read() == b""
    async with aiohttp.ClientSession() as http, http.get(f"{server.url}api/openapi.json") as answer:
        assert answer.status == 200
    for _, writer in (silent, partial):
        writer.close()
    await server.stop()
