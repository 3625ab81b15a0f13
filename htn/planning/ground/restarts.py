"""Restarts: searches with shuffled choices, each with a limit from the Luby sequence."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import count

from htn.model.ground import GroundProblem, GroundStep
from htn.planning.ground.cover import Cover
from htn.planning.ground.depth_first import DepthFirst

__all__ = ["Restarts", "luby"]


def luby() -> Iterator[int]:
    """Yield the sequence of Luby, Sinclair and Zuckerman (Optimal Speedup of Las Vegas Algorithms, 1993).

    With limits in these proportions the expected time is within a logarithmic factor of the best limit's, whatever the
    distribution of the time that a search takes.

    Examples
    --------
    >>> from itertools import islice
    >>> list(islice(luby(), 15))
    [1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]
    """
    for number in count(1):
        # The largest power of two that divides all that was started since the last complete round.
        rest = number
        while rest & (rest + 1):
            rest -= (1 << (rest.bit_length() - 1)) - 1
        yield (rest + 1) >> 1


class Restarts:
    """Depth-first searches with the methods in ever another order, each until a limit on nodes.

    Parameters
    ----------
    problem : GroundProblem
        The problem.
    unit : int
        The limit where the sequence says 1.
    seed : int
        Of the first search; the others take the numbers after it.

    Attributes
    ----------
    nodes, started : int
        What was done so far: nodes that were looked at, and searches.
    """

    def __init__(self, problem: GroundProblem, *, unit: int = 5000, seed: int = 1) -> None:
        self.problem, self.unit, self.seed = problem, unit, seed
        self.nodes = self.started = 0

    def run(self) -> Generator[list[GroundStep] | None, None, str]:
        """Search; yield None now and then, and solutions.

        Returns
        -------
        str
            ``"exhausted"`` where there is no plan; ``"gave up"`` after solutions, or where nothing can be proved.
        """
        cover = Cover(self.problem, at_once=False)
        for _ in cover.work():
            yield None
        before = 0
        limits = luby()
        while True:
            limit = next(limits) * self.unit
            search = DepthFirst(self.problem, seed=self.seed + self.started, nodes=limit, cover=cover)
            self.started += 1
            run = search.run()
            found = False
            while True:
                try:
                    steps = next(run)
                except StopIteration as stop:
                    ended = str(stop.value)
                    break
                found = found or steps is not None
                self.nodes = before + search.nodes
                yield steps
            before += search.nodes
            # A search that ends for another reason than its limit would end so whatever the order.
            if ended == "exhausted" or found or search.nodes < limit:
                return ended
