"""Possible changes: what a task may add and delete, whichever way it is decomposed, in terms of its arguments."""

from __future__ import annotations

from typing import NamedTuple

from htn.hddl.compile.schemas import Literal, MethodSchema, Model, Schema

__all__ = ["Change", "PossibleChanges"]


class Change(NamedTuple):
    """What a task may add or delete: for each argument a formal parameter, or the objects that it may be."""

    predicate: str
    positive: bool
    terms: tuple[str | frozenset[str], ...]


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

    Attributes
    ----------
    of : dict
        For every task its changes; formal parameters are written ``?0``, ``?1`` and so on.
    callers : dict
        For every task those that have it as a subtask.
    """

    def __init__(self, model: Model, *, direct: bool = False) -> None:
        self.model = model
        self._direct = direct
        self.everything = frozenset(model.order)
        self.callers: dict[str, list[str]] = {}
        for method in model.all_methods:
            for name, _ in method.subtasks:
                self.callers.setdefault(name, []).append(method.task)
        self.of: dict[str, set[Change]] = {}
        for action in model.actions.values():
            renamed = {name: f"?{i}" for i, name in enumerate(action.formals)}
            self.of[action.name] = {
                _renamed(self._change(action, change, set(action.formals)), renamed) for change in action.changes
            }
        for task in model.methods:
            self.of[task] = set()
        self._find()

    def _find(self) -> None:
        waiting = dict.fromkeys(reversed(list(self.model.methods)))
        while waiting:
            task = next(iter(waiting))
            del waiting[task]
            made = set(self.of[task])
            for method in self.model.methods[task]:
                renamed = {name: f"?{i}" for i, name in enumerate(method.formals)}
                for name, terms in dict.fromkeys(method.subtasks):
                    made.update([_renamed(change, renamed) for change in self.made(method, name, terms)])
            made = _merged(made)
            if self._direct:
                made = _without_dominated(made)
            if made != self.of[task]:
                self.of[task] = made
                waiting.update(dict.fromkeys(self.callers.get(task, ())))

    def anything(self) -> list[Change]:
        """Return what any action may change."""
        return [
            self._change(action, change, set()) for action in self.model.actions.values() for change in action.changes
        ]

    def made(self, method: MethodSchema, name: str, passed: tuple[str, ...]) -> list[Change]:
        """Return what a subtask may change, with a method's formal parameters and objects."""
        formals = set(method.formals)
        found = []
        for change in self.of[name]:
            terms: list[str | frozenset[str]] = []
            for term in change.terms:
                if isinstance(term, str):
                    actual = passed[int(term[1:])]
                    terms.append(actual if actual in formals else method.objects(actual) or self.everything)
                else:
                    terms.append(term)
            found.append(change._replace(terms=tuple(terms)))
        return found

    def _change(self, schema: Schema, change: Literal, kept: set[str]) -> Change:
        terms = [
            term if term is not None and term in kept else schema.objects(term) or self.everything
            for term in change.terms
        ]
        return Change(change.predicate, change.positive, tuple(terms))


def _renamed(change: Change, names: dict[str, str]) -> Change:
    return change._replace(terms=tuple(names[term] if isinstance(term, str) else term for term in change.terms))


def _merged(changes: set[Change]) -> set[Change]:
    """Return the changes with those of one shape made one, so that there are only so many."""
    shapes: dict[tuple[str, bool, tuple[str, ...]], list[frozenset[str]]] = {}
    for change in changes:
        shape = (change.predicate, change.positive, tuple(t if isinstance(t, str) else "" for t in change.terms))
        sets = [t if isinstance(t, frozenset) else frozenset[str]() for t in change.terms]
        known = shapes.get(shape)
        shapes[shape] = sets if known is None else [a | b for a, b in zip(known, sets, strict=True)]
    return {
        Change(predicate, positive, tuple(name or objects for name, objects in zip(names, sets, strict=True)))
        for (predicate, positive, names), sets in shapes.items()
    }


def _without_dominated(changes: set[Change]) -> set[Change]:
    """Return the changes without those that leave more open than another of the same predicate."""
    return {change for change in changes if not any(_more_direct(other, change) for other in changes)}


def _more_direct(one: Change, other: Change) -> bool:
    if one.predicate != other.predicate or one.positive != other.positive:
        return False
    fixed, others = (
        {i for i, term in enumerate(change.terms) if isinstance(term, str) or len(term) == 1} for change in (one, other)
    )
    return others < fixed
