"""The child that keeps programs, ended in every way there is: nothing it started is left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.waiting import wait_until

from telharmonic.node.child import Child
from telharmonic.node.program import Ask, Run
from telharmonic.protocol.program import ProgramSpec

pytestmark = pytest.mark.realtime

# one in its group, one that left it (setsid) and whose parent has gone
SCRIPT = "sleep 300 & echo $! > near; (setsid sh -c 'echo $$ > far; exec sleep 300' &) ; echo up; wait"
WARDEN = "telharmonic.node.program_process"


def pid_in(file: Path) -> int:
    wait_until(lambda: file.exists() and file.read_text().strip())
    return int(file.read_text())


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def started(tmp_path):
    warden = Child(WARDEN)
    spec = ProgramSpec(id="p", command=("/bin/sh", "-c", SCRIPT), ready_text="up")
    warden.request(Run(programs=(spec,), folder=str(tmp_path), environment={}))
    yield warden, (pid_in(tmp_path / "near"), pid_in(tmp_path / "far"))
    warden.close()


def test_tells_how_its_programs_do(started):
    warden, _ = started
    wait_until(lambda: warden.request(Ask())[0].state == "ready")
    assert warden.request(Ask())[0].restarts == 0


@pytest.mark.parametrize("way", ["close", "SIGTERM"])
def test_nothing_is_left_when_it_is_ended(started, way):
    warden, left = started
    if way == "close":
        assert warden.close() == 0
    else:
        os.kill(warden.pid, signal.SIGTERM)
        wait_until(lambda: warden.status is not None)
    wait_until(lambda: not any(map(is_alive, left)))


def test_nothing_is_left_when_its_parent_is_killed(tmp_path):
    script = (
        "import time; from telharmonic.node.child import Child; "
        "from telharmonic.node.program import Run; from telharmonic.protocol.program import ProgramSpec; "
        f"spec = ProgramSpec(id='p', command=('/bin/sh', '-c', {SCRIPT!r})); warden = Child({WARDEN!r}); "
        f"warden.request(Run(programs=(spec,), folder={str(tmp_path)!r}, environment={{}})); time.sleep(300)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    left = pid_in(tmp_path / "near"), pid_in(tmp_path / "far")
    parent.kill()
    parent.wait()
    wait_until(lambda: not any(map(is_alive, left)))
