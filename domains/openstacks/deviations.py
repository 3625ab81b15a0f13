"""What may go wrong in the factory, as the facts that it changes.

Every deviation takes the state before an action and the action, and yields the changes that are possible there, each a
tuple of (fluent, arguments, value). Those that `PUBLISHED` names are of the kinds that plan repair is commonly measured
with; none of them makes a problem unsolvable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["DEVIATIONS", "PUBLISHED"]

Change = tuple[tuple[str, Any, Any], ...]


def send_back(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """A shipped order comes back, and waits."""
    if state.stacks["open"] < state.limit["stacks"]:
        for order, shipped in state.shipped.items():
            if shipped:
                yield ("shipped", order, False), ("waiting", order, True)


def spoil(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """A product of which nothing has been shipped has to be made again."""
    for product, made in state.made.items():
        if made and not any(state.shipped[order] for order in state.included_in[product]):
            yield (("made", product, False),)


DEVIATIONS: dict[str, Callable[[Any, tuple[Any, ...]], Iterator[Change]]] = {"send back": send_back, "spoil": spoil}
"""Every kind of deviation by name."""

PUBLISHED = ("send back",)
"""The kinds that plan repair is commonly measured with."""
