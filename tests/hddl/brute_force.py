"""An independent verifier: it tries every reading of a plan and every state for every method, and shares no code.

Only for plans of a handful of actions; it uses the typed model and nothing else of `htn.hddl`.
"""

from __future__ import annotations

from itertools import permutations, product

from htn.hddl.model import And, Atom, Equal, Exists, Forall, Imply, Increase, Not, Or, TypeOf, When


def objects_of(domain, problem):
    """Return the objects of each type, by following every parent; `object` is everything unless it is declared."""
    entries = [*domain.constants, *problem.objects]
    parents = [(entry.name, entry.parent) for entry in domain.types if entry.parent]
    names = {entry.name for entry in domain.types} | {parent for _, parent in parents}
    found = {
        name: {entry.name for entry in entries if entry.type == name} for name in names | {e.type for e in entries}
    }
    for _ in range(len(parents) + 1):
        for name, parent in parents:
            found[parent] |= found.setdefault(name, set())
    if "object" not in names:
        found["object"] = {entry.name for entry in entries}
    return found


def value(formula, state, values, objects):
    """Evaluate a formula in a state given as a set of facts; None stands for any state (constraints)."""

    def ground(term):
        return values[term] if term.startswith("?") else term

    if isinstance(formula, Atom):
        return (formula.predicate, *map(ground, formula.terms)) in state
    if isinstance(formula, Equal):
        return ground(formula.left) == ground(formula.right)
    if isinstance(formula, TypeOf):
        return ground(formula.term) in objects.get(formula.type, ())
    if isinstance(formula, Not):
        return not value(formula.part, state, values, objects)
    if isinstance(formula, (And, Or)):
        results = [value(part, state, values, objects) for part in formula.parts]
        return all(results) if isinstance(formula, And) else any(results)
    if isinstance(formula, Imply):
        return value(formula.conclusion, state, values, objects) or not value(formula.condition, state, values, objects)
    assert isinstance(formula, (Forall, Exists))
    results = [value(formula.part, state, {**values, **more}, objects) for more in choices(formula.variables, objects)]
    return all(results) if isinstance(formula, Forall) else any(results)


def choices(variables, objects):
    """Return every way to give variables objects of their types."""
    names = [variable.name for variable in variables]
    pools = [sorted(objects.get(variable.type, ())) for variable in variables]
    return [dict(zip(names, combination, strict=True)) for combination in product(*pools)]


def successor(effect, state, values, objects) -> set:
    """Return the state after an effect."""
    added, deleted = set(), set()

    def apply(part, inner):
        if isinstance(part, And):
            for each in part.parts:
                apply(each, inner)
        elif isinstance(part, When):
            if value(part.condition, state, inner, objects):
                apply(part.effect, inner)
        elif isinstance(part, Forall):
            for more in choices(part.variables, objects):
                apply(part.part, {**inner, **more})
        elif isinstance(part, Not):
            assert isinstance(part.part, Atom)
            deleted.add((part.part.predicate, *[inner.get(term, term) for term in part.part.terms]))
        elif not isinstance(part, Increase):
            added.add((part.predicate, *[inner.get(term, term) for term in part.terms]))

    apply(effect, values)
    return (state - deleted) | added


def is_solution(domain, problem, plan):
    """Whether a plan is a solution, by trying everything."""
    objects = objects_of(domain, problem)
    steps = {step.id: step for step in plan.steps}
    tasks = {task.id: task for task in plan.tasks}
    position = {step.id: index for index, step in enumerate(plan.steps)}
    if not _is_tree(steps, tasks, plan.roots) or not _well_typed(domain, objects, steps, tasks):
        return False
    states = _states(domain, problem, plan, objects)
    if states is None:
        return False
    readings = {-1: _readings(problem.network, problem.parameters, And(()), plan.roots, {}, steps, tasks, objects)}
    for task in tasks.values():
        readings[task.id] = []
        for method in domain.methods:
            if (method.name, method.task) == (task.method, task.name) and len(method.terms) == len(task.arguments):
                values = _bind(method.terms, task.arguments, {})
                if values is not None:
                    readings[task.id] += _readings(
                        method.network,
                        method.parameters,
                        method.precondition,
                        task.children,
                        values,
                        steps,
                        tasks,
                        objects,
                    )
    children = {-1: plan.roots, **{task.id: task.children for task in tasks.values()}}
    ids = list(readings)
    for combination in product(*readings.values()):
        chosen = dict(zip(ids, combination, strict=True))
        if _ordered(chosen, children, position) and _has_states(chosen, children, position, states, objects):
            return True
    return False


def _is_tree(steps, tasks, roots):
    listed = [*roots, *(child for task in tasks.values() for child in task.children)]
    if sorted(listed) != sorted([*steps, *tasks]):
        return False
    reached = set()
    waiting = list(roots)
    while waiting:
        number = waiting.pop()
        reached.add(number)
        waiting.extend(tasks[number].children if number in tasks else ())
    return reached == {*steps, *tasks}


def _well_typed(domain, objects, steps, tasks):
    for entries, declared in ((steps, domain.actions), (tasks, domain.tasks)):
        schemas = {schema.name: schema for schema in declared}
        for entry in entries.values():
            schema = schemas.get(entry.name)
            if schema is None or len(schema.parameters) != len(entry.arguments):
                return False
            if any(
                argument not in objects.get(parameter.type, ())
                for argument, parameter in zip(entry.arguments, schema.parameters, strict=True)
            ):
                return False
    return True


def _states(domain, problem, plan, objects):
    states = [frozenset(problem.init)]
    for step in plan.steps:
        action = next(action for action in domain.actions if action.name == step.name)
        values = {
            parameter.name: argument for parameter, argument in zip(action.parameters, step.arguments, strict=True)
        }
        if not value(action.precondition, states[-1], values, objects):
            return None
        states.append(frozenset(successor(action.effect, states[-1], values, objects)))
    if problem.goal is not None and not value(problem.goal, states[-1], {}, objects):
        return None
    return states


def _bind(terms, arguments, values):
    values = dict(values)
    for term, argument in zip(terms, arguments, strict=True):
        if (values.setdefault(term, argument) if term.startswith("?") else term) != argument:
            return None
    return values


def _readings(network, parameters, precondition, children, values, steps, tasks, objects):
    """Return every (precondition, values, ordering of children) that a decomposition can stand for."""
    found: list[tuple] = []
    if len(children) != len(network.subtasks):
        return found
    given = [steps.get(child) or tasks[child] for child in children]
    edges = network.edges()
    for order in permutations(range(len(children))):
        # order[i] is the subtask that the i-th child is.
        place = {subtask: index for index, subtask in enumerate(order)}
        if any(place[first] > place[second] for first, second in edges):
            continue
        bound = dict(values)
        for child, subtask in zip(given, order, strict=True):
            schema = network.subtasks[subtask]
            if schema.task != child.name or len(schema.terms) != len(child.arguments):
                break
            bound = _bind(schema.terms, child.arguments, bound)
            if bound is None:
                break
        else:
            before = [(children[place[first]], children[place[second]]) for first, second in edges]
            found += [
                (precondition, full, before)
                for full in choices(parameters, objects)
                if all(full.get(name) == known for name, known in bound.items())
                and value(network.constraints, frozenset(), full, objects)
            ]
    return found


def _leaves(number, children, position):
    if number in position:
        return [position[number]]
    return [leaf for child in children[number] for leaf in _leaves(child, children, position)]


def _ordered(chosen, children, position):
    return all(
        earlier < later
        for _, _, before in chosen.values()
        for first, second in before
        for earlier in _leaves(first, children, position)
        for later in _leaves(second, children, position)
    )


def _has_states(chosen, children, position, states, objects):
    """Whether each method can be given a state of its own such that its precondition holds and the order is kept."""
    ids = list(chosen)
    pools = [
        [time for time, state in enumerate(states) if value(chosen[number][0], state, chosen[number][1], objects)]
        for number in ids
    ]
    return any(_consistent(dict(zip(ids, times, strict=True)), chosen, children, position) for times in product(*pools))


def _consistent(start, chosen, children, position):
    def begin(number):
        return position[number] if number in position else start[number]

    def end(number):
        if number in position:
            return position[number] + 1
        return max([start[number], *(end(child) for child in children[number])])

    for number, (_, _, before) in chosen.items():
        if any(begin(child) < start[number] for child in children[number]):
            return False
        if any(end(first) > begin(second) for first, second in before):
            return False
    return True
