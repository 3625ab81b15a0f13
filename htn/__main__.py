"""``python -m htn`` is the command `htn`."""

import sys

from htn.cli import main

if __name__ == "__main__":
    sys.exit(main())
