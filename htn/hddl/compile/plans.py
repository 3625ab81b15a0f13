"""From what the search did to a plan in the competition's format, in the names of the input."""

from __future__ import annotations

from typing import Any

from htn.hddl.compile.problem import Compiled
from htn.hddl.compile.schemas import GOAL, TOP
from htn.hddl.plan_format import DecomposedTask, Plan, PlanStep

__all__ = ["plan_of"]


def plan_of(compiled: Compiled, path: list[Any]) -> Plan:
    """Return the plan that a search's path stands for; tasks that the compiler made are replaced by their subtasks.

    Parameters
    ----------
    compiled : Compiled
        What was searched.
    path : list
        What was processed, in order: the cell ``(task, rest, parent, position)`` of an action, or
        ``(cell, method, ...)`` for a decomposition; parents are places in the path.
    """
    children: dict[int, list[tuple[int, int]]] = {}
    labels: dict[int, str] = {}
    tasks: list[Any] = []
    for number, entry in enumerate(path):
        expanded = len(entry) == 6
        task, _, parent, position = (entry[0] if expanded else entry)[:4]
        tasks.append(task)
        children.setdefault(parent, []).append((position, number))
        if expanded:
            labels[number] = compiled.labels[task[0], entry[1].name]
    steps = [
        PlanStep(number, task[0], tuple(task[1:]))
        for number, task in enumerate(tasks)
        if number not in labels and task[0] != GOAL
    ]
    made = {number for number, label in labels.items() if not label}
    below = {number: _below(number, children, made, tasks) for number in labels}
    decomposed = [
        DecomposedTask(number, tasks[number][0], tuple(tasks[number][1:]), label, below[number])
        for number, label in labels.items()
        if label
    ]
    root = next((number for number, task in enumerate(tasks) if task[0] == TOP), None)
    return Plan(tuple(steps), below[root] if root is not None else (), tuple(decomposed))


def _below(
    number: int, children: dict[int, list[tuple[int, int]]], made: set[int], tasks: list[Any]
) -> tuple[int, ...]:
    """Return the subtasks in the method's order, those of made tasks in the place of these."""
    found: list[int] = []
    waiting = [number]
    first = True
    while waiting:
        here = waiting.pop()
        if first or here in made:
            waiting += [child for _, child in sorted(children.get(here, ()), reverse=True)]
            first = False
        elif tasks[here][0] != GOAL:
            found.append(here)
    return tuple(found)
