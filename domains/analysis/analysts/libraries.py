"""Loading the numeric libraries once: two threads that import them at the same moment can each see half a module."""

from __future__ import annotations

import importlib
import threading
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LIBRARIES", "load_libraries", "with_libraries"]

P = ParamSpec("P")
R = TypeVar("R")

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


def with_libraries(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function, loading the libraries before its first line; planning and showing never need them."""

    @wraps(function)
    def loaded(*args: P.args, **kwargs: P.kwargs) -> R:
        load_libraries()
        return function(*args, **kwargs)

    return loaded
