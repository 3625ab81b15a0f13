"""From a solution of the formula to a plan in the names of the input."""

from __future__ import annotations

from collections.abc import Collection

from htn.hddl.compile.schemas import GOAL
from htn.hddl.plan_format import DecomposedTask, Plan, PlanStep
from htn.hddl.sat.encode import TRUE, Encoding
from htn.hddl.sat.tree import Choice, Operation, Task, Tree

__all__ = ["read_plan"]


def read_plan(tree: Tree, encoding: Encoding, true: Collection[int]) -> Plan:
    """Return the plan that a solution stands for.

    Parameters
    ----------
    tree : Tree
        What was encoded.
    encoding : Encoding
        How.
    true : collection of int
        The variables that are true.
    """
    chosen: dict[Choice, str] = {}
    for choice, picked in encoding.picked.items():
        chosen[choice] = next(name for name, literal in picked.items() if literal == TRUE or literal in true)

    def taken(task: Task) -> Operation:
        return next(o for o in task.operations if o.alive and (o.literal == TRUE or o.literal in true))

    steps: list[PlanStep] = []
    decomposed: list[DecomposedTask] = []
    root = taken(next(iter(tree.positions[0].tasks.values())))
    number = 0
    # Depth first, so that actions come in the order of their execution.
    waiting: list[tuple[Task, list[int]]] = []
    roots: list[int] = []
    waiting += [(child, roots) for child in reversed(root.children)]
    below: dict[int, tuple[Task, Operation, list[int]]] = {}
    while waiting:
        task, siblings = waiting.pop()
        if task.name == GOAL:
            continue
        siblings.append(number)
        operation = taken(task)
        if operation.form.primitive:
            steps.append(PlanStep(number, task.name, _arguments(task, chosen)))
        else:
            children: list[int] = []
            below[number] = (task, operation, children)
            waiting += [(child, children) for child in reversed(operation.children)]
        number += 1
    for place, (task, operation, children) in below.items():
        arguments = _arguments(task, chosen)
        decomposed.append(DecomposedTask(place, task.name, arguments, operation.form.label, tuple(children)))
    return Plan(tuple(steps), tuple(roots), tuple(decomposed))


def _arguments(task: Task, chosen: dict[Choice, str]) -> tuple[str, ...]:
    return tuple([chosen[term] if isinstance(term, int) else term for term in task.terms])
