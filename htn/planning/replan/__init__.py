"""Repair of plans: what remains is decomposed from the observed state, the executed part being history."""

from typing import TYPE_CHECKING

from htn.model.lazy import lazily

if TYPE_CHECKING:
    from htn.planning.replan.again import Again
    from htn.planning.replan.attempts import Attempts
    from htn.planning.replan.best import Cheapest, Stable
    from htn.planning.replan.changes import Change, Changes
    from htn.planning.replan.combined import Combined
    from htn.planning.replan.deadline import Deadline
    from htn.planning.replan.local import Local
    from htn.planning.replan.problem import Costs, Policy, Proposal, RepairProblem, Tried, unit_costs
    from htn.planning.replan.repair import Repaired, replan
    from htn.planning.replan.scratch import Scratch
else:
    __getattr__ = lazily(
        __name__,
        {
            "Again": "again",
            "Attempts": "attempts",
            "Change": "changes",
            "Changes": "changes",
            "Cheapest": "best",
            "Combined": "combined",
            "Deadline": "deadline",
            "Costs": "problem",
            "Local": "local",
            "Policy": "problem",
            "Proposal": "problem",
            "RepairProblem": "problem",
            "Repaired": "repair",
            "Scratch": "scratch",
            "Stable": "best",
            "Tried": "problem",
            "replan": "repair",
            "unit_costs": "problem",
        },
    )

__all__ = [
    "Again",
    "Attempts",
    "Change",
    "Changes",
    "Cheapest",
    "Combined",
    "Deadline",
    "Costs",
    "Local",
    "Policy",
    "Proposal",
    "RepairProblem",
    "Repaired",
    "Scratch",
    "Stable",
    "Tried",
    "replan",
    "unit_costs",
]
