"""What decompositions can lead to: the tasks below each task, and the fewest actions that it comes to.

Both look at no state, so they hold in every one.
"""

from __future__ import annotations

from htn.model.ground import GroundProblem

__all__ = ["least_costs", "tasks_below"]


def tasks_below(problem: GroundProblem) -> dict[int, int]:
    """Return for each compound task the bits of the tasks that it can come to, itself among them.

    The strongly connected components of "is a subtask of" (Tarjan, 1972, without recursion) come out with what is
    below them first. Tasks of one component have the same number, as one object.

    Examples
    --------
    >>> from htn.model.ground import GroundMethod
    >>> method = GroundMethod(0, 0, (1, 0), None, "m")
    >>> problem = GroundProblem([], [("a",), ("b",)], {}, {0: [method], 1: []}, 0, 0)
    >>> {task: bin(mask) for task, mask in tasks_below(problem).items()}
    {1: '0b10', 0: '0b11'}
    """
    methods = problem.methods
    children: dict[int, list[int]] = {}
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    below: dict[int, int] = {}
    component: list[int] = []
    for start in methods:
        walk = [] if start in index else [(start, 0)]
        while walk:
            task, place = walk.pop()
            if place == 0:
                children[task] = list(dict.fromkeys(each for method in methods[task] for each in method.subtasks))
                index[task] = low[task] = len(index)
                component.append(task)
            elif children[task][place - 1] not in below:
                low[task] = min(low[task], low[children[task][place - 1]])
            for following in range(place, len(children[task])):
                child = children[task][following]
                if child not in methods or child in below:
                    continue
                if child not in index:
                    walk += [(task, following + 1), (child, 0)]
                    break
                low[task] = min(low[task], low[child])
            else:
                if low[task] == index[task]:
                    _close(task, component, children, below, len(problem.tasks))
    return below


def _close(root: int, component: list[int], children: dict[int, list[int]], below: dict[int, int], size: int) -> None:
    """Take the finished component off the stack and give its tasks what is below them."""
    start = len(component) - 1
    while component[start] != root:
        start -= 1
    members = component[start:]
    del component[start:]
    # Single bits are set in bytes: with tens of thousands of tasks, each change of a number would copy it.
    single = bytearray(size // 8 + 1)
    masks: dict[int, int] = {}
    for task in members:
        single[task >> 3] |= 1 << (task & 7)
        for child in children[task]:
            if child in below:
                masks[id(below[child])] = below[child]
            else:
                single[child >> 3] |= 1 << (child & 7)
    mask = int.from_bytes(single, "little")
    for each in masks.values():
        mask |= each
    for task in members:
        below[task] = mask


def least_costs(problem: GroundProblem) -> list[float]:
    """Return for each task the cost of the cheapest decomposition whatever the state; infinite where there is none.

    Tasks that the input does not know cost nothing. Values fall until they fit together, subtasks first.

    Examples
    --------
    >>> from htn.model.ground import GroundAction, GroundMethod
    >>> methods = {0: [GroundMethod(0, 0, (1, 1), None, "m")], 2: []}
    >>> problem = GroundProblem([], [("a",), ("b",), ("c",)], {1: GroundAction(0, 0, 0, 0)}, methods, 0, 0)
    >>> least_costs(problem)
    [2.0, 1.0, inf]
    """
    least = [float("inf")] * len(problem.tasks)
    for task, action in problem.actions.items():
        least[task] = 0.0 if problem.tasks[task][0].startswith("#") else float(action.cost)
    callers: dict[int, dict[int, None]] = {}
    waiting = dict.fromkeys(tasks_below(problem))
    first = True
    while waiting:
        changed = []
        for task in waiting:
            cost = least[task]
            for method in problem.methods[task]:
                total = 0.0
                for subtask in method.subtasks:
                    total += least[subtask]
                    if first and subtask in problem.methods:
                        callers.setdefault(subtask, {})[task] = None
                if total < cost:
                    cost = total
            if cost < least[task]:
                least[task] = cost
                changed.append(task)
        waiting = {caller: None for task in changed for caller in callers.get(task, ())}
        first = False
    return least
