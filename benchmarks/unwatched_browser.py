"""A page in headless Chromium that nobody watches while it measures.

Playwright asks the browser to report everything that its network does: each audio message travels, in base64, from the
page's Worker through the browser's main process to Playwright's. That is work beside the audio threads which no user's
browser has: 200 times a second it kept both cores busy, and messages came up to some milliseconds late. This speaks
the DevTools protocol itself, and only to evaluate an expression.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from benchmarks.web_audio_peers import CHROMIUM_FLAGS

PATH = "/usr/bin/chromium"
# what Playwright starts it with too, where it matters: sound without a click, and no rest for a page in the background
FLAGS = (
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--remote-debugging-port=0",
)
START_S = 30


class ScriptError(Exception):
    """What the page's script threw."""


class UnwatchedPage:
    """One page of a browser. Made by `unwatched_page`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, pid: int) -> None:
        self.pid = pid  # of the browser's main process
        self._socket = socket
        self._asked = 0

    async def goto(self, url: str) -> None:
        """Open an address and wait until it is loaded.

        Raises
        ------
        ScriptError
            If it cannot be opened.
        """
        gone = await self._call("Page.navigate", url=url)
        if "errorText" in gone:
            raise ScriptError(f"{url}: {gone['errorText']}")
        while not await self.evaluate("() => document.readyState === 'complete'"):
            await asyncio.sleep(0.05)

    async def evaluate(self, script: str, argument: object = None) -> Any:
        """Call a function of JavaScript with an argument, both as JSON has them; what it gives, or its promise.

        Raises
        ------
        ScriptError
            If it throws.
        """
        expression = f"({script})({json.dumps(argument)})"
        wish = {"awaitPromise": True, "returnByValue": True, "userGesture": True}
        answer = await self._call("Runtime.evaluate", expression=expression, **wish)
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise ScriptError(thrown.get("exception", {}).get("description") or thrown["text"])
        return answer["result"].get("value")

    async def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._asked += 1
        await self._socket.send_json({"id": self._asked, "method": method, "params": parameters})
        while True:
            answer = await self._socket.receive_json()
            if answer.get("id") == self._asked:
                if "error" in answer:
                    raise ScriptError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result


@contextlib.asynccontextmanager
async def unwatched_page(url: str, *flags: str) -> AsyncIterator[UnwatchedPage]:
    """A browser of its own, started with more `flags` if need be, at an address; it ends with the block."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [PATH, *CHROMIUM_FLAGS, *FLAGS, *flags, f"--user-data-dir={profile}", "about:blank"]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            async with aiohttp.ClientSession() as http:
                address = await asyncio.wait_for(_page_address(http, Path(profile)), START_S)
                async with http.ws_connect(address, max_msg_size=0) as socket:
                    page = UnwatchedPage(socket, browser.pid)
                    await page.goto(url)
                    yield page
        finally:
            browser.terminate()
            browser.wait(20)


async def _page_address(http: aiohttp.ClientSession, profile: Path) -> str:
    port_file = profile / "DevToolsActivePort"
    while not port_file.exists() or not port_file.read_text():
        await asyncio.sleep(0.05)
    port = port_file.read_text().split()[0]
    while True:
        async with http.get(f"http://127.0.0.1:{port}/json/list") as answer:
            pages = [each for each in await answer.json() if each["type"] == "page"]
        if pages:
            return str(pages[0]["webSocketDebuggerUrl"])
        await asyncio.sleep(0.05)


class BlockingPage:
    """The same page for code that is not asynchronous."""

    def __init__(self, runner: asyncio.Runner, page: UnwatchedPage) -> None:
        self.pid = page.pid
        self._runner = runner
        self._page = page

    def goto(self, url: str) -> None:
        """As `UnwatchedPage.goto`."""
        self._runner.run(self._page.goto(url))

    def evaluate(self, script: str, argument: object = None) -> Any:
        """As `UnwatchedPage.evaluate`."""
        return self._runner.run(self._page.evaluate(script, argument))


@contextlib.contextmanager
def blocking_page(url: str, *flags: str) -> Iterator[BlockingPage]:
    """As `unwatched_page`."""
    with asyncio.Runner() as runner:
        around = unwatched_page(url, *flags)
        page = runner.run(around.__aenter__())
        try:
            yield BlockingPage(runner, page)
        finally:
            runner.run(around.__aexit__(None, None, None))
