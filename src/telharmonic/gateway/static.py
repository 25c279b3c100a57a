"""The pages and the client library: a fixed list of files, found once, so that no request can name another one."""

from __future__ import annotations

from pathlib import Path

from telharmonic.errors import NodeError

TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
SKIPPED = {"test", "tests", "node_modules", "package.json", "package-lock.json", "tsconfig.json"}


def share_folder() -> Path:
    """The folder that holds ``client``, ``web`` and ``demo``: in an installed wheel ``share``, else the repository.

    Raises
    ------
    NodeError
        If neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "share", package.parent.parent):
        if (folder / "client").is_dir() and (folder / "web").is_dir():
            return folder
    raise NodeError("the pages are missing: neither the package nor its repository has the folders client and web")


def page_files(share: Path) -> dict[str, Path]:
    """Every file that is served, by its URL path: ``web/x`` as ``/x``, ``client/x`` as ``/client/x``.

    An ``index.html`` is also served as its folder. Hidden files, tests and unknown kinds of file are not there.
    """
    found: dict[str, Path] = {}
    for folder, prefix in ((share / "web", "/"), (share / "client", "/client/")):
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if (
                path.is_file()
                and path.suffix in TYPES
                and not any(part.startswith(".") or part in SKIPPED for part in parts)
            ):
                url = prefix + "/".join(parts)
                found[url] = path
                if path.name == "index.html":
                    found[url.removesuffix("index.html")] = path
    return found
