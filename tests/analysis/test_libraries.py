"""Numeric libraries load whole, however many steps begin at once; and planning does not load them."""

from __future__ import annotations

import subprocess
import sys

AT_ONCE = """
import threading
from domains.analysis.analysts.libraries import load_libraries

barrier, failures = threading.Barrier(8), []

def use():
    load_libraries()
    from scipy.stats import fisher_exact
    import statsmodels.api as sm
    sm.OLS, fisher_exact

def run():
    barrier.wait()
    try:
        use()
    except ImportError as error:
        failures.append(error)

threads = [threading.Thread(target=run) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failures, failures
"""

PLANNED = """
import sys
from domains.analysis.domain import analysis_domain
from domains.analysis.registry import capabilities

analysis_domain(), capabilities()
heavy = {"scipy", "sklearn", "statsmodels", "pandas", "dateparser"} & set(sys.modules)
assert not heavy, heavy
"""


def run(code):
    """Run code in a fresh interpreter and return what it wrote to standard error."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=False)
    return done.returncode, done.stderr


def test_steps_that_begin_at_once_all_find_whole_libraries():
    """Eight threads that need the libraries first at the same moment all get them."""
    assert run(AT_ONCE) == (0, "")


def test_domain_and_capabilities_are_known_without_loading_them():
    """Looking up operators and analysts imports no numeric library."""
    assert run(PLANNED) == (0, "")
