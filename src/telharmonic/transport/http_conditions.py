"""Which answers a request admits: `If-Match` and `Accept` of RFC 9110, read as far as we need them."""

from __future__ import annotations

import re

_ENTITY_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
_NO_WEIGHT = re.compile(r"q=0(\.0{0,3})?", re.IGNORECASE)


def if_match(header: str, entity_tag: str) -> bool:
    """Whether an `If-Match` header holds for something whose entity tag is now `entity_tag` (section 13.1.1).

    Parameters
    ----------
    header : str
        ``*``, or tags in quotes with commas between. ``"*"``, as some drafts write it, counts as ``*``.
    entity_tag : str
        With its quotes; a strong one. A weak one in the header never matches it.
    """
    if header.strip() in ("*", '"*"'):
        return True
    return any(not weak and f'"{tag}"' == entity_tag for weak, tag in _ENTITY_TAG.findall(header))


def accepts(header: str | None, media_type: str) -> bool:
    """Whether an `Accept` header admits a media type (section 12.5.1); without the header everything is.

    Parameters
    ----------
    header : str or None
        Ranges such as ``application/sdp``, ``application/*`` or ``*/*``, with commas between; of several that fit
        the most special one decides.
    media_type : str
        In lower case, without parameters.
    """
    if header is None or not header.strip():
        return True
    whole, of_kind, every = media_type, f"{media_type.split('/')[0]}/*", "*/*"
    wanted: dict[str, bool] = {}
    for each in header.lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        wanted[name] = not any(_NO_WEIGHT.fullmatch(parameter) for parameter in parameters)
    return next((wanted[name] for name in (whole, of_kind, every) if name in wanted), False)
