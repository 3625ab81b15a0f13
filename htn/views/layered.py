"""Where the boxes of a graph of steps stand: in layers from left to right, ordered so that few lines cross.

Layers are those of the longest path (networkx's topological generations); within them the barycentre rule of Sugiyama,
Tagawa and Toda (1981) is applied a few times in each direction.

References
----------
Sugiyama, K., Tagawa, S. and Toda, M. (1981). Methods for visual understanding of hierarchical system structures.
IEEE Transactions on Systems, Man, and Cybernetics 11(2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["layers"]

SWEEPS = 4


def layers(count: int, links: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return boxes, by their number, layer by layer, each layer from top to bottom.

    Parameters
    ----------
    count : int
        How many boxes there are.
    links : sequence of (int, int)
        Pairs of an earlier and a later box.

    Examples
    --------
    >>> layers(4, [(0, 3), (1, 2)])
    [[0, 1], [3, 2]]
    """
    import networkx

    graph: networkx.DiGraph[int] = networkx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(links)
    found = [sorted(generation) for generation in networkx.topological_generations(graph)]
    before = {box: list(graph.predecessors(box)) for box in graph}
    after = {box: list(graph.successors(box)) for box in graph}
    for _ in range(SWEEPS):
        _sweep(found, before)
        _sweep(found[::-1], after)
    _sweep(found, before)
    return found


def _sweep(found: Sequence[list[int]], neighbours: Mapping[int, Sequence[int]]) -> None:
    """Order each layer by the mean height of what its boxes are linked to on the side that the sweep comes from."""
    height: dict[int, float] = {}
    for layer in found:
        middle = (len(layer) - 1) / 2
        wanted = {}
        for number, box in enumerate(layer):
            linked = [height[other] for other in neighbours[box] if other in height]
            wanted[box] = sum(linked) / len(linked) if linked else number - middle
        layer.sort(key=lambda box: (wanted[box], box))
        height.update((box, number - middle) for number, box in enumerate(layer))
