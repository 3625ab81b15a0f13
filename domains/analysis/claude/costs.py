"""What steps take with Claude agents: the prior for models, and for what stays with local analysts the local one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domains.analysis.claude.draft import KEPT_LOCAL
from estimators.prior import PriorCosts
from htn.model.estimate import CostModel, Estimate

__all__ = ["ClaudeCosts"]


class ClaudeCosts:
    """A cost model for plans that Claude agents carry out.

    Parameters
    ----------
    local, model : CostModel, optional
        What steps of local analysts and of Claude agents take; the priors when left out.

    Examples
    --------
    >>> costs = ClaudeCosts()
    >>> facts = {"count": {"calls": 10, "deals": 10}}
    >>> costs.estimate("assess_objections", (), "assess_objections", facts)["input_tokens"].p50 > 0
    True
    >>> costs.estimate("review_answer", (), "review_answer", facts)["input_tokens"].p50
    0.0
    """

    def __init__(self, local: CostModel | None = None, model: CostModel | None = None) -> None:
        self._local, self._model = local or PriorCosts(), model or PriorCosts("model")

    def estimate(
        self, task: str, args: tuple[Any, ...], capability: str, facts: Mapping[str, Any]
    ) -> Mapping[str, Estimate]:
        """Estimate one step."""
        chosen = self._local if capability in KEPT_LOCAL else self._model
        return chosen.estimate(task, args, capability, facts)
