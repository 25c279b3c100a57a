"""What became of one scene, as a step of undo keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telharmonic.engine.commands import SceneCommand, SceneDelete, SceneRename, SceneRestore, ScenesChanged, SceneStore
from telharmonic.protocol.parameters import Value

AllScenes = Mapping[str, Mapping[str, Value]]  # values by address, by name; nobody changes the values


@dataclass(frozen=True, slots=True)
class KeptScene:
    """A scene: its name, its values by address, and its `place` among all, from 0."""

    name: str
    values: Mapping[str, Value]
    place: int


@dataclass(frozen=True, slots=True)
class SceneAlteration:
    """A scene that was stored, renamed, overwritten or deleted: before and after; None where there was none."""

    before: KeptScene | None
    after: KeptScene | None

    @property
    def key(self) -> tuple[str, bool]:
        """What it is about."""
        return self.keys[0]

    @property
    def keys(self) -> tuple[tuple[str, bool], ...]:
        """Every name that it is about: two if it was renamed. No parameter's address begins with ``scene/``."""
        return tuple([(f"scene/{each.name}", False) for each in (self.before, self.after) if each is not None])

    @property
    def weight(self) -> int:
        """How much memory it holds."""
        return sum(len(each.values) for each in (self.before, self.after) if each is not None)

    def command(self, command_id: int, *, again: bool) -> SceneCommand:
        """What brings the scene back to what it was before (or, `again`, after)."""
        now, wanted = (self.before, self.after) if again else (self.after, self.before)
        if wanted is None:
            assert now is not None
            return SceneDelete(command_id=command_id, name=now.name)
        if now is not None and now.name != wanted.name:
            return SceneRename(command_id=command_id, name=now.name, to=wanted.name)
        return SceneRestore(command_id=command_id, name=wanted.name, values=wanted.values, place=wanted.place)


def scenes_after(
    scenes: AllScenes, news: ScenesChanged, command: SceneCommand | None, values: Mapping[str, Value]
) -> AllScenes:
    """All scenes as the engine has them now: a scene that `command` did not bring and nobody knew has `values`."""
    now = dict(values)
    known = dict(scenes)
    if news.renamed is not None and news.renamed[0] in known:
        known[news.renamed[1]] = known[news.renamed[0]]
    if isinstance(command, SceneStore):
        known[command.name] = now
    elif isinstance(command, SceneRestore):
        known[command.name] = command.values
    return {name: known.get(name, now) for name in news.names}


def scene_alteration(command: SceneCommand, before: AllScenes, after: AllScenes) -> SceneAlteration | None:
    """What `command` did to the scene that it names; None if nothing is otherwise now."""
    name_after = command.to if isinstance(command, SceneRename) else command.name
    old, new = _kept(before, command.name), _kept(after, name_after)
    return None if old == new else SceneAlteration(old, new)


def _kept(scenes: AllScenes, name: str) -> KeptScene | None:
    return KeptScene(name, scenes[name], tuple(scenes).index(name)) if name in scenes else None
