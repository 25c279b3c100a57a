"""Pages of your own over the client library: `08_own_page.html`, and with the console's controls `09_own_console.html`.

``python examples/08_own_page.py [SERVER]``, then open a link that it prints. Ctrl-C ends it. Any web server will do.
"""

import contextlib
import functools
import http.server
from pathlib import Path

from front_door import request, session

ROOT = Path(__file__).resolve().parent.parent


class Pages(http.server.SimpleHTTPRequestHandler):
    """The pages, and the client library: a browser starts Workers only from the page's own origin."""

    def do_GET(self) -> None:
        if self.path == "/api/parameters":  # passed on: what the controls show is the server's own table
            table = request("GET", self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(table)
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        return super().translate_path(path if path.startswith(("/client/", "/web/")) else f"/examples{path}")

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
    for page in ("08_own_page", "09_own_console"):
        print(f"http://localhost:{server.server_port}/{page}.html#{fragment}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
