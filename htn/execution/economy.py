"""Where a limit does not hold the rest of a plan, the rest is decomposed again, to what is expected to use less."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from htn.execution.replan_request import Fact
from htn.execution.situation import Situation
from htn.execution.validate import critical_path
from htn.plan.plan import Plan
from htn.planning.replan.again import Again
from htn.planning.replan.best import Cheapest
from htn.planning.replan.problem import Costs, Policy
from htn.planning.replan.repair import Repaired

__all__ = ["TIGHT", "Economy", "economise", "tight_facts"]

TIGHT = "tight"
"""The fluent that methods test: ``tight[resource]`` is there once a limit does not hold the rest of the plan."""

_WORTH = 0.01
_EFFORT = 2_000
_DISRUPTION = 1e-6


def tight_facts(resources: Sequence[str]) -> tuple[Fact, ...]:
    """Return that limits are near, as facts.

    Examples
    --------
    >>> tight_facts(["tokens"])
    (('tight', 'tokens', True),)
    """
    return tuple((TIGHT, resource, True) for resource in resources)


@dataclass(frozen=True, slots=True)
class Economy:
    """A way to do with less.

    Attributes
    ----------
    outcome : Repaired
        The plan.
    why : str
        What it saves, in words.
    """

    outcome: Repaired
    why: str


def economise(
    situation: Situation,
    left: Mapping[str, float],
    nodes: tuple[str, ...],
    repair: Callable[[Policy, Costs | None], Repaired | None],
) -> Economy | None:
    """Return the plan whose rest is expected to use less of what is scarce, or None where nothing does.

    Methods that test whether a limit is near are asked first, for they know what can be done without. Where what they
    choose is still too much, the cheapest repair is looked for.

    Parameters
    ----------
    situation : Situation
        Where the plan stands.
    left : Mapping
        What may still be used, by the resources that are scarce.
    nodes : tuple of str
        Ids of the tasks that have a method which tests whether a limit is near.
    repair : callable
        Repairs the plan by a policy, with what tasks cost; None where that changes nothing.
    """
    needs = _needs(situation, situation.plan, left)
    before = _score(needs, left)
    best: tuple[float, Repaired] | None = None
    ways: list[tuple[Policy, Costs | None]] = [(Again(nodes, "a limit is near"), None)] if nodes else []
    ways.append((Cheapest(_EFFORT, _DISRUPTION), _scarce(situation, left)))
    for policy, costs in ways:
        outcome = repair(policy, costs)
        if outcome is None:
            continue
        score = _score(_needs(situation, outcome.plan, left), left)
        if score < before * (1.0 - _WORTH) and (best is None or score < best[0]):
            best = (score, outcome)
        if best is not None and best[0] <= 1.0:
            break
    if best is None:
        return None
    found = _needs(situation, best[1].plan, left)
    saved = "; ".join(
        f"the rest may take {found[name]:,.6g} {name} instead of {needs[name]:,.6g}, {amount:,.6g} are left"
        for name, amount in left.items()
    )
    return Economy(best[1], saved)


def _needs(situation: Situation, plan: Plan, left: Mapping[str, float]) -> dict[str, float]:
    """Return what the rest of a plan may use at the most of what is scarce."""
    amounts = {step.id: situation.most((step.task, *step.args)) for step in plan.steps}
    found = {name: sum(each.get(name, 0.0) for each in amounts.values()) for name in left}
    if "seconds" in found:  # steps go on side by side
        found["seconds"] = critical_path(plan.steps, {step: each.get("seconds", 0.0) for step, each in amounts.items()})
    return found


def _score(needs: Mapping[str, float], left: Mapping[str, float]) -> float:
    """Return how often the scarcest resource is needed over; at most 1 is enough."""
    return max((needs[name] / max(amount, 1e-9) for name, amount in left.items()), default=0.0)


def _scarce(situation: Situation, left: Mapping[str, float]) -> Costs:
    def cost(task: tuple[Any, ...]) -> float:
        most = situation.most(task)
        return sum(most.get(name, 0.0) / max(amount, 1e-9) for name, amount in left.items())

    return cost
