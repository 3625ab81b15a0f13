"""The account of one run: what it used, what is reserved for steps in hand, and whether another step fits beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from htn.model.budget import Budget, Shortfall

__all__ = ["RunBudget", "most_amounts", "used_amounts"]

_SLACK = 1e-9
_TOKENS = ("input_tokens", "output_tokens")


def most_amounts(costs: Mapping[str, float], seconds: float | None = None) -> dict[str, float]:
    """Return what a try at a step is expected to use at the most: what is reserved for it.

    Parameters
    ----------
    costs : Mapping
        Upper estimates by resource, as the run's context has them.
    seconds : float or None
        Expected seconds, where there is no upper estimate of them.

    Examples
    --------
    >>> most_amounts({"input_tokens": 400, "output_tokens": 100, "money": 0.5}, 2.0)
    {'steps': 1.0, 'seconds': 2.0, 'input_tokens': 400.0, 'output_tokens': 100.0, 'tokens': 500.0, 'money': 0.5}
    """
    amounts = {"steps": 1.0, "seconds": float(costs.get("seconds") or seconds or 0.0)}
    amounts |= {name: float(costs[name]) for name in _TOKENS if costs.get(name)}
    tokens = float(costs.get("tokens") or sum(amounts.get(name, 0.0) for name in _TOKENS))
    amounts |= {"tokens": tokens} if tokens else {}
    return amounts | ({"money": float(costs["money"])} if costs.get("money") else {})


def used_amounts(usage: Mapping[str, Any], most: Mapping[str, float]) -> dict[str, float]:
    """Return what a try used; money that nobody can tell counts as reserved.

    Parameters
    ----------
    usage : Mapping
        What the agent told.
    most : Mapping
        What was reserved.

    Examples
    --------
    >>> used_amounts({"input_tokens": 30, "seconds": 1.5}, {"money": 0.5})
    {'steps': 1.0, 'seconds': 1.5, 'input_tokens': 30.0, 'tokens': 30.0, 'money': 0.5}
    >>> used_amounts({}, {"money": 0.5})
    {'steps': 1.0, 'seconds': 0.0}
    """
    told = {"input_tokens": usage.get("input_tokens"), "output_tokens": usage.get("output_tokens")}
    amounts = most_amounts({name: number for name, number in told.items() if number}, usage.get("seconds"))
    money = usage.get("money")
    if money is None and "tokens" in amounts:
        money = most.get("money")
    return amounts | ({"money": float(money)} if money else {})


class RunBudget:
    """What a run may use, and what it has.

    A function of what it is told; told the same in the same order, it decides the same. Time is read from a clock
    elsewhere, and does not add up: a step fits if it can begin now and end in time.

    Parameters
    ----------
    budget : Budget
        The limits.
    used : Mapping, optional
        What was used before.

    Attributes
    ----------
    limits : dict
        By resource.
    used : dict
        What settled tries took, by resource.
    clock : float
        Seconds that the run was carried out.

    Examples
    --------
    >>> account = RunBudget(Budget(tokens=1000))
    >>> account.reserve("a", {"tokens": 700})
    >>> print(account.lacking({"tokens": 400})[0])
    the limit of 1,000 tokens is below the 1,100 needed at least
    >>> account.settle("a", {"tokens": 250})
    >>> account.lacking({"tokens": 400}), account.left("tokens")
    ((), 750.0)
    """

    def __init__(self, budget: Budget, used: Mapping[str, float] | None = None) -> None:
        # Changes of the plan are counted where they are asked for, and memory is looked at step by step.
        self.limits = {name: limit for name, limit in budget.limits.items() if name not in ("memory_bytes", "replans")}
        self.used = dict.fromkeys(("tokens", "money", "steps"), 0.0) | dict(used or {})
        self.clock = self.used.pop("seconds", 0.0)
        self._held: dict[str, Mapping[str, float]] = {}

    def tick(self, seconds: float) -> None:
        """Take note of the clock; it never goes back."""
        self.clock = max(self.clock, seconds)

    def reserve(self, key: str, amounts: Mapping[str, float]) -> None:
        """Set amounts aside for a try, whether there is enough or not; `lacking` tells."""
        self._held[key] = dict(amounts)

    def settle(self, key: str, used: Mapping[str, float]) -> None:
        """Put what a try took in the place of what was reserved for it."""
        self._held.pop(key, None)
        for name, amount in used.items():
            if name != "seconds":
                self.used[name] = self.used.get(name, 0.0) + amount

    def reserved(self, resource: str) -> float:
        """Return what is set aside for tries in hand."""
        return 0.0 if resource == "seconds" else sum(held.get(resource, 0.0) for held in self._held.values())

    def spent(self, resource: str) -> float:
        """Return what was used."""
        return self.clock if resource == "seconds" else self.used.get(resource, 0.0)

    def left(self, resource: str) -> float:
        """Return what may still be reserved; without a limit there is no end to it."""
        if resource not in self.limits:
            return float("inf")
        return self.limits[resource] - self.spent(resource) - self.reserved(resource)

    def lacking(
        self, amounts: Mapping[str, float], aside: Mapping[str, float] | None = None, *, at_best: bool = False
    ) -> tuple[Shortfall, ...]:
        """Return the limits that do not hold these amounts beside what is used, reserved and set aside.

        Parameters
        ----------
        amounts : Mapping
            What is to be reserved.
        aside : Mapping, optional
            What is kept for something else besides.
        at_best : bool
            Whether what is in hand is taken to use nothing: what is lacking then is lacking for good.
        """
        found = []
        for name, limit in self.limits.items():
            wanted = amounts.get(name, 0.0)
            held = 0.0 if at_best else self.reserved(name)
            needed = self.spent(name) + held + wanted + (aside or {}).get(name, 0.0)
            if wanted and needed > limit * (1.0 + _SLACK):
                found.append(Shortfall(name, limit, needed))
        return tuple(found)
