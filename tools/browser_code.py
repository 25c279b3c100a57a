"""Put what the pages take from npm, as ``npm ci`` installed it, where the pages find it: ``web/vendor/``.

The files are whole ES modules, so nothing is built; none is committed, and the wheel packs them.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = {
    "qr/index.js": "qr.js",
    "qr/index.d.ts": "qr.d.ts",
    "qr/LICENSE-MIT": "qr.LICENSE.txt",
}


def main() -> int:
    target = ROOT / "web" / "vendor"
    target.mkdir(exist_ok=True)
    for source, name in FILES.items():
        file = ROOT / "node_modules" / source
        if not file.exists():
            print(f"node_modules/{source} is missing: run npm ci", file=sys.stderr)
            return 1
        if not (target / name).exists() or (target / name).read_bytes() != file.read_bytes():
            shutil.copyfile(file, target / name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
