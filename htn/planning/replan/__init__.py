"""Repair of plans: what remains is decomposed from the observed state, the executed part being history."""

from typing import TYPE_CHECKING

from htn.model.lazy import lazily

if TYPE_CHECKING:
    from htn.planning.replan.around import plan_around
    from htn.planning.replan.attempts import Attempts
    from htn.planning.replan.best import Cheapest, Stable
    from htn.planning.replan.changes import Change, Changes
    from htn.planning.replan.combined import Combined
    from htn.planning.replan.local import Local
    from htn.planning.replan.problem import Costs, Policy, Proposal, RepairProblem, Tried, unit_costs
    from htn.planning.replan.repair import Repaired, replan
    from htn.planning.replan.scratch import Scratch
else:
    __getattr__ = lazily(
        __name__,
        {
            "Attempts": "attempts",
            "Change": "changes",
            "Changes": "changes",
            "Cheapest": "best",
            "Combined": "combined",
            "Costs": "problem",
            "Local": "local",
            "Policy": "problem",
            "Proposal": "problem",
            "RepairProblem": "problem",
            "Repaired": "repair",
            "Scratch": "scratch",
            "Stable": "best",
            "Tried": "problem",
            "plan_around": "around",
            "replan": "repair",
            "unit_costs": "problem",
        },
    )

__all__ = [
    "Attempts",
    "Change",
    "Changes",
    "Cheapest",
    "Combined",
    "Costs",
    "Local",
    "Policy",
    "Proposal",
    "RepairProblem",
    "Repaired",
    "Scratch",
    "Stable",
    "Tried",
    "plan_around",
    "replan",
    "unit_costs",
]
