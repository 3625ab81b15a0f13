"""What the engines have in common: the problems that they take, and who made them."""

from __future__ import annotations

from typing import Any

from unified_planning.engines import Credits
from unified_planning.model import ProblemKind
from unified_planning.model.problem_kind_versioning import LATEST_PROBLEM_KIND_VERSION

__all__ = ["SUPPORTED", "Common"]

_CREDITS = Credits(
    "htn",
    "The htn authors",
    "",
    "",
    "Apache-2.0",
    "Plans hierarchical problems by decomposition, in plain Python.",
    "A portfolio: depth-first decomposition of the compiled problem with remembered dead ends, and heuristic search on "
    "the ground problem; totally and partially ordered.",
)
SUPPORTED = ProblemKind(
    {
        "HIERARCHICAL",
        *("METHOD_PRECONDITIONS", "TASK_NETWORK_CONSTRAINTS", "INITIAL_TASK_NETWORK_VARIABLES"),
        *("TASK_ORDER_TOTAL", "TASK_ORDER_PARTIAL"),
        *("FLAT_TYPING", "HIERARCHICAL_TYPING", "OBJECT_FLUENTS"),
        *("NEGATIVE_CONDITIONS", "DISJUNCTIVE_CONDITIONS", "EQUALITIES"),
        *("EXISTENTIAL_CONDITIONS", "UNIVERSAL_CONDITIONS"),
        *("CONDITIONAL_EFFECTS", "FORALL_EFFECTS"),
        *("STATIC_FLUENTS_IN_BOOLEAN_ASSIGNMENTS", "FLUENTS_IN_BOOLEAN_ASSIGNMENTS"),
        *("STATIC_FLUENTS_IN_OBJECT_ASSIGNMENTS", "FLUENTS_IN_OBJECT_ASSIGNMENTS"),
        *("ACTIONS_COST", "PLAN_LENGTH", "INT_NUMBERS_IN_ACTIONS_COST", "REAL_NUMBERS_IN_ACTIONS_COST"),
    },
    version=LATEST_PROBLEM_KIND_VERSION,
)


class Common:
    """An engine for hierarchical problems; to be named before `Engine` among the bases."""

    @staticmethod
    def supported_kind() -> Any:
        """Return what problems may say."""
        return SUPPORTED

    @staticmethod
    def supports(problem_kind: Any) -> bool:
        """Whether the engine takes problems of a kind."""
        return bool(problem_kind <= SUPPORTED)

    @staticmethod
    def get_credits(**_: Any) -> Any:
        """Return who made the engine."""
        return _CREDITS
