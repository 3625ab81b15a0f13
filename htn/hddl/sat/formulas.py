"""Formulas that are no conjunctions: a literal for each, which implies it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING

from htn.hddl.compile.normalise import predicate_of
from htn.hddl.model import And, Atom, Equal, Exists, Forall, Formula, Not, Or, TypeOf
from htn.hddl.sat.forms import Condition

if TYPE_CHECKING:
    from htn.hddl.sat.encode import Encoding

__all__ = ["condition_literal"]


def condition_literal(encoding: Encoding, formula: Formula, names: Mapping[str, str | int]) -> int:
    """Return a literal that implies a formula in negation normal form at the present boundary.

    Parameters
    ----------
    encoding : Encoding
        Where to write clauses.
    formula : Formula
        What must hold.
    names : dict
        What its variables stand for: objects and choices.
    """
    match formula:
        case And(parts):
            return _all(encoding, [condition_literal(encoding, part, names) for part in parts])  # type: ignore[arg-type]
        case Or(parts):
            return _any(encoding, [condition_literal(encoding, part, names) for part in parts])
        case Forall(variables, part) | Exists(variables, part):
            columns = [encoding.forms.model.types[variable.type] for variable in variables]
            bound = [variable.name for variable in variables]
            inner = [
                condition_literal(encoding, part, {**names, **dict(zip(bound, objects, strict=True))})  # type: ignore[arg-type]
                for objects in product(*columns)
            ]
            return (_all if isinstance(formula, Forall) else _any)(encoding, inner)
    positive = not isinstance(formula, Not)
    part = formula.part if isinstance(formula, Not) else formula
    if isinstance(part, Equal):
        return _equal(encoding, names.get(part.left, part.left), names.get(part.right, part.right), positive)
    if isinstance(part, TypeOf):
        objects = encoding.forms.model.types[part.type]
        term = names.get(part.term, part.term)
        if positive:
            return _any(encoding, [encoding.is_object(term, name) for name in objects])
        return _all(encoding, [-encoding.is_object(term, name) for name in objects])
    assert isinstance(part, Atom)
    terms = tuple([names.get(term, term) for term in part.terms])
    return encoding.holds(Condition(predicate_of(part), terms, positive))


def _all(encoding: Encoding, literals: list[int]) -> int:
    if -1 in literals:
        return -1
    needed = [literal for literal in dict.fromkeys(literals) if literal != 1]
    if len(needed) < 2:
        return needed[0] if needed else 1
    found = encoding.fresh()
    encoding.clauses += [[-found, literal] for literal in needed]
    return found


def _any(encoding: Encoding, literals: list[int]) -> int:
    if 1 in literals:
        return 1
    ways = [literal for literal in dict.fromkeys(literals) if literal != -1]
    if len(ways) < 2:
        return ways[0] if ways else -1
    found = encoding.fresh()
    encoding.clauses.append([-found, *ways])
    return found


def _equal(encoding: Encoding, one: str | int, other: str | int, positive: bool) -> int:
    if isinstance(one, str) and isinstance(other, str):
        return 1 if (one == other) == positive else -1
    found = encoding.fresh()
    (encoding.alike if positive else encoding.unlike)(one, other, [-found])
    return found
