"""How many WebRTC connections may be in the making, in all and with one token."""

import pytest

from telharmonic.errors import NodeError
from telharmonic.node.limits import NodeLimits
from telharmonic.node.rtc_gate import RtcGate
from telharmonic.transport.ice import IceSettings


def test_one_token_leaves_room_for_others():
    gate = RtcGate(IceSettings(), NodeLimits(connecting=3, connecting_per_token=2))
    gate.enter("a")
    gate.enter("a")
    with pytest.raises(NodeError, match="try again"):
        gate.enter("a")
    gate.enter("b")
    with pytest.raises(NodeError, match="try again"):
        gate.enter("c")
    gate.leave("a")
    gate.enter("c")
    assert gate.connecting == 3
