"""Forms: lifted actions and methods as the encoder takes them, with equal variables made one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from htn.hddl.compile.domains import drop_unusable, filter_domains
from htn.hddl.compile.feasible import ask_for_feasible
from htn.hddl.compile.lifting import Lifting, lift_preconditions
from htn.hddl.compile.normalise import normalise, predicate_of
from htn.hddl.compile.schemas import EQUAL, Literal, MethodSchema, Model, Schema
from htn.hddl.model import And, Atom, Domain, Effect, Forall, Formula, Not, Problem, When, is_variable

__all__ = ["Condition", "Form", "Forms", "Term", "lifted_forms"]

Term = str | int
"""An object or a variable; at a position of a tree, an object or the number of a choice."""


class Condition(NamedTuple):
    """An atom that must hold or must not, or an effect: the predicate, its terms, and whether it is positive."""

    predicate: str
    terms: tuple[Term, ...]
    positive: bool


@dataclass(slots=True)
class Form:
    """An action or a method with variables.

    Attributes
    ----------
    name : str
        The action, or the method's unique name.
    label : str
        What the file calls it.
    formals : tuple of str
        For every argument of the task a variable, or the object that it must be.
    domains : dict
        What each variable may stand for.
    accepted : tuple of frozenset
        What each argument may be.
    conditions, effects : list of Condition
        What must hold before, and what changes; deletes come before adds.
    different : list of (str, str)
        Terms that must differ.
    formulas : list of Formula
        The rest of what must hold; `names` says what became of the variables in them.
    subtasks : list of (str, tuple of str)
        What the method decomposes its task into; empty for an action.
    height : int
        How many decompositions deep the shallowest tree below is; 0 for an action.
    primitive : bool
        Whether it is an action.
    """

    name: str
    label: str
    formals: tuple[str, ...]
    domains: dict[str, frozenset[str]]
    accepted: tuple[frozenset[str], ...]
    conditions: list[Condition]
    different: list[tuple[str, str]]
    formulas: list[Formula]
    names: dict[str, str]
    effects: list[Condition] = field(default_factory=list)
    subtasks: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    height: int = 0
    primitive: bool = False


class Forms(NamedTuple):
    """A problem as the encoder takes it.

    Attributes
    ----------
    model : Model
        Where it comes from.
    tasks : dict of str to list of Form
        The forms of every task: its action alone, or its methods.
    heights : dict of str to int
        How many decompositions deep the shallowest tree of every task is.
    complete : bool
        Whether what has no plan here has none at all: False where only one order of unordered subtasks is looked at.
    """

    model: Model
    tasks: dict[str, list[Form]]
    heights: dict[str, int]
    complete: bool


def lifted_forms(domain: Domain, problem: Problem) -> Forms | None:
    """Return the forms of a problem; None where an effect has a condition, which the encoding has no place for."""
    model = normalise(domain, problem)
    drop_unusable(model)
    filter_domains(model)
    if ask_for_feasible(model):
        filter_domains(model)
    original = {id(schema): len(schema.literals) for schema in model.schemas}
    # Lifting says nothing new to a solver, but makes domains smaller.
    lift_preconditions(model, Lifting(model))
    drop_unusable(model)
    filter_domains(model)
    tasks: dict[str, list[Form]] = {}
    for action in model.actions.values():
        if any(True for _ in _conditional(action.effect)):
            return None
        form = _form(action, action.literals[: original[id(action)]])
        form.effects = list(dict.fromkeys(_effects(action.effect, {}, form.names, model)))
        form.primitive = True
        tasks[action.name] = [form]
    for task, methods in model.methods.items():
        tasks[task] = [_method_form(method, original[id(method)]) for method in methods]
    heights = _heights(tasks)
    return Forms(model, tasks, heights, model.totally_ordered)


def _method_form(method: MethodSchema, original: int) -> Form:
    form = _form(method, method.literals[:original])
    names = form.names
    form.subtasks = [(task, tuple([names.get(term, term) for term in terms])) for task, terms in method.subtasks]
    return form


def _form(schema: Schema, literals: list[Literal]) -> Form:
    names = _unified(schema, literals)
    domains: dict[str, frozenset[str]] = {}
    for variable, objects in schema.domains.items():
        name = names[variable]
        if is_variable(name):
            domains[name] = domains.get(name, objects) & objects
    # What has one value left is that value.
    single = {name: next(iter(objects)) for name, objects in domains.items() if len(objects) == 1}
    names = {variable: single.get(name, name) for variable, name in names.items()}
    domains = {name: objects for name, objects in domains.items() if name not in single}
    conditions: list[Condition] = []
    different: list[tuple[str, str]] = []
    for literal in literals:
        terms = tuple([names.get(term, term) for term in literal.terms if term is not None])
        if literal.predicate != EQUAL:
            conditions.append(Condition(literal.predicate, terms, literal.positive))
        elif not literal.positive:
            different.append((terms[0], terms[1]))
    return Form(
        schema.name,
        schema.label,
        tuple([names[formal] for formal in schema.formals]),
        domains,
        tuple([schema.domains[formal] for formal in schema.formals]),
        list(dict.fromkeys(conditions)),
        different,
        list(schema.conditions),
        names,
    )


def _unified(schema: Schema, literals: list[Literal]) -> dict[str, str]:
    """Return for every variable what stands for it: an object that it must be, or the first one equal to it."""
    names = {variable: variable for variable in schema.domains}
    for literal in literals:
        if literal.predicate == EQUAL and literal.positive:
            one, other = (names.get(term or "", term or "") for term in literal.terms)
            if is_variable(one):
                one, other = other, one
            names = {variable: one if name == other else name for variable, name in names.items()}
    return names


def _conditional(effect: Effect | Formula) -> Iterator[When]:
    match effect:
        case And(parts):
            for part in parts:
                yield from _conditional(part)
        case Forall(_, part):
            yield from _conditional(part)
        case When():
            yield effect


def _effects(
    effect: Effect | Formula, bound: Mapping[str, str], names: Mapping[str, str], model: Model
) -> Iterator[Condition]:
    """Yield the changes, quantified variables replaced by every object."""
    match effect:
        case And(parts):
            for part in parts:
                yield from _effects(part, bound, names, model)
        case Forall(variables, part):
            columns = [model.types[variable.type] for variable in variables]
            for objects in product(*columns):
                inner = dict(zip([variable.name for variable in variables], objects, strict=True))
                yield from _effects(part, {**bound, **inner}, names, model)
        case Atom() | Not(Atom()):
            atom = effect.part if isinstance(effect, Not) else effect
            assert isinstance(atom, Atom)
            terms = tuple([bound.get(term) or names.get(term, term) for term in atom.terms])
            yield Condition(predicate_of(atom), terms, not isinstance(effect, Not))


def _heights(tasks: dict[str, list[Form]]) -> dict[str, int]:
    """Return how deep the shallowest decomposition of each task is; the forms without a finite one are dropped."""
    heights = {task: 0 for task, forms in tasks.items() if forms and forms[0].primitive}
    depth, before = 0, -1
    while len(heights) != before:
        before, depth = len(heights), depth + 1
        fresh: list[str] = []
        for task, forms in tasks.items():
            for form in forms:
                if not form.primitive and not form.height and all(name in heights for name, _ in form.subtasks):
                    form.height = depth
                    fresh += [task] if task not in heights else []
        heights.update(dict.fromkeys(fresh, depth))
    for task, forms in tasks.items():
        tasks[task] = [form for form in forms if form.primitive or form.height]
    return heights
