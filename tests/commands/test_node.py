import json
from pathlib import Path

from telharmonic.commands import node
from telharmonic.node.stream_process import NodeReady


def test_readiness_is_one_line_of_json(capsys):
    node.print_ready(NodeReady(host="127.0.0.1", port=8001, pid=5, realtime=True))
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert json.loads(said) == {"host": "127.0.0.1", "port": 8001, "pid": 5, "realtime": True}


def test_options_reach_the_node(monkeypatch):
    told = {}
    monkeypatch.setattr(node, "run_node", lambda **values: told.update(values) or 7)
    status = node.start_node(
        host="h",
        port=1,
        socket=Path("s"),
        cache=Path("c"),
        cache_bytes=2,
        origins=("o",),
        certificate=None,
        key=None,
        maximum_sessions=3,
        launched=True,
    )
    assert status == 7
    assert (told["host"], told["port"], told["control_socket"], told["allowed_origins"]) == ("h", 1, Path("s"), ("o",))
    assert told["limits"].sessions == 3
    assert told["on_ready"] is node.print_ready
    assert told["with_parent"]
