"""Whether a file is whole, by headers written by hand as the formats' documents describe them."""

import os
import struct

import pytest

from telharmonic.sources.container import is_whole, mp3_states_its_length


@pytest.fixture
def descriptor_of(tmp_path):
    opened = []

    def write(content):
        path = tmp_path / f"file{len(opened)}"
        path.write_bytes(content)
        opened.append(os.open(path, os.O_RDONLY))
        return opened[-1]

    yield write
    for descriptor in opened:
        os.close(descriptor)


def _page(body, last, serial=1):
    """One Ogg page (RFC 3533) without a valid checksum."""
    segments = [255] * (len(body) // 255) + [len(body) % 255]
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, 4 if last else 0, 0, serial, 0, 0, len(segments))
    return head + bytes(segments) + body


@pytest.mark.parametrize(("mark", "order"), [(b"RIFF", "<"), (b"FORM", ">")])
def test_riff_and_form_reach_as_far_as_they_say(descriptor_of, mark, order):
    def file(said, there):
        return descriptor_of(mark + struct.pack(order + "I", said) + bytes(there))

    assert is_whole(file(100, 100))
    assert is_whole(file(101, 100))  # a padding byte that was left out
    assert is_whole(file(50, 100))  # something follows
    assert not is_whole(file(200, 100))
    assert is_whole(file(0xFFFFFFFF, 100))  # written to a pipe


def test_rf64_says_its_size_in_64_bits(descriptor_of):
    head = b"RF64" + b"\xff" * 4 + b"WAVEds64" + struct.pack("<I", 28)
    assert is_whole(descriptor_of(head + struct.pack("<Q", 92) + bytes(72)))
    assert not is_whole(descriptor_of(head + struct.pack("<Q", 1 << 33) + bytes(72)))


def test_ogg_ends_with_a_complete_last_page(descriptor_of):
    first, last = _page(bytes(600), last=False), _page(bytes(300), last=True)
    assert is_whole(descriptor_of(first + last))
    assert not is_whole(descriptor_of(first))
    assert not is_whole(descriptor_of(first + last[:-1]))
    assert not is_whole(descriptor_of(first + last[:20]))
    assert not is_whole(descriptor_of(first + last[:28]))


def test_other_files_do_not_say(descriptor_of):
    assert is_whole(descriptor_of(b"fLaC" + bytes(10)))
    assert is_whole(descriptor_of(b""))


def test_an_mp3_length_header_is_found_behind_an_id3_tag(descriptor_of):
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 2, 0]) + bytes(256)
    frame = b"\xff\xfb\x90\x00" + bytes(32) + b"Xing" + bytes(300)
    assert mp3_states_its_length(descriptor_of(frame))
    assert mp3_states_its_length(descriptor_of(tag + frame))
    assert not mp3_states_its_length(descriptor_of(b"\xff\xfb\x90\x00" + bytes(400)))
