"""`python -m domains.analysis` is `estate`."""

import sys

from domains.analysis.cli import main

sys.exit(main())
