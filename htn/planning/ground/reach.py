"""What decompositions can lead to: the tasks below each task, and the fewest actions that it comes to.

Both look at no state, so they hold in every one.
"""

from __future__ import annotations

from htn.model.ground import GroundProblem

__all__ = ["least_costs", "tasks_below"]


def tasks_below(problem: GroundProblem) -> list[int]:
    """Return for each task the bits of the tasks that it can come to, itself among them.

    The strongly connected components of "is a subtask of" (Tarjan, 1972, without recursion) come out with what is
    below them first.

    Examples
    --------
    >>> from htn.model.ground import GroundMethod
    >>> method = GroundMethod(0, 0, (1, 0), None, "m")
    >>> problem = GroundProblem([], [("a",), ("b",)], {}, {0: [method], 1: []}, 0, 0)
    >>> [bin(each) for each in tasks_below(problem)]
    ['0b11', '0b10']
    """
    size = len(problem.tasks)
    children = [_subtasks(problem, task) for task in range(size)]
    below, low, index = [0] * size, [0] * size, [0] * size
    component: list[int] = []
    visited = 0
    for start in range(size):
        if index[start]:
            continue
        walk = [(start, 0)]
        while walk:
            task, place = walk.pop()
            if place == 0:
                visited += 1
                index[task] = low[task] = visited
                component.append(task)
            else:
                low[task] = min(low[task], low[children[task][place - 1]])
            for following in range(place, len(children[task])):
                child = children[task][following]
                if not index[child]:
                    walk += [(task, following + 1), (child, 0)]
                    break
                low[task] = min(low[task], low[child])
            else:
                if low[task] == index[task]:
                    _close(task, component, children, below, low, size)
    return below


def _subtasks(problem: GroundProblem, task: int) -> list[int]:
    return list(dict.fromkeys(each for method in problem.methods.get(task, ()) for each in method.subtasks))


def _close(
    root: int, component: list[int], children: list[list[int]], below: list[int], low: list[int], size: int
) -> None:
    """Take the finished component off the stack and give its tasks what is below them."""
    start = len(component) - 1
    while component[start] != root:
        start -= 1
    members = component[start:]
    del component[start:]
    mask = 0
    for task in members:
        mask |= 1 << task
        for child in children[task]:
            mask |= below[child]
    for task in members:
        below[task] = mask
        low[task] = size + 1


def least_costs(problem: GroundProblem) -> list[float]:
    """Return for each task the cost of the cheapest decomposition whatever the state; infinite where there is none.

    Knuth's generalisation of Dijkstra's algorithm (1977) in the simpler form of rounds to a fixpoint.

    Examples
    --------
    >>> from htn.model.ground import GroundAction, GroundMethod
    >>> methods = {0: [GroundMethod(0, 0, (1, 1), None, "m")], 2: []}
    >>> problem = GroundProblem([], [("a",), ("b",), ("c",)], {1: GroundAction(0, 0, 0, 0)}, methods, 0, 0)
    >>> least_costs(problem)
    [2.0, 1.0, inf]
    """
    least = [float("inf")] * len(problem.tasks)
    users: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in problem.tasks]
    for task, methods in problem.methods.items():
        for method in methods:
            for subtask in set(method.subtasks):
                users[subtask].append((task, method.subtasks))
    waiting: dict[int, None] = {}
    for task, action in problem.actions.items():
        least[task] = 0.0 if problem.tasks[task][0].startswith("#") else float(action.cost)
        waiting[task] = None
    for task, methods in problem.methods.items():
        if any(not method.subtasks for method in methods):
            least[task] = 0.0
            waiting[task] = None
    while waiting:
        changed, waiting = waiting, {}
        for subtask in changed:
            for task, subtasks in users[subtask]:
                cost = sum([least[each] for each in subtasks])
                if cost < least[task]:
                    least[task] = cost
                    waiting[task] = None
    return least
