import json
import struct

import pytest

from telharmonic.errors import MessageError, TelharmonicError
from telharmonic.protocol.waveforms import WaveformsHead, pack, unpack

HEAD = WaveformsHead(sample_rate_hz=48_000, bin_frames=64, first_bin=3, bins=2, duration_s=1.5, strips=("1", "vox"))


def test_the_bytes_are_laid_out_as_the_page_says():
    data = pack(HEAD, [b"abcdef", b"ghijkl"])
    length = struct.unpack_from("<I", data, 8)[0]
    assert data[:8] == b"TELPEAK1"
    assert length % 4 == 0
    assert json.loads(data[12 : 12 + length])["strips"] == ["1", "vox"]
    assert data[12 + length :] == b"abcdefghijkl"
    assert unpack(data) == (HEAD, b"abcdefghijkl")


def test_other_bytes_are_refused():
    data = pack(HEAD, [bytes(12)])
    for wrong in (b"", data[:11], b"x" + data[1:], data[:-1], data + b"x", data[:8] + b"\xff\xff\xff\xff" + data[12:]):
        with pytest.raises(TelharmonicError):
            unpack(wrong)
    with pytest.raises(MessageError, match="the head says 12"):
        unpack(data[:-1])
