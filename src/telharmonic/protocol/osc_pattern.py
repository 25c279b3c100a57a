"""OSC 1.0's address patterns: ``?``, ``*``, ``[a-z]``, ``[!a-z]``, ``{foo,bar}``; none of them matches a slash.

Patterns come from strangers, so that matching one never goes back: it keeps the set of places where the pattern could
stand, which takes at most (length of pattern) x (length of address) steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from telharmonic.errors import MessageError

ADDRESS_LIMIT = 256
SPECIAL = frozenset("?*[]{}")
_FORBIDDEN = frozenset(" #,")  # OSC 1.0: not in the name of anything
_VISIBLE = frozenset(map(chr, range(33, 127)))  # printable ASCII but the space: all that an address is made of
_PLAIN = _VISIBLE - SPECIAL - _FORBIDDEN

Token = str | frozenset[str] | tuple[str, ...]  # "c", "?", "*"; allowed characters; alternatives


def is_pattern(address: str) -> bool:
    """Whether it may stand for more than one address."""
    return not SPECIAL.isdisjoint(address)


def is_written(address: str) -> bool:
    """Whether it can stand in a packet: from a slash on, printable ASCII without a space; a pattern may."""
    return address.startswith("/") and len(address) <= ADDRESS_LIMIT and _VISIBLE.issuperset(address)


def is_plain(address: str) -> bool:
    """Whether it is one address as OSC 1.0 has them: nothing in it is special, cannot be seen, or is not ASCII."""
    return is_written(address) and _PLAIN.issuperset(address)


class Pattern:
    """One compiled pattern.

    Parameters
    ----------
    text : str
        From the first slash on; a plain address matches itself.

    Raises
    ------
    MessageError
        If a bracket is not closed, or there is something that no address has.
    """

    def __init__(self, text: str) -> None:
        if not text.startswith("/"):
            raise MessageError(f"the OSC address {text[:64]!r}; allowed: one that begins with '/'")
        self.text = text
        self._parts = tuple([tuple(_tokens(part, text)) for part in text[1:].split("/")])

    def matches(self, address: str) -> bool:
        """Whether the pattern stands for this address."""
        names = address[1:].split("/")
        return len(names) == len(self._parts) and all(map(_part_matches, self._parts, names))

    def among(self, addresses: Iterable[str]) -> Iterator[str]:
        """Those that it stands for."""
        return (address for address in addresses if self.matches(address))


@lru_cache(maxsize=1024)
def compiled(text: str) -> Pattern:
    """A pattern that may come again."""
    return Pattern(text)


def _tokens(part: str, whole: str) -> Iterator[Token]:
    place = 0
    while place < len(part):
        character = part[place]
        if character in "[{":
            end = part.find("]" if character == "[" else "}", place + 1)
            if end < 0:
                raise MessageError(f"the OSC pattern {whole[:64]!r}: a {character!r} that is not closed")
            inside = part[place + 1 : end]
            yield _characters(inside) if character == "[" else tuple(inside.split(","))
            place = end + 1
            continue
        if character in "]}" or character in _FORBIDDEN:
            raise MessageError(f"the OSC pattern {whole[:64]!r}: {character!r} has no place there")
        yield character
        place += 1


def _characters(inside: str) -> frozenset[str]:
    """What ``[...]`` allows, of printable ASCII but the slash."""
    negated, inside = inside.startswith("!"), inside.removeprefix("!")
    found: set[str] = set()
    place = 0
    while place < len(inside):
        if inside[place + 1 : place + 2] == "-" and place + 2 < len(inside):
            found.update(map(chr, range(ord(inside[place]), ord(inside[place + 2]) + 1)))
            place += 3
        else:
            found.add(inside[place])
            place += 1
    printable = _VISIBLE - {"/"}
    return printable - found if negated else printable & found


def _part_matches(tokens: tuple[Token, ...], name: str) -> bool:
    places = {0}
    for token in tokens:
        if token == "*":
            places = set(range(min(places), len(name) + 1))
        elif isinstance(token, tuple):
            places = {place + len(each) for place in places for each in token if name.startswith(each, place)}
        else:
            places = {place + 1 for place in places if place < len(name) and _fits(token, name[place])}
        if not places:
            return False
    return len(name) in places


def _fits(token: Token, character: str) -> bool:
    return token == "?" or (character in token if isinstance(token, frozenset) else token == character)
