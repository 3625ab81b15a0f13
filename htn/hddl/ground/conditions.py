"""Formulas and effects without variables: as alternatives, each a set of literals that hold together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product

from htn.hddl.compile.normalise import predicate_of
from htn.hddl.compile.schemas import Model
from htn.hddl.model import (
    And,
    Atom,
    Effect,
    Equal,
    Exists,
    Fact,
    Forall,
    Formula,
    Imply,
    Increase,
    Not,
    Number,
    Or,
    Typed,
    TypeOf,
    When,
)

__all__ = ["Alternative", "Conditions", "Outcome", "TooManyError"]

Alternative = frozenset[int]
"""What holds together: for the fact number n, 2 n; for its negation, 2 n + 1."""
Binding = Mapping[str, str]

NEVER: list[Alternative] = []
ALWAYS: list[Alternative] = [frozenset()]


class TooManyError(Exception):
    """A condition has more alternatives than are worth having."""


class Outcome:
    """What an action needs and does in one case.

    Attributes
    ----------
    needs : frozenset of int
        What must hold for it.
    add, delete : set of int
        Numbers of facts.
    cost : number
        The sum of all increases.
    """

    __slots__ = ("add", "cost", "delete", "needs")

    def __init__(self, needs: Alternative, add: set[int], delete: set[int], cost: Number) -> None:
        self.needs, self.add, self.delete, self.cost = needs, add, delete, cost


class Conditions:
    """Formulas of one model.

    Parameters
    ----------
    model : Model
        For types and for what never changes.
    number : callable
        From a fact, with the predicate as in the model, to its number.
    values : mapping
        The values of functions at the start.
    most : int
        How many alternatives a formula or an effect may have.
    """

    def __init__(
        self, model: Model, number: Callable[[tuple[str, ...]], int], values: Mapping[Fact, Number], most: int = 64
    ) -> None:
        self.model = model
        self.fluents = model.fluents()
        self.number = number
        self.values = values
        self.most = most

    def alternatives(self, formula: Formula | Effect, binding: Binding, positive: bool = True) -> list[Alternative]:
        """Return a formula, or its negation, in disjunctive normal form.

        Raises
        ------
        TooManyError
            When that is too long.
        """
        match formula:
            case Atom():
                return self._atom(formula, binding, positive)
            case Equal(left, right):
                same = binding.get(left, left) == binding.get(right, right)
                return ALWAYS if same == positive else NEVER
            case TypeOf(term, kind):
                return ALWAYS if (binding.get(term, term) in self.model.types[kind]) == positive else NEVER
            case Not(part):
                return self.alternatives(part, binding, not positive)
            case Imply(condition, conclusion):
                return self.alternatives(Or((Not(condition), conclusion)), binding, positive)
            case And(parts) | Or(parts):
                each = (self.alternatives(part, binding, positive) for part in parts)
                return self._all(each) if isinstance(formula, And) == positive else self._any(each)
        assert isinstance(formula, (Forall, Exists))
        inner = (
            self.alternatives(formula.part, more, positive) for more in self._instances(formula.variables, binding)
        )
        return self._all(inner) if isinstance(formula, Forall) == positive else self._any(inner)

    def conjunction(self, formulas: list[Formula], binding: Binding) -> list[Alternative]:
        """Return the alternatives in which all of some formulas hold."""
        return self._all(self.alternatives(formula, binding) for formula in formulas)

    def _atom(self, atom: Atom, binding: Binding, positive: bool) -> list[Alternative]:
        predicate = predicate_of(atom)
        row = tuple([binding.get(term, term) for term in atom.terms])
        if predicate not in self.fluents:
            return ALWAYS if (row in self.model.init.get(predicate, ())) == positive else NEVER
        return [frozenset((2 * self.number((predicate, *row)) + (not positive),))]

    def _all(self, each: Iterator[list[Alternative]]) -> list[Alternative]:
        found = ALWAYS
        for listed in each:
            joined = dict.fromkeys([one | other for one in found for other in listed])
            found = self._short([both for both in joined if not any(literal ^ 1 in both for literal in both)])
            if not found:
                break
        return found

    def _any(self, each: Iterator[list[Alternative]]) -> list[Alternative]:
        found: dict[Alternative, None] = {}
        for listed in each:
            found.update(dict.fromkeys(listed))
            if frozenset() in found:
                return ALWAYS
        return self._short(list(found))

    def _short(self, found: list[Alternative]) -> list[Alternative]:
        """Drop what another alternative implies."""
        if len(found) > 1:
            found = [one for one in found if not any(other < one for other in found)]
        if len(found) > self.most:
            raise TooManyError
        return found

    def _instances(self, variables: tuple[Typed, ...], binding: Binding) -> Iterator[Binding]:
        names = [variable.name for variable in variables]
        for values in product(*(self.model.types[variable.type] for variable in variables)):
            yield {**binding, **dict(zip(names, values, strict=True))}

    # ------------------------------------------------------------------------------------------------------- effects
    def outcomes(self, needs: list[Alternative], effect: Effect, binding: Binding) -> list[Outcome]:
        """Return the cases of an action, whatever its conditional effects; they may overlap.

        Raises
        ------
        TooManyError
            When there are too many.
        """
        simple = Outcome(frozenset(), set(), set(), 0)
        conditional: dict[tuple[Alternative, ...], Outcome] = {}
        absent: dict[tuple[Alternative, ...], list[Alternative]] = {}
        for part, conditions, inner in self._parts(effect, binding, ()):
            when = self._all(self.alternatives(condition, known) for condition, known in conditions)
            if when == ALWAYS:
                self._apply(simple, part, inner)
            elif when:
                case = conditional.setdefault(tuple(when), Outcome(frozenset(), set(), set(), 0))
                self._apply(case, part, inner)
                absent[tuple(when)] = self._all(
                    self._any([frozenset((literal ^ 1,))] for literal in sorted(one)) for one in when
                )
        found = [Outcome(one, set(simple.add), set(simple.delete), simple.cost) for one in needs]
        for cases, case in conditional.items():
            found = [
                merged
                for outcome in found
                for merged in (
                    *[_with(outcome, one, case) for one in cases],
                    *[_with(outcome, one, None) for one in absent[cases]],
                )
                if not any(literal ^ 1 in merged.needs for literal in merged.needs)
            ]
            if len(found) > self.most:
                raise TooManyError
        for outcome in found:
            outcome.delete = outcome.delete - outcome.add
        return found

    def _parts(
        self, effect: Effect | Formula, binding: Binding, conditions: tuple[tuple[Formula, Binding], ...]
    ) -> Iterator[tuple[Effect | Formula, tuple[tuple[Formula, Binding], ...], Binding]]:
        match effect:
            case And(parts):
                for part in parts:
                    yield from self._parts(part, binding, conditions)
            case Forall(variables, part):
                for inner in self._instances(variables, binding):
                    yield from self._parts(part, inner, conditions)
            case When(condition, part):
                yield from self._parts(part, binding, (*conditions, (condition, binding)))
            case _:
                yield effect, conditions, binding

    def _apply(self, outcome: Outcome, part: Effect | Formula, binding: Binding) -> None:
        if isinstance(part, Increase):
            amount = part.amount
            if isinstance(amount, Atom):
                amount = self.values.get((amount.predicate, *[binding.get(t, t) for t in amount.terms]), 0)
            outcome.cost += amount
            return
        atom = part.part if isinstance(part, Not) else part
        assert isinstance(atom, Atom)
        number = self.number((predicate_of(atom), *[binding.get(term, term) for term in atom.terms]))
        (outcome.delete if isinstance(part, Not) else outcome.add).add(number)


def _with(outcome: Outcome, needs: Alternative, case: Outcome | None) -> Outcome:
    if case is None:
        return Outcome(outcome.needs | needs, outcome.add, outcome.delete, outcome.cost)
    return Outcome(
        outcome.needs | needs, outcome.add | case.add, outcome.delete | case.delete, outcome.cost + case.cost
    )
