"""Strongly connected components: what leads to one another, in any graph that is given by what comes next."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

__all__ = ["components"]

T = TypeVar("T", bound=Hashable)


def components(nodes: Iterable[T], following: Callable[[T], Iterable[T]]) -> list[list[T]]:
    """Return the strongly connected components of a graph, those that others lead to first.

    Tarjan's algorithm (Depth-First Search and Linear Graph Algorithms, 1972) without recursion. It is here because
    importing networkx takes longer than solving most problems.

    Parameters
    ----------
    nodes : iterable
        All nodes.
    following : callable
        What a node leads to.

    Examples
    --------
    >>> components("abc", {"a": "bc", "b": "", "c": "a"}.__getitem__)
    [['b'], ['a', 'c']]
    """
    index: dict[T, int] = {}
    low: dict[T, int] = {}
    open_nodes: list[T] = []
    found: list[list[T]] = []
    for start in nodes:
        if start in index:
            continue
        index[start] = low[start] = len(index)
        open_nodes.append(start)
        walk = [(start, iter(following(start)))]
        while walk:
            node, rest = walk[-1]
            for child in rest:
                if child not in index:
                    index[child] = low[child] = len(index)
                    open_nodes.append(child)
                    walk.append((child, iter(following(child))))
                    break
                # What belongs to a finished component has no `low` any more.
                low[node] = min(low[node], low.get(child, low[node]))
            else:
                walk.pop()
                if walk and low[node] < low[walk[-1][0]]:
                    low[walk[-1][0]] = low[node]
                if low[node] == index[node]:
                    place = len(open_nodes) - 1
                    while open_nodes[place] != node:
                        place -= 1
                    found.append(open_nodes[place:])
                    del open_nodes[place:]
                    for each in found[-1]:
                        del low[each]
    return found
