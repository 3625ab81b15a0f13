"""Reachability along the tree: what can never be the case at a position rules out operations and values there.

A walk from left to right keeps what may be true and what may be false (deletes relaxed). What needs something else is
dropped, with the methods that need it and the subtasks that only these have; choices keep the values that remain.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import product

from htn.hddl.sat.forms import Condition
from htn.hddl.sat.tree import Operation, Position, Task, Tree, narrow

__all__ = ["Facts", "instances", "prune"]

Facts = dict[tuple[str, ...], bool]
"""What may be true; the value says whether it may be false, too."""


def instances(condition: Condition, operation: Operation) -> Iterator[tuple[str, ...]]:
    """Yield the atoms that a condition with choices may stand for."""
    terms = condition.terms
    choices = [term for term in dict.fromkeys(terms) if isinstance(term, int)]
    if not choices:
        yield terms
        return
    if len(choices) == len(terms):
        columns = [operation.values[choice] for choice in choices]
        yield from product(*columns)
        return
    for objects in product(*[operation.values[choice] for choice in choices]):
        chosen = dict(zip(choices, objects, strict=True))
        yield tuple([chosen.get(term, term) for term in terms])  # type: ignore[call-overload]


def prune(tree: Tree, init: dict[str, dict[tuple[str, ...], None]], rounds: int = 3) -> Generator[None, None, bool]:
    """Drop what is not reachable; return whether the task at the root is."""
    for _ in range(rounds):
        changed = yield from _Walk(tree, init).run()
        root = next(iter(tree.positions[0].tasks.values()))
        if not any(operation.alive for operation in root.operations):
            return False
        if not changed:
            break
    return True


class _Walk:
    """One walk along the tree."""

    def __init__(self, tree: Tree, init: dict[str, dict[tuple[str, ...], None]]) -> None:
        self.tree = tree
        self.facts: dict[str, Facts] = {name: dict.fromkeys(facts, False) for name, facts in init.items()}
        self.changed = False

    def run(self) -> Generator[None, None, bool]:
        for position in self.tree.positions:
            # An action that comes down is looked at where it is carried out.
            deeper = bool(position.children)
            for task in position.tasks.values():
                self._task(task, deeper)
            if not deeper:
                for operation in position.operations:
                    self._apply(operation)
            yield
        for position in reversed(self.tree.positions):
            self._up(position)
        yield
        return self.changed

    def _task(self, task: Task, deeper: bool) -> None:
        wanted = any(parent.alive for parent in task.parents) or not task.parents
        allowed: dict[int, set[str]] = {}
        for choice in dict.fromkeys(term for term in task.terms if isinstance(term, int)):
            allowed[choice] = set().union(*[parent.values[choice] for parent in task.parents if parent.alive])
        for operation in task.operations:
            if not operation.alive:
                continue
            if not wanted or not self._narrowed(operation, allowed):
                self._drop(operation)
            elif not (deeper and operation.form.primitive) and not self._possible(operation):
                self._drop(operation)
        if wanted and not any(operation.alive for operation in task.operations):
            for parent in task.parents:
                self._drop(parent)

    def _drop(self, operation: Operation) -> None:
        if operation.alive:
            operation.alive = False
            self.changed = True

    def _narrowed(self, operation: Operation, allowed: dict[int, set[str]]) -> bool:
        values = operation.values
        for choice, objects in allowed.items():
            if not values[choice] <= objects:
                values[choice] = values[choice] & objects
                self.changed = True
                if not values[choice]:
                    return False
        return True

    def _possible(self, operation: Operation) -> bool:
        values = operation.values
        before = sum(map(len, values.values()))
        for predicate, terms, positive in operation.conditions:
            facts = self.facts.get(predicate, {})
            if positive:
                if not narrow(values, terms, facts):
                    return False
            elif not _may_fail(terms, facts, values):
                return False
        if sum(map(len, values.values())) < before:
            self.changed = True
        return True

    def _apply(self, operation: Operation) -> None:
        added = {}
        for effect in operation.effects:
            facts = self.facts.setdefault(effect.predicate, {})
            if effect.positive:
                for atom in instances(effect, operation):
                    added[effect.predicate, atom] = True
            else:
                for atom in instances(effect, operation):
                    if facts.get(atom) is False:
                        facts[atom] = True
        for predicate, atom in added:
            self.facts[predicate].setdefault(atom, True)

    def _up(self, position: Position) -> None:
        for operation in position.operations:
            for child in operation.children:
                for choice in dict.fromkeys(term for term in child.terms if isinstance(term, int)):
                    left: set[str] = set()
                    for inner in child.operations:
                        if inner.alive:
                            left |= inner.values[choice]
                    if not operation.values[choice] <= left:
                        operation.values[choice] = operation.values[choice] & left
                        self.changed = True
                if not any(inner.alive for inner in child.operations):
                    self._drop(operation)
            if not all(operation.values.values()):
                self._drop(operation)


def _may_fail(terms: tuple[str | int, ...], facts: Facts, values: dict[int, set[str]]) -> bool:
    """Whether an atom may be false; a choice that makes it true for sure is ruled out."""
    chosen = [i for i, term in enumerate(terms) if isinstance(term, int)]
    if not chosen:
        return facts.get(terms, True)  # type: ignore[call-overload, no-any-return]
    if len(chosen) == 1:
        place = chosen[0]
        choice = terms[place]
        assert isinstance(choice, int)
        left = {v for v in values[choice] if facts.get((*terms[:place], v, *terms[place + 1 :]), True)}  # type: ignore[arg-type]
        if len(left) < len(values[choice]):
            values[choice] = left
        return bool(left)
    return True
