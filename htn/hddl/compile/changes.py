"""Possible changes: what a task may add and delete, whichever way it is decomposed, in terms of its arguments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from heapq import heappop, heappush
from typing import NamedTuple

from htn.hddl.compile.schemas import Literal, MethodSchema, Model, Schema, Term

__all__ = ["Change", "PossibleChanges", "fixpoint"]


class Change(NamedTuple):
    """What a task may add or delete: for each argument a formal parameter, or the objects that it may be.

    Where a formal parameter stands is part of its shape; changes of one shape are made one.
    """

    predicate: str
    positive: bool
    terms: tuple[str | frozenset[str], ...]


_Shape = tuple[str, bool, tuple[int | None, ...]]
_Sets = list[frozenset[str]]
"""The objects of each argument; empty where a formal parameter stands."""
_NONE: frozenset[str] = frozenset()


class PossibleChanges:
    """What every task of a model may change.

    Parameters
    ----------
    model : Model
        What is looked at, once.
    direct : bool
        Whether a change is left out where the task can make one of the same predicate that leaves less open: to what
        its own arguments name, besides what else may be affected on the way. These are not all possible changes, but
        those that the task is likely to be there for.
    kinds : collection of (str, bool), optional
        Which predicates' additions and deletions matter; all by default.

    Attributes
    ----------
    order : dict
        For every task its place in an order in which subtasks come before what they are subtasks of, if they can.
    callers : dict
        For every task those that have it as a subtask, but for one that nothing has: nobody asks about that.
    indirect : bool
        Whether anything was left out.
    """

    def __init__(
        self, model: Model, *, direct: bool = False, kinds: Collection[tuple[str, bool]] | None = None
    ) -> None:
        self.model = model
        self.everything = frozenset(model.order)
        self.callers: dict[str, dict[str, None]] = {}
        for method in model.all_methods:
            for name, _ in method.subtasks:
                self.callers.setdefault(name, {})[method.task] = None
        for callers in self.callers.values():
            for task in [task for task in callers if task not in self.callers]:
                del callers[task]
        self.order = _bottom_up(model)
        self.indirect = False
        self._direct = direct
        self._of: dict[str, dict[_Shape, _Sets]] = {}
        for action in model.actions.values():
            places = {name: i for i, name in enumerate(action.formals)}
            self._of[action.name] = {}
            for change in action.changes:
                if kinds is not None and (change.predicate, change.positive) not in kinds:
                    continue
                _merge(self._of[action.name], *self._shaped(action, places, change))
        for task in model.methods:
            self._of[task] = {}
        called = [task for task in model.methods if task in self.callers]
        fixpoint(self.order, called, self.callers, self._grow())

    def _grow(self) -> Callable[[str], bool]:
        """Return what brings a task's changes up to date with its subtasks', and says whether there were new ones."""
        found: dict[str, dict[_Shape, _Sets]] = {task: {} for task in self.model.methods}

        def grow(task: str) -> bool:
            grown, known = False, found[task]
            for method in self.model.methods[task]:
                places = {name: i for i, name in enumerate(method.formals)}
                for name, terms in dict.fromkeys(method.subtasks):
                    actual = [places.get(term) for term in terms]
                    objects = [self._objects(method, term) for term in terms]
                    for (predicate, positive, formals), sets in [*self._of[name].items()]:
                        shape = (predicate, positive, tuple([None if i is None else actual[i] for i in formals]))
                        passed = [
                            given if i is None else _NONE if actual[i] is not None else objects[i]
                            for i, given in zip(formals, sets, strict=True)
                        ]
                        grown |= _merge(known, shape, passed)
            if grown:
                self._of[task] = self._without_indirect(known) if self._direct else known
            return grown

        return grow

    def anything(self) -> Iterator[Change]:
        """Yield what any action may change."""
        for action in self.model.actions.values():
            for change in action.changes:
                terms = [self._objects(action, term) for term in change.terms]
                yield Change(change.predicate, change.positive, tuple(terms))

    def made(self, method: MethodSchema, name: str, passed: tuple[str, ...]) -> Iterator[Change]:
        """Yield what a subtask may change, with a method's formal parameters and objects."""
        actual = [term if term in method.formals else self._objects(method, term) for term in passed]
        for (predicate, positive, formals), sets in [*self._of[name].items()]:
            terms = [given if i is None else actual[i] for i, given in zip(formals, sets, strict=True)]
            yield Change(predicate, positive, tuple(terms))

    def _objects(self, schema: Schema, term: Term) -> frozenset[str]:
        return schema.objects(term) or self.everything

    def _shaped(self, schema: Schema, places: dict[str, int], change: Literal) -> tuple[_Shape, _Sets]:
        formals = tuple([None if term is None else places.get(term) for term in change.terms])
        sets = [
            self._objects(schema, term) if i is None else _NONE for i, term in zip(formals, change.terms, strict=True)
        ]
        return (change.predicate, change.positive, formals), sets

    def _without_indirect(self, changes: dict[_Shape, _Sets]) -> dict[_Shape, _Sets]:
        fixed = [(shape, {i for i, objects in enumerate(sets) if len(objects) < 2}) for shape, sets in changes.items()]
        kept = {
            shape: changes[shape]
            for shape, places in fixed
            if not any(places < more and other[:2] == shape[:2] for other, more in fixed)
        }
        self.indirect |= len(kept) < len(changes)
        return kept


def fixpoint(
    order: Mapping[str, int],
    tasks: Iterable[str],
    callers: Mapping[str, Iterable[str]],
    grow: Callable[[str], bool],
) -> None:
    """Bring every task up to date, in an order, and those that depend on it once more whenever it changed."""
    names = {place: task for task, place in order.items()}
    heap = sorted(order[task] for task in tasks)
    waiting = set(heap)
    while heap:
        place = heappop(heap)
        waiting.discard(place)
        if grow(names[place]):
            for caller in callers.get(names[place], ()):
                if order[caller] not in waiting:
                    waiting.add(order[caller])
                    heappush(heap, order[caller])


def _bottom_up(model: Model) -> dict[str, int]:
    """Return the tasks with methods in the order in which a depth-first walk leaves them."""
    found: dict[str, int] = {}
    seen: set[str] = set()
    for start in model.methods:
        waiting = [(start, False)]
        while waiting:
            task, done = waiting.pop()
            if done:
                found[task] = len(found)
            elif task not in seen:
                seen.add(task)
                waiting.append((task, True))
                below = [name for method in model.methods[task] for name, _ in method.subtasks]
                waiting += [(name, False) for name in below if name in model.methods and name not in seen]
    return found


def _merge(known: dict[_Shape, _Sets], shape: _Shape, sets: _Sets) -> bool:
    """Add a change to those of its shape; return whether it says anything new."""
    before = known.get(shape)
    if before is None:
        known[shape] = sets
        return True
    if all(new <= old for new, old in zip(sets, before, strict=True)):
        return False
    known[shape] = [new | old for new, old in zip(sets, before, strict=True)]
    return True
