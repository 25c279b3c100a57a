import resource
import subprocess
import sys

SCRIPT = """
import resource
from telharmonic.commands.descriptors import allow_descriptors
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 300))
allow_descriptors()
files = [open("/dev/null") for _ in range(200)]
print(len(files), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_a_process_may_open_as_many_files_as_the_system_grants():
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= 300
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["200", "300", "300"]
