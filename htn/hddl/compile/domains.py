"""Domain filtering: which objects each variable can stand for, from the callers down and from the subtasks up.

Every step only removes objects that no plan can use there: those no caller passes, no subtask accepts, no static fact
allows, or no fact at the start and no effect provides. What has no object left is dropped with all that needs it.
"""

from __future__ import annotations

from htn.hddl.compile.schemas import EQUAL, GOAL, TOP, Literal, Model, Schema
from htn.hddl.model import is_variable

__all__ = ["drop_unusable", "filter_domains", "passed", "positions"]

Positions = dict[tuple[str, int], set[str]]


def filter_domains(model: Model) -> None:
    """Narrow the variables' domains until nothing changes, and drop what can never apply."""
    seen: dict[tuple[int, Literal], tuple[int, ...]] = {}
    size = -1
    while size != (size := _size(model)):
        fluents = model.fluents()
        places = positions(model, fluents)
        for schema in model.schemas:
            _narrow(schema, model, fluents, places, seen)
        drop_unusable(model)
        _up(model)
        drop_unusable(model)
        _down(model)
        drop_unusable(model)


def _size(model: Model) -> int:
    return sum(1 + sum(map(len, schema.domains.values())) for schema in model.schemas)


def drop_unusable(model: Model) -> None:
    """Drop schemas with a variable without objects, methods with a dropped subtask, and what no method calls."""
    dropped = True
    while dropped:
        dropped = False
        for name in [name for name, action in model.actions.items() if not action.possible]:
            del model.actions[name]
            dropped = True
        usable = {*model.actions, *(task for task, methods in model.methods.items() if methods)}
        for task, methods in model.methods.items():
            kept = [m for m in methods if m.possible and all(name in usable for name, _ in m.subtasks)]
            if len(kept) < len(methods):
                model.methods[task] = kept
                dropped = True
    reached, waiting = {TOP, GOAL}, [TOP]
    while waiting:
        for method in model.methods.get(waiting.pop(), ()):
            fresh = {name for name, _ in method.subtasks} - reached
            reached |= fresh
            waiting += sorted(fresh)
    model.actions = {name: action for name, action in model.actions.items() if name in reached}
    model.methods = {task: methods for task, methods in model.methods.items() if task in reached}


def positions(model: Model, fluents: set[str]) -> Positions:
    """Return what may stand at each place of a fluent: at the start, or by an effect."""
    found: Positions = {}
    for predicate in fluents:
        for fact in model.init.get(predicate, ()):
            for i, name in enumerate(fact):
                found.setdefault((predicate, i), set()).add(name)
    everything = set(model.order)
    for action in model.actions.values():
        for change in action.changes:
            if change.positive:
                for i, term in enumerate(change.terms):
                    objects = action.objects(term)
                    found.setdefault((change.predicate, i), set()).update(everything if objects is None else objects)
    return found


def _narrow(
    schema: Schema,
    model: Model,
    fluents: set[str],
    places: Positions,
    seen: dict[tuple[int, Literal], tuple[int, ...]],
) -> None:
    """Narrow a schema's domains by its own literals."""
    domains = schema.domains
    for literal in schema.literals:
        if literal.predicate == EQUAL:
            _equal(schema, literal)
        elif not literal.positive:
            continue
        elif literal.predicate in fluents:
            for i, term in enumerate(literal.terms):
                if term is not None:
                    possible = places.get((literal.predicate, i), set())
                    if is_variable(term):
                        domains[term] = domains[term] & possible
                    elif term not in possible:
                        _rule_out(schema)
        else:
            key = (id(schema), literal)
            sizes = tuple(len(domains[name]) for name in literal.variables())
            if seen.get(key) != sizes:
                _static(schema, literal, model)
                seen[key] = tuple(len(domains[name]) for name in literal.variables())


def _rule_out(schema: Schema) -> None:
    schema.domains["?#never"] = frozenset()


def _static(schema: Schema, literal: Literal, model: Model) -> None:
    domains = schema.domains
    facts = list(model.init.get(literal.predicate, ()))
    first: dict[str, int] = {}
    for i, term in enumerate(literal.terms):
        objects = schema.objects(term)
        if objects is not None:
            facts = [fact for fact in facts if fact[i] in objects]
        if term is not None and is_variable(term) and first.setdefault(term, i) != i:
            j = first[term]
            facts = [fact for fact in facts if fact[i] == fact[j]]
    if not facts:
        _rule_out(schema)
    for name, i in first.items():
        domains[name] = frozenset([fact[i] for fact in facts])


def _equal(schema: Schema, literal: Literal) -> None:
    left, right = literal.terms
    one, other = schema.objects(left), schema.objects(right)
    if one is None or other is None:
        return
    if literal.positive:
        both = one & other
        for term in (left, right):
            if term is not None and is_variable(term):
                schema.domains[term] = both
        if not both:
            _rule_out(schema)
        return
    if left == right:
        _rule_out(schema)
    for term, objects, fixed in ((left, one, other), (right, other, one)):
        if term is not None and len(fixed) == 1:
            if is_variable(term):
                schema.domains[term] = objects - fixed
            elif term in fixed:
                _rule_out(schema)


def _up(model: Model) -> None:
    """Narrow the variables of methods to what their subtasks accept."""
    accepted: dict[str, list[frozenset[str]]] = {}
    for task in (*model.actions, *model.methods):
        columns = [[schema.domains[name] for name in formals] for schema, formals in model.formals(task)]
        accepted[task] = [frozenset().union(*column) for column in zip(*columns, strict=True)]
    for method in model.all_methods:
        for task, terms in method.subtasks:
            for term, objects in zip(terms, accepted[task], strict=True):
                if is_variable(term):
                    method.domains[term] &= objects
                elif term not in objects:
                    _rule_out(method)


def passed(model: Model) -> dict[str, list[set[str]]]:
    """Return for every task's arguments what callers may pass."""
    found: dict[str, list[set[str]]] = {
        task: [set() for _ in model.task_domains[task]] for task in (*model.actions, *model.methods)
    }
    for method in model.all_methods:
        for task, terms in method.subtasks:
            for objects, term in zip(found[task], terms, strict=True):
                objects.update(method.objects(term) or ())
    return found


def _down(model: Model) -> None:
    """Narrow the formal parameters to what callers pass."""
    for task, sets in passed(model).items():
        for schema, formals in model.formals(task):
            for name, objects in zip(formals, sets, strict=True):
                schema.domains[name] = schema.domains[name] & objects
