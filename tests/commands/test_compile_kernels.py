import io
import subprocess
import sys

import pytest
from rich.console import Console

from telharmonic.commands import compile_kernels as module
from telharmonic.commands.compile_kernels import compile_kernels, completion_mark, kernel_modules
from telharmonic.errors import NodeError


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=200)


def test_every_module_of_the_sound_packages_is_compiled():
    names = set(kernel_modules())
    assert {"telharmonic.dsp.svf", "telharmonic.engine.engine"} <= names
    assert not [name for name in names if name.endswith("__init__")]


def test_the_mark_is_named_for_these_sources():
    from telharmonic.dsp.compile import cache_home, complete_hash

    assert completion_mark().parent == cache_home()
    assert complete_hash() in completion_mark().name
    assert completion_mark() == completion_mark()


def test_a_complete_cache_is_marked_and_not_looked_through_again(tmp_path, monkeypatch, console):
    mark = tmp_path / "cache" / "complete"
    monkeypatch.setattr(module, "completion_mark", lambda: mark)
    monkeypatch.setattr(module, "kernel_modules", lambda: iter(["telharmonic.dsp.lanes"]))
    compile_kernels(console)
    assert mark.exists()
    assert "compiling kernels" in console.file.getvalue()
    monkeypatch.setattr(module, "kernel_modules", lambda: pytest.fail("looked through again"))
    compile_kernels(console)
    assert "kernels are compiled" in console.file.getvalue()


def test_a_kernel_that_does_not_compile_is_named_and_leaves_no_mark(tmp_path, monkeypatch, console):
    mark = tmp_path / "complete"
    monkeypatch.setattr(module, "completion_mark", lambda: mark)
    monkeypatch.setattr(module, "kernel_modules", lambda: iter(["telharmonic.dsp.nothing"]))
    with pytest.raises(NodeError, match=r"telharmonic\.dsp\.nothing does not compile"):
        compile_kernels(console)
    assert not mark.exists()


def test_ctrl_c_ends_it_at_once_and_silently(tmp_path):
    script = (
        "import os, signal, sys\n"
        "from rich.console import Console\n"
        "from telharmonic.commands.compile_kernels import ending_at_once\n"
        "with ending_at_once(Console(stderr=True)):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    print('went on')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
