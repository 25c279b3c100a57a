import dataclasses
from pathlib import Path

import pytest

from telharmonic.cluster.launcher import Launcher, NodeAddress
from telharmonic.cluster.local import LocalLauncher, NodeOptions


def test_an_address_cannot_be_changed():
    address = NodeAddress(host="127.0.0.1", port=1, tls=False, control_socket=Path("x"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        address.port = 2


def test_the_local_launcher_is_a_launcher():
    options = NodeOptions(host="127.0.0.1", port=0, control_socket=Path("x"), cache_folder=Path("y"))
    launcher: Launcher = LocalLauncher(options)  # mypy checks the shape, this the name
    assert callable(launcher.launch)
