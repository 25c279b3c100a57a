"""Uploads through the front door, in front of a fake node that takes FLAC for sound."""

import asyncio
import gzip

import pytest

from telharmonic.gateway.uploads import UploadRules

SOUND = b"fLaC" + bytes(100)


async def send(door, data=SOUND, name="Piano.flac"):
    return await door.ask("POST", f"/api/uploads?name={name}", data=data)


async def test_a_sound_is_taken_and_described(door):
    status, answer = await send(door)
    assert status == 201
    assert answer["file"] == f"uploads/{answer['upload']}"
    assert (answer["name"], answer["size_bytes"], answer["duration_s"]) == ("Piano.flac", 104, 2.0)
    assert (await send(door, name="Other.flac"))[1]["upload"] == answer["upload"]


async def test_what_is_no_sound_is_refused_by_its_own_name_and_not_kept(door, tmp_path):
    status, answer = await send(door, b"hello", "../../Letter.doc")
    assert (status, answer["error"]["code"]) == (400, "asset")
    assert answer["error"]["message"] == "'Letter.doc' is no sound"
    assert list((tmp_path / "uploads").iterdir()) == []
    assert list((tmp_path / "incoming").iterdir()) == []


async def test_the_limits_are_told_and_kept(open_door):
    door = await open_door(uploads=UploadRules(file_bytes=1000, files_an_hour=3, bytes_an_hour=2048))
    _, limits = await door.ask("GET", "/api/uploads")
    assert (limits["file_bytes"], limits["files_an_hour"], limits["impulse_s"]) == (1000, 3, 3.0)
    assert limits["session_strips"] == 64
    status, answer = await send(door, SOUND + bytes(1000))
    assert (status, answer["error"]["code"]) == (413, "too_large")
    assert "'Piano.flac' has 1104 bytes; allowed: up to 1000" in answer["error"]["message"]
    assert (await send(door, b""))[0] == 400
    answers = [(await send(door, SOUND + bytes([number])))[0] for number in range(3)]
    assert answers == [201, 201, 429]  # each counts as 1 KiB


async def test_an_upload_without_a_length_is_refused(door):
    async def endless():
        yield SOUND

    status, answer = await door.ask("POST", "/api/uploads", data=endless())
    assert (status, answer["error"]["code"]) == (411, "length_required")


async def test_a_packed_upload_is_refused(door, tmp_path):
    packed = gzip.compress(SOUND + bytes(10_000_000))
    headers = {"Content-Encoding": "gzip"}
    answer = await door.client.post("/api/uploads?name=a.flac", data=packed, headers=headers)
    assert answer.status == 400
    assert list((tmp_path / "uploads").iterdir()) == []


async def raw_upload(door, length=1000):
    reader, writer = await asyncio.open_connection(door.client.host, door.client.port)
    head = f"POST /api/uploads?name=a.flac HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
    writer.write(head.encode() + SOUND)
    await writer.drain()
    return reader, writer


async def test_an_upload_that_stalls_is_ended_and_so_many_come_at_once(open_door, tmp_path):
    door = await open_door(uploads=UploadRules(stall_s=1, at_once=1))
    reader, writer = await raw_upload(door)
    while not list((tmp_path / "incoming").iterdir()):
        await asyncio.sleep(0)
    status, answer = await send(door)
    assert (status, answer["error"]["code"]) == (429, "rate")
    assert "more than 1 uploads at once" in answer["error"]["message"]
    assert (await reader.readline()).startswith(b"HTTP/1.1 408")
    writer.close()
    assert list((tmp_path / "incoming").iterdir()) == []
    assert (await send(door))[0] == 201


async def test_an_upload_that_is_cut_off_leaves_nothing(door, tmp_path):
    _, writer = await raw_upload(door)
    while not list((tmp_path / "incoming").iterdir()):
        await asyncio.sleep(0)
    writer.close()
    while list((tmp_path / "incoming").iterdir()):
        await asyncio.sleep(0)
    assert (await send(door))[0] == 201


async def test_a_page_of_another_origin_may_not_send(door):
    answer = await door.client.post("/api/uploads", data=SOUND, headers={"Origin": "https://elsewhere.example"})
    assert answer.status == 403


async def test_uploads_make_a_session_with_one_strip_a_file(door, fake_node):
    uploads = [(await send(door, SOUND + bytes([number])))[1]["upload"] for number in range(2)]
    wanted = [{"upload": uploads[0], "name": "Piano.flac"}, {"upload": uploads[1]}]
    created = await door.create(uploads=wanted, name="Mine")
    started = fake_node.started[created["id"]]
    assert started.description.name == created["name"] == "Mine"
    strips = [(strip.id, strip.name, strip.clips[0].file) for strip in started.description.strips]
    assert strips == [("1", "Piano", f"uploads/{uploads[0]}"), ("2", "Track 2", f"uploads/{uploads[1]}")]
    assert started.uploads_folder.endswith("/uploads")
    assert door.sessions.files_in_use() == {f"uploads/{upload}" for upload in uploads}


async def test_an_upload_that_is_not_there_is_named(door):
    upload = "0" * 32 + ".wav"
    status, answer = await door.ask("POST", "/api/sessions", json={"uploads": [{"upload": upload}]})
    assert (status, answer["error"]["code"]) == (404, "not_found")
    assert upload in answer["error"]["message"]


@pytest.mark.parametrize(
    "upload", ["../server.key", "", "0" * 32, f"{'0' * 32}.wav/../../server.key", f"{'0' * 32}.toml"]
)
async def test_nothing_but_an_upload_can_be_named(door, upload):
    status, _ = await door.ask("POST", "/api/sessions", json={"uploads": [{"upload": upload}]})
    assert status == 400
