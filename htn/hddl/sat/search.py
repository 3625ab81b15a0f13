"""Search by satisfiability: trees of growing depth, each one a formula, until one is satisfied."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING, Any

from htn.hddl.compile.schemas import TOP
from htn.hddl.model import Domain, Problem
from htn.hddl.plan_format import Plan
from htn.hddl.sat.decode import read_plan
from htn.hddl.sat.encode import Encoding
from htn.hddl.sat.forms import Forms, lifted_forms
from htn.hddl.sat.grow import Growing
from htn.hddl.sat.reach import prune
from htn.hddl.sat.tree import Tree
from htn.model.errors import HtnError

if TYPE_CHECKING:
    from pysat.solvers import Solver

__all__ = ["Layer", "LayeredSearch", "SolverMissingError"]

_SMALL = 20_000
"""Up to so many clauses, every depth is tried: shallow trees give short plans."""
_CHUNK = 20_000
_PROPAGATIONS = 200_000

Running = Generator[None, None, Any]


class SolverMissingError(HtnError):
    """The solver is not installed."""


@dataclass(slots=True)
class Layer:
    """What was done for one depth.

    Attributes
    ----------
    depth : int
        How many decompositions deep its tree is at most.
    operations : int
        How many alternatives the tree had, before pruning.
    variables, clauses : int
        The size of the formula; nothing where pruning left nothing to ask.
    conflicts : int
        What the solver met.
    """

    depth: int
    operations: int = 0
    variables: int = 0
    clauses: int = 0
    conflicts: int = 0


@dataclass
class LayeredSearch:
    """A search for plans of totally ordered problems by a SAT solver on lifted trees of limited depth.

    Parameters
    ----------
    domain, problem : Domain, Problem
        As read. Of subtasks without an order, one order is tried.
    solver : str
        What python-sat calls the solver.
    most_operations, most_clauses : int
        Where to give up: what does not fit takes longer to write down than other searches need.

    Attributes
    ----------
    layers : list of Layer
        What was done so far.

    Raises
    ------
    SolverMissingError
        When the package python-sat is not installed.
    """

    domain: Domain
    problem: Problem
    solver: str = "glucose4"
    most_operations: int = 150_000
    most_clauses: int = 2_500_000
    layers: list[Layer] = field(default_factory=list)

    def __post_init__(self) -> None:
        try:
            import pysat.solvers  # noqa: F401  (found missing now rather than after the first layers)
        except ImportError:
            raise SolverMissingError(
                "the search by satisfiability needs the extra 'sat': pip install 'htn[sat]'"
            ) from None

    def run(self) -> Generator[Plan | None, None, str]:
        """Search; the generator pauses every few milliseconds with None, and yields a plan when it has one.

        Returns
        -------
        str
            "exhausted" where it is proved that there is no plan; otherwise "gave up".
        """
        forms = lifted_forms(self.domain, self.problem)
        yield None
        if forms is None:
            return "gave up"
        none = "exhausted" if forms.complete else "gave up"
        depth = forms.heights.get(TOP, 0)
        while depth:
            layer = Layer(depth)
            self.layers.append(layer)
            tree = yield from Growing(forms, depth, self.most_operations).run()
            layer.operations = tree.operations
            if tree.operations > self.most_operations:
                return "gave up"
            possible = yield from prune(tree, forms.model.init)
            if possible:
                encoding = yield from self._encoded(forms, tree, layer)
                if encoding is None:
                    return "gave up"
                true = yield from self._solution(encoding, layer)
                if true is not None:
                    yield read_plan(tree, encoding, true)
                    return "gave up"
            if not tree.cut:
                return none
            depth = self._deeper()
        return none

    def _encoded(self, forms: Forms, tree: Tree, layer: Layer) -> Generator[None, None, Encoding | None]:
        encoding = Encoding(forms, tree)
        for _ in encoding.run():
            if len(encoding.clauses) > self.most_clauses:
                return None
            yield
        layer.variables, layer.clauses = encoding.variables, len(encoding.clauses)
        return encoding

    def _solution(self, encoding: Encoding, layer: Layer) -> Generator[None, None, set[int] | None]:
        """Return the variables that are true in a solution, or None where there is none."""
        from pysat.solvers import Solver

        solver: Solver = Solver(name=self.solver)
        try:
            for start in range(0, len(encoding.clauses), _CHUNK):
                solver.append_formula(encoding.clauses[start : start + _CHUNK])
                yield
            # What is enough for one descent at least, and more from time to time, so that it comes to an end.
            budget: float = _PROPAGATIONS + 4 * encoding.variables
            while True:
                solver.prop_budget(int(budget))
                answer = solver.solve_limited()
                layer.conflicts = solver.accum_stats()["conflicts"]
                if answer is not None:
                    break
                budget *= 1.02
                yield
            return {literal for literal in solver.get_model() if literal > 0} if answer else None
        finally:
            solver.delete()

    def _deeper(self) -> int:
        """Return the next depth: one more while that costs little, then so that the formula about doubles."""
        last = self.layers[-1]
        sized = [layer for layer in self.layers if layer.clauses]
        if last.clauses < _SMALL or len(sized) < 2:
            return last.depth + 1
        before = sized[-2]
        growth = (
            log(last.clauses / before.clauses) / (last.depth - before.depth) if before.clauses < last.clauses else 0
        )
        return last.depth + (max(1, round(log(2) / growth)) if growth > 0.02 else last.depth)
