"""From the solution of a ground problem to a plan in the competition's format."""

from __future__ import annotations

from collections.abc import Sequence

from htn.hddl.compile.schemas import TOP
from htn.hddl.plan_format import DecomposedTask, Plan, PlanStep
from htn.model.ground import GroundProblem, GroundStep

__all__ = ["plan_of_ground"]


def plan_of_ground(ground: GroundProblem, steps: Sequence[GroundStep]) -> Plan:
    """Return the plan that a solution stands for; tasks that the input does not know are replaced by their subtasks.

    Parameters
    ----------
    ground : GroundProblem
        What was solved.
    steps : sequence of GroundStep
        What was done, in the order of doing it.
    """
    children: dict[int, list[tuple[int, int]]] = {}
    for number, step in enumerate(steps):
        children.setdefault(step.parent, []).append((step.position, number))
    made = {number for number, step in enumerate(steps) if step.method is not None and not step.method.label}

    def below(number: int) -> tuple[int, ...]:
        found: list[int] = []
        waiting = [child for _, child in sorted(children.get(number, ()), reverse=True)]
        while waiting:
            here = waiting.pop()
            if here in made:
                waiting += [child for _, child in sorted(children.get(here, ()), reverse=True)]
            elif not ground.tasks[steps[here].task][0].startswith("#"):
                found.append(here)
        return tuple(found)

    actions: list[PlanStep] = []
    decomposed: list[DecomposedTask] = []
    for number, (task, _, _, method) in enumerate(steps):
        name, *arguments = ground.tasks[task]
        if method is None:
            if not name.startswith("#"):
                actions.append(PlanStep(number, name, tuple(arguments)))
        elif method.label:
            decomposed.append(DecomposedTask(number, name, tuple(arguments), method.label, below(number)))
    roots = below(next(number for number, step in enumerate(steps) if ground.tasks[step.task] == (TOP,)))
    return Plan(tuple(actions), roots, tuple(decomposed))
