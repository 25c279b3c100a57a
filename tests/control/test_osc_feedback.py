"""What a session says, as OSC."""

from telharmonic.control.osc_feedback import feedback
from telharmonic.protocol import messages, parts
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.levels import MetersMessage
from telharmonic.protocol.osc import OscMessage
from telharmonic.protocol.session_file import parse_toml

TABLE = AddressTable(parse_toml('[[strip]]\nid = "1"\n[[aux]]\nid = "hall"\n'))
LOOP = parts.LoopState(on=True, start_s=1.0, end_s=2.0)


def test_a_change_is_the_parameters_address_with_its_value():
    change = messages.Change(seq=1, member="m1", address="strip/1/fader", value=-6, ramp_s=0.0, frame=9)
    assert list(feedback(change, TABLE)) == [OscMessage("/strip/1/fader", (-6.0,), "f")]
    mute = messages.Change(seq=1, member="m1", address="strip/1/mute", value=True, ramp_s=0.0, frame=9)
    assert list(feedback(mute, TABLE)) == [OscMessage("/strip/1/mute", (True,), "T")]


def test_the_transport_is_told_in_three_messages():
    message = messages.Transport(seq=1, member="", playing=True, position_s=1.5, frame=1, loop=LOOP)
    assert [(each.address, each.arguments) for each in feedback(message, TABLE)] == [
        ("/transport/playing", (True,)),
        ("/transport/position", (1.5,)),
        ("/transport/loop", (True, 1.0, 2.0)),
    ]


def test_levels_have_an_address_for_each_part():
    master = parts.MasterMeters(
        peak=(-1, -2),
        rms=(-3, -4),
        true_peak=(-0.5, -0.6),
        true_peak_max=(-0.5, -0.6),
        momentary=-20,
        short_term=-21,
        integrated=-22,
        range=3,
        correlation=0.5,
        limiter_db=-0.1,
        spectrum=(),
    )
    message = MetersMessage(
        frame=1,
        position_s=0.5,
        channels={"strip/1": (-6.0, -6.1, -9.0, -9.1, 0.0)},
        auxes={"hall": (-30.0, -30.0, -40.0, -40.0)},
        master=master,
    )
    told = {each.address: each.arguments for each in feedback(message, TABLE)}
    assert told == {
        "/meter/strip/1": (-6.0, -6.1, -9.0, -9.1, 0.0),
        "/meter/aux/hall": (-30.0, -30.0, -40.0, -40.0),
        "/meter/master": (-1, -2, -3, -4, -0.5, -0.6, -0.1),
        "/meter/loudness": (-20, -21, -22),
        "/meter/position": (0.5,),
    }
    assert all(set(each.types) == {"f"} for each in feedback(message, TABLE))


def test_what_osc_does_not_tell_is_nothing():
    assert list(feedback(messages.Bye(reason="x"), TABLE)) == []
