"""Estate Planner: questions about sales calls and CRM records, answered by plan."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = [
    "AnalysisPlan",
    "EstatePlanner",
    "ExecutionTracker",
    "PlanOptimizer",
    "PlanRecovery",
    "PlanStep",
    "ResourceEstimator",
    "TaskDelegator",
    "WorkloadTracker",
    "display_plan_execution",
    "optimize_execution_order",
    "planner_tools",
]

_HOMES = {
    "AnalysisPlan": "domains.analysis.analysis_plan",
    "EstatePlanner": "domains.analysis.planner",
    "ExecutionTracker": "htn.execution.tracking",
    "PlanOptimizer": "htn.execution.optimizer",
    "PlanRecovery": "htn.execution.recovery",
    "PlanStep": "domains.analysis.analysis_plan",
    "ResourceEstimator": "estimators.resources",
    "TaskDelegator": "htn.execution.delegation",
    "WorkloadTracker": "htn.execution.delegation",
    "display_plan_execution": "domains.analysis.app.panels.progress",
    "optimize_execution_order": "htn.scheduling.order",
    "planner_tools": "domains.analysis.tools",
}


def __getattr__(name: str) -> Any:
    # Found when asked for, so that importing one module of the package does not import them all.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
