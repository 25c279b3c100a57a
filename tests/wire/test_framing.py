"""Frames and chunks as the parsers of aiohttp and the standard library read them."""

import http.client
import io
import socket
import struct

import pytest

from telharmonic.wire.framing import BINARY, CHUNK_END, chunk_header, websocket_header, websocket_text


@pytest.mark.parametrize("length", [0, 1, 125, 126, 1952, 65_535, 65_536, 100_000])
def test_the_header_has_the_length_field_of_rfc_6455(length):
    data = websocket_header(BINARY, length)
    assert data[0] == 0x82
    assert data[1] < 128, "a server does not mask"
    if length < 126:
        assert data[1:] == bytes((length,))
    elif length < 65_536:
        assert data[1:] == bytes((126,)) + struct.pack("!H", length)
    else:
        assert data[1:] == bytes((127,)) + struct.pack("!Q", length)


def test_the_example_of_rfc_6455_section_5_7():
    assert websocket_text(b"Hello") == bytes((0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F))
    assert websocket_header(BINARY, 256) == bytes((0x82, 0x7E, 0x01, 0x00))


def test_chunks_are_read_by_the_standard_library():
    parts = [b"a" * 10, b"b" * 300]
    body = b"".join(chunk_header(len(part)) + part + CHUNK_END for part in parts) + b"0\r\n\r\n"

    class Wire(socket.socket):
        def makefile(self, *arguments, **options):
            return io.BytesIO(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)

    with Wire() as wire, http.client.HTTPResponse(wire) as response:
        response.begin()
        assert response.read() == b"".join(parts)
