"""From a domain and a problem to schemas: formulas in negation normal form, every task's arguments plain variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from htn.hddl.compile.schemas import EQUAL, GOAL, TOP, ActionSchema, Literal, MethodSchema, Model, Schema
from htn.hddl.errors import Source
from htn.hddl.model import (
    TRUE,
    Action,
    And,
    Atom,
    Domain,
    Effect,
    Equal,
    Exists,
    Forall,
    Formula,
    Imply,
    Method,
    Network,
    Not,
    Or,
    Problem,
    Typed,
    TypeOf,
    When,
    is_variable,
)
from htn.hddl.types import Types
from htn.hddl.uses import uses

__all__ = ["normalise", "predicate_of"]


def predicate_of(atom: Atom) -> str:
    """Return the predicate's name with the number of arguments, which tells predicates of one name apart."""
    return f"{atom.predicate}/{len(atom.terms)}"


def normalise(domain: Domain, problem: Problem) -> Model:
    """Return the schemas of a domain with a problem.

    Raises
    ------
    HddlError
        When a subtask is no task, or has another number of arguments than the task.
    """
    types = Types(domain, problem)
    names = dict.fromkeys([typed.name for typed in (*domain.constants, *problem.objects)])
    listed = {name: types.objects(name) for name in _types_used(domain, problem)}
    model = Model({}, {}, {}, {}, {name: i for i, name in enumerate(names)}, listed)
    for fact in problem.init:
        model.init.setdefault(f"{fact[0]}/{len(fact) - 1}", {})[fact[1:]] = None
    reading = _Reading(model, domain.source)
    for action in domain.actions:
        if action.name not in model.actions:
            reading.action(action)
    for task in domain.tasks:
        model.methods.setdefault(task.name, [])
        model.task_domains[task.name] = [frozenset(listed[p.type]) for p in task.parameters]
    for number, method in enumerate(domain.methods):
        reading.method(method, f"{method.name}#{number}")
    model.actions[GOAL] = ActionSchema(GOAL, "", (), {}, [], [])
    reading.precondition(model.actions[GOAL], problem.goal or TRUE)
    model.task_domains[TOP], model.task_domains[GOAL] = [], []
    model.methods[TOP] = []
    reading.source = problem.source
    top = Method("the initial task network", problem.parameters, TOP, (), TRUE, problem.network)
    reading.method(top, TOP)
    initial = model.methods[TOP][0]
    initial.label = ""
    if initial.before is not None:
        last = len(initial.subtasks)
        initial.before += tuple((i, last) for i in range(last))
    initial.subtasks.append((GOAL, ()))
    reading.check_subtasks([(method, domain.source) for method in domain.methods] + [(top, problem.source)])
    return model


def _types_used(domain: Domain, problem: Problem) -> set[str]:
    found = {"object"}
    for task in domain.tasks:
        found |= {parameter.type for parameter in task.parameters}
    formulas: list[Formula | Effect] = [problem.goal or TRUE]
    schemas: tuple[Method | Action, ...] = (*domain.methods, *domain.actions)
    for schema in schemas:
        found |= {parameter.type for parameter in schema.parameters}
        formulas.append(schema.precondition)
    formulas += [action.effect for action in domain.actions]
    formulas += [method.network.constraints for method in domain.methods] + [problem.network.constraints]
    found |= {parameter.type for parameter in problem.parameters}
    waiting = formulas
    while waiting:
        part = waiting.pop()
        if isinstance(part, (And, Or)):
            waiting += part.parts
        elif isinstance(part, (Forall, Exists)):
            found |= {variable.type for variable in part.variables}
            waiting.append(part.part)
        elif isinstance(part, Not):
            waiting.append(part.part)
        elif isinstance(part, Imply):
            waiting += (part.condition, part.conclusion)
        elif isinstance(part, When):
            waiting += (part.condition, part.effect)
        elif isinstance(part, TypeOf):
            found.add(part.type)
    return found


class _Reading:
    """One model being made."""

    def __init__(self, model: Model, source: Source) -> None:
        self.model = model
        self.source = source

    def domains(self, parameters: Sequence[Typed]) -> dict[str, frozenset[str]]:
        return {parameter.name: frozenset(self.model.types[parameter.type]) for parameter in parameters}

    def action(self, action: Action) -> None:
        formals = tuple(parameter.name for parameter in action.parameters)
        schema = ActionSchema(action.name, action.name, formals, self.domains(action.parameters), [], [])
        self.precondition(schema, action.precondition)
        schema.effect = action.effect
        schema.changes = list(dict.fromkeys(_changes(action.effect, frozenset())))
        self.check_variables(schema, action.effect)
        self.model.actions[action.name] = schema
        self.model.task_domains[action.name] = [schema.domains[name] for name in formals]

    def method(self, method: Method, name: str) -> None:
        domains = self.domains(method.parameters)
        formals: list[str] = []
        literals: list[Literal] = []
        declared = self.model.task_domains.get(method.task)
        if declared is None or len(declared) != len(method.terms):
            wrong = (
                "is not declared" if declared is None else f"has {len(declared)} parameters, not {len(method.terms)}"
            )
            raise self.source.error(method.at, f"the task '{method.task}' of the method '{method.name}' {wrong}")
        for position, term in enumerate(method.terms):
            if is_variable(term) and term not in formals:
                formals.append(term)
                domains[term] &= declared[position]
            else:
                fresh = f"?#{position}"
                formals.append(fresh)
                domains[fresh] = declared[position]
                literals.append(Literal(EQUAL, (fresh, term)))
        order, before = _order(method.network, method, self.source)
        schema = MethodSchema(name, method.name, tuple(formals), domains, literals, [], method.task)
        schema.subtasks = [(method.network.subtasks[i].task, method.network.subtasks[i].terms) for i in order]
        schema.before = before
        self.precondition(schema, method.precondition)
        self.precondition(schema, method.network.constraints)
        self.model.methods[method.task].append(schema)

    def precondition(self, schema: Schema, formula: Formula) -> None:
        self.check_variables(schema, formula)
        for part in _conjuncts(_nnf(formula, True)):
            negated = isinstance(part, Not)
            inner = part.part if isinstance(part, Not) else part
            if isinstance(inner, Atom):
                schema.literals.append(Literal(predicate_of(inner), inner.terms, not negated))
            elif isinstance(inner, Equal):
                schema.literals.append(Literal(EQUAL, (inner.left, inner.right), not negated))
            elif isinstance(inner, TypeOf) and is_variable(inner.term):
                objects = frozenset(self.model.types[inner.type])
                known = schema.domains[inner.term]
                schema.domains[inner.term] = known - objects if negated else known & objects
            else:
                schema.conditions.append(part)

    def check_variables(self, schema: Schema, formula: Formula | Effect) -> None:
        for use in uses(formula):
            if is_variable(use.term) and use.quantified is None and use.term not in schema.domains:
                raise self.source.error(
                    use.at, f"'{use.term}' is neither a parameter of '{schema.label}' nor quantified here"
                )

    def check_subtasks(self, methods: list[tuple[Method, Source]]) -> None:
        for method, source in methods:
            for subtask in method.network.subtasks:
                known = self.model.task_domains.get(subtask.task)
                if known is None:
                    raise source.error(subtask.at, f"the subtask '{subtask.task}' is neither a task nor an action")
                if len(known) != len(subtask.terms):
                    raise source.error(
                        subtask.at,
                        f"'{subtask.task}' has {len(subtask.terms)} arguments here, but {len(known)} parameters",
                    )


def _order(network: Network, method: Method, source: Source) -> tuple[list[int], tuple[tuple[int, int], ...] | None]:
    """Return the positions of the subtasks in an order that is allowed, and the constraints between the new ones."""
    sequence = network.sequence()
    if sequence is not None:
        return list(sequence), None
    edges = network.edges()
    size = len(network.subtasks)
    firsts: list[set[int]] = [set() for _ in range(size)]
    for first, second in edges:
        firsts[second].add(first)
    found: list[int] = []
    while len(found) < size:
        ready = next((i for i in range(size) if i not in found and firsts[i] <= set(found)), None)
        if ready is None:
            raise source.error(network.at, f"the ordering of '{method.name}' is a circle")
        found.append(ready)
    place = {old: new for new, old in enumerate(found)}
    return found, tuple(sorted((place[first], place[second]) for first, second in edges))


def _nnf(formula: Formula | Effect, positive: bool) -> Formula:
    """Return the formula, or its negation, with negations before atoms only."""
    match formula:
        case Not(part):
            return _nnf(part, not positive)
        case And(parts):
            inner = tuple(_nnf(part, positive) for part in parts)
            return And(inner) if positive else Or(inner)
        case Or(parts):
            inner = tuple(_nnf(part, positive) for part in parts)
            return Or(inner) if positive else And(inner)
        case Imply(condition, conclusion):
            return _nnf(Or((Not(condition), conclusion)), positive)
        case Forall(variables, part):
            return (Forall if positive else Exists)(variables, _nnf(part, positive))
        case Exists(variables, part):
            return (Exists if positive else Forall)(variables, _nnf(part, positive))
    assert isinstance(formula, (Atom, Equal, TypeOf))
    return formula if positive else Not(formula)


def _conjuncts(formula: Formula | Effect) -> Iterator[Formula]:
    if isinstance(formula, And):
        for part in formula.parts:
            yield from _conjuncts(part)
    elif isinstance(formula, (Or, And)) and len(formula.parts) == 1:
        yield from _conjuncts(formula.parts[0])
    else:
        assert not isinstance(formula, When)
        yield formula  # type: ignore[misc]  # of the effects only literals reach this place


def _changes(effect: Effect | Formula, bound: frozenset[str]) -> Iterator[Literal]:
    """Yield what an effect may add and delete, whatever its conditions."""
    match effect:
        case And(parts):
            for part in parts:
                yield from _changes(part, bound)
        case Forall(variables, part):
            yield from _changes(part, bound | {variable.name for variable in variables})
        case When(_, part):
            yield from _changes(part, bound)
        case Atom():
            terms = tuple(None if term in bound else term for term in effect.terms)
            yield Literal(predicate_of(effect), terms)
        case Not(Atom() as atom):
            terms = tuple(None if term in bound else term for term in atom.terms)
            yield Literal(predicate_of(atom), terms, False)
