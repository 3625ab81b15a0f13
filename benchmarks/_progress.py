"""A bar on standard error for what takes minutes; nothing where standard error is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

from htn.execution.terminal import is_live

__all__ = ["shown"]

Item = TypeVar("Item")


def shown(items: Sequence[Item], what: str) -> Iterator[Item]:
    """Yield the items, and show how many are done and how long the others will take.

    Examples
    --------
    >>> list(shown([1, 2], "numbers"))
    [1, 2]
    """
    if not is_live(sys.stderr):
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, what, console=Console(stderr=True), transient=True)
