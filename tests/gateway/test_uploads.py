"""The folder of uploads on a real disk: content decides the name, what nobody uses goes, nothing is left behind."""

import hashlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.errors import FullError, MessageError, NotFoundError, ParameterError
from telharmonic.gateway.uploads import PIECE_BYTES, UploadRules, Uploads, safe_name


async def pieces(data: bytes, length: int = 65_536):
    for first in range(0, len(data), length):
        yield data[first : first + length]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "uploads"


@pytest.fixture
def used():
    return set()


@pytest.fixture
def make(folder, used):
    return lambda **rules: Uploads(folder, UploadRules(**rules), lambda: used)


async def keep(uploads, data, name="a.wav"):
    part = await uploads.receive(pieces(data), name, len(data))
    upload = uploads.keep(part, "wav")
    uploads.forget(part)
    return upload


async def test_a_file_is_kept_under_a_hash_of_its_content(make, folder):
    uploads = make()
    data = os.urandom(2 * PIECE_BYTES + 12_345)
    upload = await keep(uploads, data)
    assert upload == f"{hashlib.blake2b(data, digest_size=16).hexdigest()}.wav"
    assert uploads[upload].read_bytes() == data
    assert (uploads[upload].stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert uploads.use(upload) == f"uploads/{upload}"
    assert await keep(uploads, data, "again.wav") == upload
    assert uploads.sizes == (len(data),)


@pytest.mark.parametrize("came", [0, 99, 101, 100_000])
async def test_another_number_of_bytes_than_announced_is_refused(make, folder, came):
    uploads = make()
    with pytest.raises(MessageError, match="100 were announced"):
        await uploads.receive(pieces(bytes(came)), "a.wav", 100)
    assert list(folder.iterdir()) == []
    assert list(folder.with_name("incoming").iterdir()) == []


async def test_what_no_session_uses_goes_first_and_the_longest_unused_of_it(make, used):
    uploads = make(total_bytes=300)
    first, second, third = [await keep(uploads, bytes([number]) * 100) for number in range(3)]
    used.add(f"uploads/{first}")
    uploads.use(second)
    fourth = await keep(uploads, b"4" * 100)
    assert uploads[first].exists()
    assert uploads[second].exists()
    assert uploads[fourth].exists()
    with pytest.raises(NotFoundError, match="send it again"):
        uploads[third]


async def test_when_all_is_in_use_there_is_no_room(make, used):
    uploads = make(total_bytes=150)
    used.add(f"uploads/{await keep(uploads, bytes(100))}")
    with pytest.raises(FullError, match="no room"):
        await keep(uploads, b"x" * 100)
    assert await keep(uploads, b"x" * 50)


async def test_what_is_coming_in_counts(make):
    uploads = make(total_bytes=150)
    part = await uploads.receive(pieces(bytes(100)), "a.wav", 100)
    with pytest.raises(FullError):
        await keep(uploads, b"x" * 100)
    uploads.forget(part)
    assert await keep(uploads, b"x" * 100)


async def test_files_outlive_the_server_and_halves_do_not(make, folder):
    uploads = make()
    upload = await keep(uploads, b"sound")
    await uploads.receive(pieces(b"half"), "b.wav", 4)  # and then the server is killed
    again = make()
    assert again[upload].read_bytes() == b"sound"
    assert list(folder.with_name("incoming").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Piano.wav", "Piano.wav"),
        ("C:\\Music\\Piano.wav", "Piano.wav"),
        ("/etc/passwd", "passwd"),
        ("../../x", "x"),
        ("..", "upload"),
        ("", "upload"),
        ("a\0b\n\u202ec.wav", "abc.wav"),
        ("é" * 200 + ".flac", "é" * 57 + ".flac"),
    ],
)
def test_names_are_made_harmless(text, name):
    assert safe_name(text) == name


@given(st.text())
def test_any_name_is_one_file_in_its_folder(text):
    name = safe_name(text)
    assert name not in ("", ".", "..")
    assert not set(name) & set("/\\\0")
    assert len(name.encode()) <= 255


def test_rules_are_positive():
    with pytest.raises(ParameterError, match="at_once is 0; allowed: 1 or more"):
        UploadRules(at_once=0)
