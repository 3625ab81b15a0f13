"""Search by satisfiability: trees of growing depth, each one a formula, until one is satisfied."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from math import inf, log
from typing import Any

from htn.hddl.compile.schemas import TOP
from htn.hddl.model import Domain, Problem
from htn.hddl.plan_format import Plan
from htn.hddl.sat.decode import read_plan
from htn.hddl.sat.encode import Encoding
from htn.hddl.sat.forms import Forms, lifted_forms
from htn.hddl.sat.grow import Growing
from htn.hddl.sat.reach import prune
from htn.hddl.sat.solving import Solving, shorter
from htn.hddl.sat.tree import Tree
from htn.model.errors import HtnError

__all__ = ["Layer", "LayeredSearch", "SolverMissingError"]

_SMALL = 20_000
"""Up to this cost every depth is tried: shallow trees give short plans."""
_PATIENCE = 5_000
"""After so many conflicts a deeper tree is tried."""
_NO_MORE = "no more"

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
    decided : bool
        Whether the solver came to an end.
    """

    depth: int
    operations: int = 0
    variables: int = 0
    clauses: int = 0
    conflicts: int = 0
    decided: bool = True

    @property
    def cost(self) -> int:
        """About how much work it was, in clauses: an alternative takes as long as some of these."""
        return self.clauses + 5 * self.operations


@dataclass
class LayeredSearch:
    """A search for plans of totally ordered problems by a SAT solver on lifted trees of limited depth.

    Parameters
    ----------
    domain, problem : Domain, Problem
        As read. Of subtasks without an order, one order is tried.
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

    Examples
    --------
    >>> from htn.hddl import parse_domain, parse_problem
    >>> domain = parse_domain("(define (domain d) (:predicates (p)) (:action a :effect (p)))")
    >>> problem = parse_problem("(define (problem x) (:domain d) (:htn :subtasks (a)) (:goal (p)) (:init))", domain)
    >>> plans = [plan for plan in LayeredSearch(domain, problem).run() if plan is not None]
    >>> [step.name for step in plans[0].steps]
    ['a']
    """

    domain: Domain
    problem: Problem
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
                if (yield from self._plans(tree, encoding, layer)):
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

    def _plans(self, tree: Tree, encoding: Encoding, layer: Layer) -> Generator[Plan | None, None, bool]:
        """Yield a plan, and when asked for more, shorter ones; return whether there was any."""
        solving = Solving()
        try:
            yield from solving.load(encoding.clauses)
            # To refute a shallow tree can be harder than to find a plan in a deeper one.
            true = yield from solving.ask(_PATIENCE if tree.cut else inf)
            layer.conflicts, layer.decided = solving.conflicts, solving.decided
            if true is None:
                return False
            plan = read_plan(tree, encoding, true)
            yield plan
            improving = shorter(solving, encoding, len(plan.steps))
            better = next(improving, _NO_MORE)
            while not isinstance(better, str):
                if better is None:
                    yield None
                    better = next(improving, _NO_MORE)
                    continue
                plan = read_plan(tree, encoding, better)
                yield plan
                try:
                    better = improving.send(len(plan.steps))
                except StopIteration:
                    break
            return True
        finally:
            solving.close()

    def _deeper(self) -> int:
        """Return the next depth: one more while that costs little, then so that the cost about doubles."""
        last, before = self.layers[-1], self.layers[-2:][0]
        if last.cost < _SMALL or last.cost <= before.cost:
            return last.depth + 1
        growth = log(last.cost / before.cost) / (last.depth - before.depth)
        return last.depth + max(1, min(round(log(2) / growth), last.depth))
