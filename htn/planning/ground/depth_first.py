"""Depth-first progression search for totally ordered problems, with a memory of where it was.

A configuration is a state and the tasks that are left. Whether it leads to a plan depends on nothing else, so no
configuration is looked at twice; not on the way down either, as what leads from the second visit to a plan leads there
from the first. Recursion may still make ever longer agendas; they are allowed to grow step by step.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator

from htn.model.ground import GroundMethod, GroundProblem, GroundStep
from htn.planning.ground.agendas import Agendas, Move
from htn.planning.ground.cover import Cover
from htn.planning.ground.replay import steps_of

__all__ = ["DepthFirst"]

Found = Generator[list[GroundStep] | None, None, str]

_SLICE = 1023
"""So many nodes between two pauses; a power of two less one."""
_EFFORT = 500
"""After so many new moves, too."""
_HASTY_SLACK = 400
"""By how many tasks agendas may become longer than the initial task network in the hasty round."""


class DepthFirst:
    """Depth-first search.

    Parameters
    ----------
    problem : GroundProblem
        The problem. Where a method leaves the order open, its subtasks are taken as listed, and what the search then
        exhausts proves nothing.
    hasty : bool
        First look at a recursive task once in each state only, within an outermost call of it. That is incomplete, and
        makes finding a path linear.
    seed : int, optional
        Methods come in a random order, reproducibly; by default in that of the problem.
    slack : int
        By how many tasks agendas may become longer than the initial task network at first; then twice as many, and so
        on.

    Attributes
    ----------
    nodes, agendas : int
        What was done so far: nodes that were looked at, and different agendas.
    complete : bool
        Whether the hasty round is over.
    """

    def __init__(
        self,
        problem: GroundProblem,
        *,
        hasty: bool = True,
        seed: int | None = None,
        slack: int = 8,
    ) -> None:
        self.problem = problem
        self.hasty, self.seed, self.slack = hasty, seed, slack
        self.nodes = self.agendas = 0
        self.complete = not hasty
        self._ordered = all(method.before is None for each in problem.methods.values() for method in each)

    def run(self) -> Found:
        """Search; yield None now and then, and solutions.

        Returns
        -------
        str
            ``"exhausted"`` where there is no plan; ``"gave up"`` after solutions.
        """
        cover = Cover(self.problem, at_once=False)
        for _ in cover.work():
            yield None
        tops = max((len(each.subtasks) for each in self.problem.methods.get(self.problem.root, ())), default=0)
        slack = self.slack if self.complete else _HASTY_SLACK
        found = False
        while True:
            shuffle = None if self.seed is None else random.Random(self.seed)
            agendas = Agendas(self.problem, cover, once=not self.complete, longest=tops + slack, shuffle=shuffle)
            for steps in self._search(agendas):
                found = found or steps is not None
                yield steps
            if found:
                return "gave up"
            if not agendas.cut and not agendas.shared:
                return "exhausted" if self._ordered else "gave up"
            slack = slack * 2 if self.complete else self.slack
            self.complete = True

    def _search(self, agendas: Agendas) -> Generator[list[GroundStep] | None, None, None]:
        """Visit every configuration once; yield None now and then, and solutions."""
        start = agendas.before(self.problem.root, agendas.empty)
        state = self.problem.initial
        if start.task in self.problem.actions:
            if not (state & start.positive != start.positive or state & start.negative):
                yield steps_of(self.problem, [])
            return
        moves = iter(agendas.expand(start))
        stack: list[tuple[Iterator[Move], int]] = []
        chosen: list[tuple[GroundMethod, ...]] = []
        nodes = self.nodes
        while True:
            for positive, negative, keep, add, seen, agenda, methods in moves:
                if state & positive != positive or state & negative:
                    continue
                after = state & keep | add
                if after in seen:
                    continue
                seen.add(after)
                nodes += 1
                if not nodes & _SLICE:
                    self.nodes, self.agendas = nodes, len(agendas)
                    yield None
                below = agenda.moves
                if below is None:
                    if agenda is agendas.empty:
                        self.nodes = nodes
                        yield steps_of(self.problem, [each for some in (*chosen, methods) for each in some])
                        continue
                    below = agendas.expand(agenda)
                    if agendas.effort > _EFFORT:
                        agendas.effort = 0
                        self.nodes, self.agendas = nodes, len(agendas)
                        yield None
                if below:
                    stack.append((moves, state))
                    chosen.append(methods)
                    moves = iter(below)
                    state = after
                    break
            else:
                if not stack:
                    self.nodes, self.agendas = nodes, len(agendas)
                    return
                moves, state = stack.pop()
                chosen.pop()
