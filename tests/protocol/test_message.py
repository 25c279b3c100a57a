"""What every message is."""

import msgspec
import pytest

from telharmonic.protocol.message import ClientMessage, ServerMessage


@pytest.mark.parametrize("base", [ClientMessage, ServerMessage])
def test_the_type_field_tells_which_message_it_is(base):
    class Nod(base, frozen=True, kw_only=True, tag="nod"):
        id: int

    assert msgspec.json.encode(Nod(id=1)) == b'{"type":"nod","id":1}'
    with pytest.raises(msgspec.ValidationError, match="unknown"):
        msgspec.json.decode(b'{"type":"nod","id":1,"more":2}', type=Nod)
