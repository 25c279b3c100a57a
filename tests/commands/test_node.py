import json
from pathlib import Path

import pytest

from telharmonic.cluster.local import IceOptions, OscOptions
from telharmonic.commands import node
from telharmonic.errors import ParameterError
from telharmonic.node.stream_process import NodeReady, OscSettings


def test_readiness_is_one_line_of_json(capsys):
    node.print_ready(NodeReady(host="127.0.0.1", port=8001, pid=5, realtime=True))
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert json.loads(said) == {"host": "127.0.0.1", "port": 8001, "pid": 5, "realtime": True, "osc_port": None}


def test_a_turn_servers_secret_is_read_from_its_file(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("north\n")
    options = IceOptions(stun="stun:a:1", turn="turn:b:2", turn_secret=secret)
    words = ["--stun", "stun:a:1", "--turn", "turn:b:2", "--turn-secret", str(secret)]
    assert options.command() == words
    settings = node.ice_settings("127.0.0.1", options)
    assert (settings.addresses, settings.stun, settings.turn_secret) == (("127.0.0.1",), "stun:a:1", "north")
    with pytest.raises(ParameterError, match="--turn-secret"):
        node.ice_settings("127.0.0.1", IceOptions(turn="turn:b:2"))


def test_a_secret_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff")
    for file in (tmp_path, tmp_path / "binary"):
        with pytest.raises(ParameterError, match=f"--turn-secret is .*{file.name}"):
            node.read_secret(file)


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
        ice=IceOptions(),
        osc=OscOptions(port=9000, host="192.168.1.10"),
    )
    assert told["ice"] is None
    assert told["osc"] == OscSettings(port=9000, host="192.168.1.10")
    assert status == 7
    assert (told["host"], told["port"], told["control_socket"], told["allowed_origins"]) == ("h", 1, Path("s"), ("o",))
    assert told["limits"].sessions == 3
    assert told["on_ready"] is node.print_ready
    assert told["with_parent"]
