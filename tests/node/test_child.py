"""A real child process: the loader, which answers with errors and dies with its parent."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from telharmonic.errors import AssetError, NodeError
from telharmonic.node import child as child_module
from telharmonic.node.child import Child
from telharmonic.node.shared_state import Load
from telharmonic.protocol.session import ClipSpec, SessionSpec, StripSpec

pytestmark = pytest.mark.realtime

MISSING = Load(
    session=SessionSpec(strips=(StripSpec(id="1", clips=(ClipSpec(file="nowhere.wav"),)),)), base_folder="/nonexistent"
)


@pytest.fixture
def child(tmp_path):
    child = Child("telharmonic.node.loader_process", (str(tmp_path), str(1 << 30)))
    yield child
    child.close()


def test_an_error_of_ours_comes_back_as_what_it_is(child):
    with pytest.raises(AssetError, match=r"nowhere\.wav"):
        child.request(MISSING)
    with pytest.raises(AssetError):
        child.request(MISSING)


def test_any_other_error_is_named(child):
    with pytest.raises(NodeError, match="AttributeError"):
        child.request("nonsense")


def test_closing_ends_it_in_order(child, monkeypatch):
    monkeypatch.setattr(child_module, "END_S", 60.0)  # a busy machine must not turn the end into a kill
    with pytest.raises(AssetError):
        child.request(MISSING)
    assert child.close() == 0


def test_a_killed_child_is_one_clear_error_and_shows_on_its_descriptor(child):
    os.kill(child.pid, signal.SIGKILL)
    assert select.select([child.exit_descriptor], [], [], 10)[0]
    with pytest.raises(NodeError, match="loader_process has ended"):
        child.request(MISSING)


def test_ctrl_c_at_the_terminal_does_not_end_it(child):
    with pytest.raises(AssetError):
        child.request(MISSING)  # it has set its signals up by now
    os.kill(child.pid, signal.SIGINT)
    with pytest.raises(AssetError):
        child.request(MISSING)


def test_it_does_not_outlive_a_parent_that_died_while_it_was_importing(monkeypatch):
    script = "from telharmonic.node.child import die_with_parent; die_with_parent(); print('lives')"
    gone = subprocess.Popen(["true"])
    gone.wait()
    for parent, lives in ((os.getpid(), b"lives\n"), (gone.pid, b"")):
        monkeypatch.setenv("TELHARMONIC_PARENT", str(parent))
        done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=False)
        assert (done.stdout, done.returncode) == (lives, 0 if lives else 1)


def test_it_dies_with_a_parent_that_is_killed(tmp_path):
    script = (
        "import os, sys\n"
        "from telharmonic.node.child import Child\n"
        "from telharmonic.node.shared_state import ReadLog\n"
        f"child = Child('telharmonic.node.loader_process', ({str(tmp_path)!r}, '{1 << 30}'))\n"
        "try:\n    child.request(ReadLog(slot=0, first=0))\nexcept Exception:\n    pass\n"
        "print(child.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    descriptor = os.pidfd_open(pid)
    parent.kill()
    parent.wait()
    assert select.select([descriptor], [], [], 10)[0]
    os.close(descriptor)
    assert not Path(f"/proc/{pid}/exe").exists()
    parent.stdin.close()
    parent.stdout.close()
