"""A budget limits what a plan may take, resource by resource."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

from htn.model.errors import HtnError, InputError

__all__ = ["Budget", "BudgetTooSmallError", "Shortfall"]

_UNITS = {
    "seconds": "seconds",
    "tokens": "tokens",
    "input_tokens": "input tokens",
    "output_tokens": "output tokens",
    "memory_bytes": "bytes of memory",
    "money": "in money",
    "steps": "tries at steps",
    "replans": "changes of the plan",
}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One limit that is below what is needed.

    Attributes
    ----------
    resource : str
        What is limited: a field of `Budget`.
    limit, needed : float
        What is allowed, and what is needed at least.
    """

    resource: str
    limit: float
    needed: float

    def __str__(self) -> str:
        return f"the limit of {self.limit:,.6g} {_UNITS[self.resource]} is below the {self.needed:,.6g} needed at least"


class BudgetTooSmallError(HtnError):
    """A plan cannot be carried out within its budget; raise the limit, or plan with a tighter option."""

    code = "budget-too-small"
    exit_code = 23

    def __init__(self, shortfalls: tuple[Shortfall, ...]) -> None:
        super().__init__("; ".join(map(str, shortfalls)) + ": raise the limit or ask for a smaller plan")
        self.shortfalls = shortfalls


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits on what may be used; None is no limit.

    Attributes
    ----------
    seconds : float or None
        Wall-clock time of the run.
    tokens, input_tokens, output_tokens : float or None
        Tokens of model calls, in all and either way.
    memory_bytes : float or None
        Memory in use at one time.
    money : float or None
        In the currency in which prices are configured.
    steps : float or None
        Tries at steps; one that is tried again counts again.
    replans : float or None
        Changes of the plan because of failures.

    Raises
    ------
    InputError
        If a limit is negative or not a number.

    Examples
    --------
    >>> budget = Budget(seconds=60, output_tokens=10_000)
    >>> budget.limits
    {'seconds': 60, 'output_tokens': 10000}
    >>> print(budget.shortfalls({"seconds": 90, "money": 5})[0])
    the limit of 60 seconds is below the 90 needed at least
    """

    seconds: float | None = None
    tokens: float | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    memory_bytes: float | None = None
    money: float | None = None
    steps: float | None = None
    replans: float | None = None

    def __post_init__(self) -> None:
        for resource, limit in self.limits.items():
            # bool is an int to Python, but True seconds is a mistake
            number = isinstance(limit, (int, float)) and not isinstance(limit, bool)
            if not number or math.isnan(limit) or limit < 0:
                raise InputError(f"the budget's limit on {resource} must be a number that is not negative, got {limit}")

    @property
    def limits(self) -> dict[str, float]:
        """The limits that are set, by resource."""
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: limit for name, limit in pairs if limit is not None}

    @classmethod
    def from_json(cls, document: Mapping[str, float | None]) -> Budget:
        """Return the budget with these limits; an unknown resource is an error, not a limit that never holds."""
        unknown = sorted(set(document) - set(_UNITS))
        if unknown:
            raise InputError(f"a budget has no limit on {', '.join(unknown)}; it can limit {', '.join(_UNITS)}")
        return cls(**document)

    def to_json(self) -> dict[str, float]:
        """Return the limits that are set as plain data."""
        return self.limits

    def shortfalls(self, needed: Mapping[str, float]) -> tuple[Shortfall, ...]:
        """Return the limits that lie below what is needed; what is not known to be needed is not held against it.

        Parameters
        ----------
        needed : Mapping
            Resource to amount: a plan's lower bound before a run, or what has been used during one.

        Returns
        -------
        tuple of Shortfall
            Empty if the budget suffices.
        """
        return tuple(
            Shortfall(resource, limit, needed[resource])
            for resource, limit in self.limits.items()
            if needed.get(resource, 0) > limit
        )

    def check(self, needed: Mapping[str, float]) -> None:
        """Raise BudgetTooSmallError if any limit lies below what is needed."""
        shortfalls = self.shortfalls(needed)
        if shortfalls:
            raise BudgetTooSmallError(shortfalls)
