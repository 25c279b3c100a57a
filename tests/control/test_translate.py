"""Seconds to frames and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.control.translate import to_command, to_message
from telharmonic.engine import commands
from telharmonic.protocol import messages

frames = st.integers(0, 86_400 * 44_100)
command = st.one_of(
    st.builds(
        commands.Set,
        command_id=st.integers(0, 9),
        address=st.just("strip/1/fader"),
        value=st.floats(-120, 12),
        ramp_s=st.none() | st.floats(0, 600),
        at_frame=st.none() | frames,
    ),
    st.builds(commands.Play, command_id=st.integers(0, 9)),
    st.builds(commands.Pause),
    st.builds(commands.Stop),
    st.builds(commands.Ping),
    st.builds(commands.Seek, position_frames=frames),
    st.builds(commands.Loop, on=st.booleans(), start_frames=frames, end_frames=frames),
    st.builds(commands.Loop, on=st.booleans()),
    st.builds(commands.SceneStore, name=st.text(min_size=1)),
    st.builds(commands.SceneRecall, name=st.text(min_size=1), fade_s=st.floats(0, 600)),
    st.builds(commands.SceneDelete, name=st.text(min_size=1)),
    st.builds(commands.SceneRename, name=st.text(min_size=1), to=st.text(min_size=1)),
    st.builds(
        commands.SceneRestore,
        name=st.text(min_size=1),
        values=st.dictionaries(st.text(min_size=1), st.floats(-120, 12)),
        place=st.integers(0, 128),
    ),
    st.builds(commands.SetMany, values=st.dictionaries(st.text(min_size=1), st.floats(-120, 12)), ramp_s=st.none()),
    st.builds(commands.AutomationRecord, addresses=st.none() | st.just(("strip/1/fader",)), on=st.booleans()),
    st.builds(commands.LoudnessReset),
    st.builds(commands.AutomationClear, address=st.none() | st.just("strip/1/fader")),
    st.builds(
        commands.AutomationWrite,
        address=st.just("strip/1/fader"),
        points=st.lists(st.tuples(frames, st.floats(-120, 12) | st.booleans())).map(tuple),
        start_frames=frames,
        end_frames=st.none() | frames,
    ),
)


@given(command, st.sampled_from([44_100, 48_000, 96_000]))
def test_a_command_goes_to_seconds_and_back_to_the_same_frames(asked, rate_hz):
    message = to_message(asked, rate_hz)
    assert to_command(message, asked.command_id, rate_hz) == asked


def test_seconds_are_rounded_to_the_nearest_frame():
    seek = to_command(messages.Seek(id=1, position_s=1.5), 7, 44_100)
    assert seek == commands.Seek(command_id=7, position_frames=66_150)


@pytest.mark.parametrize("ends", [{}, {"start_s": 1.0}, {"end_s": 1.0}])
def test_a_loop_with_half_a_region_keeps_the_region_there_is(ends):
    loop = to_command(messages.Loop(id=1, on=True, **ends), 1, 48_000)
    assert loop == commands.Loop(command_id=1, on=True)
