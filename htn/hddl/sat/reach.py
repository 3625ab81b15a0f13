"""Reachability along the tree: what can never be the case at a position rules out operations and values there.

A walk from left to right keeps what may be true and what may be false (deletes relaxed). What needs something else is
dropped, with the methods that need it and the subtasks that only these have; choices keep the values that remain.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping
from itertools import product

from htn.hddl.sat.forms import Condition
from htn.hddl.sat.tree import Choice, Operation, Position, Tree, Values, narrow

__all__ = ["Facts", "Walk", "instances", "prune"]

Facts = dict[tuple[str, ...], bool]
"""What may be true; the value says whether it may be false, too."""


def instances(condition: Condition, values: Mapping[Choice, Collection[str]]) -> Iterator[tuple[str, ...]]:
    """Yield the atoms that a condition may stand for, if its choices have these values."""
    columns = {term: values[term] for term in condition.terms if isinstance(term, int)}
    for objects in product(*columns.values()):
        chosen = dict(zip(columns, objects, strict=True))
        yield tuple([chosen[term] if isinstance(term, int) else term for term in condition.terms])


def prune(tree: Tree, init: dict[str, dict[tuple[str, ...], None]], rounds: int = 3) -> Generator[None, None, bool]:
    """Drop what is not reachable; return whether the task at the root is."""
    root = next(iter(tree.positions[0].tasks.values()))
    for _ in range(rounds):
        if not any(operation.alive for operation in root.operations):
            return False
        walk = Walk(init)
        for position in tree.positions:
            walk.enter(position)
            yield
        for position in reversed(tree.positions):
            walk.leave(position)
            yield
        if not walk.changed:
            break
    return any(operation.alive for operation in root.operations)


class Walk:
    """One walk along the tree.

    Attributes
    ----------
    facts : dict
        What may be true and what may be false where the walk is.
    changed : bool
        Whether anything was dropped or narrowed.
    alive : bool
        That the root is needed.
    """

    alive = True

    def __init__(self, init: dict[str, dict[tuple[str, ...], None]]) -> None:
        self.facts: dict[str, Facts] = {name: dict.fromkeys(facts, False) for name, facts in init.items()}
        self.changed = False

    def enter(self, position: Position) -> None:
        """Check what may be done at a position, where it begins."""
        deeper = bool(position.children)
        for task in position.tasks.values():
            allowed = {choice: task.values(choice) for choice in task.terms if isinstance(choice, int)}
            wanted = any(parent.alive for parent in task.parents or (self,))
            for operation in task.operations:
                # An action that comes down is looked at where it is carried out.
                if operation.alive and (not wanted or not self._narrowed(operation, allowed)):
                    self._drop(operation)
                elif not (deeper and operation.form.primitive):
                    self.check(operation)
        if not deeper:
            self._change(position)

    def carry_out(self, position: Position) -> None:
        """Check the actions of a leaf, and note what they may change."""
        for operation in position.operations:
            if operation.form.primitive:
                self.check(operation)
        self._change(position)

    def check(self, operation: Operation) -> None:
        """Drop an operation that is not possible here, or narrow its choices."""
        if operation.alive and not self._possible(operation):
            self._drop(operation)

    def leave(self, position: Position) -> None:
        """Tell the methods above what is left of their subtasks at a position."""
        for task in position.tasks.values():
            alive = [operation for operation in task.operations if operation.alive]
            choices = dict.fromkeys(term for term in task.terms if isinstance(term, int))
            left = {choice: set[str]().union(*[operation.values[choice] for operation in alive]) for choice in choices}
            for parent in task.parents:
                if parent.alive and (not alive or not self._narrowed(parent, left)):
                    self._drop(parent)

    def _drop(self, operation: Operation) -> None:
        operation.alive = False
        self.changed = True

    def _narrowed(self, operation: Operation, allowed: dict[Choice, set[str]]) -> bool:
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
        for condition in operation.conditions:
            facts = self.facts.get(condition.predicate, {})
            if condition.positive:
                if not narrow(values, condition.terms, facts):
                    return False
            elif not _may_fail(condition, facts, values):
                return False
        if sum(map(len, values.values())) < before:
            self.changed = True
        return True

    def _change(self, position: Position) -> None:
        added = {}
        for operation in position.operations:
            for effect in operation.effects:
                facts = self.facts.setdefault(effect.predicate, {})
                if effect.positive:
                    for atom in instances(effect, operation.values):
                        added[effect.predicate, atom] = True
                else:
                    for atom in instances(effect, operation.values):
                        if facts.get(atom) is False:
                            facts[atom] = True
        for predicate, atom in added:
            self.facts[predicate].setdefault(atom, True)


def _may_fail(condition: Condition, facts: Facts, values: Values) -> bool:
    """Whether an atom may be false; a choice that makes it true for sure is ruled out."""
    choices = dict.fromkeys(term for term in condition.terms if isinstance(term, int))
    if len(choices) > 1:
        return True
    left: dict[Choice, set[str]] = {choice: set() for choice in choices}
    possible = False
    for atom in instances(condition, values):
        if facts.get(atom, True):
            possible = True
            for i, term in enumerate(condition.terms):
                if isinstance(term, int):
                    left[term].add(atom[i])
    values.update(left)
    return possible
