"""The limits of a run, kept with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from htn.execution.approvals import ApprovalPolicy, Escalation
from htn.execution.replan_request import Growth
from htn.model.budget import Budget

__all__ = ["RunOptions"]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Limits of a run.

    Attributes
    ----------
    max_replans : int
        How often it may be decomposed again because of failures.
    max_expansions : int
        How often a deferred step may be decomposed.
    growth : Growth
        How often and how much the plan may be adjusted to what its steps find.
    max_delay : float
        Longest wait before a retry, in seconds.
    worth : float
        Expected seconds that may be spent on tries before a part of the answer is given up instead.
    cancel_grace : float
        Seconds that steps in hand are given to end when the run is cancelled.
    budget : Budget
        Limits on what it may use: tokens, money, seconds, tries at steps, changes of the plan. What a step may use at
        the most is reserved before it begins, so that they hold for steps side by side.
    memory_bytes : float or None
        Limit on the memory that steps in hand are expected to need together, as far as ``costs`` in the run's context
        tell; a step that needs more is carried out alone.
    approval : ApprovalPolicy
        Which steps need approval, and how long an answer is waited for.
    escalation : Escalation
        Whether a person is asked about steps for which nothing else can be tried.
    wait : bool
        Whether the process stays while all that is left waits for approval; otherwise the run is left waiting, and
        goes on when it is resumed.
    """

    max_replans: int = 5
    max_expansions: int = 50
    growth: Growth = field(default_factory=Growth)
    max_delay: float = 60.0
    worth: float = 600.0
    cancel_grace: float = 5.0
    budget: Budget = field(default_factory=Budget)
    memory_bytes: float | None = None
    approval: ApprovalPolicy = field(default_factory=ApprovalPolicy)
    escalation: Escalation = field(default_factory=Escalation)
    wait: bool = True

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RunOptions:
        """Read options from JSON data."""
        approval = ApprovalPolicy.from_json(data.get("approval", {}))
        read = {"growth": Growth(**data.get("growth", {})), "escalation": Escalation(**data.get("escalation", {}))}
        budget = Budget.from_json(data.get("budget", {}))
        return cls(**{**data, "approval": approval, "budget": budget, **read})
