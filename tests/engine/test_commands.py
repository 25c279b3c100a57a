"""Commands and news are values."""

from __future__ import annotations

import gc
import pickle
import typing

import msgspec
import pytest

from telharmonic.engine.commands import Command, LogEntry, News, Seek, Set

CLASSES = [*typing.get_args(Command), *typing.get_args(News), LogEntry]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_one_is_frozen_and_keyword_only(kind):
    assert kind.__struct_config__.frozen
    assert kind.__match_args__ == ()  # what is keyword-only matches by keywords only


def test_the_collector_passes_the_log_over():
    entry = LogEntry(frame=1, command=Set(address="strip/1/fader", value=0.5))
    assert not gc.is_tracked(entry)
    assert not gc.is_tracked(entry.command)


@pytest.mark.parametrize("kind", typing.get_args(Command))
def test_every_command_has_an_id_that_may_be_left_out(kind):
    assert {field.name: field.default for field in msgspec.structs.fields(kind)}["command_id"] == 0


def test_they_cross_a_process_border_unchanged():
    entry = LogEntry(frame=240, command=Set(command_id=3, address="strip/1/fader", value=-6.0, ramp_s=0.1))
    assert pickle.loads(pickle.dumps(entry)) == entry
    assert Seek(position_frames=1) != Seek(position_frames=2)
