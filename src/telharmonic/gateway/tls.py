"""A certificate that the machine makes for itself, so that a phone on the same LAN gets an AudioWorklet."""

from __future__ import annotations

import fcntl
import ipaddress
import os
import socket
import ssl
import struct
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from telharmonic.errors import NodeError

VALID = timedelta(days=397)  # browsers refuse certificates that are valid for longer (CA/Browser Forum, ballot SC31)
RENEW = timedelta(days=30)
_SIOCGIFADDR = 0x8915  # linux/sockios.h: an interface's IPv4 address
_IFREQ_BYTES = 256

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def lan_addresses() -> list[Address]:
    """The addresses of this machine's interfaces, loopback first (IPv4, and IPv6 that is not link-local)."""
    found: list[Address] = [ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv6Address("::1")]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            request = struct.pack(f"{_IFREQ_BYTES}s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, request)
            except OSError:  # this interface has no address
                continue
            found.append(ipaddress.IPv4Address(answer[20:24]))
    found += _ipv6_addresses(Path("/proc/net/if_inet6"))
    return list(dict.fromkeys(found))


def _ipv6_addresses(table: Path) -> list[Address]:
    if not table.exists():
        return []
    parsed = [ipaddress.IPv6Address(bytes.fromhex(line.split()[0])) for line in table.read_text().splitlines()]
    return [address for address in parsed if not address.is_link_local]


def own_names(more: Iterable[str] = ()) -> list[str]:
    """The host names under which this machine is reached."""
    own = socket.gethostname()
    return list(dict.fromkeys(["localhost", own, f"{own.partition('.')[0]}.local", *more]))


def self_made(folder: Path, names: Iterable[str] = ()) -> tuple[Path, Path]:
    """A certificate and its key in `folder`, for all names and addresses of this machine; made anew when it must be.

    It is kept, so that a browser that trusts it goes on doing so, until it nears its end or the machine has a new
    address. The key is readable by its owner only.

    Raises
    ------
    NodeError
        If the folder cannot be written.
    """
    certificate, key = folder / "certificate.pem", folder / "certificate.key"
    wanted: list[x509.GeneralName] = [x509.DNSName(name) for name in own_names(names)]
    wanted += [x509.IPAddress(address) for address in lan_addresses()]
    try:
        if not (key.exists() and _is_good(certificate, wanted, datetime.now(UTC))):
            _make(certificate, key, wanted, datetime.now(UTC))
    except OSError as error:
        raise NodeError(f"the certificate {certificate} cannot be written: {error.strerror}") from error
    return certificate, key


def _is_good(certificate: Path, wanted: list[x509.GeneralName], now: datetime) -> bool:
    try:
        parsed = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (FileNotFoundError, ValueError, x509.ExtensionNotFound):
        return False
    return set(wanted) <= set(names) and parsed.not_valid_after_utc - now > RENEW


def _make(certificate: Path, key: Path, names: list[x509.GeneralName], now: datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Telharmonic on {socket.gethostname()}"[:64])])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # the visitor's clock may be behind
        .not_valid_after(now + VALID - timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    signed = builder.sign(private, hashes.SHA256())
    key.unlink(missing_ok=True)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """What the server speaks TLS with: 1.2 or newer.

    Raises
    ------
    NodeError
        If the two files are no certificate and its key.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise NodeError(f"{certificate} and {key} are not a certificate and its key: {error}") from error
    return context
