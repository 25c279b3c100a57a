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


def test_what_is_wrong_is_said():
    jack = JackStatus(server="studio", why="the JACK server runs at 44100 Hz")
    assert beside(row(jack=jack)) == ("JACK studio: waiting for the server (the JACK server runs at 44100 Hz)",)
    program = ProgramStatus(id="csound", state="waiting", restarts=2, why="its command was not found (status 127)")
    expected = "csound: waiting (its command was not found (status 127)), started again 2 times"
    assert beside(row(programs=(program,))) == (expected,)


def test_a_strip_that_was_shut_is_named():
    expected = "strip bass: shut for a second because of NaN, infinity or more than +18 dBFS, 3 times"
    assert beside(row(shut={"bass": 3})) == (expected,)


def test_a_program_that_is_ready_again_needs_no_excuse():
    program = ProgramStatus(id="csound", state="ready", restarts=2, why="was killed by SIGKILL", cpu_share=1.234)
    assert beside(row(programs=(program,))) == ("csound: ready, 123% of a core, started again 2 times",)
