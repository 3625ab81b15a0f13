"""A large plan made small enough to look at: steps gathered under the tasks that they are part of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from htn.views.document import Document, task_text, walk

__all__ = ["folded"]


def folded(plan: Document, most: int = 60) -> dict[str, Any]:
    """Return a document that the graph views draw like a plan, with at most so many steps.

    The tree is cut at the greatest depth that leaves few enough parts. Steps of a part become one step; parts whose
    steps wait for each other in turn become one too, since a graph of steps has no cycles.

    Parameters
    ----------
    plan : Mapping
        A plan's JSON (``htn-plan/1``).
    most : int
        How many parts there may be. Where even the tree's first level has more, that level is shown.

    Returns
    -------
    dict
        ``steps``: each with ``members``, the ids of the plan's steps in it; a plan that is small enough is left as it
        is, with each step its own member.

    Examples
    --------
    >>> def step(name, *after):
    ...     return {"id": name, "task": "do", "args": [name], "dependencies": list(after), "causal": list(after)}
    >>> nodes = [{"id": "r", "task": "all", "args": [], "kind": "compound", "children": ["p", "c"]},
    ...          {"id": "p", "task": "part", "args": [], "kind": "compound", "children": ["a", "b"]},
    ...          *({"id": name, "task": "do", "args": [name], "kind": "primitive", "children": []} for name in "abc")]
    >>> plan = {"tree": {"nodes": nodes, "roots": ["r"]}, "steps": [step("a"), step("b", "a"), step("c", "b")]}
    >>> [(part["description"], part["dependencies"]) for part in folded(plan, 2)["steps"]]
    [('part(): 2 steps', []), ('do(c)', ['p'])]
    """
    steps = plan["steps"]
    if len(steps) <= most:
        return {"steps": [{**step, "members": [step["id"]]} for step in steps]}
    paths, nodes = _paths(plan)
    deepest = max(map(len, paths.values()))
    low, high = 1, deepest  # the number of parts grows with the depth
    while low < high:
        depth = (low + high + 1) // 2
        if len({path[:depth][-1] for path in paths.values()}) <= most:
            low = depth
        else:
            high = depth - 1
    place = {step["id"]: paths[step["id"]][:low][-1] for step in steps}
    return {"steps": _gathered(steps, place, nodes)}


def _paths(plan: Document) -> tuple[dict[str, list[str]], dict[str, Mapping[str, Any]]]:
    """Return for each step the ids from below the root down to it, and the nodes by id."""
    wanted = {step["id"] for step in plan["steps"]}
    single = len(plan["tree"]["roots"]) == 1  # a single root is the whole plan and says nothing as a part
    paths: dict[str, list[str]] = {}
    nodes: dict[str, Mapping[str, Any]] = {}
    path: list[str] = []
    for visit in walk(plan):
        del path[visit.depth :]
        path.append(visit.node["id"])
        nodes[visit.node["id"]] = visit.node
        if visit.node["id"] in wanted:
            paths[visit.node["id"]] = path[1 if single and len(path) > 1 else 0 :]
    return paths, nodes


def _gathered(
    steps: list[Mapping[str, Any]], place: Mapping[str, str], nodes: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    import networkx

    waits: networkx.DiGraph[str] = networkx.DiGraph()
    waits.add_nodes_from(place.values())
    causal: set[tuple[str, str]] = set()
    for step in steps:
        for before in step["dependencies"]:
            waits.add_edge(place[before], place[step["id"]])
        causal.update((place[before], place[step["id"]]) for before in step.get("causal", ()))
    first: dict[str, int] = {}
    for number, step in enumerate(steps):
        first.setdefault(place[step["id"]], number)
    # The first part in plan order stands for those that wait for each other.
    stands: dict[str, str] = {}
    for knot in networkx.strongly_connected_components(waits):
        stands.update(dict.fromkeys(knot, min(knot, key=first.__getitem__)))
    between = {(stands[a], stands[b]) for a, b in waits.edges if stands[a] != stands[b]}
    used = {(stands[a], stands[b]) for a, b in causal}
    parts: networkx.DiGraph[str] = networkx.DiGraph()
    parts.add_nodes_from(stands.values())
    parts.add_edges_from(between)
    order = networkx.lexicographical_topological_sort(parts, key=first.__getitem__)
    members: dict[str, list[str]] = {}
    for step in steps:
        members.setdefault(stands[place[step["id"]]], []).append(step["id"])
    described = {step["id"]: step.get("description") for step in steps}
    return [
        {
            "id": part,
            "task": nodes[part]["task"],
            "args": nodes[part]["args"],
            "description": _name(nodes[part], members[part], described.get(part)),
            "dependencies": sorted((a for a, b in between if b == part), key=first.__getitem__),
            "causal": sorted((a for a, b in between & used if b == part), key=first.__getitem__),
            "members": members[part],
        }
        for part in order
    ]


def _name(node: Mapping[str, Any], members: list[str], description: str | None) -> str:
    name = description or task_text(node)
    return f"{name}: {len(members)} steps" if len(members) > 1 else name
