"""Values of an effect's parameters, checked against the parameter table.

The only module of the effects that knows the table, so that no range is typed a second time.
"""

from __future__ import annotations

from collections.abc import Mapping

from telharmonic.errors import NotFoundError
from telharmonic.protocol.parameters import TABLE, Value

__all__ = ["Settings", "Value"]


class Settings:
    """What the parameters whose names begin with one of `prefixes` are set to, as numbers in their units.

    `part` is a key of `TABLE`. They begin at the table's defaults; switches are 0 and 1; choices are left out.
    """

    def __init__(self, *prefixes: str, part: str = "strip") -> None:
        rows = [row for row in TABLE[part] if row.name.startswith(prefixes) and not isinstance(row.default, str)]
        self._rows = {row.name: row for row in rows}
        self._values = {row.name: float(row.default) for row in rows}

    def __getitem__(self, name: str) -> float:
        """The value of one parameter."""
        return self._values[name]

    def change(self, values: Mapping[str, Value]) -> None:
        """Set all `values`, or none of them.

        Raises
        ------
        NotFoundError
            If there is no parameter of a name; the message lists those there are.
        ParameterError
            If a value is outside its range.
        """
        for name in values:
            if name not in self._rows:
                raise NotFoundError(f"no parameter {name!r}; there are {', '.join(self._rows)}")
        self._values |= {name: float(self._rows[name].check(value)) for name, value in values.items()}
