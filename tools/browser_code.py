"""Put what pages and library take from npm, as ``npm ci`` installed it, where they find it: in their ``vendor/``.

The files are whole modules, so nothing is built; none is committed, and the wheel packs them. A package that comes
without the text of its licence has it beside this file.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = {
    "node_modules/qr/index.js": "web/vendor/qr.js",
    "node_modules/qr/index.d.ts": "web/vendor/qr.d.ts",
    "node_modules/qr/LICENSE-MIT": "web/vendor/qr.LICENSE.txt",
    "node_modules/opus-decoder/dist/opus-decoder.min.js": "client/vendor/opus-decoder.js",
    "tools/opus-decoder.LICENSE.txt": "client/vendor/opus-decoder.LICENSE.txt",
}


def main() -> int:
    for source, name in FILES.items():
        file, target = ROOT / source, ROOT / name
        if not file.exists():
            print(f"{source} is missing: run npm ci", file=sys.stderr)
            return 1
        target.parent.mkdir(exist_ok=True)
        if not target.exists() or target.read_bytes() != file.read_bytes():
            shutil.copyfile(file, target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
