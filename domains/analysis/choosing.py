"""Plans for one question to choose from: by time, tokens, money and expected quality, within limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domains.analysis.analysis_plan import AnalysisPlan
from domains.analysis.errors import NoPlanFitsError
from domains.analysis.estimation import Estimation, facts_of
from domains.analysis.quality import COMPLETENESS
from estimators.resources import Recommendation
from htn.model import Domain, State
from htn.model.estimate import Estimate
from htn.planning import Constraints, Limits, Solved
from htn.planning.choice import Alternative, Choice, Objective, Price, choose_plan
from htn.planning.choice.objective import Ceiling

__all__ = ["PlanChoice", "choose", "price_of", "swaps"]

_LIMITS = Limits(seconds=10)
_WORTH = 0.05


@dataclass(frozen=True)
class PlanChoice:
    """Plans for a question, the one chosen first.

    Attributes
    ----------
    plans : tuple of AnalysisPlan
        Those that are best by some weighting; each could be run.
    prices : tuple of Price
        What each is expected to take.
    usual : Price
        What the plan takes that is made without choosing.
    objective : str
        What was chosen by.
    proved : bool
        Whether all was looked at.
    gap : float
        By how much the chosen one could be improved on at most, as a share of its value by the objective.
    """

    plans: tuple[AnalysisPlan, ...]
    prices: tuple[Price, ...]
    usual: Price
    objective: str
    proved: bool
    gap: float

    def differences(self, place: int) -> tuple[list[str], list[str]]:
        """Return what a plan does more and less than the one with the most steps, in the words of the steps."""
        fullest = max(self.plans, key=lambda plan: len(plan.steps))
        mine, theirs = ({step.description: None for step in plan.steps} for plan in (self.plans[place], fullest))
        return [each for each in mine if each not in theirs], [each for each in theirs if each not in mine]

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as plain data, without the plans' trees."""
        return {
            "objective": self.objective,
            "proved": self.proved,
            "gap": self.gap,
            "usual": self.usual.to_json(),
            "alternatives": [
                {
                    "options": dict(plan.options),
                    "expected": price.to_json(),
                    "estimate": dict(plan.estimate),
                    "steps": [step.description for step in plan.steps],
                    "more": self.differences(place)[0],
                    "less": self.differences(place)[1],
                }
                for place, (plan, price) in enumerate(zip(self.plans, self.prices, strict=True))
            ],
        }


def price_of(estimates: Mapping[str, Estimate]) -> Price:
    """Return what a step is expected to take, of its estimates: the median of the time, the means of what adds up.

    Examples
    --------
    >>> price_of({"seconds": Estimate.exactly(2), "output_tokens": Estimate.exactly(10)}).money is None
    True
    """
    tokens = sum(estimates[name].mean for name in ("input_tokens", "output_tokens") if name in estimates)
    seconds = estimates["seconds"].p50 if "seconds" in estimates else 0.0
    return Price(seconds, tokens, estimates["money"].mean if "money" in estimates else None if tokens else 0.0)


def choose(
    domain: Domain,
    starts: Mapping[str, State],
    task: tuple[Any, ...],
    estimation: Estimation,
    objective: Objective,
    ceiling: Ceiling,
    constraints: Constraints | None,
) -> Choice:
    """Return the plans for a task from states that differ in the depth asked for.

    Raises
    ------
    NoPlanFitsError
        When there are plans, and none within the limits: the error says what is needed at least.
    """
    known: dict[Any, Price] = {}

    def prices(state: State, step: Any) -> Price:
        if step not in known:
            operator = domain.operators.get(step[0])
            capability = operator.capability if operator is not None else step[0]
            facts = facts_of(state, step[1:])
            known[step] = price_of(estimation.costs.estimate(step[0], step[1:], capability, facts))
        return known[step]

    def makespan(solved: Solved) -> float:
        totals = estimation.totals(solved.plan, estimation.steps(solved.plan, solved.initial))["totals"]
        return float(totals["seconds"]["p50"])

    def found(limits: Ceiling) -> Choice:
        return choose_plan(
            domain,
            starts,
            [task],
            prices,
            objective=objective,
            ceiling=limits,
            quality=estimation.quality,
            makespan=makespan,
            places=None,
            constraints=constraints,
            limits=_LIMITS,
        )

    choice = found(ceiling)
    if choice.chosen is None and choice.first is not None:
        front = found(Ceiling()).front
        limits = {name: getattr(ceiling, name) for name in ("seconds", "tokens", "money", "quality")}
        given = {name: float(limit) for name, limit in limits.items() if limit is not None}
        raise NoPlanFitsError({name: _best(front, name) for name in given}, given)
    return choice


def _best(front: tuple[Alternative, ...], name: str) -> float:
    values = [getattr(each.price, name) or 0.0 for each in front]
    return float(max(values) if name == "quality" else min(values))


def swaps(choice: PlanChoice, plan: AnalysisPlan) -> list[Recommendation]:
    """Return what other plans would save over one of those to choose from, in words; only what is worth it."""
    here = next((n for n, other in enumerate(choice.plans) if other.plan.tree.order == plan.plan.tree.order), None)
    if here is None:
        return []
    found: list[Recommendation] = []
    mine, steps = choice.prices[here], {step.description for step in plan.steps}
    for other, price in zip(choice.plans, choice.prices, strict=True):
        resource = "tokens" if mine.tokens else "seconds"
        before, after = getattr(mine, resource), getattr(price, resource)
        share = 1 - after / before if before else 0.0
        if share >= _WORTH:
            saved = f"{before - after:,.0f} tokens" if mine.tokens else f"{before - after:.2g} s"
            less = [each for each in steps if each not in {step.description for step in other.steps}]
            methods = ", ".join(sorted(_ways(other) - _ways(plan))) or "fewer steps"
            text = (
                f"planning with {methods} saves {saved} ({100 * share:.0f} %) and leaves out {len(less)} steps: "
                f"expected quality {price.quality:.2f} instead of {mine.quality:.2f}"
            )
            found.append(Recommendation(text, resource, share, share, share))
    return sorted(found, key=lambda each: -each.share)


def _ways(plan: AnalysisPlan) -> set[str]:
    """Return the methods of a plan that say something of how complete its answer is."""
    nodes = plan.plan.tree.nodes.values()
    return {node.method for node in nodes if node.method is not None and node.method in COMPLETENESS}
