"""Growing a tree: from left to right, each alternative checked at once against what may be true by then."""

from __future__ import annotations

from collections.abc import Generator

from htn.hddl.compile.schemas import TOP
from htn.hddl.model import is_variable
from htn.hddl.sat.forms import Form, Forms
from htn.hddl.sat.reach import Walk
from htn.hddl.sat.tree import Choice, Operation, Position, Task, Term, Tree, Values, narrow

__all__ = ["Growing"]


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
        self.walk = Walk(self.init)

    def run(self) -> Generator[None, None, Tree]:
        """Grow the tree; with more than `most` operations it stays unfinished."""
        root = Position()
        root.tasks[TOP, ()] = Task(TOP, ())
        # A position that was entered comes up once more, with -1, when all below it is there.
        waiting = [(root, self.depth)]
        tree = self.tree
        while waiting and tree.operations <= self.most:
            position, left = waiting.pop()
            if left < 0:
                self.walk.leave(position)
                continue
            tree.positions.append(position)
            self._fill(position, left)
            waiting.append((position, -1))
            waiting += [(child, left - 1) for child in reversed(position.children)]
            yield
        return tree

    def _fill(self, position: Position, left: int) -> None:
        pool: dict[tuple[frozenset[str], int], Choice] = {}
        compound: list[Operation] = []
        for task in position.tasks.values():
            if task.operations or not any(parent.alive for parent in task.parents or (self.walk,)):
                continue  # an action that came down from above, or nothing needs it any more
            for form in self.forms.tasks[task.name]:
                if form.height > left:
                    self.tree.cut = True
                    continue
                operation = self._instance(form, task, pool)
                if operation is None:
                    continue
                task.operations.append(operation)
                if not form.primitive:
                    self.walk.check(operation)
                    if operation.alive:
                        compound.append(operation)
        self.tree.operations += len(compound) + 1
        width = max((len(operation.form.subtasks) for operation in compound), default=0)
        if not width:
            self.walk.carry_out(position)
            return
        position.children = [Position() for _ in range(width)]
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
        local: Values = {}
        numbers: dict[str, int] = {}
        for name, objects in form.domains.items():
            if name not in bound:
                numbers[name] = -len(numbers) - 1
                local[numbers[name]] = objects
        terms: dict[str, Term] = {**bound, **numbers}
        both = {**values, **local}
        size = -1
        conditions = self.static[form.name]
        while conditions and size != (size := sum(map(len, both.values()))):
            for predicate, listed, _ in conditions:
                here = tuple([terms.get(term, term) if isinstance(term, str) else term for term in listed])
                if not narrow(both, here, self.init.get(predicate, {})):
                    return False
        for choice in values:
            values[choice] = both[choice]
        used: dict[frozenset[str], int] = {}
        for name, number in numbers.items():
            left = both[number]
            if not left:
                return False
            if len(left) == 1:
                bound[name] = next(iter(left))
                continue
            domain = form.domains[name]
            count = used[domain] = used.get(domain, -1) + 1
            choice = pool.get((domain, count), -1)
            if choice < 0:
                choice = pool[domain, count] = self.tree.choices
                self.tree.choices += 1
            bound[name] = choice
            values[choice] = left
        for name, term in bound.items():
            if isinstance(term, int) and len(values[term]) == 1:
                bound[name] = next(iter(values[term]))
        return True


def _equate(one: Term, other: Term, values: Values) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    left = values[one] if isinstance(one, int) else {one}
    both = left & (values[other] if isinstance(other, int) else {other})
    for term in (one, other):
        if isinstance(term, int):
            values[term] = both
    return bool(both)
