"""Schemas: actions and methods in the form that the passes transform, with a set of objects for every variable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from htn.hddl.model import TRUE, Effect, Formula, is_variable
from htn.model.record import Record, field

__all__ = ["EQUAL", "GOAL", "TOP", "ActionSchema", "Literal", "MethodSchema", "Model", "Schema", "Term", "substitute"]

TOP = "#top"
"""The artificial task whose one method is the initial task network."""
GOAL = "#goal"
"""The artificial action whose precondition is the goal."""
EQUAL = "="

Term = str | None


class Literal(NamedTuple):
    """An atom or its negation. The term None stands for some object: there is one for which it holds.

    Attributes
    ----------
    predicate : str
        The name with the number of arguments, ``at/2``; or ``=``.
    terms : tuple of str or None
        Variables and objects.
    positive : bool
        Whether the atom holds or does not.
    """

    predicate: str
    terms: tuple[Term, ...]
    positive: bool = True

    def variables(self) -> list[str]:
        """Return the variables, each as often as it stands there."""
        return [term for term in self.terms if term is not None and is_variable(term)]


def substitute(literal: Literal, values: Mapping[str, Term]) -> Literal:
    """Return the literal with values for its variables; those without one become None.

    Examples
    --------
    >>> substitute(Literal("at/2", ("?v", "?l")), {"?v": "truck"})
    Literal(predicate='at/2', terms=('truck', None), positive=True)
    """
    terms = [values.get(term) if term is not None and is_variable(term) else term for term in literal.terms]
    return Literal(literal.predicate, tuple(terms), literal.positive)


class Schema(Record, frozen=False):
    """What an action and a method have in common.

    Attributes
    ----------
    name : str
        Unique among the actions, or among the methods.
    label : str
        What the file calls it; nothing for one that a pass made.
    formals : tuple of str
        The variables that stand for the task's arguments, each once.
    domains : dict
        For every variable, the objects that it may stand for.
    literals : list of Literal
        What must hold, as far as it is a conjunction of literals.
    conditions : list of Formula
        The rest of what must hold.
    """

    name: str
    label: str
    formals: tuple[str, ...]
    domains: dict[str, frozenset[str]]
    literals: list[Literal]
    conditions: list[Formula]

    def objects(self, term: Term) -> frozenset[str] | None:
        """Return what a term may stand for; None is anything."""
        if term is None:
            return None
        return self.domains[term] if is_variable(term) else frozenset((term,))

    @property
    def possible(self) -> bool:
        """Whether every variable has a value left."""
        return all(self.domains.values())

    def add(self, literals: Iterable[Literal]) -> bool:
        """Add literals that are not there yet; return whether there were any."""
        fresh = [literal for literal in dict.fromkeys(literals) if literal not in self.literals]
        self.literals += fresh
        return bool(fresh)


class ActionSchema(Schema, frozen=False):
    """A primitive task.

    Attributes
    ----------
    effect : Effect
        As the file has it.
    changes : list of Literal
        What it may add and delete; None in place of quantified variables.
    """

    effect: Effect = TRUE
    changes: list[Literal] = field(factory=list)


class MethodSchema(Schema, frozen=False):
    """One way to decompose a task.

    Attributes
    ----------
    task : str
        What it decomposes.
    subtasks : list of (str, tuple of str)
        Names and terms, in an order that `before` allows.
    before : tuple of (int, int) or None
        Ordering constraints between positions; None for a sequence.
    """

    task: str = ""
    subtasks: list[tuple[str, tuple[str, ...]]] = field(factory=list)
    before: tuple[tuple[int, int], ...] | None = None


class Model(Record, frozen=False):
    """A domain with a problem, as schemas.

    Attributes
    ----------
    actions : dict of str to ActionSchema
        By name.
    methods : dict of str to list of MethodSchema
        By task, in the file's order.
    task_domains : dict of str to list of frozenset
        What the arguments of each task may be by declaration, then by what the passes found.
    init : dict of str to dict
        The facts at the start by predicate: tuples of objects, in order.
    order : dict of str to int
        The objects in the order in which they are declared.
    types : callable
        From the name of a type to its objects.
    """

    actions: dict[str, ActionSchema]
    methods: dict[str, list[MethodSchema]]
    task_domains: dict[str, list[frozenset[str]]]
    init: dict[str, dict[tuple[str, ...], None]]
    order: dict[str, int]
    types: Mapping[str, tuple[str, ...]]

    @property
    def schemas(self) -> list[Schema]:
        """Every action and method."""
        return [*self.actions.values(), *self.all_methods]

    @property
    def all_methods(self) -> list[MethodSchema]:
        """Every method, grouped by task."""
        return [method for methods in self.methods.values() for method in methods]

    @property
    def totally_ordered(self) -> bool:
        """Whether every method's subtasks are a sequence."""
        return all(method.before is None for method in self.all_methods)

    def formals(self, task: str) -> list[tuple[Schema, tuple[str, ...]]]:
        """Return what may become of a task: its action, or its methods, with the formal parameters."""
        if task in self.actions:
            return [(self.actions[task], self.actions[task].formals)]
        return [(method, method.formals) for method in self.methods.get(task, ())]

    def fluents(self) -> set[str]:
        """Return the predicates that some action changes."""
        return {change.predicate for action in self.actions.values() for change in action.changes}

    def sorted(self, objects: Iterable[str]) -> tuple[str, ...]:
        """Return objects in the order in which they are declared."""
        return tuple(sorted(objects, key=self.order.__getitem__))
