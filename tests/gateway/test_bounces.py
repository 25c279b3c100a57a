"""The queue of bounces, with small programs in the place of the renderer."""

import asyncio
import sys

import pytest

from telharmonic.errors import FullError, NotFoundError, ParameterError
from telharmonic.gateway import bounces as bounces_module
from telharmonic.gateway.bounces import BounceRules, Bounces
from telharmonic.protocol.music_api import BounceWish

GOOD = """
import json, sys, pathlib
order = json.load(sys.stdin)
folder = pathlib.Path(order["folder"])
print('{"progress": 0.5}', flush=True)
(folder / "result.wav").write_bytes((folder / "session.toml").read_bytes() * 10)
print('{"progress": 1.0, "file": "result.wav"}', flush=True)
"""
BAD = """print('{"progress": 0.0, "error": "the song has no end"}', flush=True)"""
DEAD = "raise SystemExit(1)"
NONSENSE = "print('hello', flush=True)"
ENDLESS = """
import sys, time
print('{"progress": 0.25}', flush=True)
time.sleep(3600)
"""


@pytest.fixture
async def make(tmp_path):
    made = []

    def make(script=GOOD, **rules):
        command = (sys.executable, "-c", script)
        made.append(Bounces(tmp_path / "bounces", tmp_path / "uploads", BounceRules(**rules), command))
        return made[-1]

    yield make
    for each in made:
        await each.close()
    assert list((tmp_path / "bounces").iterdir()) == []


def order(bounces, session="a"):
    return bounces.order(session, "/music", b"version = 1\n", BounceWish())


async def progress(bounce):
    """Wait until it has said something."""
    while not bounce.progress:
        await asyncio.sleep(0)


async def test_a_bounce_becomes_a_file(make):
    bounces = make()
    bounce = order(bounces)
    assert bounce.state == "waiting"
    await bounce.task
    assert (bounce.state, bounce.progress, bounce.size_bytes) == ("done", 1.0, 120)
    assert bounces.get("a", bounce.id).file.read_bytes() == b"version = 1\n" * 10


@pytest.mark.parametrize(
    ("script", "message"),
    [(BAD, "the song has no end"), (DEAD, "ended before it was done"), (NONSENSE, "ended before it was done")],
)
async def test_what_goes_wrong_is_told(make, script, message):
    bounce = order(make(script))
    await bounce.task
    assert bounce.state == "failed"
    assert message in bounce.message


async def test_another_sessions_bounce_is_not_there(make):
    bounces = make()
    bounce = order(bounces)
    for session, identifier in (("b", bounce.id), ("a", "0" * 16)):
        with pytest.raises(NotFoundError):
            bounces.get(session, identifier)


async def test_one_is_rendered_after_the_other_and_each_can_be_cancelled(make):
    bounces = make(ENDLESS)
    first, second = order(bounces), order(bounces)
    await progress(first)
    assert (first.state, second.state) == ("running", "waiting")
    await bounces.forget(first)
    assert not first.folder.exists()
    await progress(second)
    await bounces.forget(second)
    with pytest.raises(NotFoundError):
        bounces.get("a", second.id)


async def test_orders_are_limited(make):
    bounces = make(ENDLESS, waiting=3, of_session=2)
    order(bounces), order(bounces)
    with pytest.raises(FullError, match="of this session"):
        order(bounces)
    order(bounces, "b")
    with pytest.raises(FullError, match="3 bounces are waiting"):
        order(bounces, "c")


async def test_a_new_one_takes_the_place_of_the_oldest_file(make):
    bounces = make(of_session=2)
    made = [order(bounces) for _ in range(2)]
    await asyncio.gather(*(each.task for each in made))
    third = order(bounces)
    await third.task
    assert [each.folder.exists() for each in (*made, third)] == [False, True, True]


async def test_files_give_way_when_there_are_too_many_bytes(make):
    bounces = make(file_bytes=120, total_bytes=240)
    made = []
    for session in "abc":
        made.append(order(bounces, session))
        await made[-1].task
    assert [each.folder.exists() for each in made] == [False, True, True]


async def test_files_are_kept_for_a_while(make, monkeypatch):
    bounces = make(keep_s=60)
    bounce = order(bounces)
    await bounce.task
    assert bounces.get("a", bounce.id) is bounce
    monkeypatch.setattr(bounces_module.time, "monotonic", lambda: bounce.until_s + 1.0)
    with pytest.raises(NotFoundError, match="for a while only"):
        bounces.get("a", bounce.id)
    assert not bounce.folder.exists()


def test_rules_are_positive():
    with pytest.raises(ParameterError, match="waiting is 0; allowed: 1 or more"):
        BounceRules(waiting=0)
