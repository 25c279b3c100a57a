import pytest

from telharmonic.gateway import static
from telharmonic.gateway.static import page_files, share_folder


@pytest.fixture
def share(tmp_path):
    for name in (
        "web/index.html",
        "web/latency.html",
        "web/parts/strip.js",
        "web/help/index.html",
        "client/session.js",
        "client/test/session.test.js",
        "client/package.json",
        "client/tsconfig.json",
        "web/.secret.js",
        "web/notes.txt",
        "demo/session.toml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def test_pages_are_at_the_root_and_the_library_under_client(share):
    urls = set(page_files(share))
    assert {"/", "/index.html", "/latency.html", "/parts/strip.js", "/client/session.js", "/help/"} <= urls


def test_tests_hidden_files_and_unknown_kinds_are_not_served(share):
    assert not [url for url in page_files(share) if "test" in url or "secret" in url or "json" in url or "txt" in url]


def test_a_link_out_of_the_folder_is_not_followed(share):
    (share / "web" / "outside").symlink_to("/")
    assert not [url for url in page_files(share) if url.startswith("/outside")]


def test_the_folder_of_this_repository_is_found():
    assert (share_folder() / "pyproject.toml").exists()


def test_every_kind_of_file_has_a_type_that_browsers_know():
    assert static.TYPES[".js"] == "text/javascript"
    assert all("/" in kind for kind in static.TYPES.values())
