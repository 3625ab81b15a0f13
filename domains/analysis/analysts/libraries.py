"""Loading the numeric libraries once: two threads that import them at the same moment can each see half a module."""

from __future__ import annotations

import importlib
import threading

__all__ = ["LIBRARIES", "load_libraries"]

LIBRARIES = ("numpy", "scipy.stats", "scipy.optimize", "statsmodels.api", "sklearn.decomposition", "dateparser")

_lock = threading.Lock()
_loaded = False


def load_libraries() -> None:
    """Import the libraries that analysts use, unless that was done; other threads wait until it is."""
    global _loaded
    with _lock:
        if not _loaded:
            for name in LIBRARIES:
                importlib.import_module(name)
            _loaded = True
