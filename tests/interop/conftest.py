"""Every test begins without a current domain, printing nothing."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator

import pytest

from htn.interop import gtpyhop, pyhop
from htn.interop.settings import VERBOSE, VERIFY_GOALS


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    """Set verbosity and goal checking for the test, and give back what was."""
    pyhop.operators.clear()  # what examples in docstrings declared
    pyhop.methods.clear()
    verbose, verify, domain = VERBOSE.set(0), VERIFY_GOALS.set(True), gtpyhop.get_current_domain()
    yield
    VERBOSE.set(verbose)
    VERIFY_GOALS.set(verify)
    if domain is not None:
        gtpyhop.set_current_domain(domain)


@pytest.fixture
def elsewhere() -> contextvars.Context:
    """Return a context that has set nothing, as a new thread has."""
    return contextvars.Context()
