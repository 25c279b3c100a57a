"""dspNode's payload, exactly as its paper prints it."""

import msgspec
import pytest

from telharmonic.errors import MessageError
from telharmonic.protocol.decoding import decode
from telharmonic.protocol.dspnode import DspNodeCommand

DECODER = msgspec.json.Decoder(DspNodeCommand)


def test_the_published_payload_is_read():
    text = '{"channel": 5, "param": "gain", "value": "0.774", "rampTime": "0.1"}'
    read = decode(text, DECODER, limit_bytes=1000)
    assert read == DspNodeCommand(channel=5, param="gain", value="0.774", ramp_time="0.1")


def test_numbers_do_as_well_as_strings():
    text = '{"channel": "5", "param": "gain", "value": 0.774, "rampTime": 0.1, "id": 3}'
    assert decode(text, DECODER, limit_bytes=1000).id == 3


def test_a_field_it_never_had_is_refused():
    with pytest.raises(MessageError, match="unknown field 'ramp_time'"):
        decode('{"channel":1,"param":"gain","value":1,"ramp_time":1}', DECODER, limit_bytes=1000)
