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

__all__ = ["layers", "routed"]

SWEEPS = 4
MOST_PLACES = 2000
"""Empty places that links may take up; where they would take more, links go straight."""


def routed(count: int, links: Sequence[tuple[int, int]]) -> tuple[list[list[int]], int]:
    """Return for each link the boxes it leads through, with an empty place in every layer that it passes.

    Parameters
    ----------
    count : int
        How many boxes there are.
    links : sequence of (int, int)
        Pairs of an earlier and a later box.

    Returns
    -------
    (list of list of int, int)
        The routes; and the number of boxes and empty places together, these being numbered after the boxes.

    Examples
    --------
    >>> routed(3, [(0, 1), (1, 2), (0, 2)])
    ([[0, 1], [1, 2], [0, 3, 2]], 4)
    """
    column = {box: number for number, boxes in enumerate(layers(count, links, sweeps=0)) for box in boxes}
    if sum(column[b] - column[a] - 1 for a, b in links) > MOST_PLACES:
        return [[a, b] for a, b in links], count
    routes = []
    for a, b in links:
        passed = column[b] - column[a] - 1
        routes.append([a, *range(count, count + passed), b])
        count += passed
    return routes, count


def layers(count: int, links: Sequence[tuple[int, int]], sweeps: int = SWEEPS) -> list[list[int]]:
    """Return boxes, by their number, layer by layer, each layer from top to bottom.

    Parameters
    ----------
    count : int
        How many boxes there are.
    links : sequence of (int, int)
        Pairs of an earlier and a later box.
    sweeps : int
        How often the order within layers is improved, from either side.

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
    for _ in range(sweeps):
        _sweep(found, before)
        _sweep(found[::-1], after)
    if sweeps:
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
