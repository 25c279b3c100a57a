"""A page of your own over the client library: `08_own_page.html`, served together with ``client/`` from any web server.

``python examples/08_own_page.py [SERVER]``, then open the link that it prints. Ctrl-C ends it.
"""

import contextlib
import functools
import http.server
from pathlib import Path

from front_door import session

ROOT = Path(__file__).resolve().parent.parent


class Pages(http.server.SimpleHTTPRequestHandler):
    """The page, and the client library: a browser starts Workers only from the page's own origin."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path if path.startswith("/client/") else "/examples/08_own_page.html")

    def end_headers(self) -> None:
        # with these two the page may share memory with the Worker; without them it sounds as well, by messages
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


handler = functools.partial(Pages, directory=str(ROOT))
with session("demo") as created, http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
    fragment = created["links"]["page"].partition("#")[2]  # session, token and the address of its WebSocket
    print(f"http://localhost:{server.server_port}/#{fragment}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
