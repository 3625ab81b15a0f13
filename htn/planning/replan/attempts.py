"""What has been tried and has failed: what a step that may fail is expected to cost until it succeeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from htn.model.record import Record, field
from htn.model.values import freeze, shaped, thaw

__all__ = ["Attempts"]

Task = tuple[Any, ...]


class Attempts(Record):
    """How often steps were carried out, and how often they failed without the state saying why.

    How likely a step is to fail is estimated from its own tries and from those of other steps of its operator,
    beginning with a guess that counts like some tries: the mean of a beta distribution, on two levels.

    Attributes
    ----------
    rate : float
        How often a step fails of which nothing is known.
    weight : float
        Like how many tries that counts, and what is known of the operator's other steps likewise.
    counts : dict
        For each task, how often it was tried and how often it failed.

    Examples
    --------
    >>> attempts = Attempts()
    >>> attempts.note(("drive", "home"), failed=True)
    >>> round(attempts.probability(("drive", "home")), 2), round(attempts.probability(("drive", "park")), 2)
    (0.18, 0.18)
    >>> round(attempts.expected(lambda task: 4.0)(("drive", "home")), 2)
    4.89
    """

    rate: float = 0.1
    weight: float = 10.0
    counts: dict[Task, tuple[int, int]] = field(factory=dict)

    def note(self, task: Task, *, failed: bool) -> None:
        """Count one try."""
        tries, failures = self.counts.get(task, (0, 0))
        self.counts[task] = tries + 1, failures + failed

    def probability(self, task: Task) -> float:
        """Return how likely a step is to fail when it is tried next."""
        tries, failures = self.counts.get(task, (0, 0))
        others = [counts for other, counts in self.counts.items() if other[0] == task[0] and other != task]
        known, unlucky = (sum(column) for column in zip(*others, strict=True)) if others else (0, 0)
        operator = (unlucky + self.weight * self.rate) / (known + self.weight)
        return (failures + self.weight * operator) / (tries + self.weight)

    def expected(self, costs: Callable[[Task], float]) -> Callable[[Task], float]:
        """Return what a step costs until it succeeds, each try at the given cost."""
        return lambda task: costs(task) / (1 - self.probability(task))

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON data."""
        counts = [[thaw(task), tries, failures] for task, (tries, failures) in self.counts.items()]
        return {"rate": self.rate, "weight": self.weight, "counts": counts}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Attempts:
        """Return what `to_json` wrote.

        Examples
        --------
        >>> attempts = Attempts()
        >>> attempts.note(("drive", "home"), failed=False)
        >>> Attempts.from_json(attempts.to_json()) == attempts
        True
        """
        counts = {freeze(task): (tries, failures) for task, tries, failures in shaped(data["counts"], list)}
        return cls(float(data["rate"]), float(data["weight"]), counts)
