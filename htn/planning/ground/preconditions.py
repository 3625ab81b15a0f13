"""Turn methods' preconditions into actions without effects, which come before the subtasks.

In a partially ordered network a method's precondition must hold in some state after all that comes before its task and
no later than the first action that descends from it. That is what it means for it to be a first subtask.
"""

from __future__ import annotations

from collections.abc import Sequence

from htn.model.ground import GroundAction, GroundMethod, GroundProblem

__all__ = ["preconditions_as_actions"]


def preconditions_as_actions(problem: GroundProblem) -> GroundProblem:
    """Return the problem without method preconditions; equal ones share an action, whose task comes after all others.

    Examples
    --------
    >>> method = GroundMethod(1, 0, (1,), None, "m")
    >>> action = GroundAction(0, 0, 0, 0)
    >>> problem = GroundProblem([("f",)], [("a",), ("b",)], {1: action}, {0: [method]}, 1, 0)
    >>> changed = preconditions_as_actions(problem)
    >>> changed.methods[0][0].subtasks, changed.methods[0][0].before, changed.actions[2].positive, changed.tasks[2]
    ((2, 1), ((0, 1),), 1, ('#precondition',))
    """
    tasks, actions = list(problem.tasks), dict(problem.actions)
    made: dict[tuple[int, int], int] = {}
    changed: dict[int, Sequence[GroundMethod]] = {}
    for task, methods in problem.methods.items():
        changed[task] = [_changed(method, made, tasks, actions) for method in methods]
    return problem._replace(tasks=tasks, actions=actions, methods=changed)


def _changed(
    method: GroundMethod,
    made: dict[tuple[int, int], int],
    tasks: list[tuple[str, ...]],
    actions: dict[int, GroundAction],
) -> GroundMethod:
    before = method.before
    if before is None:
        before = tuple([(place, place + 1) for place in range(len(method.subtasks) - 1)])
    condition = (method.positive, method.negative)
    if condition == (0, 0):
        return method._replace(before=before)
    task = made.get(condition)
    if task is None:
        task = made[condition] = len(tasks)
        tasks.append(("#precondition",))
        actions[task] = GroundAction(*condition, 0, 0, 0)
    return GroundMethod(
        0,
        0,
        (task, *method.subtasks),
        tuple([(0, place + 1) for place in range(len(method.subtasks))])
        + tuple([(first + 1, second + 1) for first, second in before]),
        method.label,
    )
