"""Whether a run can begin under its limits: one step, and what has to come after all others, must be within them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from htn.execution.closing import closing_steps
from htn.execution.run_budget import RunBudget, most_amounts
from htn.model.budget import Budget, BudgetTooSmallError, Shortfall
from htn.model.errors import InputError
from htn.plan.plan import Step

__all__ = ["check_affordable", "check_priced"]


def check_priced(steps: Sequence[Step], costs: Mapping[str, Mapping[str, float]]) -> None:
    """Refuse a plan of which nobody knows what its tokens cost, where money is limited.

    Raises
    ------
    InputError
        When a step may use tokens at an unknown price.
    """
    amounts = [most_amounts(costs.get(step.id, {})) for step in steps]
    if any(each.get("tokens") and "money" not in each for each in amounts):
        raise InputError("what the tokens of this plan cost is unknown, so that no limit on money can be held")


def check_affordable(
    steps: Sequence[Step],
    budget: Budget,
    costs: Mapping[str, Mapping[str, float]],
    estimates: Mapping[str, float],
    finished: Collection[str] = (),
) -> None:
    """Refuse a run whose limits hold not even its first step and what ends it.

    Parameters
    ----------
    steps : sequence of Step
        The plan's steps.
    budget : Budget
        The limits.
    costs : Mapping
        What steps may use at the most, by id and resource.
    estimates : Mapping
        Expected seconds by id.
    finished : collection of str
        Keys of work that need not be done.

    Raises
    ------
    BudgetTooSmallError
        Naming each limit, and what is needed at the least.

    Examples
    --------
    >>> step = Step("n1", "k1", "count", ())
    >>> check_affordable([step], Budget(tokens=100), {"n1": {"output_tokens": 500}}, {})
    Traceback (most recent call last):
    ...
    htn.model.budget.BudgetTooSmallError: the limit of 100 tokens is below the 500 needed at least: raise the limit or
    ask for a smaller plan
    """
    left = [step for step in steps if step.key not in finished]
    most = {step.id: most_amounts(costs.get(step.id, {}), estimates.get(step.id)) for step in left}
    ends = [identity for identity in closing_steps(steps) if identity in most]
    first = [step.id for step in left if not any(source in most for source in step.dependencies)]
    short = []
    for resource, limit in RunBudget(budget).limits.items():
        needs = {identity: amounts.get(resource, 0.0) for identity, amounts in most.items()}
        kept = math.fsum(needs[end] for end in ends)
        needed = min((kept + (0.0 if each in ends else needs[each]) for each in first), default=0.0)
        if needed > limit:
            short.append(Shortfall(resource, limit, needed))
    if short:
        raise BudgetTooSmallError(tuple(short))
