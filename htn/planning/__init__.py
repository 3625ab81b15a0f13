"""Decomposition: from tasks to plans, checked independently."""

from htn.planning.decompose import find_plan, find_plan_async, find_plans
from htn.planning.limits import Limits
from htn.planning.outcome import InvalidDomain, LimitReached, Outcome, Solved, Unsolvable
from htn.planning.table import Constraints

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
