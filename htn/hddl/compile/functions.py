"""The functions of actions and methods, written in terms of joins and effects."""

from __future__ import annotations

from htn.hddl.compile.domains import passed
from htn.hddl.compile.emit import Code, Function
from htn.hddl.compile.joins import Join
from htn.hddl.compile.normalise import predicate_of
from htn.hddl.compile.schemas import EQUAL, ActionSchema, Literal, MethodSchema, Model, Schema
from htn.hddl.model import And, Atom, Effect, Exists, Forall, Formula, Imply, Not, Or, When, is_variable

__all__ = ["write_functions"]


def write_functions(code: Code, *, settled: bool = True) -> dict[str, tuple[str, bool]]:
    """Write a function for every action and method.

    Parameters
    ----------
    code : Code
        Where to.
    settled : bool
        Whether an action leaves out what never changes and all its callers have asked for.

    Returns
    -------
    dict of str to (str, bool)
        For every schema's name its function's, and whether that yields alternatives.
    """
    model = code.model
    given = {task: [frozenset(objects) for objects in sets] for task, sets in passed(model).items()}
    asked = _asked_by_callers(model, code.fluents) if settled else {}
    wanted = _read(model)
    found: dict[str, tuple[str, bool]] = {}
    for action in model.actions.values():
        found[action.name] = _action(code, action, given[action.name], asked.get(action.name, set()), wanted)
    for method in model.all_methods:
        found[method.name] = _method(code, method, given[method.task])
    return found


def _begin(code: Code, kind: str, schema: Schema, given: list[frozenset[str]]) -> Function:
    """Begin a function: its arguments, checked where callers may pass others than it accepts."""
    arguments = [f"a{i}" for i in range(len(schema.formals))]
    env = dict(zip(schema.formals, arguments, strict=True))
    function = Function(code, code.fresh(kind), env, arguments, schema)
    for name, objects in zip(schema.formals, given, strict=True):
        if not objects <= schema.domains[name]:
            function.require(f"({env[name]} in {code.members(schema.domains[name])})")
    return function


def _action(
    code: Code, action: ActionSchema, given: list[frozenset[str]], asked: set[Literal], wanted: set[str]
) -> tuple[str, bool]:
    function = _begin(code, "o", action, given)
    join = Join(function, action, set())
    join.literals = [literal for literal in join.literals if literal not in asked]
    join.write()
    function.effects(action.effect, wanted)
    function.line("return state")
    function.finish()
    return function.name, False


def _method(code: Code, method: MethodSchema, given: list[frozenset[str]]) -> tuple[str, bool]:
    function = _begin(code, "m", method, given)
    needed = {term for _, terms in method.subtasks for term in terms if is_variable(term)}
    last = Join(function, method, needed).write()
    generates = bool(function.loops)
    word = "yield" if generates else "return"
    tasks = [
        f"({', '.join([repr(name), *(last.term(term, last.env) for term in terms)])},)"
        if not terms
        else f"({', '.join([repr(name), *(last.term(term, last.env) for term in terms)])})"
        for name, terms in method.subtasks
    ]
    if method.before is None:
        last.line(f"{word} [{', '.join(tasks)}]")
    else:
        edges = code.constant("B", method.before, lambda: method.before)
        last.line(f"{word} network(({', '.join(tasks)},), {edges})")
    last.finish()
    return function.name, generates


def _asked_by_callers(model: Model, fluents: set[str]) -> dict[str, set[Literal]]:
    """Return, for every action, its literals that never change and that every caller asks for too."""
    found: dict[str, set[Literal]] = {}
    for action in model.actions.values():
        found[action.name] = {
            literal
            for literal in action.literals
            if literal.predicate not in fluents and (literal.positive or literal.predicate == EQUAL)
        }
    for method in model.all_methods:
        there = set(method.literals)
        for name, terms in method.subtasks:
            action_schema = model.actions.get(name)
            if action_schema is None:
                continue
            values = dict(zip(action_schema.formals, terms, strict=True))
            found[name] = {
                literal
                for literal in found[name]
                if literal._replace(terms=tuple([values.get(str(t), t) for t in literal.terms])) in there
            }
    return found


def _read(model: Model) -> set[str]:
    """Return the predicates that some condition asks for."""
    found = {literal.predicate for schema in model.schemas for literal in schema.literals}
    waiting: list[Formula | Effect] = [part for schema in model.schemas for part in schema.conditions]
    waiting += [action.effect for action in model.actions.values()]
    conditions = len(waiting) - len(model.actions)
    # Of effects only the conditions count.
    for number, part in enumerate(waiting[:]):
        found |= _predicates(part, number < conditions)
    return found


def _predicates(part: Formula | Effect, condition: bool) -> set[str]:
    match part:
        case Atom():
            return {predicate_of(part)} if condition else set()
        case And(parts) | Or(parts):
            return set().union(*(_predicates(inner, condition) for inner in parts))
        case Not(inner) | Forall(_, inner) | Exists(_, inner):
            return _predicates(inner, condition)
        case Imply(one, other):
            return _predicates(one, True) | _predicates(other, True)
        case When(one, other):
            return _predicates(one, True) | _predicates(other, False)
    return set()
