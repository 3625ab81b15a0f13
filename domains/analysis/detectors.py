"""What results of analyses tell about the plan: the table of detectors, and the decomposer that answers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domains.analysis.estimation import facts_of
from domains.analysis.methods.pattern import CALLS_FLOOR, OUTCOME_FLOOR
from htn.execution.optimizer import Detector, PlanOptimizer, Trigger
from htn.execution.replanner import Replanner
from htn.execution.situation import Price
from htn.model import Domain, State
from htn.model.estimate import CostModel
from htn.plan import Step
from htn.planning import Constraints

__all__ = ["DETECTORS", "price_of", "replanner"]

PROMISING = 0.05
"""A candidate whose false discovery rate is below this looks real before it is tested again."""


def _few_outcomes(step: Step, document: Mapping[str, Any]) -> str | None:
    """Return how many retrieved calls were won and lost, where they are too few to compare."""
    by_outcome = document["by_outcome"]
    won, lost = by_outcome.get("won", 0), by_outcome.get("lost", 0)
    enough = won + lost >= CALLS_FLOOR and min(won, lost) >= OUTCOME_FLOOR
    return None if enough else f"{won} won and {lost} lost"


def _none_replicates(step: Step, document: Mapping[str, Any]) -> int | None:
    """Return how many candidates looked real on one part of the calls, where not one was found again on the rest."""
    found = [each for each in document["patterns"] if each["candidate"]["q"] < PROMISING]
    return len(found) if found and not any(each["replicates"] for each in found) else None


def _nobody_named(step: Step, document: Mapping[str, Any]) -> int | None:
    """Return 0, the number of competitors named on calls, where it is that."""
    return None if document["competitors"] else 0


DETECTORS: tuple[Detector, ...] = (
    Detector(
        "few_outcomes",
        Trigger.INSUFFICIENT,
        ("CallSet",),
        _few_outcomes,
        "of the calls that can be used, {value} are too few to compare",
    ),
    Detector(
        "none_replicates",
        Trigger.UNEXPECTED,
        ("ValidatedSet",),
        _none_replicates,
        "none of {value} promising differences was found again on the calls kept back: calls may have changed",
    ),
    Detector(
        "nobody_named",
        Trigger.REDUNDANT,
        ("CompetitorMentions",),
        _nobody_named,
        "{value} competitors are named on the calls, so that nothing is said beside their names",
    ),
)
"""What is looked for in which artifacts; methods test it with `domains.analysis.methods.known.noticed`."""


def price_of(domain: Domain, costs: CostModel) -> Price:
    """Return what a task of the domain is expected to take, in seconds."""

    def price(task: tuple[Any, ...], state: State) -> float | None:
        operator = domain.operators.get(task[0])
        if operator is None:
            return None
        found = costs.estimate(task[0], task[1:], operator.capability, facts_of(state, task[1:]))
        return found["seconds"].mean if "seconds" in found else None

    return price


def replanner(domain: Domain, agents: str = "local", *, constraints: Constraints | None = None) -> Replanner:
    """Return what changes plans of the domain while they run.

    Parameters
    ----------
    domain : Domain
        The analysis domain, with what was added.
    agents : str
        Whose time counts: "local" or "claude".
    constraints : Constraints, optional
        Methods ruled out or preferred besides.
    """
    from domains.analysis.claude.costs import ClaudeCosts
    from estimators.prior import PriorCosts

    costs: CostModel = ClaudeCosts() if agents == "claude" else PriorCosts()
    return Replanner(domain, price=price_of(domain, costs), optimizer=PlanOptimizer(DETECTORS), constraints=constraints)
