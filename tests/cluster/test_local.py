import os
import signal
import sys
from pathlib import Path

import pytest

from telharmonic.cluster import local
from telharmonic.cluster.local import LocalLauncher, NodeOptions, OscOptions
from telharmonic.errors import NodeError

READY = 'import sys, time; print(\'{"host": "127.0.0.1", "port": 4711, "pid": 1, "realtime": false}\', flush=True)'
SLEEP = "time.sleep(600)"


def options(**values) -> NodeOptions:
    return NodeOptions(
        **{"host": "127.0.0.1", "port": 0, "control_socket": Path("a.sock"), "cache_folder": Path("cache")} | values
    )


def launcher(script: str, *more: str) -> LocalLauncher:
    return LocalLauncher(options(), [sys.executable, "-c", script, *more])


async def test_returns_the_address_that_the_node_says():
    node = await launcher(f"{READY}; {SLEEP}").launch()
    assert (node.address.host, node.address.port, node.address.tls) == ("127.0.0.1", 4711, False)
    await node.stop()


async def test_stop_ends_the_process():
    node = await launcher(f"{READY}; {SLEEP}").launch()
    await node.stop()
    assert await node.wait() == -signal.SIGTERM


async def test_stop_kills_a_node_that_does_not_listen(monkeypatch):
    monkeypatch.setattr(local, "STOP_S", 0.05)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    node = await launcher(f"{deaf}; {READY}; {SLEEP}").launch()
    await node.stop()
    assert await node.wait() == -signal.SIGKILL


async def test_wait_returns_when_the_process_dies():
    node = await launcher(f"{READY}; {SLEEP}").launch()
    os.kill(node.pid, signal.SIGKILL)
    assert await node.wait() == -signal.SIGKILL


async def test_a_node_that_ends_before_it_is_ready_is_an_error_with_its_status():
    with pytest.raises(NodeError, match="status 3"):
        await launcher("import sys; sys.exit(3)").launch()


async def test_a_node_that_says_something_else_is_an_error():
    with pytest.raises(NodeError, match="hello"):
        await launcher(f"import time; print('hello', flush=True); {SLEEP}").launch()


async def test_a_node_that_is_never_ready_is_ended(monkeypatch):
    monkeypatch.setattr(local, "READY_S", 0.2)
    with pytest.raises(NodeError, match="not ready"):
        await launcher(f"import time; {SLEEP}").launch()


async def test_a_restarted_node_is_asked_for_the_port_that_the_first_one_got():
    echo = 'import sys, json; print(json.dumps({"host": "h", "port": int(sys.argv[2]) or 4711, "realtime": True}))'
    kept = launcher(echo, "--port", "0")
    first = await kept.launch()
    await first.wait()
    second = await kept.launch()
    await second.wait()
    assert (first.address.port, second.address.port) == (4711, 4711)


def test_the_command_line_has_every_option():
    command = options(origins=("https://a:1",), certificate=Path("c.pem"), key=Path("k.pem")).command()
    text = " ".join(command)
    for part in (
        "telharmonic.cli node",
        "--socket a.sock",
        "--cache cache",
        "--origin https://a:1",
        "--cert c.pem",
        "--key k.pem",
    ):
        assert part in text


def test_a_node_listens_for_osc_only_if_it_is_told_to():
    assert not any(word.startswith("--osc") for word in options().command())
    words = options(osc=OscOptions(port=9000, host="10.0.0.2", relay=Path("r.toml"))).command()
    assert words[-6:] == ["--osc-port", "9000", "--osc-host", "10.0.0.2", "--osc-relay", "r.toml"]
