"""What comes into a session that runs: each file once, ids of their own, written down once the node has it."""

import asyncio
from types import SimpleNamespace

import msgspec
import pytest

from telharmonic.errors import AssetError, RefusedError
from telharmonic.gateway.additions import Additions
from telharmonic.protocol.session_file import parse_toml


class Sessions:
    """One session, and a node that refuses files called bad."""

    def __init__(self):
        self.description = parse_toml('[[strip]]\nid = "1"\nsource = "grains"\nclip = [{ file = "a" }]\n')
        self.told = []

    def __getitem__(self, session):
        return SimpleNamespace(description=self.description)

    async def linked(self):
        return self

    async def _add(self, session, added):
        await asyncio.sleep(0)
        if added.file == "bad":
            raise AssetError("no sound")
        self.told.append(added.id)

    add_impulse = add_recording = _add

    async def redescribe(self, session, description):
        self.description = description


@pytest.fixture
def sessions():
    return Sessions()


async def test_a_recording_and_an_impulse_response_are_kept_under_ids_that_are_free(sessions):
    additions = Additions(sessions)
    made = [await additions.add_recording("s", file, "Bells") for file in ("x", "y", "x")]
    assert [each.id for each in made] == ["bells", "bells-2", "bells"]
    assert (await additions.add_impulse("s", "x", "Bells")).id == "bells"
    assert sessions.told == ["bells", "bells-2", "bells"]
    assert [each.file for each in sessions.description.recordings] == ["x", "y"]
    assert [each.file for each in sessions.description.impulses] == ["x"]


async def test_those_that_come_at_once_are_all_written_down(sessions):
    additions = Additions(sessions)
    await asyncio.gather(*(additions.add_recording("s", f"f{number}", "Bells") for number in range(8)))
    assert len({each.id for each in sessions.description.recordings}) == 8


async def test_what_the_node_cannot_use_is_not_written_down(sessions):
    with pytest.raises(AssetError):
        await Additions(sessions).add_recording("s", "bad", "Bad")
    assert sessions.description.recordings == ()


async def test_there_are_so_many_recordings_and_no_more(sessions):
    additions = Additions(sessions)
    full = [await additions.add_recording("s", f"f{number}", "Bells") for number in range(32)]
    sessions.description = msgspec.structs.replace(sessions.description, recordings=tuple(full))
    with pytest.raises(RefusedError, match="has 32 recordings; allowed: 32"):
        await additions.add_recording("s", "one more", "Bells")
