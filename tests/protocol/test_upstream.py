"""The words about what comes in."""

import pytest

from telharmonic.control.parser import parse
from telharmonic.errors import ParameterError
from telharmonic.protocol.messages import encode
from telharmonic.protocol.upstream import Take, Upstream, UpstreamState


def test_words_are_read_and_written():
    assert parse('{"type":"upstream","id":1,"strip":"mic"}') == Upstream(id=1, strip="mic")
    assert parse('{"type":"upstream","id":1,"strip":null}') == Upstream(id=1, strip=None)
    assert parse(encode(Take(id=2, on=True, capture_ms=4.5))) == Take(id=2, on=True, capture_ms=4.5)
    assert encode(UpstreamState(strip=None)) == b'{"type":"upstream","strip":null}'


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"type":"upstream","id":1,"strip":"%s"}' % ("x" * 33), "strip"),
        ('{"type":"upstream","id":1,"strip":"a","safety":2}', "safety"),
        ('{"type":"take","id":1,"on":true,"capture_ms":-1}', "capture_ms"),
    ],
)
def test_what_is_out_of_range_is_named(text, named):
    with pytest.raises(ParameterError, match=named):
        parse(text)
