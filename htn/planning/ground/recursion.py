"""Recursion: which compound tasks can come up again below themselves, and through which others."""

from __future__ import annotations

from htn.model.ground import GroundProblem

__all__ = ["circles", "components"]


def components(problem: GroundProblem) -> list[list[int]]:
    """Return the compound tasks in strongly connected components of "is a subtask of", those below first.

    Tarjan's algorithm (Depth-First Search and Linear Graph Algorithms, 1972) without recursion.

    Examples
    --------
    >>> from htn.model.ground import GroundMethod
    >>> methods = {0: [GroundMethod(0, 0, (1, 2), None, "m")], 1: [], 2: [GroundMethod(0, 0, (0,), None, "m")]}
    >>> components(GroundProblem([], [], {}, methods, 0, 0))
    [[1], [0, 2]]
    """
    methods = problem.methods
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    open_tasks: list[int] = []
    found: list[list[int]] = []
    for start in methods:
        if start in index:
            continue
        index[start] = low[start] = len(index)
        open_tasks.append(start)
        walk = [(start, iter(_below(problem, start)))]
        while walk:
            task, children = walk[-1]
            for child in children:
                if child not in index:
                    index[child] = low[child] = len(index)
                    open_tasks.append(child)
                    walk.append((child, iter(_below(problem, child))))
                    break
                # What belongs to a finished component has no `low` any more.
                low[task] = min(low[task], low.get(child, low[task]))
            else:
                walk.pop()
                if walk and low[task] < low[walk[-1][0]]:
                    low[walk[-1][0]] = low[task]
                if low[task] == index[task]:
                    place = len(open_tasks) - 1
                    while open_tasks[place] != task:
                        place -= 1
                    found.append(open_tasks[place:])
                    del open_tasks[place:]
                    for each in found[-1]:
                        del low[each]
    return found


def _below(problem: GroundProblem, task: int) -> list[int]:
    methods = problem.methods
    return list(dict.fromkeys([each for method in methods[task] for each in method.subtasks if each in methods]))


def circles(problem: GroundProblem, found: list[list[int]]) -> list[int]:
    """Return for each recursive task a number that it shares with those that it recurs through; 0 for other tasks.

    Parameters
    ----------
    problem : GroundProblem
        The problem.
    found : list of list of int
        Its components.
    """
    numbers = [0] * len(problem.tasks)
    for number, component in enumerate(found, 1):
        only = component[0]
        if len(component) > 1 or any(only in method.subtasks for method in problem.methods[only]):
            for task in component:
                numbers[task] = number
    return numbers
