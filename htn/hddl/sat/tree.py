"""The tree of positions: what could stand at each place of a decomposition of limited depth.

Each position holds alternatives: tasks, and for each task its action or its methods. What a method leaves open
becomes a *choice*, a number that stands for some object of a set; choices are shared by the alternatives at a
position, of which only one is taken, and are passed on to subtasks as they are. So one method stands for all its
instances (Schreiber, *Lilotane: a lifted SAT-based approach to hierarchical planning*, JAIR 70, 2021).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping

from htn.hddl.compile.schemas import TOP
from htn.hddl.model import is_variable
from htn.hddl.sat.forms import Condition, Form, Forms

__all__ = ["Choice", "Grown", "Operation", "Position", "Task", "Tree", "narrow"]

Choice = int
Term = str | Choice
Values = dict[Choice, set[str]]


class Task:
    """A task that may stand at a position.

    Attributes
    ----------
    name : str
        The task.
    terms : tuple of str or int
        Objects and choices.
    parents : list of Operation or Task
        The methods above that have it as a subtask here, or the same task one layer above.
    operations : list of Operation
        Its action, or its methods.
    literal : int
        What stands for it in the formula; 0 before.
    """

    __slots__ = ("literal", "name", "operations", "parents", "terms")

    def __init__(self, name: str, terms: tuple[Term, ...]) -> None:
        self.name = name
        self.terms = terms
        self.parents: list[Operation] = []
        self.operations: list[Operation] = []
        self.literal = 0

    def values(self, choice: Choice) -> set[str]:
        """Return what a choice may be if this task is done."""
        found: set[str] = set()
        for parent in self.parents:
            found |= parent.values[choice]
        return found


class Operation:
    """An action or a method at a position, with choices in the place of what is open.

    Attributes
    ----------
    form : Form
        What it is.
    task : Task
        What it carries out or decomposes.
    bound : dict of str to (str or int)
        What the form's variables stand for.
    values : dict of int to set of str
        What the choices in it, and in the terms of its task, may be if it is taken.
    conditions, effects : list of Condition
        Those of the form, with what is bound.
    children : list of Task
        Its subtasks.
    alive : bool
        Whether it may still be part of a plan.
    literal : int
        What stands for it in the formula; 0 before.
    """

    __slots__ = ("alive", "bound", "children", "conditions", "effects", "form", "literal", "task", "values")

    def __init__(self, form: Form, task: Task, bound: dict[str, Term], values: Values) -> None:
        self.form = form
        self.task = task
        self.bound = bound
        self.values = values
        self.conditions = [self._with(condition) for condition in form.conditions]
        self.effects = [self._with(effect) for effect in form.effects]
        self.children: list[Task] = []
        self.alive = True
        self.literal = 0

    def _with(self, condition: Condition) -> Condition:
        bound = self.bound
        return condition._replace(terms=tuple([bound.get(term, term) for term in condition.terms]))  # type: ignore[arg-type]


class Position:
    """A place in the tree.

    Attributes
    ----------
    tasks : dict
        What may stand there, by name and terms.
    children : list of Position
        The places of the subtasks; none where nothing needs to be decomposed.
    """

    __slots__ = ("children", "tasks")

    def __init__(self) -> None:
        self.tasks: dict[tuple[str, tuple[Term, ...]], Task] = {}
        self.children: list[Position] = []

    @property
    def operations(self) -> list[Operation]:
        """What may still be done here."""
        return [operation for task in self.tasks.values() for operation in task.operations if operation.alive]


class Tree:
    """Positions in the order in which they are walked: parents first, then the children from left to right.

    Attributes
    ----------
    positions : list of Position
        In that order.
    choices : int
        How many choices there are.
    cut : bool
        Whether something was left out because it would be too deep.
    """

    def __init__(self) -> None:
        self.positions: list[Position] = []
        self.choices = 0
        self.cut = False
        self.operations = 0


Grown = Generator[None, None, Tree]


def narrow(values: Values, terms: tuple[Term, ...], facts: Mapping[tuple[str, ...], object]) -> bool:
    """Narrow choices to what some fact allows; return whether any is left."""
    if not any(isinstance(term, int) for term in terms):
        return terms in facts
    # Where there are few combinations, they are looked up; otherwise the facts are gone through.
    chosen = [(i, term) for i, term in enumerate(terms) if isinstance(term, int)]
    if len(chosen) == 1:
        place, choice = chosen[0]
        before, after = terms[:place], terms[place + 1 :]
        left = {value for value in values[choice] if (*before, value, *after) in facts}
        if len(left) < len(values[choice]):
            values[choice] = left
        return bool(left)
    found: dict[Choice, set[str]] = {choice: set() for _, choice in chosen}
    sets = [(i, choice, values[choice]) for i, choice in chosen]
    fixed = [(i, term) for i, term in enumerate(terms) if isinstance(term, str)]
    for fact in facts:
        for i, name in fixed:
            if fact[i] != name:
                break
        else:
            for i, _, allowed in sets:
                if fact[i] not in allowed:
                    break
            else:
                if len(found) == len(chosen) or _consistent(fact, chosen):
                    for i, choice in chosen:
                        found[choice].add(fact[i])
    for choice, left in found.items():
        if len(left) < len(values[choice]):
            values[choice] = left
    return all(found.values())


def _consistent(fact: tuple[str, ...], chosen: list[tuple[int, Choice]]) -> bool:
    seen: dict[Choice, str] = {}
    return all(seen.setdefault(choice, fact[i]) == fact[i] for i, choice in chosen)


class Growing:
    """A tree being grown."""

    def __init__(self, forms: Forms, depth: int, most: int) -> None:
        self.forms = forms
        self.depth = depth
        self.most = most
        self.tree = Tree()
        fluents = forms.model.fluents()
        self.static = {
            form.name: [c for c in form.conditions if c.positive and c.predicate not in fluents]
            for listed in forms.tasks.values()
            for form in listed
        }
        self.init = forms.model.init

    def run(self) -> Grown:
        """Grow the tree; with more than `most` operations it stays unfinished."""
        root = Position()
        root.tasks[TOP, ()] = Task(TOP, ())
        waiting = [(root, self.depth)]
        tree = self.tree
        while waiting and tree.operations <= self.most:
            position, left = waiting.pop()
            tree.positions.append(position)
            self._fill(position, left)
            waiting += [(child, left - 1) for child in reversed(position.children)]
            yield
        return tree

    def _fill(self, position: Position, left: int) -> None:
        pool: dict[tuple[frozenset[str], int], Choice] = {}
        compound: list[Operation] = []
        for task in position.tasks.values():
            if task.operations:  # an action that came down from above
                continue
            for form in self.forms.tasks[task.name]:
                if form.height > left:
                    self.tree.cut = True
                    continue
                operation = self._instance(form, task, pool)
                if operation is not None:
                    task.operations.append(operation)
                    if not form.primitive:
                        compound.append(operation)
        self.tree.operations += len(compound) + 1
        width = max((len(operation.form.subtasks) for operation in compound), default=0)
        position.children = [Position() for _ in range(width)]
        if width:
            for key, task in position.tasks.items():
                if task.operations and task.operations[0].form.primitive:
                    position.children[0].tasks[key] = task
            for operation in compound:
                self._children(operation, position)

    def _children(self, operation: Operation, position: Position) -> None:
        bound = operation.bound
        for child, (name, terms) in zip(position.children, operation.form.subtasks, strict=False):
            key = (name, tuple([bound.get(term, term) for term in terms]))
            task = child.tasks.get(key)
            if task is None or task.operations:
                # One that came down is another alternative than one that is decomposed into here.
                if task is not None:
                    key = (name, (*key[1], "#"))
                    task = child.tasks.get(key)
                if task is None:
                    task = child.tasks[key] = Task(name, key[1][: len(terms)])
            task.parents.append(operation)
            operation.children.append(task)

    def _instance(self, form: Form, task: Task, pool: dict[tuple[frozenset[str], int], Choice]) -> Operation | None:
        """Return the form with what the task passes; None where nothing fits."""
        bound: dict[str, Term] = {}
        values: Values = {term: task.values(term) for term in task.terms if isinstance(term, int)}
        equal: list[tuple[Term, Term]] = []
        for formal, term, accepted in zip(form.formals, task.terms, form.accepted, strict=True):
            if isinstance(term, str):
                if term not in accepted:
                    return None
            else:
                values[term] = values[term] & accepted
                if not values[term]:
                    return None
            if is_variable(formal):
                if formal in bound:
                    equal.append((bound[formal], term))
                else:
                    bound[formal] = term
        for formal, term in bound.items():
            if isinstance(term, int):
                values[term] = values[term] & form.domains[formal]
                if not values[term]:
                    return None
            elif term not in form.domains[formal]:
                return None
        for one, other in equal:
            if not _equate(one, other, values):
                return None
        if not self._open(form, bound, values, pool):
            return None
        return Operation(form, task, bound, values)

    def _open(
        self, form: Form, bound: dict[str, Term], values: Values, pool: dict[tuple[frozenset[str], int], Choice]
    ) -> bool:
        """Bind what is open to choices, narrowed by what never changes; what has one value left becomes that."""
        local: dict[int, set[str]] = {}
        numbers: dict[str, int] = {}
        for name, objects in form.domains.items():
            if name not in bound:
                numbers[name] = -len(numbers) - 1
                local[numbers[name]] = set(objects)
        terms = {**bound, **numbers}
        both = {**values, **local}
        size = -1
        conditions = self.static[form.name]
        while conditions and size != (size := sum(map(len, both.values()))):
            for predicate, listed, _ in conditions:
                here = tuple([terms.get(term, term) for term in listed])
                if not narrow(both, here, self.init.get(predicate, {})):
                    return False
        for choice in values:
            values[choice] = both[choice]
        used: dict[frozenset[str], int] = {}
        for name, number in numbers.items():
            objects = both[number]
            if not objects:
                return False
            if len(objects) == 1:
                bound[name] = next(iter(objects))
                continue
            domain = form.domains[name]
            count = used[domain] = used.get(domain, -1) + 1
            choice = pool.get((domain, count), -1)
            if choice < 0:
                choice = pool[domain, count] = self.tree.choices
                self.tree.choices += 1
            bound[name] = choice
            values[choice] = objects
        for name, term in bound.items():
            if isinstance(term, int) and len(values[term]) == 1:
                bound[name] = next(iter(values[term]))
        return True


def _equate(one: Term, other: Term, values: Values) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    both = (values[one] if isinstance(one, int) else {one}) & (values[other] if isinstance(other, int) else {other})
    for term in (one, other):
        if isinstance(term, int):
            values[term] = set(both)
    return bool(both)
