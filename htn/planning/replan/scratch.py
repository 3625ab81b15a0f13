"""Repair from scratch: everything that remains is decomposed from the observed state, finished work being history.

This is what makes repair complete: every set of tasks that may be done anew is tried in turn, the least first, all of
them with ever more nodes, so that one that never ends does not keep the others from being looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from htn.model.record import Record
from htn.planning.replan.decomposer import Attempt
from htn.planning.replan.draft import Item, from_path, tops_of
from htn.planning.replan.problem import Proposal, RepairProblem, Tried
from htn.planning.replan.remains import Network

__all__ = ["Scratch"]

_FIRST, _GROWTH = 1_000, 4


class Scratch(Record):
    """The rest of the task list from now."""

    name = "scratch"

    def repair(self, problem: RepairProblem) -> Proposal | None:
        """Return a decomposition of what remains; None when there is none at all."""
        choices = problem.choices()
        begun: list[_Choice] = []
        budget = _FIRST
        more = True
        while more or begun:
            for choice in begun:
                items = choice.go_on(budget)
                if items is not None:
                    return self._proposal(problem, choice, items)
            begun = [choice for choice in begun if not choice.attempt.exhausted]
            budget *= _GROWTH
            for again in choices:
                choice = _Choice(problem, again)
                items = choice.go_on(_FIRST)
                if items is not None:
                    return self._proposal(problem, choice, items)
                if not choice.attempt.exhausted:
                    begun.append(choice)
                    break
            else:
                more = False
        return None

    def _proposal(self, problem: RepairProblem, choice: _Choice, items: list[Item]) -> Proposal:
        return Proposal(items, self.name, f"{problem.show(choice.again)} was decomposed from now")


class _Choice:
    """What remains when some tasks are done anew, and the search for it."""

    def __init__(self, problem: RepairProblem, again: frozenset[str], *, every: bool = False) -> None:
        self.problem = problem
        self.again = again
        self.network: Network = problem.remains.under(None, again)
        self.attempt: Attempt = problem.decomposer.begin(problem.observed, self.network.tasks, every=every)

    def go_on(self, nodes: int) -> list[Item] | None:
        """Search on for so many nodes."""
        before = self.problem.decomposer.nodes
        path = self.attempt.next(nodes)
        self.problem.tried.append(
            Tried(self.problem.show(self.again), path is not None, self.problem.decomposer.nodes - before)
        )
        if path is None:
            self.problem.decomposer.deepest = self.attempt.failure or self.problem.decomposer.deepest
            return None
        return from_path(path, tops_of(self.network, self.problem.remains), self._because())

    def _because(self) -> str:
        return "everything pending was decomposed from now"


def every_repair(problem: RepairProblem, nodes: int) -> Iterator[list[Item] | None]:
    """Yield every repair, choice by choice, within so many nodes; None at the end where they did not suffice."""
    until = problem.decomposer.nodes + nodes
    for again in problem.choices():
        choice = _Choice(problem, again, every=True)
        while not choice.attempt.exhausted:
            left = until - problem.decomposer.nodes
            items = choice.go_on(left) if left > 0 else None
            if items is None and not choice.attempt.exhausted:
                yield None
                return
            if items is not None:
                yield items
