"""Names that a package offers, imported when they are first asked for (PEP 562): a command pays for what it uses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lazily"]


def lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package.

    Parameters
    ----------
    package : str
        The package's name.
    homes : mapping of str to str
        For every public name the module of the package that defines it.

    Examples
    --------
    >>> get = lazily("htn.model", {"State": "state"})
    >>> get("State").__name__
    'State'
    >>> get("Stat")
    Traceback (most recent call last):
        ...
    AttributeError: module 'htn.model' has no attribute 'Stat'
    """

    def __getattr__(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(__import__(f"{package}.{home}", fromlist=[name]), name)
        setattr(sys.modules[package], name, value)  # asked for once
        return value

    return __getattr__
