"""What a command does to the scenes, and what takes it back."""

import pytest

from telharmonic.control.scene_alteration import scene_alteration, scenes_after
from telharmonic.engine.commands import SceneDelete, SceneRename, SceneRestore, ScenesChanged, SceneStore
from telharmonic.engine.scenes import Scenes

NOW = {"strip/1/fader": -3.0}
FIRST = {"A": {"strip/1/fader": -1.0}, "B": {"strip/1/fader": -2.0}, "C": {}}


def obeyed(scenes, command):
    """The engine's own scenes after a command, and its news."""
    engine = Scenes(scenes)
    renamed = None
    match command:
        case SceneStore(name=name):
            engine.store(name, NOW)
        case SceneDelete(name=name):
            engine.delete(name)
        case SceneRename(name=name, to=to):
            engine.rename(name, to)
            renamed = (name, to)
        case SceneRestore(name=name, values=values, place=place):
            engine.store(name, values, place)
    return engine.all(), ScenesChanged(names=engine.names, renamed=renamed)


@pytest.mark.parametrize(
    "command", [SceneStore(name="B"), SceneStore(name="new"), SceneDelete(name="A"), SceneRename(name="B", to="new")]
)
def test_what_is_undone_and_redone_is_what_the_engine_has(command):
    held, news = obeyed(FIRST, command)
    after = scenes_after(FIRST, news, command, NOW)
    assert list(after.items()) == list(held.items())
    altered = scene_alteration(command, FIRST, after)
    for again, start, wanted in ((False, after, FIRST), (True, FIRST, after)):
        back = altered.command(7, again=again)
        held, news = obeyed(start, back)
        assert list(held.items()) == list(wanted.items())
        assert list(scenes_after(start, news, back, NOW).items()) == list(wanted.items())
        assert back.command_id == 7


def test_what_changes_nothing_is_no_alteration():
    command = SceneRename(name="B", to="B")
    assert scene_alteration(command, FIRST, scenes_after(FIRST, obeyed(FIRST, command)[1], command, NOW)) is None


def test_a_scene_that_nobody_knew_is_taken_as_it_is_now():
    assert scenes_after({}, ScenesChanged(names=("Other",)), None, NOW) == {"Other": NOW}
