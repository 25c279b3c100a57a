"""Identifiers with their limits, and the parts of messages."""

import msgspec
import pytest

from telharmonic.errors import ParameterError
from telharmonic.protocol.decoding import decode
from telharmonic.protocol.parts import AudioRequest, LoopState, TransportState


def test_sound_is_asked_for_as_float32_in_240_frames_unless_said_otherwise():
    request = decode("{}", msgspec.json.Decoder(AudioRequest), limit_bytes=100)
    assert request == AudioRequest(encoding="f32", frames=240, channels=2)


@pytest.mark.parametrize("frames", [119, 4097])
def test_a_message_of_sound_has_120_to_4096_frames(frames):
    with pytest.raises(ParameterError, match=f"frames is {frames}; allowed: a whole number, 120 to 4096"):
        decode(f'{{"frames":{frames}}}', msgspec.json.Decoder(AudioRequest), limit_bytes=100)


def test_a_part_is_written_whole():
    loop = LoopState(on=False, start_s=0.0, end_s=0.0)
    transport = TransportState(playing=False, position_s=0.0, frame=0, loop=loop, tempo=120.0)
    assert msgspec.json.decode(msgspec.json.encode(transport)) == {
        "playing": False,
        "position_s": 0.0,
        "frame": 0,
        "loop": {"on": False, "start_s": 0.0, "end_s": 0.0},
        "tempo": 120.0,
    }
