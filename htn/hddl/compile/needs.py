"""Needs: the conditions that are due at known tasks, and which tasks may still bring them about, as bit masks.

A need is a literal without variables: of the goal, of what a task of the initial network asks for in every
decomposition, or a fact that actions ask for and only ever delete. What a task may make true is found from the possible
changes of its methods' subtasks, for those methods that accept its arguments; it is looked up when a search first meets
the task, and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from htn.hddl.compile.changes import Change, PossibleChanges
from htn.hddl.compile.lifting import Lifting
from htn.hddl.compile.schemas import GOAL, TOP, ActionSchema, Literal, MethodSchema, Model, substitute
from htn.hddl.model import And, Effect, Forall, Formula, When, is_variable
from htn.model.state import State

__all__ = ["Needs", "find_needs", "watched_goals"]

_MOST = 4096
"""So many needs are watched at most: longer masks cost more than they save."""

Task = tuple[str, ...]


def find_needs(model: Model, lifting: Lifting, relations: Mapping[str, str]) -> Needs | None:
    """Return the needs of a problem, or None where there are none, or where tasks interleave.

    Parameters
    ----------
    model : Model
        After all passes.
    lifting : Lifting
        What was found of its tasks.
    relations : mapping
        For every fluent predicate the name of its relation in the state.
    """
    if not model.totally_ordered:
        return None
    ends = _ends(model)
    wanted = {
        task: [literal for literal in literals if literal.predicate in relations and None not in literal.terms]
        for task, literals in _due(model, lifting, ends).items()
    }
    used_up = [Literal(predicate, fact) for predicate in _used_up(model) for fact in model.init.get(predicate, ())]
    watched = dict.fromkeys([*(literal for literals in wanted.values() for literal in literals), *used_up])
    bits = {literal: 1 << place for place, literal in enumerate(islice(watched, _MOST))}
    masks = {task: _union(bits.get(literal, 0) for literal in literals) for task, literals in wanted.items()}
    if not bits:
        return None
    goals = dict.fromkeys(ends, masks.get((GOAL,), 0))
    needs = Needs(model, lifting, lifting.changes, relations, bits, masks, goals)
    kinds = {(literal.predicate, literal.positive) for literal in bits}
    changes = PossibleChanges(model, direct=True, kinds=kinds)
    if changes.indirect:
        needs.hasty = Needs(model, lifting, changes, relations, bits, masks, goals)
    return needs


def _due(model: Model, lifting: Lifting, ends: list[str]) -> dict[Task, list[Literal]]:
    """Return what must hold before the goal, and before the tasks of the initial network that have no variables."""
    due: dict[Task, list[Literal]] = {}
    if GOAL in model.actions:
        due[(GOAL,)] = model.actions[GOAL].literals
    for name, terms in [call for task in ends for method in model.methods.get(task, ()) for call in method.subtasks]:
        if not any(map(is_variable, terms)):
            values = lifting.passed(name, terms)
            due[(name, *terms)] = [substitute(literal, values) for literal in lifting.needs.get(name) or ()]
    return due


def _used_up(model: Model) -> list[str]:
    """Return the predicates that actions ask for and only ever delete: what is gone is gone."""
    changes = [change for action in model.actions.values() for change in action.changes]
    added = {change.predicate for change in changes if change.positive}
    asked = {literal.predicate for action in model.actions.values() for literal in action.literals if literal.positive}
    return list(dict.fromkeys(c.predicate for c in changes if c.predicate in asked and c.predicate not in added))


def watched_goals(model: Model) -> dict[str, frozenset[Literal]]:
    """Return for the tasks that the goal stands at the end of the literals of the goal that a search will watch."""
    if not model.totally_ordered or GOAL not in model.actions:
        return {}
    fluents = model.fluents()
    goals = frozenset(literal for literal in model.actions[GOAL].literals if literal.predicate in fluents)
    return dict.fromkeys(_ends(model), goals)


def _ends(model: Model) -> list[str]:
    """Return the tasks that the goal stands at the end of: the first, and what it was cut into for late binding."""
    found, task = [TOP], TOP
    while True:
        lasts = {method.subtasks[-1][0] for method in model.methods.get(task, ()) if method.subtasks}
        if len(lasts) != 1 or lasts & {GOAL, *found}:
            return found
        task = lasts.pop()
        found.append(task)


class Needs:
    """The needs of a problem, as `htn.planning.cover.Cover` describes them.

    Parameters
    ----------
    model, lifting, relations
        As for `find_needs`.
    changes : PossibleChanges
        What its tasks may change.
    bits : dict
        A bit for every need.
    due : dict
        For every task what must hold before it.
    ends : dict
        For the tasks that the goal stands at the end of, by name, the goal.

    Attributes
    ----------
    hasty : Needs or None
        The same for what tasks change directly: likely to be enough, but not sure to be.
    """

    def __init__(
        self,
        model: Model,
        lifting: Lifting,
        changes: PossibleChanges,
        relations: Mapping[str, str],
        bits: dict[Literal, int],
        due: dict[Task, int],
        ends: dict[str, int],
    ) -> None:
        self._model, self._lifting, self._changes = model, lifting, changes
        self._bits, self._due, self._ends = bits, due, ends
        self._places: dict[tuple[str, bool, int, str], int] = {}  # by what stands where
        self._predicates: dict[tuple[str, bool], int] = {}
        self._checks: list[tuple[int, str, Any, bool]] = []
        for literal, bit in bits.items():
            predicate, terms, positive = literal
            self._predicates[predicate, positive] = self._predicates.get((predicate, positive), 0) | bit
            for i, term in enumerate(terms):
                place = (predicate, positive, i, str(term))
                self._places[place] = self._places.get(place, 0) | bit
            self._checks.append((bit, relations[predicate], terms[0] if len(terms) == 1 else terms, positive))
        self._patterns: dict[str, list[_Pattern]] = {}
        self.hasty: Needs | None = None
        self.cells: Mapping[Any, tuple[int, int]] = _Cells(self)
        self.actions: Mapping[Any, tuple[int, int] | None] = _Actions(self)

    def unmet(self, state: State) -> int:
        """Return the mask of the needs that do not hold in a state."""
        relations = state.__dict__
        return _union(bit for bit, name, key, positive in self._checks if (key in relations[name]) != positive)

    def made(self, task: Task) -> int:
        """Return the mask of the needs that a task may make true."""
        name, *arguments = task
        patterns = self._patterns.get(name)
        if patterns is None:
            patterns = self._patterns[name] = list(self._patterns_of(name))
        return _union(pattern.made(arguments, self._places) for pattern in patterns)

    def cell(self, task: Task) -> tuple[int, int]:
        """Return what of a mask stays before a task, and what is due before it."""
        if task[0] == TOP:
            return 0, 0  # nothing follows it
        kept = ~self.made(task)
        due = self._due.get(task)
        if due is None:
            values = self._lifting.passed(task[0], task[1:])
            wanted = [substitute(literal, values) for literal in self._lifting.needs.get(task[0]) or ()]
            due = self._due[task] = _union(self._bits.get(literal, 0) for literal in wanted)
        return kept, due | self._ends.get(task[0], 0) & kept

    def action(self, task: Task) -> tuple[int, int] | None:
        """Return what stays unmet after an action and what becomes unmet; None where its effect has conditions."""
        schema = self._model.actions[task[0]]
        if not any((change.predicate, sign) in self._predicates for change in schema.changes for sign in (True, False)):
            return -1, 0
        if _conditional(schema.effect):
            return None
        values = dict(zip(schema.formals, task[1:], strict=True))
        changes = [substitute(change, values) for change in schema.changes]
        added = {change for change in changes if change.positive}
        changes = [change for change in changes if change.positive or change._replace(positive=True) not in added]
        met = _union(self._bits.get(change, 0) for change in changes)
        return ~met, _union(self._bits.get(change._replace(positive=not change.positive), 0) for change in changes)

    # ------------------------------------------------------------------------------------------------- patterns
    def _patterns_of(self, name: str) -> Iterator[_Pattern]:
        """Yield what a task may make true, for each of its methods."""
        action = self._model.actions.get(name)
        if action is not None:
            listed = self._listed(action, ((c.positive, c.predicate, c.terms) for c in action.changes))
            if listed:
                yield _Pattern([None] * len(action.formals), listed)
            return
        for method in self._model.methods.get(name, ()):
            made: dict[Change, None] = {}
            for subtask, terms in dict.fromkeys(method.subtasks):
                made.update(dict.fromkeys(self._changes.made(method, subtask, terms)))
            listed = self._listed(method, ((c.positive, c.predicate, c.terms) for c in made))
            if listed:
                yield _Pattern([method.domains[formal] for formal in method.formals], listed)

    def _listed(
        self, schema: ActionSchema | MethodSchema, changes: Iterable[tuple[bool, str, tuple[Any, ...]]]
    ) -> list[_Made]:
        """Return changes as masks of needs, with the places of the arguments that select among them."""
        found: dict[tuple[tuple[str, bool], tuple[tuple[int, int], ...]], int] = {}
        for positive, predicate, terms in changes:
            mask = self._predicates.get((predicate, positive), 0)
            chosen = []
            for i, term in enumerate(terms):
                if isinstance(term, str) and term in schema.formals:
                    chosen.append((i, schema.formals.index(term)))
                else:
                    objects = term if isinstance(term, frozenset) else schema.objects(term)
                    mask &= -1 if objects is None else self._at(predicate, positive, i, objects)
            if mask:
                shape = ((predicate, positive), tuple(chosen))
                found[shape] = found.get(shape, 0) | mask
        return [(mask, sign, chosen) for (sign, chosen), mask in found.items()]

    def _at(self, predicate: str, positive: bool, i: int, objects: frozenset[str]) -> int:
        return _union(self._places.get((predicate, positive, i, name), 0) for name in objects)


_Made = tuple[int, tuple[str, bool], tuple[tuple[int, int], ...]]


class _Pattern:
    """What one method or action may make true."""

    __slots__ = ("_domains", "_made")

    def __init__(self, domains: list[frozenset[str] | None], made: list[_Made]) -> None:
        self._domains, self._made = domains, made

    def made(self, arguments: list[str], places: Mapping[tuple[str, bool, int, str], int]) -> int:
        """Return the mask of what it may make true with some arguments."""
        for argument, objects in zip(arguments, self._domains, strict=True):
            if objects is not None and argument not in objects:
                return 0
        found = 0
        for mask, (predicate, positive), chosen in self._made:
            for i, place in chosen:
                mask &= places.get((predicate, positive, i, arguments[place]), 0)
            found |= mask
        return found


class _Cells(dict[Any, tuple[int, int]]):
    """What `Needs.cell` returns, kept."""

    def __init__(self, needs: Needs) -> None:
        super().__init__()
        self._needs = needs

    def __missing__(self, task: Task) -> tuple[int, int]:
        found = self[task] = self._needs.cell(task)
        return found


class _Actions(dict[Any, "tuple[int, int] | None"]):
    """What `Needs.action` returns, kept."""

    def __init__(self, needs: Needs) -> None:
        super().__init__()
        self._needs = needs

    def __missing__(self, task: Task) -> tuple[int, int] | None:
        found = self[task] = self._needs.action(task)
        return found


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _conditional(effect: Effect | Formula) -> bool:
    if isinstance(effect, And):
        return any(map(_conditional, effect.parts))
    return isinstance(effect, (Forall, When))
