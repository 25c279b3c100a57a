"""``python -m telharmonic``: the command line."""

import sys

from telharmonic.cli import main

if __name__ == "__main__":
    sys.exit(main())
