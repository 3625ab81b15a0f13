"""HDDL formulas and effects as expressions and effects of unified-planning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unified_planning.model import Variable

from htn.hddl.model import (
    And,
    Atom,
    Effect,
    Equal,
    Exists,
    Forall,
    Formula,
    Imply,
    Increase,
    Not,
    Or,
    Typed,
    TypeOf,
    When,
    is_variable,
)
from htn.interop.unified_planning.errors import UnsupportedError
from htn.interop.unified_planning.types import Typing

__all__ = ["Expressions"]


class Expressions:
    """Translates formulas of one domain.

    Parameters
    ----------
    environment : Environment
        Where expressions are made.
    typing : Typing
        The types of objects.
    types, objects : mapping
        unified-planning's types and objects by name.
    fluents : mapping
        Its fluents by name and number of arguments.
    """

    def __init__(
        self,
        environment: Any,
        typing: Typing,
        types: Mapping[str, Any],
        objects: Mapping[str, Any],
        fluents: Mapping[tuple[str, int], Any],
    ) -> None:
        self.environment = environment
        self.manager = environment.expression_manager
        self.typing = typing
        self.types = types
        self.objects = objects
        self.fluents = fluents

    def term(self, term: str, scope: Mapping[str, Any], where: str) -> Any:
        """Return a variable or an object as an expression."""
        if not is_variable(term):
            if term not in self.objects:
                raise UnsupportedError(f"'{term}' in {where} is no object")
            return self.manager.ObjectExp(self.objects[term])
        if term not in scope:
            raise UnsupportedError(f"'{term}' in {where} is neither a parameter nor quantified")
        return scope[term]

    def atom(self, atom: Atom, scope: Mapping[str, Any], where: str) -> Any:
        """Return a predicate with its arguments as an expression."""
        arguments = [self.term(term, scope, where) for term in atom.terms]
        return self.manager.FluentExp(self.fluents[atom.predicate, len(atom.terms)], arguments)

    def expression(self, formula: Formula | Effect, scope: Mapping[str, Any], where: str) -> Any:
        """Return a formula as an expression."""
        make = self.manager
        match formula:
            case Atom():
                return self.atom(formula, scope, where)
            case Not(part):
                return make.Not(self.expression(part, scope, where))
            case And(parts):
                return make.And([self.expression(part, scope, where) for part in parts])
            case Or(parts):
                return make.Or([self.expression(part, scope, where) for part in parts])
            case Imply(condition, conclusion):
                return make.Implies(self.expression(condition, scope, where), self.expression(conclusion, scope, where))
            case Equal(left, right):
                return self.equal(self.term(left, scope, where), self.term(right, scope, where))
            case TypeOf(term, type):
                what = self.term(term, scope, where)
                listed = [name for name, known in self.typing.object_types.items() if self.typing.below(known, type)]
                return make.Or([self.equal(what, make.ObjectExp(self.objects[name])) for name in listed])
            case Forall(variables, part) | Exists(variables, part):
                bound, inner = self.bind(variables, scope)
                quantify = make.Forall if isinstance(formula, Forall) else make.Exists
                inside = self.expression(part, inner, where)
                return quantify(inside, *bound) if bound else inside
        raise UnsupportedError(f"an effect stands where a formula is expected in {where}")

    def equal(self, left: Any, right: Any) -> Any:
        """Return an equality; false for two things whose types have nothing in common."""
        if not (left.type.is_compatible(right.type) or right.type.is_compatible(left.type)):
            return self.manager.FALSE()
        return self.manager.Equals(left, right)

    def bind(self, variables: tuple[Typed, ...], scope: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return quantified variables, and the scope inside the quantifier."""
        bound = [
            Variable(variable.name.removeprefix("?"), self.types[variable.type], self.environment)
            for variable in variables
        ]
        named = zip((variable.name for variable in variables), bound, strict=True)
        return bound, {**scope, **{name: self.manager.VariableExp(variable) for name, variable in named}}

    def effects(
        self, effect: Effect | Formula, scope: Mapping[str, Any], where: str
    ) -> tuple[list[tuple[Any, Any, Any, tuple[Any, ...]]], list[Any]]:
        """Return an effect as fluents with values, conditions and quantified variables; and the costs it adds."""
        found: list[tuple[Any, Any, Any, tuple[Any, ...]]] = []
        costs: list[Any] = []
        waiting: list[tuple[Effect | Formula, Mapping[str, Any], list[Any], list[Any]]] = [(effect, scope, [], [])]
        while waiting:
            part, scope, variables, conditions = waiting.pop()
            match part:
                case And(parts):
                    waiting.extend((inner, scope, variables, conditions) for inner in reversed(parts))
                case Forall(quantified, inner):
                    bound, inside = self.bind(quantified, scope)
                    waiting.append((inner, inside, [*variables, *bound], conditions))
                case When(condition, inner):
                    asked = self.expression(condition, scope, where)
                    waiting.append((inner, scope, variables, [*conditions, asked]))
                case Increase(_, amount):
                    if variables or conditions:
                        raise UnsupportedError(f"the cost of {where} depends on a condition; unified-planning's do not")
                    costs.append(self.amount(amount, scope, where))
                case Atom() | Not(Atom()):
                    atom = part if isinstance(part, Atom) else part.part
                    assert isinstance(atom, Atom)
                    truth = self.manager.TRUE() if isinstance(part, Atom) else self.manager.FALSE()
                    under = self.manager.And(conditions)
                    found.append((self.atom(atom, scope, where), truth, under, tuple(variables)))
                case _:
                    raise UnsupportedError(f"a formula stands where an effect is expected in {where}")
        return found, costs

    def amount(self, amount: Any, scope: Mapping[str, Any], where: str) -> Any:
        """Return a cost as an expression."""
        if isinstance(amount, Atom):
            return self.atom(amount, scope, where)
        return self.manager.auto_promote(amount)[0]
