"""From a solution's path to the decomposition tree."""

from __future__ import annotations

from typing import Any

from htn.model.domain import Domain, Method
from htn.model.errors import DomainError
from htn.model.goals import MULTIGOAL
from htn.model.network import TaskNetwork, tasks_in
from htn.model.refusal import reason_of
from htn.model.values import plain
from htn.plan.tree import Decomposition, Kind, Node, Tried, node_id
from htn.planning.blame import show_task

__all__ = ["constraints_of", "grow"]

_EARLIER_KEPT = 50
"""How many of the alternatives left are kept on a node: the newest; more than a reader can use."""


def grow(domain: Domain, tasks: Any, path: list[Any]) -> Decomposition:
    """Return the decomposition that a search path stands for.

    Parameters
    ----------
    domain : Domain
        The domain that was searched.
    tasks : list or TaskNetwork
        The task list.
    path : list
        As in `htn.planning.search.Solution`.
    """
    ids: list[str] = []
    # Occurrences are counted in the order in which the method wrote the subtasks, not in the order of execution.
    places = _occurrences(path)
    parents: list[int] = []
    order: list[str] = []
    nodes: dict[str, Node] = {}
    children: dict[int, list[tuple[int, str]]] = {-1: []}
    steps = 0
    for index, entry in enumerate(path):
        expanded = len(entry) == 6
        cell = entry[0] if expanded else entry
        task, _, parent, position = cell[:4]
        if not isinstance(task, tuple):
            above = nodes[ids[parent]]
            raise DomainError(
                f"method {above.method!r} of {show_task(above.whole)} holds {task!r}, which is no task: "
                "write a tuple of a name and arguments"
            )
        name, args = task[0], tuple(task[1:])
        method = entry[1] if expanded else None
        deferred = method == "deferred"
        method_name = method.name if isinstance(method, Method) else None
        parent_id = ids[parent] if parent >= 0 else None
        identity = node_id(parent_id, name, args, method_name, places[index])
        ids.append(identity)
        parents.append(parent)
        children[parent].append((position, identity))
        if not expanded or deferred:
            kind: Kind = "deferred" if deferred else "primitive"
            nodes[identity] = Node(identity, name, args, kind, parent_id, at=steps)
            order.append(identity)
            steps += 1
            continue
        children[index] = []
        goal = name == MULTIGOAL or name in domain.goal_methods
        kind = ("multigoal" if name == MULTIGOAL else "goal") if goal else "compound"
        network = entry[3]
        nodes[identity] = Node(
            identity,
            name,
            args,
            kind,
            parent_id,
            before=constraints_of(network),
            method=method_name,
            alternative=entry[2],
            bindings=network.bindings if isinstance(network, TaskNetwork) else {},
            tried=_left(entry[4]),
            at=steps,
        )
    for index in range(len(path)):
        if children.get(index):
            node = nodes[ids[index]]
            below = tuple(child for _, child in sorted(children[index]))
            # Nodes are frozen for their users; here they are still being made.
            object.__setattr__(node, "children", below)
    roots = tuple(child for _, child in sorted(children[-1]))
    return Decomposition(nodes, roots, tuple(order), constraints_of(tasks))


def _occurrences(path: list[Any]) -> list[int]:
    """Return for each entry how many earlier siblings have the same task and method."""
    siblings: dict[int, list[tuple[int, int]]] = {}
    for index, entry in enumerate(path):
        cell = entry[0] if len(entry) == 6 else entry
        siblings.setdefault(cell[2], []).append((cell[3], index))
    result = [0] * len(path)
    for group in siblings.values():
        if len(group) == 1:
            continue
        seen: dict[Any, int] = {}
        for _, index in sorted(group):
            entry = path[index]
            expanded = len(entry) == 6
            task = entry[0][0] if expanded else entry[0]
            method = entry[1].name if expanded and isinstance(entry[1], Method) else None
            key = (repr(plain(task)), method)
            result[index] = seen.get(key, 0)
            seen[key] = result[index] + 1
    return result


def constraints_of(network: Any) -> tuple[tuple[int, int], ...] | None:
    """Return the ordering constraints between the tasks of a network, nested ones flattened; None for a sequence.

    Examples
    --------
    >>> constraints_of(TaskNetwork.ordered([("a",), TaskNetwork.unordered([("b",), ("c",)])]))
    ((0, 1), (0, 2))
    >>> constraints_of([("a",), ("b",)]) is None
    True
    """
    if not isinstance(network, TaskNetwork):
        items = list(network)
        if not any(isinstance(item, TaskNetwork) for item in items):
            return None
        network = TaskNetwork.ordered(items)
    pairs: list[tuple[int, int]] = []
    _constrain(network, 0, pairs)
    if network.is_sequence and not any(isinstance(item, TaskNetwork) for item in network.items):
        return None
    return tuple(sorted(set(pairs)))


def _constrain(network: TaskNetwork, first: int, pairs: list[tuple[int, int]]) -> None:
    spans = []
    position = first
    for item in network.items:
        size = 1
        if isinstance(item, TaskNetwork):
            size = len(tasks_in(item))
            _constrain(item, position, pairs)
        spans.append(range(position, position + size))
        position += size
    for one, two in _closure(network):
        pairs.extend((a, b) for a in spans[one] for b in spans[two])


def _closure(network: TaskNetwork) -> set[tuple[int, int]]:
    """Return the constraints, with those that pass through empty networks made direct."""
    pairs = set(network.before)
    empty = [place for place, item in enumerate(network.items) if isinstance(item, TaskNetwork) and not tasks_in(item)]
    for middle in empty:
        pairs |= {(a, b) for a, m in pairs if m == middle for n, b in pairs if n == middle}
    return pairs


def _left(tried: Any) -> tuple[Tried, ...]:
    found: list[Tried] = []
    while tried is not None and len(found) < _EARLIER_KEPT:
        method, alternative, failure, refused, tried = tried
        if refused:
            reason = reason_of(failure) or "it does not apply"
        else:
            reason = f"below it, {show_task(failure.task)} failed"
            if failure.reason:
                reason += f": {failure.reason}"
        found.append(Tried(method, alternative, reason, refused))
    return tuple(reversed(found))
