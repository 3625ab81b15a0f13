"""HDDL out: a domain or a problem as text that reads back to the same model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
    Increase,
    Method,
    Network,
    Not,
    Or,
    Problem,
    Subtask,
    Type,
    Typed,
    TypeOf,
    When,
)

__all__ = ["formula_text", "to_hddl"]

_INDENT = "  "


def to_hddl(definition: Domain | Problem) -> str:
    """Return a domain or a problem as HDDL.

    Reading the text gives an equal `Domain` or `Problem`. Comments and the layout of a file are not kept.

    Examples
    --------
    >>> print(to_hddl(Domain("d", actions=(Action("honk", (Typed("?t", "truck"),)),))))
    (define (domain d)
      (:action honk
        :parameters (?t - truck)))
    """
    return _domain(definition) if isinstance(definition, Domain) else _problem(definition)


def formula_text(formula: Formula | Effect) -> str:
    """Return a formula or an effect on one line.

    Examples
    --------
    >>> formula_text(And((Atom("at", ("?t", "home")), Not(Equal("?t", "t1")))))
    '(and (at ?t home) (not (= ?t t1)))'
    """
    match formula:
        case Atom(predicate, terms):
            return _call(predicate, terms)
        case Equal(left, right):
            return f"(= {left} {right})"
        case TypeOf(term, kind):
            return f"(sortof {term} - {kind})"
        case Not(part):
            return f"(not {formula_text(part)})"
        case And(parts) | Or(parts):
            word = "and" if isinstance(formula, And) else "or"
            return f"({' '.join([word, *map(formula_text, parts)])})" if parts or word == "or" else "()"
        case Imply(condition, conclusion):
            return f"(imply {formula_text(condition)} {formula_text(conclusion)})"
        case Forall(variables, part) | Exists(variables, part):
            word = "forall" if isinstance(formula, Forall) else "exists"
            return f"({word} ({_typed(variables)}) {formula_text(part)})"
        case When(condition, effect):
            return f"(when {formula_text(condition)} {formula_text(effect)})"
        case Increase(function, amount):
            shown = formula_text(amount) if isinstance(amount, Atom) else repr(amount)
            return f"(increase {formula_text(function)} {shown})"


def _domain(domain: Domain) -> str:
    sections = [f"(define (domain {domain.name})"]
    if domain.requirements:
        sections.append(_call(":requirements", domain.requirements))
    sections.extend(_types(domain.types))
    if domain.constants:
        sections.append(_lines(":constants", _objects(domain.constants)))
    if domain.predicates:
        sections.append(
            _lines(":predicates", [_signature(entry.name, entry.parameters) for entry in domain.predicates])
        )
    if domain.functions:
        sections.append(
            _lines(":functions", [f"{_signature(entry.name, entry.parameters)} - number" for entry in domain.functions])
        )
    for task in domain.tasks:
        sections.append(_lines(f":task {task.name}", [f":parameters ({_typed(task.parameters)})"]))
    sections.extend(_method(method) for method in domain.methods)
    sections.extend(_action(action) for action in domain.actions)
    return _close(sections)


def _problem(problem: Problem) -> str:
    sections = [f"(define (problem {problem.name})", f"(:domain {problem.domain})"]
    if problem.requirements:
        sections.append(_call(":requirements", problem.requirements))
    if problem.objects:
        sections.append(_lines(":objects", _objects(problem.objects)))
    sections.append(_lines(":htn", [f":parameters ({_typed(problem.parameters)})", *_network(problem.network)]))
    values = [f"(= {_call(function[0], function[1:])} {value!r})" for function, value in problem.values]
    sections.append(_lines(":init", [*(_call(fact[0], fact[1:]) for fact in problem.init), *values]))
    if problem.goal is not None:
        sections.append(f"(:goal {formula_text(problem.goal)})")
    if problem.metric:
        sections.append(f"(:metric {problem.metric.direction} ({problem.metric.function}))")
    return _close(sections)


def _close(sections: Sequence[str]) -> str:
    return f"\n{_INDENT}".join(sections) + ")"


def _lines(head: str, lines: Iterable[str]) -> str:
    return f"\n{_INDENT * 2}".join([f"({head}", *lines]) + ")"


def _method(method: Method) -> str:
    lines = [f":parameters ({_typed(method.parameters)})", f":task {_call(method.task, method.terms)}"]
    if method.precondition != TRUE:
        lines.append(f":precondition {formula_text(method.precondition)}")
    return _lines(f":method {method.name}", [*lines, *_network(method.network)])


def _action(action: Action) -> str:
    lines = [f":parameters ({_typed(action.parameters)})"]
    if action.precondition != TRUE:
        lines.append(f":precondition {formula_text(action.precondition)}")
    if action.effect != TRUE:
        lines.append(f":effect {formula_text(action.effect)}")
    return _lines(f":action {action.name}", lines)


def _network(network: Network) -> list[str]:
    subtasks = [_subtask(subtask) for subtask in network.subtasks]
    keyword = ":ordered-subtasks" if network.ordered else ":subtasks"
    lines = [f"{keyword} ({' '.join(['and', *subtasks])})" if subtasks else f"{keyword} ()"]
    if network.ordering:
        lines.append(
            f":ordering ({' '.join(['and', *(f'(< {first} {second})' for first, second in network.ordering)])})"
        )
    if network.constraints != TRUE:
        lines.append(f":constraints {formula_text(network.constraints)}")
    return lines


def _subtask(subtask: Subtask) -> str:
    task = _call(subtask.task, subtask.terms)
    return f"({subtask.label} {task})" if subtask.label else task


def _call(name: str, terms: Iterable[str]) -> str:
    return f"({' '.join([name, *terms])})"


def _signature(name: str, parameters: Sequence[Typed]) -> str:
    return f"({name} {_typed(parameters)})" if parameters else f"({name})"


def _typed(entries: Sequence[Typed]) -> str:
    """Return a typed list; without types where all are ``object``, which is what no type means."""
    if all(entry.type == "object" for entry in entries):
        return " ".join([entry.name for entry in entries])
    return " ".join([f"{entry.name} - {entry.type}" for entry in entries])


def _objects(entries: Sequence[Typed]) -> list[str]:
    untyped = all(entry.type == "object" for entry in entries)
    return [entry.name if untyped else f"{entry.name} - {entry.type}" for entry in entries]


def _types(types: Sequence[Type]) -> list[str]:
    """Return sections of types; a new one after those without a parent, which a later ``-`` would give one."""
    runs: list[list[Type]] = []
    for entry in types:
        if not runs or (entry.parent and not runs[-1][-1].parent):
            runs.append([])
        runs[-1].append(entry)
    return [
        _lines(":types", [entry.name + (f" - {entry.parent}" if entry.parent else "") for entry in run]) for run in runs
    ]
