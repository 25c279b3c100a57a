"""Real programs of a few lines: shells and Pythons that end, hang, shout and ask for too much."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest
from tests.waiting import until

from telharmonic.node import program as program_module
from telharmonic.node.program import Backoff, Program, environment_of
from telharmonic.protocol.program import ProgramSpec

pytestmark = pytest.mark.realtime


def shell(script: str, **more) -> ProgramSpec:
    return ProgramSpec(id="p", command=("/bin/sh", "-c", script), **more)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
async def run(tmp_path):
    tasks = []

    def start(spec: ProgramSpec, **extra: str) -> Program:
        program = Program(spec, tmp_path, extra)
        tasks.append(asyncio.create_task(program.keep()))
        return program

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_is_ready_by_the_text_that_it_writes(run):
    program = run(shell("sleep 0.2; echo the server is ready now; sleep 60", ready_text="is ready"))
    assert program.status.state == "starting"
    await until(lambda: program.status.state == "ready", "ready")


async def test_is_ready_when_its_port_was_seen_and_not_before(run):
    program = run(shell("sleep 60", ready_port="csound:*"))
    await asyncio.sleep(0.2)
    assert program.status.state == "starting"
    program.port_is_there()
    await until(lambda: program.status.state == "ready", "ready")


async def test_one_that_ends_is_started_again_and_says_how_it_ended(run):
    program = run(shell("exit 3"))
    await until(lambda: program.status.restarts >= 2, "two restarts")
    assert program.status.why == "ended with status 3"


async def test_one_that_has_come_to_its_end_stays_there_until_it_is_wanted(run, tmp_path):
    program = run(shell("echo life >> lives; echo over", again="failure"))
    await until(lambda: program.status.state == "ended", "its end")
    assert (program.status.restarts, program.status.said) == (0, "over")
    program.start_again()  # the JACK server came back
    assert program.status.state == "ended"
    program.play_again()
    await until(lambda: (tmp_path / "lives").read_text() == "life\nlife\n", "a second life")
    await until(lambda: program.status.state == "ended", "its end")
    assert program.status.restarts == 1


async def test_one_that_may_end_is_started_again_when_it_fails_and_its_words_are_kept(run):
    program = run(shell("echo 'INIT ERROR in instr 1: no table'; echo '1 errors'; exit 1", again="failure"))
    await until(lambda: program.status.restarts >= 1, "a restart")
    assert (program.status.why, program.status.said) == ("ended with status 1", "INIT ERROR in instr 1: no table")


async def test_one_that_runs_is_started_anew_when_it_is_wanted_without_waiting(run, tmp_path):
    lives = tmp_path / "lives"
    lives.touch()
    program = run(shell("echo life >> lives; sleep 60"))
    program._backoff = Backoff(1000.0)
    await until(lambda: lives.read_text() == "life\n" and program.status.state == "ready", "ready")
    program.play_again()
    await until(lambda: lives.read_text() == "life\nlife\n", "two lives")
    assert program.status.why == "was to be started again"


async def test_one_that_waits_does_so_no_longer_when_it_is_wanted(run):
    program = run(shell("exit 1"))
    program._backoff = Backoff(1000.0)
    await until(lambda: program.status.state == "waiting", "its wait")
    program.play_again()
    await until(lambda: program.status.restarts == 1, "a restart")


async def test_one_that_is_killed_is_started_again(run, tmp_path):
    program = run(shell("echo $$ > pid; sleep 60"))
    await until((tmp_path / "pid").exists, "its pid")
    await until(lambda: (tmp_path / "pid").read_text().strip(), "its pid")
    os.kill(int((tmp_path / "pid").read_text()), 9)
    await until(lambda: program.status.restarts == 1, "a restart")
    assert program.status.why == "was killed by SIGKILL"


async def test_one_that_does_not_get_ready_is_ended_and_started_again(run):
    program = run(shell("sleep 60", ready_text="never", ready_s=0.2))
    await until(lambda: program.status.restarts == 1, "a restart")
    assert program.status.why == "was not ready within 0.2 s"


async def test_one_that_has_lost_its_jack_server_is_started_again(run):
    program = run(shell("sleep 60"))
    await until(lambda: program.status.state == "ready", "ready")
    program.start_again()
    await until(lambda: program.status.restarts == 1 and program.status.state == "ready", "a restart")
    assert program.status.why == "lost its JACK server"


async def test_one_that_is_not_installed_is_one_clear_line(run, caplog):
    caplog.set_level("INFO")
    program = run(ProgramSpec(id="p", command=("no-such-program",)))
    await until(lambda: program.status.restarts == 1, "a restart")
    assert program.status.why == "its command was not found (status 127)"
    assert "cannot start no-such-program: No such file or directory" in caplog.text


async def test_ends_with_its_whole_group_even_if_it_takes_no_hint(run, tmp_path):
    script = "trap '' TERM; sleep 300 & echo $! > child; echo up; wait; sleep 300"
    program = Program(shell(script, ready_text="up"), tmp_path, {})
    task = asyncio.create_task(program.keep())
    await until(lambda: program.status.state == "ready", "ready")
    child = int((tmp_path / "child").read_text())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await until(lambda: not is_alive(child), "gone")  # whoever is its parent now has yet to bury it
    assert program.status.state == "stopped"


async def test_has_no_terminal_a_group_of_its_own_and_the_limits_it_was_given(run, tmp_path):
    script = (
        "import os, resource as r; print([r.getrlimit(k)[0] for k in (r.RLIMIT_AS, r.RLIMIT_NOFILE, r.RLIMIT_FSIZE,"
        " r.RLIMIT_CORE)], os.getpgid(0) == os.getpid() == os.getsid(0), file=open('said', 'w')); "
    )
    run(ProgramSpec(id="p", command=(sys.executable, "-c", script), memory_mb=1024, files=64, file_mb=8))
    await until(lambda: (tmp_path / "said").exists() and (tmp_path / "said").read_text(), "its limits")
    assert (tmp_path / "said").read_text() == f"[{1 << 30}, 64, {8 << 20}, 0] True\n"


async def test_one_that_eats_memory_meets_its_limit_and_nobody_else_does(run):
    program = run(ProgramSpec(id="p", command=(sys.executable, "-c", "bytearray(1 << 30)"), memory_mb=256))
    await until(lambda: program.status.restarts == 1, "a restart")
    assert program.status.why == "ended with status 1"  # MemoryError


async def test_one_that_shouts_fills_neither_log_nor_memory(run, caplog):
    caplog.set_level("INFO")
    program = run(shell("head -c 3000000 /dev/zero; yes | head -n 20000; echo done; sleep 60", ready_text="done"))
    await until(lambda: program.status.state == "ready", "ready")
    assert len(caplog.records) < 1000
    assert all(len(record.getMessage()) < 500 for record in caplog.records)


def test_sees_of_our_environment_only_what_it_needs_to_run(monkeypatch):
    monkeypatch.setenv("TELHARMONIC_SECRET", "x")
    seen = environment_of(shell("", environment={"A": "1"}), {"JACK_DEFAULT_SERVER": "s", "A": "0"})
    assert "TELHARMONIC_SECRET" not in seen
    assert seen["PATH"] == os.environ["PATH"]
    assert (seen["A"], seen["JACK_DEFAULT_SERVER"]) == ("1", "s")


def test_waits_double_to_half_a_minute_and_begin_again_after_a_long_life():
    backoff = Backoff()
    assert [backoff.wait_s(0.0) for _ in range(9)] == [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30]
    assert backoff.wait_s(31.0) == 0.25


def test_status_is_plain_words(tmp_path):
    status = Program(shell("true"), tmp_path, {}).status
    assert re.fullmatch(r"[a-z]+", status.state)


BUSY = "while :; do :; done"


async def test_one_that_takes_more_of_the_processor_than_it_may_is_started_again_and_says_so(run, monkeypatch):
    monkeypatch.setattr(program_module, "WINDOW_S", 1.0)
    monkeypatch.setattr(program_module, "LOOK_S", 0.1)
    program = run(shell(f"({BUSY}) & ({BUSY}) & wait", cpu_share=0.02))  # what they get on a busy machine is more
    await until(lambda: program.status.restarts == 1, "a restart")
    assert re.fullmatch(r"used \d\.\d\d of a core for 1 s; allowed: 0.02", program.status.why)


async def test_one_that_may_take_so_much_is_only_watched_and_so_is_one_that_does_little(run, monkeypatch):
    monkeypatch.setattr(program_module, "WINDOW_S", 0.5)
    monkeypatch.setattr(program_module, "LOOK_S", 0.05)
    greedy, allowed, idle = run(shell(BUSY)), run(shell(BUSY, cpu_share=8)), run(shell("sleep 60", cpu_share=0.5))
    await until(lambda: min(greedy.status.cpu_share, allowed.status.cpu_share) > 0.02, "their share")
    await asyncio.sleep(1.0)  # twice the window
    assert [each.status.restarts for each in (greedy, allowed, idle)] == [0, 0, 0]
    assert idle.status.cpu_share < greedy.status.cpu_share
