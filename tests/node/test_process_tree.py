"""Real processes, and what psutil says of them."""

import os
import signal
import subprocess
import sys

import psutil
import pytest
from tests.waiting import wait_until

from telharmonic.node.process_tree import descendants, processor_s

pytestmark = pytest.mark.realtime

BURN = "import time\nwhile time.process_time() < 0.3: pass\n"  # so much of a processor, however long it takes
# one burns, ends and is waited for; another burns and stays
FAMILY = f"""
import subprocess, sys, time
subprocess.run([sys.executable, "-c", {BURN!r}])
print(subprocess.Popen([sys.executable, "-c", {BURN + "time.sleep(300)"!r}]).pid, flush=True)
time.sleep(300)
"""


def test_descendants_are_children_and_their_children():
    command = ["/bin/sh", "-c", "sleep 300 & echo $!; wait"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        grandchild = int(process.stdout.readline())
        try:
            assert {process.pid, grandchild} <= set(descendants(os.getpid()))
            assert descendants(process.pid) == [grandchild]
        finally:
            os.kill(grandchild, signal.SIGKILL)


def test_processor_time_is_that_of_all_who_live_and_of_those_who_were_waited_for():
    with subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, text=True) as process:
        child = psutil.Process(int(process.stdout.readline()))
        try:
            wait_until(
                lambda: child.status() == psutil.STATUS_SLEEPING and sum(child.cpu_times()[:2]) > 0.25, "its sleep"
            )
            wanted_s = sum(map(sum, (each.cpu_times()[:4] for each in (psutil.Process(process.pid), child))))
            assert wanted_s > 0.55  # 0.3 of each that burnt, counted in hundredths
            assert processor_s(process.pid) == pytest.approx(wanted_s, abs=0.02)  # two ticks of the kernel's
        finally:
            child.kill()
            process.kill()


def test_of_a_process_that_is_not_there_it_is_nothing():
    with subprocess.Popen(["true"]) as process:
        process.wait()
    assert processor_s(process.pid) == 0.0
