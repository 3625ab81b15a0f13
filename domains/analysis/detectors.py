"""What results of analyses tell about the plan: the table of detectors, and the decomposer that answers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from domains.analysis.estimation import facts_of
from domains.analysis.methods.pattern import CALLS_FLOOR, OUTCOME_FLOOR
from htn.execution.optimizer import Detector, PlanOptimizer, Trigger
from htn.execution.replanner import Replanner
from htn.execution.run_budget import most_amounts
from htn.execution.situation import TaskMost, TaskPrice
from htn.model import Domain, State
from htn.model.estimate import CostModel
from htn.plan import Step
from htn.planning import Constraints

__all__ = ["DETECTORS", "MUCH_TEXT", "detectors", "most_of", "price_of", "replanner"]

PROMISING = 0.05
"""A candidate whose false discovery rate is below this looks real before it is tested again."""

# Processor seconds of the steps on synthetic samples of 500, 1,000, 2,000 and 4,000 calls (about 40 turns each), one
# after another in one process with one thread:
#   cluster topics       1.3   2.3   4.4   8.1      compare phrases  1.0  2.0  4.1   8.6
#   compare behaviours   3.2   5.7  11.4  22.8      validate         0.6  1.0  2.3  18.8
#   count topics         1.1   2.3   4.6   9.3      track change     0.7  1.4  2.5  27.6
# Everything grows with the amount of text, and no faster, but for validation and change: beyond 2,048 calls they
# measure anew what `call_features.view_of` keeps of fewer. These and the comparisons test, and lose power with every
# call that is left out. Topics describe: a sample of 2,000 calls tells their shares within 2.2 points. Counting tracked
# topics instead would save nothing. From 4,000 calls of 40 turns on, the sample saves about half of that step or more.
MUCH_TEXT = 160_000
"""With more turns than these, topics are clustered on a sample of the calls."""


def _few_outcomes(step: Step, document: Mapping[str, Any]) -> str | None:
    """Return how many retrieved calls were won and lost, where they are too few to compare."""
    by_outcome = document["by_outcome"]
    won, lost = by_outcome.get("won", 0), by_outcome.get("lost", 0)
    enough = won + lost >= CALLS_FLOOR and min(won, lost) >= OUTCOME_FLOOR
    return None if enough else f"{won} won and {lost} lost"


def _much_text(most: int) -> Callable[[Step, Mapping[str, Any]], str | None]:
    """Return what looks whether the retrieved calls have more turns than these; how long they are no record tells."""

    def look(step: Step, document: Mapping[str, Any]) -> str | None:
        turns = int(document.get("turns", 0))
        return f"{turns:,}" if turns > most else None

    return look


def _none_replicates(step: Step, document: Mapping[str, Any]) -> int | None:
    """Return how many candidates looked real on one part of the calls, where not one was found again on the rest."""
    found = [each for each in document["patterns"] if each["candidate"]["q"] < PROMISING]
    return len(found) if found and not any(each["replicates"] for each in found) else None


def _nobody_named(step: Step, document: Mapping[str, Any]) -> int | None:
    """Return 0, the number of competitors named on calls, where it is that."""
    return None if document["competitors"] else 0


def detectors(much_text: int = MUCH_TEXT) -> tuple[Detector, ...]:
    """Return what is looked for in which artifacts, with the number of turns beyond which there is much text."""
    much = Detector(
        "much_text",
        Trigger.COMPLEXITY,
        ("CallSet",),
        _much_text(much_text),
        f"the calls have {{value}} turns, more than {much_text:,}: a sample of them is to describe the topics",
    )
    return (_FEW_OUTCOMES, much, *_OTHERS)


_FEW_OUTCOMES = Detector(
    "few_outcomes",
    Trigger.INSUFFICIENT,
    ("CallSet",),
    _few_outcomes,
    "of the calls that can be used, {value} are too few to compare",
)

_OTHERS = (
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

DETECTORS: tuple[Detector, ...] = detectors()
"""What is looked for in which artifacts; methods test it with `domains.analysis.methods.known.noticed`."""


def price_of(domain: Domain, costs: CostModel) -> TaskPrice:
    """Return what a task of the domain is expected to take, in seconds."""

    def price(task: tuple[Any, ...], state: State) -> float | None:
        operator = domain.operators.get(task[0])
        if operator is None:
            return None
        found = costs.estimate(task[0], task[1:], operator.capability, facts_of(state, task[1:]))
        return found["seconds"].mean if "seconds" in found else None

    return price


def most_of(domain: Domain, costs: CostModel) -> TaskMost:
    """Return what a task of the domain may use at the most, by resource: what nine in ten stay below."""

    def most(task: tuple[Any, ...], state: State) -> Mapping[str, float]:
        operator = domain.operators.get(task[0])
        if operator is None:
            return {}
        found = costs.estimate(task[0], task[1:], operator.capability, facts_of(state, task[1:]))
        return most_amounts({name: estimate.p90 for name, estimate in found.items()})

    return most


def replanner(
    domain: Domain, agents: str = "local", *, constraints: Constraints | None = None, much_text: int = MUCH_TEXT
) -> Replanner:
    """Return what changes plans of the domain while they run.

    Parameters
    ----------
    domain : Domain
        The analysis domain, with what was added.
    agents : str
        Whose time counts: "local" or "claude".
    constraints : Constraints, optional
        Methods ruled out or preferred besides.
    much_text : int
        With more turns than these, calls are too much text to cluster all of it.
    """
    from domains.analysis.claude.costs import ClaudeCosts
    from estimators.prior import PriorCosts

    costs: CostModel = ClaudeCosts() if agents == "claude" else PriorCosts()
    optimizer = PlanOptimizer(detectors(much_text))
    price, most = price_of(domain, costs), most_of(domain, costs)
    return Replanner(domain, price=price, most=most, optimizer=optimizer, constraints=constraints)
