"""Scenes: the values of the whole console under a name."""

from __future__ import annotations

from collections.abc import Mapping

from telharmonic.errors import NotFoundError, ParameterError, RefusedError
from telharmonic.protocol.parameters import Value

MAXIMUM_SCENES = 128
MAXIMUM_NAME = 64


class Scenes:
    """Named sets of values, in the order they were stored.

    Parameters
    ----------
    scenes : mapping
        Those there are at first: values by address, by name.
    """

    def __init__(self, scenes: Mapping[str, Mapping[str, Value]]) -> None:
        self._scenes = {name: dict(values) for name, values in scenes.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """Every name."""
        return tuple(self._scenes)

    def all(self) -> dict[str, dict[str, Value]]:
        """Everything, copied."""
        return {name: dict(values) for name, values in self._scenes.items()}

    def store(self, name: str, values: Mapping[str, Value], place: int | None = None) -> None:
        """Keep `values` under `name`; a scene of that name is replaced, a new one is the last or stands at `place`.

        Raises
        ------
        ParameterError
            If the name is empty or longer than 64 characters.
        RefusedError
            If there are 128 scenes already.
        """
        if not 0 < len(name) <= MAXIMUM_NAME:
            raise ParameterError("scene name", name, f"1 to {MAXIMUM_NAME} characters")
        if name not in self._scenes and len(self._scenes) >= MAXIMUM_SCENES:
            raise RefusedError(f"there are {MAXIMUM_SCENES} scenes already; delete one first")
        is_new = name not in self._scenes
        self._scenes[name] = dict(values)
        if is_new and place is not None:
            for each in [each for each in self._scenes if each != name][place:]:
                self._scenes[each] = self._scenes.pop(each)

    def values(self, name: str) -> Mapping[str, Value]:
        """The values of a scene.

        Raises
        ------
        NotFoundError
            If there is none of that name.
        """
        if name not in self._scenes:
            raise NotFoundError(f"no scene {name!r}; there is {', '.join(self._scenes) or 'none'}")
        return self._scenes[name]

    def rename(self, name: str, to: str) -> None:
        """Call a scene something else; it keeps its place among them.

        Raises
        ------
        NotFoundError
            If there is none of that name.
        ParameterError
            If the new name is empty, longer than 64 characters, or another scene's.
        """
        self.values(name)
        if not 0 < len(to) <= MAXIMUM_NAME:
            raise ParameterError("to", to, f"1 to {MAXIMUM_NAME} characters")
        if to != name and to in self._scenes:
            raise ParameterError("to", to, "a name that no scene has")
        self._scenes = {(to if each == name else each): values for each, values in self._scenes.items()}

    def delete(self, name: str) -> None:
        """Forget a scene.

        Raises
        ------
        NotFoundError
            If there is none of that name.
        """
        self.values(name)
        del self._scenes[name]
