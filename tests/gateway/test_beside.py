"""The words for JACK and programs."""

from telharmonic.gateway.beside import beside
from telharmonic.protocol.jack import JackStatus
from telharmonic.protocol.node_api import SessionStatus
from telharmonic.protocol.program import ProgramStatus


def row(**more) -> SessionStatus:
    return SessionStatus(id="s", members=0, seq=0, playing=False, idle_s=0.0, cost_us=1.0, **more)


def test_a_session_of_sound_alone_has_nothing_beside_it():
    assert beside(row()) == ()


def test_xruns_and_drift_are_in_jacks_line():
    jack = JackStatus(
        state="running", server="studio", sample_rate_hz=48_000, period=128, connections=2, xruns=3, drift_ppm=-12.4
    )
    expected = "JACK studio: 48000 Hz, 128 frames, 2 connections, 3 xruns, drift -12 ppm, server lost 0 times"
    assert beside(row(jack=jack)) == (expected,)
    assert beside(row(jack=JackStatus(server="studio"))) == ("JACK studio: waiting for the server",)


def test_a_programs_line_says_how_often_it_was_started_again_and_no_path():
    program = ProgramStatus(id="csound", state="waiting", restarts=2, why="cannot start in /a/folder")
    assert beside(row(programs=(program,))) == ("csound: waiting, started again 2 times",)
