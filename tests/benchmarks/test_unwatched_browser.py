"""The browser of the benchmarks, with a page of our own."""

import http.server
import threading

import pytest
from benchmarks.unwatched_browser import ScriptError, blocking_page

pytestmark = pytest.mark.browser


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>hello</title>")

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def address():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hello) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_page_is_opened_and_asked_and_what_goes_wrong_is_told(address):
    with blocking_page("about:blank") as page:
        page.goto(address)
        assert page.evaluate("() => document.title") == "hello"
        assert page.evaluate("async ({ a }) => [a, await Promise.resolve(2)]", {"a": 1}) == [1, 2]
        with pytest.raises(ScriptError, match="so it goes"):
            page.evaluate("() => { throw new Error('so it goes'); }")
        with pytest.raises(ScriptError, match="net::ERR_"):
            page.goto("http://127.0.0.1:9/")


def test_sound_plays_without_a_click(address):
    play = """async () => {
      const context = new AudioContext();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return [context.state, context.currentTime > 0];
    }"""
    with blocking_page(address) as page:
        assert page.evaluate(play) == ["running", True]
