"""Random decompositions of a problem, with no regard to states, and mutations of plans."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from htn.hddl.plan_format import DecomposedTask, Plan, PlanStep
from tests.hddl.brute_force import choices, objects_of, value


def random_plan(domain, problem, random: Random, depth=3):
    """Return a plan whose tree is right, executed in a random order that mostly keeps the methods' order; or None."""
    builder = _Builder(domain, problem, random)
    roots = builder.network(problem.network, problem.parameters, {}, depth)
    if roots is None:
        return None
    order = builder.linearise(roots, keep=random.random() < 0.9)
    steps = tuple([PlanStep(number, *builder.actions[number]) for number in order])
    return Plan(steps, tuple(roots), tuple(builder.tasks.values()))


class _Builder:
    def __init__(self, domain, problem, random):
        self.domain = domain
        self.random = random
        self.objects = objects_of(domain, problem)
        self.actions: dict[int, tuple] = {}
        self.tasks: dict[int, DecomposedTask] = {}
        self.before: list[tuple[int, int]] = []
        self.next_id = 0

    def network(self, network, parameters, values, depth):
        """Return the ids of a network's subtasks in a random order that it allows, everything below them decomposed."""
        fitting = [
            full
            for full in choices(parameters, self.objects)
            if all(full.get(name, known) == known for name, known in values.items())
            and value(network.constraints, frozenset(), full, self.objects)
        ]
        if not fitting:
            return None
        values = self.random.choice(fitting)
        ids = {}
        for index in self.topological(len(network.subtasks), network.edges()):
            subtask = network.subtasks[index]
            number = self.task(subtask.task, tuple(values.get(term, term) for term in subtask.terms), depth)
            if number is None:
                return None
            ids[index] = number
        self.before.extend((ids[first], ids[second]) for first, second in network.edges())
        return list(ids.values())

    def task(self, name, arguments, depth):
        self.next_id += 1
        number = self.next_id
        if any(action.name == name for action in self.domain.actions):
            self.actions[number] = (name, arguments)
            return number
        methods = [method for method in self.domain.methods if method.task == name]
        if depth == 0:
            methods = [method for method in methods if not method.network.subtasks] or methods
        if depth < -2 or not methods:
            return None
        method = self.random.choice(methods)
        values: dict[str, str] = {}
        for term, argument in zip(method.terms, arguments, strict=True):
            if (values.setdefault(term, argument) if term.startswith("?") else term) != argument:
                return None
        children = self.network(method.network, method.parameters, values, depth - 1)
        if children is None:
            return None
        self.tasks[number] = DecomposedTask(number, name, arguments, method.name, tuple(children))
        return number

    def topological(self, count, edges):
        order, left = [], list(range(count))
        while left:
            ready = [i for i in left if not any(second == i and first in left for first, second in edges)]
            if not ready:
                return left
            order.append(self.random.choice(ready))
            left.remove(order[-1])
        return order

    def linearise(self, roots, keep):
        """Return the actions in a random order that keeps the methods' order, or in any order."""
        below = {number: self.leaves(number) for number in [*self.actions, *self.tasks]}
        edges = [(a, b) for first, second in self.before for a in below[first] for b in below[second]] if keep else []
        names = list(self.actions)
        position = {number: index for index, number in enumerate(names)}
        order = self.topological(len(names), [(position[a], position[b]) for a, b in edges])
        return [names[index] for index in order]

    def leaves(self, number):
        if number in self.actions:
            return [number]
        return [leaf for child in self.tasks[number].children for leaf in self.leaves(child)]


# ---------------------------------------------------------------------------------------------------------- mutations
def _steps(plan, steps):
    return replace(plan, steps=tuple(steps))


def _with(entries, old, new):
    return tuple([new if entry is old else entry for entry in entries])


def swap_actions(domain, problem, plan, random):
    """Exchange two actions in the order of execution."""
    if len(plan.steps) < 2:
        return None
    steps = list(plan.steps)
    i, j = random.sample(range(len(steps)), 2)
    steps[i], steps[j] = steps[j], steps[i]
    return _steps(plan, steps)


def drop_action(domain, problem, plan, random):
    """Leave an action out, and its id where it is a subtask."""
    if not plan.steps:
        return None
    gone = random.choice(plan.steps)
    return _without(plan, gone.id)


def drop_action_only(domain, problem, plan, random):
    """Leave an action out of the list only."""
    if not plan.steps:
        return None
    gone = random.choice(plan.steps)
    return _steps(plan, [step for step in plan.steps if step is not gone])


def _without(plan, number):
    return replace(
        plan,
        steps=tuple([step for step in plan.steps if step.id != number]),
        roots=tuple([root for root in plan.roots if root != number]),
        tasks=tuple(
            [
                replace(task, children=tuple([child for child in task.children if child != number]))
                for task in plan.tasks
            ]
        ),
    )


def orphan_action(domain, problem, plan, random):
    """Carry an action out once more that no task asks for."""
    if not plan.steps:
        return None
    step = replace(random.choice(plan.steps), id=fresh_id(plan))
    at = random.randint(0, len(plan.steps))
    return _steps(plan, [*plan.steps[:at], step, *plan.steps[at:]])


def repeat_child(domain, problem, plan, random):
    """Give a task as a subtask twice."""
    task = _parent(plan, random)
    if task is None:
        return None
    children = [*task.children, random.choice(task.children)]
    return replace(plan, tasks=_with(plan.tasks, task, replace(task, children=tuple(children))))


def fresh_id(plan):
    """Return an id that a plan does not use."""
    return max([0, *(entry.id for entry in (*plan.steps, *plan.tasks))]) + 1


def _parent(plan, random):
    parents = [task for task in plan.tasks if task.children]
    return random.choice(parents) if parents else None


def change_argument(domain, problem, plan, random):
    """Give an action or a task another object as an argument."""
    entries = [entry for entry in (*plan.steps, *plan.tasks) if entry.arguments]
    names = sorted({entry.name for entry in (*domain.constants, *problem.objects)})
    if not entries:
        return None
    entry = random.choice(entries)
    at = random.randrange(len(entry.arguments))
    others = [name for name in names if name != entry.arguments[at]]
    if not others:
        return None
    changed = replace(entry, arguments=(*entry.arguments[:at], random.choice(others), *entry.arguments[at + 1 :]))
    return replace(plan, steps=_with(plan.steps, entry, changed), tasks=_with(plan.tasks, entry, changed))


def add_argument(domain, problem, plan, random):
    """Give an action one argument too many."""
    if not plan.steps:
        return None
    step = random.choice(plan.steps)
    extra = step.arguments[-1] if step.arguments else "something"
    return _steps(plan, _with(plan.steps, step, replace(step, arguments=(*step.arguments, extra))))


def drop_argument(domain, problem, plan, random):
    """Leave an argument out."""
    entries = [entry for entry in (*plan.steps, *plan.tasks) if entry.arguments]
    if not entries:
        return None
    entry = random.choice(entries)
    changed = replace(entry, arguments=entry.arguments[:-1])
    return replace(plan, steps=_with(plan.steps, entry, changed), tasks=_with(plan.tasks, entry, changed))


def rename_action(domain, problem, plan, random):
    """Carry out another action of the domain instead."""
    others = [action.name for action in domain.actions]
    if not plan.steps or len(others) < 2:
        return None
    step = random.choice(plan.steps)
    name = random.choice([name for name in others if name != step.name])
    return _steps(plan, _with(plan.steps, step, replace(step, name=name)))


def other_method(domain, problem, plan, random):
    """Claim another method of the same task."""
    found: list[tuple] = []
    for task in plan.tasks:
        names = [method.name for method in domain.methods if method.task == task.name and method.name != task.method]
        found.extend((task, name) for name in names)
    if not found:
        return None
    task, name = random.choice(found)
    return replace(plan, tasks=_with(plan.tasks, task, replace(task, method=name)))


def foreign_method(domain, problem, plan, random):
    """Claim a method of another task, or one that does not exist."""
    if not plan.tasks:
        return None
    task = random.choice(plan.tasks)
    names = [method.name for method in domain.methods if method.task != task.name]
    others = {method.name for method in domain.methods if method.task == task.name}
    name = random.choice([name for name in [*names, "no-such-method"] if name not in others])
    return replace(plan, tasks=_with(plan.tasks, task, replace(task, method=name)))


def reorder_children(domain, problem, plan, random):
    """List subtasks in another order."""
    parents = [task for task in plan.tasks if len(task.children) > 1]
    if not parents:
        return None
    task = random.choice(parents)
    children = list(task.children)
    i, j = random.sample(range(len(children)), 2)
    children[i], children[j] = children[j], children[i]
    return replace(plan, tasks=_with(plan.tasks, task, replace(task, children=tuple(children))))


def reorder_roots(domain, problem, plan, random):
    """List the roots in another order."""
    if len(plan.roots) < 2:
        return None
    roots = list(plan.roots)
    i, j = random.sample(range(len(roots)), 2)
    roots[i], roots[j] = roots[j], roots[i]
    return replace(plan, roots=tuple(roots))


def drop_root(domain, problem, plan, random):
    """Leave a root out."""
    if not plan.roots:
        return None
    gone = random.choice(plan.roots)
    return replace(plan, roots=tuple([root for root in plan.roots if root != gone]))


def move_child(domain, problem, plan, random):
    """Make a subtask of one task a subtask of another."""
    source = _parent(plan, random)
    others = [task for task in plan.tasks if task is not source]
    if source is None or not others:
        return None
    target = random.choice(others)
    child = random.choice(source.children)
    tasks = _with(plan.tasks, source, replace(source, children=tuple([c for c in source.children if c != child])))
    return replace(plan, tasks=_with(tasks, target, replace(target, children=(*target.children, child))))


def swap_children_between(domain, problem, plan, random):
    """Exchange subtasks of two tasks."""
    parents = [task for task in plan.tasks if task.children]
    if len(parents) < 2:
        return None
    one, other = random.sample(parents, 2)
    i, j = random.randrange(len(one.children)), random.randrange(len(other.children))
    first = (*one.children[:i], other.children[j], *one.children[i + 1 :])
    second = (*other.children[:j], one.children[i], *other.children[j + 1 :])
    tasks = _with(_with(plan.tasks, one, replace(one, children=first)), other, replace(other, children=second))
    return replace(plan, tasks=tasks)


def circle(domain, problem, plan, random):
    """Make a task a subtask of itself."""
    task = _parent(plan, random)
    if task is None:
        return None
    return replace(plan, tasks=_with(plan.tasks, task, replace(task, children=(task.id, *task.children[1:]))))


def drop_decomposition(domain, problem, plan, random):
    """Leave a decomposition out."""
    if not plan.tasks:
        return None
    gone = random.choice(plan.tasks)
    return replace(plan, tasks=tuple([task for task in plan.tasks if task is not gone]))


def cut_below(domain, problem, plan, random):
    """Claim that nothing came of a task, and do nothing of it."""
    task = _parent(plan, random)
    if task is None:
        return None
    gone, waiting = set(), list(task.children)
    children = {each.id: each.children for each in plan.tasks}
    while waiting:
        number = waiting.pop()
        gone.add(number)
        waiting.extend(children.get(number, ()))
    tasks = [replace(each, children=()) if each is task else each for each in plan.tasks if each.id not in gone]
    return replace(plan, steps=tuple([step for step in plan.steps if step.id not in gone]), tasks=tuple(tasks))


ALWAYS_WRONG = (
    drop_action,
    drop_action_only,
    orphan_action,
    repeat_child,
    add_argument,
    drop_argument,
    foreign_method,
    drop_root,
    move_child,
    circle,
    drop_decomposition,
)
MUTATIONS = (
    *ALWAYS_WRONG,
    swap_actions,
    change_argument,
    rename_action,
    other_method,
    reorder_children,
    reorder_roots,
    swap_children_between,
    cut_below,
)
