"""What one try at a step takes of the limits: set aside before it begins, settled when it ends, whatever came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from htn.execution.allowance import Allowance, Entry, Refusal
from htn.execution.failures import FailureClass
from htn.execution.run_budget import used_amounts

__all__ = ["Meter"]

_PAID = ("input_tokens", "output_tokens", "tokens", "money")
# Whoever fails so was not served, or not asked at all.
_UNPAID = frozenset(
    {
        FailureClass.BUDGET_EXCEEDED,
        FailureClass.CAPABILITY_GONE,
        FailureClass.DATA_UNAVAILABLE,
        FailureClass.RATE_LIMITED,
        FailureClass.SERVER_ERROR,
    }
)


@dataclass(slots=True)
class Meter:
    """The meter of one try.

    Attributes
    ----------
    allowance : Allowance
        The account of the workspace.
    entry : Entry
        The try.
    most : Mapping
        What it may use, by resource.
    price : callable
        What an amount of tokens cost, as usage by name; None where nobody knows.
    """

    allowance: Allowance
    entry: Entry
    most: Mapping[str, float]
    price: Callable[[Mapping[str, Any]], float | None]
    _unknown: bool = field(default=False, repr=False)
    _kept: bool = field(default=False, repr=False)

    def reserve(self, aside: Mapping[str, float], *, allowed: bool) -> Refusal | None:
        """Set aside what the try may use; called in the transaction in which it is recorded as begun."""
        self._kept = self.allowance.counts(self.most)
        return self.allowance.reserve(self.entry, self.most, aside, allowed=allowed)

    def priced(self, usage: Mapping[str, Any]) -> dict[str, Any]:
        """Return usage with what its tokens cost, where that is known."""
        if usage.get("money") is not None or not any(usage.get(name) for name in _PAID):
            return dict(usage)
        money = self.price(usage)
        return dict(usage) if money is None else {**usage, "money": money}

    def failed(self, failure: FailureClass, *, told: bool) -> None:
        """Note how a try failed: one that was paid for and does not tell what it took counts as reserved."""
        self._unknown = not told and failure not in _UNPAID

    def settle(self, usage: Mapping[str, Any], seconds: float) -> dict[str, float]:
        """Put what was used in the place of what was set aside; called in the transaction that records the outcome.

        Returns
        -------
        dict
            What the run's own account is to be charged, with what tries that died with their process had set aside;
            empty where no tokens are involved.
        """
        known = {**usage, "seconds": seconds}
        used = used_amounts(known, self.most)
        if self._unknown:
            used |= {name: self.most[name] for name in _PAID if self.most.get(name)}
        if self._kept or any(used.get(name) for name in _PAID):
            self.allowance.settle(self.entry, used)
        lost = self.allowance.lost(self.entry) if any(self.most.get(name) for name in _PAID) else {}
        return {name: used.get(name, 0.0) + lost.get(name, 0.0) for name in _PAID if used.get(name) or lost.get(name)}
