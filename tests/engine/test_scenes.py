"""Scenes by name."""

from __future__ import annotations

import pytest

from telharmonic.engine.scenes import MAXIMUM_SCENES, Scenes
from telharmonic.errors import NotFoundError, ParameterError, RefusedError


def test_a_scene_keeps_the_values_of_its_moment():
    scenes, values = Scenes({}), {"strip/1/fader": -6.0}
    scenes.store("a", values)
    values["strip/1/fader"] = 0.0
    assert scenes.values("a") == {"strip/1/fader": -6.0}


def test_storing_again_replaces_and_keeps_the_order():
    scenes = Scenes({"a": {}, "b": {}})
    scenes.store("a", {"x": 1.0})
    assert scenes.names == ("a", "b")
    assert scenes.all() == {"a": {"x": 1.0}, "b": {}}


def test_a_deleted_scene_is_gone():
    scenes = Scenes({"a": {}})
    scenes.delete("a")
    assert scenes.names == ()
    with pytest.raises(NotFoundError, match="'a'"):
        scenes.values("a")
    with pytest.raises(NotFoundError):
        scenes.delete("a")


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_names_have_1_to_64_characters(name):
    with pytest.raises(ParameterError, match="scene name"):
        Scenes({}).store(name, {})


def test_there_are_at_most_128():
    scenes = Scenes({str(number): {} for number in range(MAXIMUM_SCENES)})
    scenes.store("7", {})
    with pytest.raises(RefusedError):
        scenes.store("one more", {})


def test_a_scene_that_is_new_stands_where_it_is_told():
    scenes = Scenes({"a": {}, "b": {}})
    scenes.store("between", {"x": 1.0}, 1)
    scenes.store("a", {"x": 2.0}, 2)  # it is there already
    scenes.store("end", {}, 99)
    assert scenes.all() == {"a": {"x": 2.0}, "between": {"x": 1.0}, "b": {}, "end": {}}
    assert scenes.names == ("a", "between", "b", "end")
