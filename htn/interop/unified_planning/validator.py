"""The engine `htn-validator`: checks hierarchical plans by the definitions."""

from __future__ import annotations

from typing import Any

from unified_planning.engines import Engine
from unified_planning.engines.mixins import PlanValidatorMixin
from unified_planning.engines.results import (
    FailedValidationReason,
    LogLevel,
    LogMessage,
    ValidationResult,
    ValidationResultStatus,
)
from unified_planning.plans import PlanKind

from htn.hddl.verify import verify
from htn.interop.unified_planning.common import Common
from htn.interop.unified_planning.errors import UnsupportedError
from htn.interop.unified_planning.plans import from_up_plan
from htn.interop.unified_planning.problem_to_hddl import to_hddl

__all__ = ["HtnValidator"]


class HtnValidator(Common, Engine, PlanValidatorMixin):  # type: ignore[misc]  # published without types
    """Validation of hierarchical plans: the decomposition, its order, the execution, the methods' preconditions.

    The values of a method's parameters that are neither arguments of its task nor of its subtasks are not looked at:
    the plan is valid if there are some that fit.
    """

    @property
    def name(self) -> str:
        """What unified-planning calls the engine."""
        return "htn-validator"

    @staticmethod
    def supports_plan(plan_kind: Any) -> bool:
        """Whether plans of a kind can be checked: hierarchical ones."""
        return bool(plan_kind == PlanKind.HIERARCHICAL_PLAN)

    def _validate(self, problem: Any, plan: Any) -> Any:
        translation = to_hddl(problem)
        try:
            converted = from_up_plan(translation, plan)
        except UnsupportedError as error:  # it speaks of what the problem does not have
            return self._invalid([str(error)])
        verdict = verify(translation.domain, translation.problem, converted)
        if verdict.valid:
            metrics = dict.fromkeys(problem.quality_metrics, verdict.cost) or None
            return ValidationResult(ValidationResultStatus.VALID, self.name, metric_evaluations=metrics)
        codes = {flaw.code for flaw in verdict.flaws}
        reason = FailedValidationReason.UNSATISFIED_GOALS if codes == {"goal"} else None
        if "precondition" in codes:
            reason = FailedValidationReason.INAPPLICABLE_ACTION
        return self._invalid([flaw.message for flaw in verdict.flaws], reason)

    def _invalid(self, messages: list[str], reason: Any = None) -> Any:
        listed = [LogMessage(LogLevel.INFO, message) for message in messages]
        return ValidationResult(ValidationResultStatus.INVALID, self.name, listed, reason=reason)
