"""Commands and news are values."""

from __future__ import annotations

import dataclasses
import pickle
import typing

import pytest

from telharmonic.engine.commands import Command, LogEntry, News, Seek, Set

CLASSES = [*typing.get_args(Command), *typing.get_args(News), LogEntry]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_one_is_frozen_and_keyword_only(kind):
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(kind))


@pytest.mark.parametrize("kind", typing.get_args(Command))
def test_every_command_has_an_id_that_may_be_left_out(kind):
    assert {field.name: field.default for field in dataclasses.fields(kind)}["command_id"] == 0


def test_they_cross_a_process_border_unchanged():
    entry = LogEntry(frame=240, command=Set(command_id=3, address="strip/1/fader", value=-6.0, ramp_s=0.1))
    assert pickle.loads(pickle.dumps(entry)) == entry
    assert Seek(position_frames=1) != Seek(position_frames=2)
