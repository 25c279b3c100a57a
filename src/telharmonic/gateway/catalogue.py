"""The sessions that visitors may ask for by name: session files read once, when the server starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from telharmonic.errors import NotFoundError, SessionFileError
from telharmonic.gateway.text_file import read_text_file
from telharmonic.protocol.session import SessionSpec
from telharmonic.protocol.session_file import parse_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A session file: what it describes, and the folder its audio files are relative to."""

    name: str
    description: SessionSpec
    folder: Path


class Catalogue:
    """Offers by name, in the order of the command line; the first is what a bare page opens.

    Parameters
    ----------
    files : sequence of Path
        Session files. A file called ``session.toml`` is named after its folder, any other after itself.

    Raises
    ------
    SessionFileError
        If one cannot be read or understood, or two have one name; names the file.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._offers: dict[str, Offer] = {}
        for file in files:
            offer = read_offer(file)
            if offer.name in self._offers:
                raise SessionFileError(f"{file}: there is a session called {offer.name!r} already; rename the file")
            self._offers[offer.name] = offer

    @property
    def names(self) -> tuple[str, ...]:
        """All names."""
        return tuple(self._offers)

    @property
    def offers(self) -> tuple[Offer, ...]:
        """All of them."""
        return tuple(self._offers.values())

    @property
    def default(self) -> str | None:
        """The name that a bare page opens; None if there is none."""
        return next(iter(self._offers), None)

    def __getitem__(self, name: str) -> Offer:
        if name not in self._offers:
            raise NotFoundError(f"no session called {name[:64]!r}; there are {', '.join(self._offers) or 'none'}")
        return self._offers[name]


def read_offer(file: Path) -> Offer:
    """One session file.

    Raises
    ------
    SessionFileError
        If it cannot be read or understood; names the file.
    """
    try:
        description = parse_toml(read_text_file(file))
    except OSError as error:
        raise SessionFileError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SessionFileError(f"{file} cannot be read: it is not text in UTF-8") from error
    except SessionFileError as error:
        if file.suffix.lower() == ".csd":
            raise SessionFileError(
                f"{file} is no session file; a Csound piece is played by: telharmonic play {file}"
            ) from error
        raise SessionFileError(f"{file}: {error}") from error
    return Offer(name=offer_name(file), description=description, folder=file.resolve().parent)


def offer_name(file: Path) -> str:
    """What a visitor calls the session of this file."""
    path = file.resolve()
    return path.parent.name if path.stem == "session" else path.stem
