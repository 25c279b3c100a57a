"""What `doctor` looks at on the way to a browser: the pages, and headers without which there is no shared memory."""

from __future__ import annotations

import tempfile
from pathlib import Path

import aiohttp

from telharmonic.commands.machine_check import Finding, Verdict, is_ours
from telharmonic.errors import TelharmonicError
from telharmonic.gateway.headers import ALWAYS
from telharmonic.gateway.server import Server
from telharmonic.gateway.settings import Settings

NAME = "browser headers"
NEEDED = ("Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy")
PAGES = ("/", "/client/session.js")
ANSWER_S = 5.0


async def check_front_door(port: int) -> Finding:
    """Ask the server on `port` if one of ours is there, otherwise a front door made for the purpose."""
    if is_ours(port):
        return await check_pages(f"http://127.0.0.1:{port}")
    try:
        with tempfile.TemporaryDirectory(prefix="telharmonic-") as folder:
            server = Server(Settings(state_folder=Path(folder), assets_folder=Path(folder), port=0))
            await server.start()
            try:
                return await check_pages(f"http://127.0.0.1:{server.port}")
            finally:
                await server.stop()
    except TelharmonicError as error:
        return Finding(
            name=NAME, verdict=Verdict.BROKEN, says=str(error), mend="install again: ./dev clean, then ./dev run"
        )


async def check_pages(front: str) -> Finding:
    """The pages of a server, and what they say to a browser."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_S)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        for path in PAGES:
            try:
                async with http.get(front + path) as answer:
                    status, headers = answer.status, answer.headers
            except (aiohttp.ClientError, TimeoutError) as error:
                return Finding(
                    name=NAME, verdict=Verdict.BROKEN, says=f"{path}: {error}", mend="start the server again"
                )
            if status != 200:
                return Finding(name=NAME, verdict=Verdict.BROKEN, says=f"{path} answers {status}", mend="install again")
            missing = [name for name in NEEDED if headers.get(name) != ALWAYS[name]]
            if missing:
                return Finding(
                    name=NAME,
                    verdict=Verdict.WEAK,
                    says=f"{path} comes without {', '.join(missing)}: no shared memory, more delay",
                    mend="let the proxy in between pass these headers on",
                )
    return Finding(name=NAME, verdict=Verdict.WELL, says="pages are cross-origin isolated: shared memory is allowed")
