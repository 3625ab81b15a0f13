"""Action rules: the cases of an action for given arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from htn.hddl.compile.schemas import EQUAL, ActionSchema, Literal
from htn.hddl.ground.conditions import Conditions, Outcome
from htn.hddl.ground.joins import Relations, Row
from htn.hddl.ground.rules import fact_getters
from htn.hddl.model import And, Atom, Effect, Not

__all__ = ["ActionRule"]


class ActionRule:
    """An action, ready to be instantiated.

    Parameters
    ----------
    schema : ActionSchema
        Which.
    relations : Relations
        For what never changes.
    conditions : Conditions
        For what is no conjunction.
    given : list of set
        What callers may pass.
    """

    def __init__(
        self, schema: ActionSchema, relations: Relations, conditions: Conditions, given: list[set[str]]
    ) -> None:
        self.schema, self.conditions, self.init = schema, conditions, relations.model.init
        order, fluents = schema.formals, relations.fluents
        self.guards = [
            (i, schema.domains[name]) for i, name in enumerate(order) if not given[i] <= schema.domains[name]
        ]
        self.literals = fact_getters(schema.literals, order, fluents)
        self.statics = [literal for literal in schema.literals if literal.predicate not in fluents]
        self.simple = not schema.conditions and all(map(_is_simple, _parts(schema.effect)))
        self.changes = fact_getters(schema.changes, order, fluents) if self.simple else []

    def outcomes(self, row: Row) -> list[Outcome]:
        """Return the cases; there may be none.

        Raises
        ------
        TooManyError
            When there are too many.
        """
        if not all(row[i] in objects for i, objects in self.guards):
            return []
        binding = dict(zip(self.schema.formals, row, strict=True)) if self.statics or not self.simple else {}
        if not all(self._static(literal, binding) for literal in self.statics):
            return []
        number = self.conditions.number
        needs = frozenset([2 * number(get(row)) + negative for get, negative in self.literals])
        if any(literal ^ 1 in needs for literal in needs):
            return []
        if not self.simple:
            also = self.conditions.conjunction(self.schema.conditions, binding)
            cases = [needs | one for one in also if not any(literal ^ 1 in needs for literal in one)]
            return self.conditions.outcomes(cases, self.schema.effect, binding)
        changes: tuple[set[int], set[int]] = (set(), set())
        for get, negative in self.changes:
            changes[negative].add(number(get(row)))
        return [Outcome(needs, changes[0], changes[1] - changes[0], 0)]

    def _static(self, literal: Literal, binding: Mapping[str, str]) -> bool:
        values = tuple([binding.get(str(term), str(term)) for term in literal.terms])
        if literal.predicate == EQUAL:
            return (values[0] == values[1]) == literal.positive
        return (values in self.init.get(literal.predicate, ())) == literal.positive


def _parts(effect: Effect) -> Iterator[object]:
    if isinstance(effect, And):
        for part in effect.parts:
            yield from _parts(part)  # type: ignore[arg-type]  # an effect has only effects in it
    else:
        yield effect


def _is_simple(part: object) -> bool:
    return isinstance(part, Atom) or (isinstance(part, Not) and isinstance(part.part, Atom))
