"""Programs as the stream process has them."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.waiting import until

from telharmonic.node.program_link import ProgramLink
from telharmonic.protocol.program import ProgramSpec

pytestmark = pytest.mark.realtime


@pytest.fixture
def threads():
    with ThreadPoolExecutor(1) as threads:
        yield threads


def link(threads, tmp_path, **more) -> ProgramLink:
    spec = ProgramSpec(id="p", command=("/bin/sh", "-c", "echo $$ $WORD > said; exec sleep 300"), **more)
    return ProgramLink([spec], folder=str(tmp_path), environment={"WORD": "hello"}, threads=threads)


async def reaches(programs: ProgramLink, state: str, there=()):
    def reached() -> bool:
        programs.look(there)
        return programs.statuses[0].state == state

    await until(reached, state)


async def test_runs_them_with_the_sessions_environment_until_it_is_closed(threads, tmp_path):
    programs = link(threads, tmp_path)
    await programs.start()
    await reaches(programs, "ready")
    await until(lambda: (tmp_path / "said").exists() and (tmp_path / "said").read_text(), "its words")
    pid, word = (tmp_path / "said").read_text().split()
    assert word == "hello"
    await programs.close()
    assert not Path(f"/proc/{pid}").exists()


async def test_names_the_ports_it_waits_for_and_is_told_when_they_are_there(threads, tmp_path):
    programs = link(threads, tmp_path, ready_port="csound:*")
    await programs.start()
    assert programs.waits_for_ports == {"p": "csound:*"}
    await reaches(programs, "ready", there=("p",))
    assert programs.waits_for_ports == {}
    await programs.close()


async def test_is_called_when_one_is_started_again_and_starts_one_that_is_wanted(threads, tmp_path):
    calls = []
    spec = ProgramSpec(id="p", command=("/bin/sh", "-c", "exit 0"), again="failure")
    words = {"folder": str(tmp_path), "environment": {}, "threads": threads}
    programs = ProgramLink([spec], **words, on_restart=lambda: calls.append(programs.statuses[0].restarts))
    await programs.start()
    await reaches(programs, "ended")
    assert calls == []
    await programs.play_again("p")

    def restarted() -> bool:
        programs.look()
        return bool(calls)

    await until(restarted, "a restart")
    assert calls == [1]
    await programs.close()


async def test_says_that_they_have_stopped_when_their_keeper_was_killed(threads, tmp_path):
    programs = link(threads, tmp_path)
    await programs.start()
    os.kill(programs._child.pid, 9)
    await reaches(programs, "stopped")
    await programs.close()
