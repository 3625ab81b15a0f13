"""What a formula is worth in a state, and what an effect changes, by the definitions and nothing cleverer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product

from htn.hddl.errors import Source
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
    is_variable,
)
from htn.hddl.types import Types

__all__ = ["Binding", "Evaluator", "fact_text"]

Binding = Mapping[str, str]
Truth = Callable[[Fact], bool]


def fact_text(fact: Fact) -> str:
    """Return a fact as HDDL writes it."""
    return f"({' '.join(fact)})"


class Evaluator:
    """Evaluates formulas and effects for one problem.

    Parameters
    ----------
    types : Types
        The objects that quantifiers range over.
    source : Source
        The domain's text, for the place of a variable without a value.

    Examples
    --------
    >>> from htn.hddl import parse_domain
    >>> evaluator = Evaluator(Types(parse_domain("(define (domain d) (:constants a b))")), Source(""))
    >>> everything = Forall((Typed("?x"),), Atom("p", ("?x",)))
    >>> evaluator.holds(everything, {}, {("p", "a")}.__contains__)
    False
    >>> evaluator.why_not(everything, {}, {("p", "a")}.__contains__)
    '(p b) is false'
    """

    def __init__(self, types: Types, source: Source) -> None:
        self.types = types
        self.source = source

    def ground(self, atom: Atom, binding: Binding) -> Fact:
        """Return an atom with values for its variables.

        Raises
        ------
        HddlError
            When a variable has no value: it is no parameter, so the domain is wrong.
        """
        return (atom.predicate, *[self.value(term, binding, atom.at) for term in atom.terms])

    def value(self, term: str, binding: Binding, at: int) -> str:
        """Return the object that a term stands for."""
        if not is_variable(term):
            return term
        found = binding.get(term)
        if found is None:
            raise self.source.error(at, f"'{term}' is no parameter and not quantified here")
        return found

    def holds(self, formula: Formula | Effect, binding: Binding, true: Truth) -> bool:
        """Whether a formula holds where `true` says which facts do."""
        match formula:
            case Atom():
                return true(self.ground(formula, binding))
            case Not(part):
                return not self.holds(part, binding, true)
            case And(parts):
                return all(self.holds(part, binding, true) for part in parts)
            case Equal(left, right, at):
                return self.value(left, binding, at) == self.value(right, binding, at)
            case TypeOf(term, kind, at):
                return self.types.has(self.value(term, binding, at), kind)
            case Or(parts):
                return any(self.holds(part, binding, true) for part in parts)
            case Imply(condition, conclusion):
                return not self.holds(condition, binding, true) or self.holds(conclusion, binding, true)
            case Forall(variables, part):
                return all(self.holds(part, inner, true) for inner in self._instances(variables, binding))
            case Exists(variables, part):
                return any(self.holds(part, inner, true) for inner in self._instances(variables, binding))
        raise self.source.error(formula.at, "an effect stands where a formula is expected")

    def why_not(self, formula: Formula | Effect, binding: Binding, true: Truth) -> str:
        """Return the first thing that makes a formula false, as a clause; nothing where it holds."""
        match formula:
            case And(parts):
                return next(filter(None, (self.why_not(part, binding, true) for part in parts)), "")
            case Forall(variables, part):
                instances = self._instances(variables, binding)
                return next(filter(None, (self.why_not(part, inner, true) for inner in instances)), "")
        if self.holds(formula, binding, true):
            return ""
        match formula:
            case Atom():
                return f"{fact_text(self.ground(formula, binding))} is false"
            case Not(Atom() as atom):
                return f"{fact_text(self.ground(atom, binding))} is true"
            case Equal(left, right, at):
                return f"{self.value(left, binding, at)} is not {self.value(right, binding, at)}"
            case Not(Equal(left, _, at)):
                return f"both are {self.value(left, binding, at)}"
            case TypeOf(term, kind, at):
                return f"{self.value(term, binding, at)} is not of type {kind}"
            case Not(TypeOf(term, kind, at)):
                return f"{self.value(term, binding, at)} is of type {kind}"
            case Imply(_, conclusion):
                return self.why_not(conclusion, binding, true)
        return f"the ({type(formula).__name__.lower()} ...) of {self.source.at(formula.at)} is false"

    def changes(self, effect: Effect | Formula, binding: Binding, true: Truth) -> tuple[set[Fact], set[Fact]]:
        """Return what an effect adds and what it deletes; what is in both is added."""
        add: set[Fact] = set()
        delete: set[Fact] = set()
        for part, inner in self._effects(effect, binding, true):
            if isinstance(part, Atom):
                add.add(self.ground(part, inner))
            elif isinstance(part, Not) and isinstance(part.part, Atom):
                delete.add(self.ground(part.part, inner))
        return add, delete - add

    def cost(self, effect: Effect | Formula, binding: Binding, true: Truth, values: Mapping[Fact, Number]) -> Number:
        """Return by how much an effect increases functions, all together; a value that is not given counts as 0."""
        total: Number = 0
        for part, inner in self._effects(effect, binding, true):
            if isinstance(part, Increase):
                amount = part.amount
                total += values.get(self.ground(amount, inner), 0) if isinstance(amount, Atom) else amount
        return total

    def _effects(
        self, effect: Effect | Formula, binding: Binding, true: Truth
    ) -> Iterator[tuple[Effect | Formula, Binding]]:
        """Yield the simple effects that take place, with the values of their variables."""
        match effect:
            case And(parts):
                for part in parts:
                    yield from self._effects(part, binding, true)
            case Forall(variables, part):
                for inner in self._instances(variables, binding):
                    yield from self._effects(part, inner, true)
            case When(condition, part):
                if self.holds(condition, binding, true):
                    yield from self._effects(part, binding, true)
            case _:
                yield effect, binding

    def _instances(self, variables: tuple[Typed, ...], binding: Binding) -> Iterator[Binding]:
        """Yield the binding with every combination of values for quantified variables."""
        names = [variable.name for variable in variables]
        for values in product(*(self.types.objects(variable.type) for variable in variables)):
            yield {**binding, **dict(zip(names, values, strict=True))}
