"""From the solution of a ground problem to a plan in the competition's format."""

from __future__ import annotations

from collections.abc import Sequence

from htn.hddl.compile.plans import Done, spliced_plan
from htn.hddl.plan_format import Plan
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
    return spliced_plan(
        Done(ground.tasks[task], parent, position, None if method is None else method.label)
        for task, parent, position, method in steps
    )
