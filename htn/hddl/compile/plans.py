"""From what a search did to a plan in the competition's format, in the names of the input."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from htn.hddl.compile.problem import Compiled
from htn.hddl.plan_format import DecomposedTask, Plan, PlanStep

__all__ = ["Done", "plan_of", "spliced_plan"]


class Done(NamedTuple):
    """One entry of what a search did.

    Attributes
    ----------
    task : sequence of str
        The name and the arguments; a name that begins with ``#`` is not the input's.
    parent, position : int
        The place of the decomposition that it is a subtask of, -1 for the first, and its place there.
    label : str or None
        What the input calls the method; empty for one that stands only for its subtasks, None for an action.
    """

    task: Sequence[str]
    parent: int
    position: int
    label: str | None


def plan_of(compiled: Compiled, path: list[Any]) -> Plan:
    """Return the plan that a search's path stands for.

    Parameters
    ----------
    compiled : Compiled
        What was searched.
    path : list
        What was processed, in order: the cell ``(task, rest, parent, position)`` of an action, or
        ``(cell, method, ...)`` for a decomposition; parents are places in the path.
    """
    done = []
    for entry in path:
        expanded = len(entry) == 6
        task, _, parent, position = (entry[0] if expanded else entry)[:4]
        done.append(Done(task, parent, position, compiled.labels[task[0], entry[1].name] if expanded else None))
    return spliced_plan(done)


def spliced_plan(done: Iterable[Done]) -> Plan:
    """Return the plan; tasks that the input does not know are replaced by their subtasks.

    Parameters
    ----------
    done : iterable of Done
        In the order of doing; the task to be done first.
    """
    entries = list(done)
    children: dict[int, list[tuple[int, int]]] = {}
    for number, entry in enumerate(entries):
        children.setdefault(entry.parent, []).append((entry.position, number))
    for listed in children.values():
        listed.sort(reverse=True)

    def below(number: int) -> tuple[int, ...]:
        found: list[int] = []
        waiting = [child for _, child in children.get(number, ())]
        while waiting:
            here = waiting.pop()
            if entries[here].label == "":
                waiting += [child for _, child in children.get(here, ())]
            elif not entries[here].task[0].startswith("#"):
                found.append(here)
        return tuple(found)

    steps: list[PlanStep] = []
    decomposed: list[DecomposedTask] = []
    for number, (task, _, _, label) in enumerate(entries):
        name, *arguments = task
        if label:
            decomposed.append(DecomposedTask(number, name, tuple(arguments), label, below(number)))
        elif label is None and not name.startswith("#"):
            steps.append(PlanStep(number, name, tuple(arguments)))
    return Plan(tuple(steps), below(0), tuple(decomposed))
