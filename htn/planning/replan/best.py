"""Repairs chosen among many: the fewest changes, or the least cost with disruption priced in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from htn.model.record import Record
from htn.planning.replan.draft import Item
from htn.planning.replan.local import Local
from htn.planning.replan.problem import Proposal, RepairProblem, leaves
from htn.planning.replan.scratch import Scratch, every_repair

__all__ = ["Cheapest", "Stable", "disruption"]


def disruption(old: Sequence[Any], new: Sequence[Any]) -> int:
    """Return how many steps are removed or added from one sequence to another; one that moves counts as both.

    It is the edit distance with insertions and deletions only, by the longest common subsequence.

    Examples
    --------
    >>> disruption("abcd", "abd"), disruption("abc", "cab")
    (1, 2)
    """
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    old, new = old[first:], new[first:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    row = [0] * (len(new) + 1)
    for one in old:
        left = 0
        for place, two in enumerate(new, 1):
            above = row[place]
            row[place] = left + 1 if one == two else max(above, row[place - 1])
            left = above
    return len(old) + len(new) - 2 * row[-1]


Measure = Callable[[list[Item]], tuple[float, float]]


def _best(problem: RepairProblem, effort: int, measure: Measure) -> tuple[list[Item], tuple[float, float], bool] | None:
    """Return the best repair found, its measure, and whether all were looked at."""
    found: list[tuple[tuple[float, float], list[Item]]] = []
    for policy in (Local(effort=effort), Scratch()) if effort else (Scratch(),):
        proposal = policy.repair(problem)
        if proposal is not None:
            found.append((measure(proposal.items), proposal.items))
    if not found:
        return None
    proved = True
    for items in every_repair(problem, effort):
        if items is None:
            proved = False
        else:
            found.append((measure(items), items))
    # The first of equals: what local repair found comes before what a search for all finds.
    value, items = min(found, key=lambda one: one[0])
    return items, value, proved


class Stable(Record):
    """The fewest changes to what is pending.

    Attributes
    ----------
    effort : int
        How many nodes may be expanded in looking for fewer changes.
    """

    effort: int = 5_000
    name = "stable"

    def repair(self, problem: RepairProblem) -> Proposal | None:
        """Return the repair with the fewest changes found; of equals the cheapest."""
        walk = problem.walk()
        old = leaves(walk.items)
        if not problem.forced and walk.go() is None:
            return Proposal(walk.items, self.name, "everything pending still holds", proved=True)

        def measure(items: list[Item]) -> tuple[float, float]:
            new = leaves(items)
            return disruption(old, new), sum(map(problem.costs, new))

        best = _best(problem, self.effort, measure)
        if best is None:
            return None
        items, (changes, _), proved = best
        how = "no repair has fewer" if proved else f"the fewest found within {self.effort} nodes"
        return Proposal(
            items, self.name, f"{changes:g} step{'' if changes == 1 else 's'} removed or added, {how}", proved
        )


class Cheapest(Record):
    """The least remaining cost, with a price on every step that is removed or added.

    Attributes
    ----------
    effort : int
        How many nodes may be expanded in looking for a cheaper one.
    price : float
        Of one step removed or added.
    """

    effort: int = 20_000
    price: float = 0.1
    name = "cheapest"

    def repair(self, problem: RepairProblem) -> Proposal | None:
        """Return the repair with the least cost and disruption found."""
        walk = problem.walk()
        old = leaves(walk.items)

        def measure(items: list[Item]) -> tuple[float, float]:
            new = leaves(items)
            changes = disruption(old, new)
            return sum(map(problem.costs, new)) + self.price * changes, changes

        best = _best(problem, self.effort, measure)
        if best is None:
            return None
        items, (cost, changes), proved = best
        how = "no repair is cheaper" if proved else f"the cheapest found within {self.effort} nodes"
        moved = f"{changes:g} step{'' if changes == 1 else 's'} removed or added at {self.price:g} each"
        why = f"{cost:g} with {moved}, {how}"
        return Proposal(items, self.name, why, proved)
