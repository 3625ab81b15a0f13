"""Pausing Python's cyclic garbage collector while something large is built that holds no garbage."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collecting_paused"]

_lock = threading.Lock()
_pausing = 0
_was_on = False


@contextmanager
def collecting_paused() -> Iterator[None]:
    """Keep the cyclic collector from running inside the block, whatever thread it is in; blocks may overlap.

    A search makes millions of small tuples that all stay alive. The collector walks through them again and again, and
    for a plan of 100,000 steps takes three quarters of the time. Objects without cycles are freed as ever.

    Examples
    --------
    >>> with collecting_paused():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    global _pausing, _was_on
    with _lock:
        if _pausing == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _pausing += 1
    try:
        yield
    finally:
        with _lock:
            _pausing -= 1
            if _pausing == 0 and _was_on:
                gc.enable()
