"""Local variables: those that only one subtask uses are chosen in a task of their own.

A method then has one instance where it would have one for each of their values, and the new task has its instances once
for all values of the method's other variables. The new tasks stand only for their one subtask; plans do not show them.
"""

from __future__ import annotations

from htn.hddl.compile.schemas import EQUAL, Literal, MethodSchema, Model
from htn.hddl.ground.rules import variables_of
from htn.hddl.model import is_variable

__all__ = ["hide_local_variables"]


def hide_local_variables(model: Model) -> None:
    """Give every subtask with variables of its own a method that chooses them."""
    fluents = model.fluents()
    for task in list(model.methods):
        for method in model.methods[task]:
            for index in range(len(method.subtasks)):
                _hide(method, index, model, fluents)


def _hide(method: MethodSchema, index: int, model: Model, fluents: set[str]) -> None:
    name, terms = method.subtasks[index]
    local = {term for term in terms if is_variable(term) and len(method.domains[term]) > 1}.difference(method.formals)
    if not local:
        return
    elsewhere = {*method.formals, *variables_of(method.conditions)}
    for other, (_, others) in enumerate(method.subtasks):
        if other != index:
            elsewhere.update(term for term in others if is_variable(term))
    # What may change is asked at the beginning of the method, which for the first of a sequence is that of the subtask.
    first = index == 0 and method.before is None
    local -= elsewhere
    known = elsewhere | {term for term in terms if is_variable(term)}
    while True:
        fixed = {
            variable
            for literal in method.literals
            if (literal.predicate in fluents and not first) or not known.issuperset(literal.variables())
            for variable in literal.variables()
        }
        if local.isdisjoint(fixed):
            break
        local -= fixed
    moved = [literal for literal in method.literals if local & set(literal.variables())]
    used = {*(term for term in terms if is_variable(term)), *(v for literal in moved for v in literal.variables())}
    passed = tuple(variable for variable in method.domains if variable in used and variable not in local)
    if not local or all(variable in used or len(objects) < 2 for variable, objects in method.domains.items()):
        return
    task = f"#{method.name}.{index}"
    domains = {variable: method.domains[variable] for variable in method.domains if variable in used}
    model.methods[task] = [MethodSchema(task, "", passed, domains, moved, [], task, [(name, terms)])]
    model.task_domains[task] = [method.domains[variable] for variable in passed]
    method.subtasks[index] = (task, passed)
    weaker = [
        Literal(literal.predicate, tuple([None if term in local else term for term in literal.terms]))
        for literal in moved
        if literal.positive and literal.predicate != EQUAL
    ]
    kept = [literal for literal in method.literals if literal not in moved]
    method.literals = kept + [literal for literal in weaker if any(term is not None for term in literal.terms)]
    for variable in sorted(local):
        del method.domains[variable]
