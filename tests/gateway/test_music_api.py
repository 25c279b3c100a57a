"""Waveforms, the session file and invitations, in front of a fake node."""

import itertools
import tomllib

import pytest

from telharmonic.protocol.music_api import PeaksWish
from telharmonic.protocol.parts import Role

ROLES = ("performer", "controller", "listener")


@pytest.mark.parametrize("role", ROLES)
async def test_every_member_may_draw_waveforms(door, fake_node, role):
    created = await door.create()
    path = f"/api/sessions/{created['id']}/peaks"
    answer = await door.client.get(
        f"{path}?start_s=1.5&points=200&strips=1,vox", headers={"Authorization": f"Bearer {created['tokens'][role]}"}
    )
    assert await answer.read() == b"TELPEAK1"
    assert fake_node.drawn == [PeaksWish(start_s=1.5, points=200, strips=("1", "vox"))]
    assert (await door.ask("GET", path))[0] == 401


async def test_waveforms_that_a_page_has_are_not_sent_again(door):
    created = await door.create()
    path = f"/api/sessions/{created['id']}/peaks"
    token = {"Authorization": f"Bearer {created['tokens']['listener']}"}
    first = await door.client.get(path, headers=token)
    assert first.headers["Cache-Control"] == "private, max-age=300"
    again = await door.client.get(path, headers={**token, "If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


WRONG = ["points=15", "points=5000", "points=x", "start_s=-1", "end_s=nan", "strips=../x", "level=1"]


@pytest.mark.parametrize("query", WRONG)
async def test_wrong_wishes_are_answered_by_one_line(door, query):
    created = await door.create()
    path = f"/api/sessions/{created['id']}/peaks?{query}"
    status, answer = await door.ask("GET", path, created["tokens"]["listener"])
    assert status == 400
    assert query.partition("=")[0] in answer["error"]["message"]


async def test_the_session_is_given_as_a_file_to_save(door):
    created = await door.create()
    answer = await door.client.get(f"/api/sessions/{created['id']}/file?token={created['tokens']['listener']}")
    assert answer.status == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=\"session.toml\"; filename*=UTF-8''Small.toml"
    assert tomllib.loads(await answer.text())["name"] == "Small"


@pytest.mark.parametrize(("host", "guest"), list(itertools.product(ROLES, ROLES)))
async def test_a_performer_invites_everyone_and_others_their_like(door, host: Role, guest: Role):
    created = await door.create()
    path = f"/api/sessions/{created['id']}/invitations"
    status, answer = await door.ask("POST", path, created["tokens"][host], json={"role": guest})
    if host in ("performer", guest):
        assert (status, answer["token"]) == (201, created["tokens"][guest])
        assert f"token={answer['token']}" in answer["page"].partition("#")[2]
    else:
        assert (status, answer["error"]["code"]) == (403, "refused")


async def sent(door, data=b"fLaC"):
    return (await door.ask("POST", "/api/uploads?name=room.flac", data=data))[1]["upload"]


async def test_an_own_impulse_response_comes_into_the_session_and_stays(door, fake_node):
    created = await door.create()
    path, token = f"/api/sessions/{created['id']}/impulses", created["tokens"]["controller"]
    upload = await sent(door)
    status, answer = await door.ask("POST", path, token, json={"upload": upload, "name": "Our Church!"})
    assert (status, answer) == (201, {"id": "our-church", "name": "Our Church!"})
    (impulse,) = fake_node.impulses
    assert (impulse.id, impulse.file) == ("our-church", f"uploads/{upload}")
    again = await door.ask("POST", path, token, json={"upload": upload, "name": "Another name"})
    assert again == (201, answer)  # the same file is there once
    _, other = await door.ask("POST", path, token, json={"upload": await sent(door, b"fLaC2"), "name": "our church"})
    assert other["id"] == "our-church-2"
    assert [each.id for each in door.sessions[created["id"]].description.impulses] == ["our-church", "our-church-2"]
    assert f"uploads/{upload}" in door.sessions.files_in_use()


async def test_a_listener_brings_no_impulse_response(door, fake_node):
    created = await door.create()
    path = f"/api/sessions/{created['id']}/impulses"
    assert (await door.ask("POST", path, created["tokens"]["listener"], json={"upload": await sent(door)}))[0] == 403
    assert fake_node.impulses == []


async def test_there_are_so_many_impulse_responses_and_no_more(door):
    created = await door.create()
    path, token = f"/api/sessions/{created['id']}/impulses", created["tokens"]["performer"]
    answers = [
        await door.ask("POST", path, token, json={"upload": await sent(door, b"fLaC" + bytes([number]))})
        for number in range(33)
    ]
    assert [status for status, _ in answers] == [201] * 32 + [403]
    assert "allowed: 32" in answers[-1][1]["error"]["message"]


async def test_an_own_recording_comes_into_the_session_and_stays(door, fake_node):
    created = await door.create()
    path, token = f"/api/sessions/{created['id']}/recordings", created["tokens"]["controller"]
    upload = await sent(door)
    status, answer = await door.ask("POST", path, token, json={"upload": upload, "name": "Old Bells"})
    assert (status, answer) == (201, {"id": "old-bells", "name": "Old Bells"})
    (recording,) = fake_node.recordings
    assert (recording.id, recording.file) == ("old-bells", f"uploads/{upload}")
    assert [each.id for each in door.sessions[created["id"]].description.recordings] == ["old-bells"]
    assert f"uploads/{upload}" in door.sessions.files_in_use()
    status, _ = await door.ask("POST", path, created["tokens"]["listener"], json={"upload": upload})
    assert (status, len(fake_node.recordings)) == (403, 1)


async def test_waveforms_of_recordings_can_be_asked_for(door, fake_node):
    created = await door.create()
    await door.ask("GET", f"/api/sessions/{created['id']}/peaks?recordings=own,bells", created["tokens"]["listener"])
    (wish,) = fake_node.drawn
    assert (wish.strips, wish.recordings) == (None, ("own", "bells"))
