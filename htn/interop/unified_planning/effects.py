"""Effects of unified-planning as HDDL effects, each a literal under quantifiers and a condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from typing import Any

from unified_planning.model import Variable

from htn.hddl.model import And, Atom, Effect, Forall, Formula, Increase, Not, Number, Typed, When
from htn.interop.unified_planning.errors import UnsupportedError
from htn.interop.unified_planning.formulas import Formulas, Scope

__all__ = ["TOTAL_COST", "cost_effects", "effects", "no_conflict"]

TOTAL_COST = "total-cost"


def effects(action: Any, formulas: Formulas, scope: Scope) -> list[Effect]:
    """Return what an action changes.

    Assigning an object to a fluent deletes its old value: the one that the precondition names, or else every other.

    Raises
    ------
    UnsupportedError
        When a number changes.
    """
    found: list[Effect] = []
    known = _known_values(action.preconditions)
    for effect in action.effects:
        kind = effect.fluent.type
        if not effect.is_assignment() or not (kind.is_bool_type() or kind.is_user_type()):
            raise UnsupportedError(f"the action '{action.name}' changes the number '{effect.fluent}'")
        variables = list(scope.bind(effect.forall))
        given: list[tuple[Typed, Atom]] = []
        atom = formulas.atom(effect.fluent, scope, given)
        literals: list[tuple[Formula | None, Effect, tuple[Typed, ...]]] = []
        if kind.is_user_type():
            value = formulas.term(effect.value, scope, given)
            old = known.get(effect.fluent)
            other = scope.fresh("old", kind) if old is None else None
            gone = other.name if other else formulas.term(old, scope, given)
            literals.append((None, Not(Atom(atom.predicate, (*atom.terms, gone))), (other,) if other else ()))
            literals.append((None, Atom(atom.predicate, (*atom.terms, value)), ()))
        elif effect.value.is_bool_constant():
            literals.append((None, atom if effect.value.bool_constant_value() else Not(atom), ()))
        else:
            truth = formulas.formula(effect.value, scope)
            literals += [(truth, atom, ()), (Not(truth), Not(atom), ())]
        under: list[Formula] = [is_value for _, is_value in given]
        if effect.is_conditional():
            under.append(formulas.formula(effect.condition, scope))
        variables += [value for value, _ in given]
        for condition, literal, more in literals:
            conditions = [*under, *([condition] if condition is not None else [])]
            found.append(_under((*variables, *more), conditions, literal))
    return found


def cost_effects(cost: Any, action: Any, formulas: Formulas, scope: Scope) -> list[Effect]:
    """Return the effects that add an action's cost: numbers and values of fluents, summed."""
    if cost.is_plus():
        return [effect for part in cost.args for effect in cost_effects(part, action, formulas, scope)]
    amount: Number | Atom
    if cost.is_int_constant() or cost.is_real_constant():
        value = cost.constant_value()
        amount = int(value) if value == int(value) else float(value)
    elif cost.is_fluent_exp():
        amount = formulas.atom(cost, scope, [])
    else:
        raise UnsupportedError(f"the cost '{cost}' of the action '{action.name}' is no sum of numbers and fluents")
    return [Increase(Atom(TOTAL_COST), amount)]


def no_conflict(action: Any) -> Iterator[Any]:
    """Yield the conditions, as expressions, under which no fluent is given two objects at once.

    In unified-planning such an action cannot be applied; in HDDL the fluent would have two values.
    """
    assignments = [effect for effect in action.effects if effect.fluent.type.is_user_type()]
    for one, other in combinations_with_replacement(assignments, 2):
        if one.fluent.fluent() != other.fluent.fluent() or (one is other and not one.forall):
            continue
        manager, environment = action.environment.expression_manager, action.environment
        renamed = {
            variable: Variable(f"{variable.name}__other", variable.type, environment) for variable in other.forall
        }
        pairs = {manager.VariableExp(old): manager.VariableExp(new) for old, new in renamed.items()}
        target, value, condition = [
            expression.substitute(pairs) if pairs else expression
            for expression in (other.fluent, other.value, other.condition)
        ]
        both = [
            one.condition,
            condition,
            *(manager.Equals(a, b) for a, b in zip(one.fluent.args, target.args, strict=True)),
            manager.Not(manager.Equals(one.value, value)),
        ]
        conflict = manager.And(*both)
        variables = [*one.forall, *renamed.values()]
        if variables:
            conflict = manager.Exists(conflict, *variables)
        allowed = manager.Not(conflict).simplify()
        if not allowed.is_true():
            yield allowed


def _under(variables: Sequence[Typed], conditions: Sequence[Formula], literal: Effect) -> Effect:
    effect = literal
    if conditions:
        effect = When(conditions[0] if len(conditions) == 1 else And(tuple(conditions)), effect)
    return Forall(tuple(variables), effect) if variables else effect


def _known_values(preconditions: Sequence[Any]) -> dict[Any, Any]:
    """Return the values of fluents that preconditions ask for by name."""
    found: dict[Any, Any] = {}
    waiting = list(preconditions)
    while waiting:
        node = waiting.pop()
        if node.is_and():
            waiting += node.args
        elif node.is_equals():
            found.update(
                (fluent, value)
                for fluent, value in (node.args, tuple(reversed(node.args)))
                if fluent.is_fluent_exp() and (value.is_parameter_exp() or value.is_object_exp())
            )
    return found
