"""A node's doors: its port, with TLS or without, and its private socket."""

import asyncio
import datetime
import ipaddress
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from telharmonic.protocol import messages
from telharmonic.protocol.parts import AudioRequest

pytestmark = pytest.mark.realtime


async def test_a_taken_port_is_one_clear_line(make_node, node):
    with pytest.raises(RuntimeError) as caught:
        make_node(port=node.port)
    assert str(caught.value).strip() == f"error: cannot listen on 127.0.0.1 port {node.port}: Address already in use"


async def test_a_socket_left_by_a_dead_node_is_replaced(make_node, tmp_path):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "dead.sock"))
    node = make_node(control_socket=tmp_path / "dead.sock")
    await node.start("s")


async def test_a_socket_on_which_a_node_listens_is_left_alone(make_node, node):
    with pytest.raises(RuntimeError, match="error: another node listens on"):
        make_node(control_socket=node.socket)
    await node.start("still-there")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


async def test_sound_and_words_go_over_tls(make_node, tmp_path):
    cert, key = certificate(tmp_path)
    node = make_node(certificate=cert, key=key)
    await node.start("s")
    tls = ssl.create_default_context(cafile=cert)
    async with await node.join("s", audio=AudioRequest(), tls=tls) as client:
        heard = [await client.next_block() for _ in range(100)]
        sequences = [block.header.sequence for block in heard]
        assert sequences == list(range(sequences[0], sequences[0] + 100))
        await client.ask(messages.Ping(id=client.next_id()))


async def test_a_connection_that_never_finishes_its_request_is_closed(make_node):
    node = make_node(request_s=0.3)
    silent, partial = [await asyncio.open_connection("127.0.0.1", node.port) for _ in range(2)]
    partial[1].write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    async with asyncio.timeout(20):
        assert await silent[0].read() == b""
        assert await partial[0].read() == b""
    for _, writer in (silent, partial):
        writer.close()
    assert (await node.metrics())["telharmonic_sessions"] == 0
