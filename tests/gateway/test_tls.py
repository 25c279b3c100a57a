import asyncio
import ipaddress
import ssl
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from telharmonic.errors import NodeError
from telharmonic.gateway import tls
from telharmonic.gateway.tls import lan_addresses, own_names, self_made, server_context


def names_of(certificate) -> x509.SubjectAlternativeName:
    parsed = x509.load_pem_x509_certificate(certificate.read_bytes())
    return parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


async def test_a_client_that_trusts_the_certificate_connects_by_name_and_by_address(tmp_path):
    certificate, key = self_made(tmp_path)

    async def greet(_, writer):
        writer.write(b"hello")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=server_context(certificate, key))
    port = server.sockets[0].getsockname()[1]
    trusting = ssl.create_default_context(cafile=str(certificate))
    for name in ("localhost", "127.0.0.1"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname=name)
        assert await reader.read() == b"hello"
        writer.close()
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname="other.example")
    server.close()


def test_every_name_and_lan_address_is_in_it(tmp_path):
    certificate, _ = self_made(tmp_path, ["console.example"])
    names = names_of(certificate)
    assert set(names.get_values_for_type(x509.DNSName)) == {*own_names(), "console.example"}
    assert set(names.get_values_for_type(x509.IPAddress)) == set(lan_addresses())


def test_loopback_is_always_among_the_addresses():
    assert {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")} <= set(lan_addresses())


def test_only_the_owner_may_read_the_key(tmp_path):
    _, key = self_made(tmp_path)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_certificate_is_kept_while_it_is_good(tmp_path):
    before = self_made(tmp_path)[0].read_bytes()
    assert self_made(tmp_path)[0].read_bytes() == before


def test_it_is_made_anew_for_a_new_name_or_near_its_end(tmp_path, monkeypatch):
    first = self_made(tmp_path)[0].read_bytes()
    second = self_made(tmp_path, ["new.example"])[0].read_bytes()
    assert second != first
    monkeypatch.setattr(tls, "RENEW", tls.VALID)
    assert self_made(tmp_path, ["new.example"])[0].read_bytes() != second


def test_it_is_valid_no_longer_than_browsers_accept(tmp_path):
    parsed = x509.load_pem_x509_certificate(self_made(tmp_path)[0].read_bytes())
    assert parsed.not_valid_after_utc - parsed.not_valid_before_utc <= timedelta(days=398)
    assert parsed.not_valid_before_utc < datetime.now(UTC)


def test_files_that_do_not_belong_together_are_named(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    certificate, _ = self_made(tmp_path / "a")
    _, key = self_made(tmp_path / "b")
    with pytest.raises(NodeError, match="not a certificate and its key"):
        server_context(certificate, key)
    with pytest.raises(NodeError):
        server_context(tmp_path / "missing", key)
