"""Make the pictures of the console in docs/: serve the demo, press play, wait until most instruments are heard.

``python tools/make_screenshot.py [FOLDER]``; needs Chromium and Playwright, as the browser tests do.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SHOTS: dict[str, tuple[ViewportSize, Literal["dark", "light"]]] = {
    "console.png": ({"width": 1440, "height": 900}, "dark"),
    "console-light.png": ({"width": 1440, "height": 900}, "light"),
    "console-strip.png": ({"width": 1440, "height": 900}, "dark"),  # with one strip unfolded
    "console-tablet.png": ({"width": 820, "height": 1180}, "dark"),
    "console-phone.png": ({"width": 390, "height": 844}, "dark"),
    "console-phone-light.png": ({"width": 390, "height": 844}, "light"),
}
SETTLE_MS = 25_000  # of music: by then most instruments play
OPEN_MS = 5000
START_WAIT_MS = 15_000


def main(folder: Path) -> int:
    """Serve, play, photograph."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("make_screenshot needs Chromium: ./dev test installs it", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as state:
        command = [
            sys.executable,
            "-m",
            "telharmonic.cli",
            "serve",
            "--port",
            "0",
            "--node-port",
            "0",
            "--state",
            state,
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
            try:
                assert server.stdout is not None
                found = re.search(r"https?://\S+", server.stdout.readline())
                if found is None:
                    return 1
                photograph(found[0], chromium, folder)
            finally:
                server.terminate()
    print(folder)
    return 0


def photograph(url: str, chromium: str, folder: Path) -> None:
    """Open the page as a visitor would, and keep what it looks like while it plays."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (size, scheme) in SHOTS.items():
            page = browser.new_page(viewport=size, color_scheme=scheme, has_touch="phone" in name)
            page.goto(url)
            page.wait_for_timeout(OPEN_MS)  # looking for the button earlier counts as a gesture, and it never comes
            page.get_by_role("button", name="Start listening").click(timeout=START_WAIT_MS)
            page.get_by_role("button", name="Play", exact=True).click(timeout=START_WAIT_MS)
            if "strip" in name:
                page.get_by_role("button", name="Harpsichord settings").click()
            page.wait_for_timeout(SETTLE_MS)
            page.screenshot(path=folder / name)
            page.close()
        browser.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"))
