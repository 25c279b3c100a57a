import subprocess
import sys

import psutil

from telharmonic.node.memory import own_memory_bytes

SCRIPT = "held = b'x' * (64 << 20); print('ready', flush=True); input()"


def test_what_a_child_holds_is_counted_until_it_ends():
    before = own_memory_bytes()
    child = subprocess.Popen([sys.executable, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()
    with_child = own_memory_bytes()
    child.communicate(b"\n")
    assert with_child - before > 60 << 20
    assert own_memory_bytes() < with_child - (60 << 20)


def test_it_is_not_more_than_the_system_says():
    assert (
        0
        < own_memory_bytes()
        <= psutil.Process().memory_info().rss
        + sum(child.memory_info().rss for child in psutil.Process().children())
        + (32 << 20)
    )
