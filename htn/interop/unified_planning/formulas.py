"""Expressions of unified-planning as HDDL formulas; a fluent whose value is an object becomes a predicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from htn.hddl.model import TRUE, And, Atom, Equal, Exists, Forall, Formula, Imply, Not, Or, Typed
from htn.interop.unified_planning.errors import UnsupportedError
from htn.interop.unified_planning.names import Names

__all__ = ["FALSE", "Formulas", "Scope"]

FALSE = Or(())


class Scope:
    """The variables that an expression may speak of, by what unified-planning calls them.

    Parameters
    ----------
    parameters : sequence of Parameter
        Of an action, a method or a task network.
    type_names : mapping of Type to str
        The names of the types in HDDL.
    where : str
        What messages call the place.
    """

    def __init__(self, parameters: Sequence[Any], type_names: Mapping[Any, str], where: str) -> None:
        self.type_names = type_names
        self.where = where
        self._names = Names.of_hddl()
        self.parameters: dict[str, str] = {}
        self.variables: dict[Any, str] = {}
        self.typed = tuple([self._declared(parameter) for parameter in parameters])

    def _declared(self, parameter: Any) -> Typed:
        self.parameters[parameter.name] = f"?{self._names.word(parameter.name)}"
        return Typed(self.parameters[parameter.name], self.type(parameter.type, f"the parameter '{parameter.name}'"))

    def fresh(self, name: str, type: Any) -> Typed:
        """Return a variable that is not in use."""
        return Typed(f"?{self._names.word(name)}", self.type(type, name))

    def bind(self, variables: Sequence[Any]) -> tuple[Typed, ...]:
        """Return quantified variables; expressions may speak of them from now on."""
        bound = tuple([self.fresh(variable.name, variable.type) for variable in variables])
        self.variables.update(zip(variables, [typed.name for typed in bound], strict=True))
        return bound

    def type(self, type: Any, what: str) -> str:
        """Return a type's name in HDDL."""
        if type not in self.type_names:
            raise UnsupportedError(f"{what} of {self.where} has the type '{type}'; HDDL has types of objects only")
        return self.type_names[type]


class Formulas:
    """Translates expressions of one problem.

    A fluent whose value is an object has one value at any time. As a predicate, it has the value as its last argument;
    an expression that uses the value, ``connected(location(r), x)``, says that there is one: ``exists ?v: location(r,
    ?v) and connected(?v, x)``.

    Parameters
    ----------
    fluents, objects : mapping
        The names of predicates and objects in HDDL.

    Attributes
    ----------
    mentioned : dict of str to None
        The objects that some expression named so far.
    """

    def __init__(self, fluents: Mapping[Any, str], objects: Mapping[Any, str]) -> None:
        self.fluents = fluents
        self.objects = objects
        self.mentioned: dict[str, None] = {}

    def formula(self, node: Any, scope: Scope) -> Formula:
        """Return an expression that is true or false.

        Raises
        ------
        UnsupportedError
            When the expression compares numbers or speaks of time.
        """
        if node.is_bool_constant():
            return TRUE if node.bool_constant_value() else FALSE
        if node.is_and():
            return And(tuple([self.formula(part, scope) for part in node.args]))
        if node.is_or():
            return Or(tuple([self.formula(part, scope) for part in node.args]))
        if node.is_not():
            return Not(self.formula(node.arg(0), scope))
        if node.is_implies():
            return Imply(self.formula(node.arg(0), scope), self.formula(node.arg(1), scope))
        if node.is_iff():
            one, other = self.formula(node.arg(0), scope), self.formula(node.arg(1), scope)
            return And((Imply(one, other), Imply(other, one)))
        if node.is_exists() or node.is_forall():
            bound = scope.bind(node.variables())
            return (Exists if node.is_exists() else Forall)(bound, self.formula(node.arg(0), scope))
        given: list[tuple[Typed, Atom]] = []
        return _where(given, self._simple(node, scope, given))

    def _simple(self, node: Any, scope: Scope, given: list[tuple[Typed, Atom]]) -> Formula:
        if node.is_fluent_exp() and node.fluent().type.is_bool_type():
            return self.atom(node, scope, given)
        if node.is_equals() and node.arg(0).type.is_user_type():
            # Where one side is a fluent, the value is the other side.
            value, other = node.args if node.arg(0).is_fluent_exp() else reversed(node.args)
            if value.is_fluent_exp():
                term = self.term(other, scope, given)
                atom = self.atom(value, scope, given)
                return Atom(atom.predicate, (*atom.terms, term))
            return Equal(self.term(node.arg(0), scope, given), self.term(node.arg(1), scope, given))
        raise UnsupportedError(f"the expression '{node}' in {scope.where} has no form in HDDL")

    def atom(self, node: Any, scope: Scope, given: list[tuple[Typed, Atom]]) -> Atom:
        """Return a fluent with its arguments; what their values are is added to `given`."""
        fluent = node.fluent()
        if fluent not in self.fluents:
            raise UnsupportedError(f"the fluent '{fluent.name}' in {scope.where} is not one of the problem's")
        return Atom(self.fluents[fluent], tuple([self.term(argument, scope, given) for argument in node.args]))

    def term(self, node: Any, scope: Scope, given: list[tuple[Typed, Atom]]) -> str:
        """Return an expression whose value is an object, as a variable or an object."""
        if node.is_parameter_exp() and node.parameter().name in scope.parameters:
            return scope.parameters[node.parameter().name]
        if node.is_variable_exp() and node.variable() in scope.variables:
            return scope.variables[node.variable()]
        if node.is_object_exp() and node.object() in self.objects:
            name = self.objects[node.object()]
            self.mentioned[name] = None
            return name
        if node.is_fluent_exp() and node.fluent().type.is_user_type():
            atom = self.atom(node, scope, given)
            value = scope.fresh(node.fluent().name, node.fluent().type)
            given.append((value, Atom(atom.predicate, (*atom.terms, value.name))))
            return value.name
        raise UnsupportedError(f"'{node}' in {scope.where} is neither a parameter nor an object of the problem")


def _where(given: Sequence[tuple[Typed, Atom]], formula: Formula) -> Formula:
    """Return a formula about values that there are."""
    if not given:
        return formula
    return Exists(tuple([value for value, _ in given]), And((*(atom for _, atom in given), formula)))
