"""Decomposition: from tasks to plans, checked independently."""

from typing import TYPE_CHECKING

from htn.model.lazy import lazily

if TYPE_CHECKING:
    from htn.planning.decompose import find_plan, find_plan_async, find_plans
    from htn.planning.limits import Limits
    from htn.planning.outcome import InvalidDomain, LimitReached, Outcome, Solved, Unsolvable
    from htn.planning.table import Constraints
else:
    __getattr__ = lazily(
        __name__,
        {
            "Constraints": "table",
            "InvalidDomain": "outcome",
            "LimitReached": "outcome",
            "Limits": "limits",
            "Outcome": "outcome",
            "Solved": "outcome",
            "Unsolvable": "outcome",
            "find_plan": "decompose",
            "find_plan_async": "decompose",
            "find_plans": "decompose",
        },
    )

__all__ = [
    "Constraints",
    "InvalidDomain",
    "LimitReached",
    "Limits",
    "Outcome",
    "Solved",
    "Unsolvable",
    "find_plan",
    "find_plan_async",
    "find_plans",
]
