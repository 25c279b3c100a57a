"""Messages as they stand on the wire."""

import msgspec
import pytest

from telharmonic.protocol.messages import (
    Ack,
    AnyClientMessage,
    AnyServerMessage,
    Change,
    Dropped,
    Echo,
    EchoReply,
    Error,
    Hello,
    Loop,
    Play,
    SceneRecall,
    Set,
    Stats,
    Welcome,
    encode,
)
from telharmonic.protocol.parts import AudioRequest, Resume, Timing

# the wire's examples, as docs/protocol.md and the client's programmers read them
CLIENT = [
    (
        Hello(
            token="t",
            name="tablet",
            audio=AudioRequest(frames=480),
            meters_hz=10,
            resume=Resume(epoch=7, seq=9, history_key="k"),
        ),
        '{"type":"hello","token":"t","name":"tablet","audio":{"encoding":"f32","frames":480,"channels":2},'
        '"meters_hz":10,"resume":{"epoch":7,"seq":9,"history_key":"k"}}',
    ),
    (
        Set(id=1, address="strip/3/fader", value=-6, ramp_s=0.1, at_frame=480),
        '{"type":"set","id":1,"address":"strip/3/fader","value":-6,"ramp_s":0.1,"at_frame":480}',
    ),
    (Set(id=1, address="a", value=True, at_beat=2.5), '{"type":"set","id":1,"address":"a","value":true,"at_beat":2.5}'),
    (Play(id=2), '{"type":"play","id":2}'),
    (Loop(id=4, on=True, start_s=0, end_s=10), '{"type":"loop","id":4,"on":true,"start_s":0,"end_s":10}'),
    (SceneRecall(id=6, name="A", fade_s=2), '{"type":"scene_recall","id":6,"name":"A","fade_s":2}'),
    (Echo(id=8, client_us=123), '{"type":"echo","id":8,"client_us":123}'),
    (
        Stats(underruns=0, fill_frames=480, target_frames=480, dropped_blocks=0, arrival_p95_ms=3.1, delay_ms=12.3),
        '{"type":"stats","underruns":0,"fill_frames":480,"target_frames":480,"dropped_blocks":0,'
        '"arrival_p95_ms":3.1,"delay_ms":12.3}',
    ),
]
SERVER = [
    (Ack(id=1, frame=480), '{"type":"ack","id":1,"frame":480}'),
    (
        Ack(id=1, frame=480, timing=Timing(received_us=1, applied_us=2, rendered_us=3)),
        '{"type":"ack","id":1,"frame":480,"timing":{"received_us":1,"applied_us":2,"rendered_us":3}}',
    ),
    (
        Error(id=2, code="parameter", message="m", parameter="strip/1/fader", value=40.0, allowed="a"),
        '{"type":"error","id":2,"code":"parameter","message":"m","parameter":"strip/1/fader","value":40.0,"allowed":"a"}',
    ),
    (Error(code="message", message="m"), '{"type":"error","code":"message","message":"m"}'),
    (
        Change(seq=3, member="m1", address="strip/1/mute", value=False, ramp_s=0.0, frame=0),
        '{"type":"change","seq":3,"member":"m1","address":"strip/1/mute","value":false,"ramp_s":0.0,"frame":0}',
    ),
    (EchoReply(id=8, client_us=123, server_us=456), '{"type":"echo","id":8,"client_us":123,"server_us":456}'),
    (Dropped(blocks=3), '{"type":"dropped","blocks":3}'),
]


@pytest.mark.parametrize(("message", "text"), CLIENT)
def test_a_clients_message_is_this_text(message, text):
    assert encode(message).decode() == text
    assert msgspec.json.decode(text, type=AnyClientMessage) == message


@pytest.mark.parametrize(("message", "text"), SERVER)
def test_a_nodes_message_is_this_text(message, text):
    assert encode(message).decode() == text
    assert msgspec.json.decode(text, type=AnyServerMessage) == message


def test_welcome_says_null_where_there_is_no_audio_and_leaves_out_what_is_absent():
    welcome = Welcome(
        protocol="telharmonic.v1",
        session="s",
        name="n",
        role="controller",
        member="m1",
        epoch=1,
        seq=2,
        sample_rate_hz=48_000,
        latency_frames=72,
        audio=None,
        missed=(),
    )
    written = msgspec.json.decode(encode(welcome))
    assert written["audio"] is None
    assert written["missed"] == []
    assert "state" not in written
