"""Fragments of session descriptions that carry ICE candidates and credentials (RFC 8840, section 9)."""

from __future__ import annotations

from dataclasses import dataclass

from telharmonic.errors import MessageError
from telharmonic.transport.offer import PWD, UFRAG, Section, split

_KEPT = ("a=group:", "m=", "a=mid:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """What one brings.

    Parameters
    ----------
    ufrag, pwd : str
        The ICE session's credentials; empty if it does not say.
    candidates : tuple of str
        ``candidate:...``
    ended : bool
        There will be no more.
    first_section : tuple of str
        Its ``a=group`` lines and the ``m=`` and ``a=mid`` lines of its first section, for the answer.
    """

    ufrag: str
    pwd: str
    candidates: tuple[str, ...]
    ended: bool
    first_section: tuple[str, ...]


def parse_fragment(text: str) -> Fragment:
    """Check a stranger's fragment.

    Raises
    ------
    MessageError
        If it is none, or its credentials are none.
    """
    head, sections = split(text)
    everywhere = (Section(lines=("m=session", *head)), *sections)

    def first(name: str) -> str:
        return next((value for each in everywhere for value in each.attributes(name)), "")

    ufrag, pwd = first("ice-ufrag"), first("ice-pwd")
    if (ufrag and not UFRAG.fullmatch(ufrag)) or (pwd and not PWD.fullmatch(pwd)):
        raise MessageError("the credentials are none; allowed: ice-ufrag of 4 to 256, ice-pwd of 22 to 256 characters")
    return Fragment(
        ufrag=ufrag,
        pwd=pwd,
        candidates=tuple(f"candidate:{value}" for each in everywhere for value in each.attributes("candidate")),
        ended=any(each.attributes("end-of-candidates") for each in everywhere),
        first_section=tuple(
            line for part in (head, *(each.lines for each in sections[:1])) for line in part if line.startswith(_KEPT)
        ),
    )


def write_fragment(ufrag: str, pwd: str, candidates: list[str], section: tuple[str, ...]) -> str:
    """Our side of an ICE restart; the options are those of our answers."""
    lines = ["a=ice-options:trickle", *section, f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{pwd}"]
    lines += [f"a={candidate}" for candidate in candidates]
    return "\r\n".join([*lines, "a=end-of-candidates"]) + "\r\n"
