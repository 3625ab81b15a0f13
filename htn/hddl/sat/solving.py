"""A formula in the solver's hands: asked in slices, so that others have their turn between them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from math import inf
from typing import Any

from htn.hddl.sat.encode import Encoding

__all__ = ["Solving", "shorter"]

_CHUNK = 20_000
_CONFLICTS = 300
"""After so many conflicts the solver pauses."""
_COUNTING = 150_000
"""So large may the product of leaves and length be for the leaves to be counted."""
_PARTS = 8
_PATIENCE = 3_000


class Solving:
    """CaDiCaL with the clauses of an encoding.

    Attributes
    ----------
    conflicts : int
        How many there were.
    decided : bool
        Whether the last question was answered.
    """

    def __init__(self) -> None:
        from pysat.solvers import Solver

        self.conflicts = 0
        self.decided = False
        self._solver = Solver(name="cadical195")
        # The mode with few restarts, in which each variable is first what it was in the best assignment so far, is by
        # far the better one at satisfying these formulas; what need not be true is false, for short plans.
        self._solver.configure({"stabilizeonly": 1, "phase": 0, "lucky": 0})

    def close(self) -> None:
        """Give back the solver's memory."""
        self._solver.delete()

    def load(self, clauses: Sequence[list[int]]) -> Generator[None, None, None]:
        """Add clauses."""
        for start in range(0, len(clauses), _CHUNK):
            self._solver.append_formula(clauses[start : start + _CHUNK])
            yield

    def ask(
        self, patience: float = inf, assumptions: Sequence[int] = ()
    ) -> Generator[None, None, frozenset[int] | None]:
        """Return the variables that are true in a solution; None where there is none, or patience ran out.

        Parameters
        ----------
        patience : float
            How many conflicts it may take.
        assumptions : sequence of int
            Literals that have to hold this time.
        """
        before, answer = self.conflicts, None
        while answer is None and self.conflicts - before < patience:
            self._solver.conf_budget(_CONFLICTS)
            answer = self._solver.solve_limited(assumptions=list(assumptions))
            self.conflicts = self._solver.accum_stats()["conflicts"]
            yield
        self.decided = answer is not None
        return frozenset([literal for literal in self._solver.get_model() if literal > 0]) if answer else None


def shorter(solving: Solving, encoding: Encoding, length: int) -> Generator[frozenset[int] | None, Any, None]:
    """Look for ever shorter plans of the same tree: at most so many leaves may have an action.

    Parameters
    ----------
    solving : Solving
        With a solution found.
    encoding : Encoding
        What it is asked about.
    length : int
        Of the plan that was found. Each solution that is yielded is answered with the length of its plan.
    """
    from pysat.card import ITotalizer

    leaves, sure = encoding.acting, encoding.always_acting
    most = length - sure - 1
    if most < 0 or len(leaves) * most > _COUNTING:
        return
    # Literal i of the totalizer says that more than i leaves have one (Bailleux and Boufkhad, CP 2003).
    totalizer = ITotalizer(lits=leaves, ubound=most, top_id=encoding.variables)
    try:
        yield from solving.load(totalizer.cnf.clauses)
        step = max(1, length // _PARTS)
        while True:
            bound = max(0, length - sure - step)
            true = yield from solving.ask(_PATIENCE, [-totalizer.rhs[bound]])
            if true is not None:
                length = yield true
            elif step == 1:
                return
            step = max(1, min(step, length - sure) // (1 if true is not None else 2))
            if length <= sure:
                return
    finally:
        totalizer.delete()
