"""Beside the search for all plans: one plan made better part by part, which gets far where plans are long."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from typing import Any

from htn.planning.choice.found import Alternative
from htn.planning.improve import Improved, improve_path
from htn.planning.outcome import Solved

__all__ = ["Polish"]


class Polish:
    """The improvement of one plan by windows (`htn.planning.improve`), by a single number for each step.

    It sees neither limits nor the quality of methods: what it finds is judged like any other plan.

    Parameters
    ----------
    begin : Alternative
        The plan to begin with.
    cost : callable
        How bad a primitive task is, not negative.
    subtasks : mapping, optional
        As of `htn.planning.choice.choose_plan`.

    Attributes
    ----------
    start : str
        Which of the states planned from it belongs to.
    """

    def __init__(
        self,
        begin: Alternative,
        cost: Callable[[Any], int],
        subtasks: Mapping[str, Collection[Iterable[str]]] | None,
    ) -> None:
        self._first = first = begin.solved
        self.start = begin.start
        self._improving: Generator[Improved | None, None, str] | None = improve_path(
            first.domain, first.initial, first.tasks, first.path, cost=cost, subtasks=subtasks
        )

    def go_on(self, pauses: int) -> Iterator[Solved]:
        """Look for better plans until so many pauses have passed; yield them."""
        while self._improving is not None and pauses > 0:
            try:
                better = next(self._improving)
            except StopIteration:
                self._improving = None
                return
            if better is None:
                pauses -= 1
            else:
                solution, first = better.solution, self._first
                yield Solved(first.domain, first.initial, solution.state.copy(), first.tasks, solution.path)
