"""Back ends of products: real HTTPS servers that answer, hang or break as they are told, and their own authority."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Authority:
    """Who certifies names. `certificate` is PEM."""

    key: Key
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def trusted(self) -> ssl.SSLContext:
        """What a client who trusts nobody else connects with."""
        return ssl.create_default_context(cadata=self.pem)

    def serves(self, folder: Path, *names: str, key: Key | None = None) -> ssl.SSLContext:
        """What a server of these names, or addresses, is encrypted with."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(key, names[0], self.key, self.certificate.subject, names)
        file = folder / f"{names[0]}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def an_authority(name: str = "The company's own") -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return Authority(key, _certificate(key, name, key, subject, ()))


@cache
def the_authority() -> Authority:
    return an_authority()


def _certificate(key: Key, name: str, by: Key, issuer: x509.Name, names: tuple[str, ...]) -> x509.Certificate:
    now = datetime.now(UTC)
    usage = {
        **dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False),
        **dict.fromkeys(("encipher_only", "decipher_only"), False),
        "digital_signature": True,
        "key_cert_sign": not names,
        "crl_sign": not names,
    }
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(each) for each in names]), critical=False)
    return builder.sign(by, hashes.SHA256())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


# ---- servers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came. `headers`: by name in lower case. `connection`: which it came on, counted from 1."""

    line: str
    headers: Mapping[str, str]
    body: bytes
    connection: int


Behave = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


def answers(status: int, *headers: str, body: bytes = b"") -> Behave:
    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {status} Told", f"Content-Length: {len(body)}", *headers, "", ""]
        writer.write("\r\n".join(head).encode() + body)
        await writer.drain()

    return behave


async def breaks_off(received: Received, writer: asyncio.StreamWriter) -> None:
    """Reads the whole request, and ends the connection without a word."""
    writer.transport.abort()


async def never_answers(received: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def never_ends(received: Received, writer: asyncio.StreamWriter) -> None:
    """Takes it, and goes on talking for as long as anybody listens."""
    writer.write(b"HTTP/1.1 200 Taken\r\nTransfer-Encoding: chunked\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        # Writing to a connection that was closed raises nothing, and is logged each time.
        while not writer.transport.is_closing():
            writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
            await writer.drain()
            # Which waits for nothing where nobody reads any more: that the connection is lost could not be heard.
            await asyncio.sleep(0)


async def stalls(received: Received, writer: asyncio.StreamWriter) -> None:
    """Takes it, and stops in the middle of what it says."""
    writer.write(b"HTTP/1.1 200 Taken\r\nContent-Length: 100\r\n\r\nI was about to")
    await asyncio.Event().wait()


async def talks_nonsense(received: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example ESMTP\r\n\r\n")


@dataclass(slots=True)
class BackEnd:
    """`received`: every request that came whole, in order. `connections`: how many were made."""

    port: int
    behave: Behave
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    under_way: int = 0
    most_under_way: int = 0

    def url(self, host: str, path: str = "/hooks/vitrine", scheme: str = "https") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextlib.asynccontextmanager
async def back_end(behave: Behave, tls: ssl.SSLContext | None, host: str = "127.0.0.1") -> AsyncIterator[BackEnd]:
    """A server on loopback that does with each request what `behave` says."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not server.is_serving():  # its handshake was under way as the server closed
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        found.connections += 1
        connection = found.connections
        try:
            while (received := await _received(reader, connection)) is not None:
                found.received.append(received)
                found.under_way += 1
                found.most_under_way = max(found.most_under_way, found.under_way)
                try:
                    await found.behave(received, writer)
                finally:
                    found.under_way -= 1
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(connected, host, 0, ssl=tls)
    found = BackEnd(server.sockets[0].getsockname()[1], behave)
    try:
        yield found
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _received(reader: asyncio.StreamReader, connection: int) -> Received | None:
    try:
        line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines if each)}
        return Received(line, headers, await reader.readexactly(int(headers["content-length"])), connection)
    except asyncio.IncompleteReadError:
        return None
