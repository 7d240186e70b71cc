"""`python -m toolkit` is the same as `briefpack`."""

import sys

from toolkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
