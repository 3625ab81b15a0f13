"""Late binding: a variable that only later subtasks use gets its value only when they are reached.

A sequence is cut before the first subtask with such variables; what follows becomes a task of its own, with one
method that chooses them. Only what never changes may be asked of them: everything else is asked at the beginning.
"""

from __future__ import annotations

from htn.hddl.compile.schemas import EQUAL, Literal, MethodSchema, Model
from htn.hddl.model import is_variable
from htn.hddl.uses import uses

__all__ = ["bind_late"]


def bind_late(model: Model) -> None:
    """Split every method where later subtasks introduce variables."""
    fluents = model.fluents()
    for task in list(model.methods):
        waiting = list(model.methods[task])
        while waiting:
            rest = _split(waiting.pop(), model, fluents)
            if rest is not None:
                waiting.append(rest)


def _split(method: MethodSchema, model: Model, fluents: set[str]) -> MethodSchema | None:
    """Cut one method in two; return the second, or None where there is nothing to cut."""
    if method.before is not None:
        return None
    early = set(method.formals)
    for literal in method.literals:
        if literal.predicate in fluents or literal.predicate == EQUAL:
            early.update(literal.variables())
    for condition in method.conditions:
        early |= {use.term for use in uses(condition) if use.quantified is None}
    used = [{term for term in terms if is_variable(term)} for _, terms in method.subtasks]
    early |= used[0] if used else set()
    late = {name for name in set().union(*used) - early if len(method.domains[name]) > 1}
    cut = next((i for i, names in enumerate(used) if names & late), None)
    return None if cut is None else _cut(method, model, cut, late)


def _cut(method: MethodSchema, model: Model, cut: int, late: set[str]) -> MethodSchema:
    later = [literal for literal in method.literals if late & set(literal.variables())]
    asked = {name for _, terms in method.subtasks[cut:] for name in terms if is_variable(name)}
    asked |= {name for literal in later for name in literal.variables()}
    passed = tuple(name for name in method.domains if name in asked and name not in late)
    name = f"{method.name}/{cut}"
    rest = MethodSchema(
        name,
        "",
        passed,
        {name: method.domains[name] for name in (*passed, *sorted(late))},
        later,
        [],
        f"#{name}",
        method.subtasks[cut:],
    )
    # What the first part can still know of them: that there is some value.
    kept = [literal for literal in method.literals if literal not in later]
    weaker = [
        Literal(literal.predicate, tuple(None if term in late else term for term in literal.terms))
        for literal in later
        if literal.positive
    ]
    method.literals = kept + [literal for literal in weaker if any(term is not None for term in literal.terms)]
    for variable in late:
        del method.domains[variable]
    method.subtasks = [*method.subtasks[:cut], (rest.task, passed)]
    model.methods[rest.task] = [rest]
    model.task_domains[rest.task] = [method.domains[variable] for variable in passed]
    return rest
