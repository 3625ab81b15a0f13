"""Agendas: lists of tasks that are left, one object for each, with what follows from each of its first task's methods.

What leaves no choice is taken together: actions at the head of the list, and tasks with one method only. So a move
leads from one compound task with several methods to the next, as one condition and one change of the state.
"""

from __future__ import annotations

import random
from typing import NamedTuple

from htn.model.ground import GroundMethod, GroundProblem
from htn.planning.ground.cover import Cover
from htn.planning.ground.recursion import circles

__all__ = ["Agenda", "Agendas", "Move"]

_NOWHERE: set[int] = set()
_MOST_FORCED = 500
"""So many methods without alternative are applied in one move."""


class Move(NamedTuple):
    """From one agenda to another.

    Attributes
    ----------
    positive, negative : int
        The facts that must be true and false before it; all that is known to be needed for what comes after, too.
    keep, add : int
        The state after it is ``state & keep | add``.
    seen : set of int
        The states in which the search was at the agenda where it leads.
    agenda : Agenda
        Where it leads.
    methods : tuple of GroundMethod
        The methods that it applies.
    """

    positive: int
    negative: int
    keep: int
    add: int
    seen: set[int]
    agenda: Agenda
    methods: tuple[GroundMethod, ...]


class Agenda:
    """A task and those after it."""

    __slots__ = ("call", "leading", "length", "moves", "negative", "number", "positive", "rest", "seen", "task")

    def __init__(self, task: int, rest: Agenda | None, number: int, call: int, seen: set[int]) -> None:
        self.task, self.rest, self.number, self.call, self.seen = task, rest, number, call, seen
        self.length: int = 0 if rest is None else rest.length + 1
        self.positive = self.negative = 0
        self.moves: list[Move] | None = None
        self.leading: tuple[int, int, Agenda] | None = None


class Agendas:
    """All agendas of one search.

    Parameters
    ----------
    problem : GroundProblem
        The problem.
    cover : Cover
        What its tasks may change and need.
    once : bool
        Whether a recursive task is looked at only once in each state within an outermost call of it, whatever is left
        to do after it.
    longest : int
        Agendas with more tasks than that are left out.
    shuffle : random.Random, optional
        Brings the methods in another order.

    Attributes
    ----------
    empty : Agenda
        Nothing is left.
    cut : bool
        Whether some agenda was too long.
    shared : bool
        Whether `once` took different agendas for the same.
    effort : int
        What was done since it was last set to 0.
    """

    def __init__(
        self,
        problem: GroundProblem,
        cover: Cover,
        *,
        once: bool = False,
        longest: int = 1_000_000,
        shuffle: random.Random | None = None,
    ) -> None:
        self.problem, self.cover, self.once, self.longest = problem, cover, once, longest
        self.empty = Agenda(-1, None, 0, 0, set())
        self.cut = self.shared = False
        self.effort = 0
        self._shuffle = shuffle
        self._known: dict[tuple[int, int, int], Agenda] = {}
        self._seen: dict[tuple[int, int], set[int]] = {}
        self._circle = circles(problem, cover.components) if once else [0] * len(problem.tasks)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._known) + 1

    def before(self, task: int, rest: Agenda, call: int = 0) -> Agenda:
        """Return the agenda that begins with a task; `call` tells outermost calls of a recursive task apart."""
        key = (task, rest.number, call)
        found = self._known.get(key)
        if found is None:
            # The search is never at an agenda that begins with an action: half of them, without a set each.
            seen = _NOWHERE
            if call:
                known = self._seen.get((task, call))
                self.shared = self.shared or known is not None
                seen = self._seen.setdefault((task, call), set()) if known is None else known
            elif task in self.problem.methods:
                seen = set()
            found = self._known[key] = Agenda(task, rest, len(self._known) + 1, call, seen)
            found.positive, found.negative = self.cover.regress(task, rest.positive, rest.negative)
        return found

    def expand(self, agenda: Agenda) -> list[Move]:
        """Return the moves from an agenda that begins with a compound task, and remember them."""
        moves = []
        for method in self.problem.methods[agenda.task]:
            move = self._move(agenda, method)
            if move is not None:
                moves.append(move)
        if self._shuffle is not None:
            self._shuffle.shuffle(moves)
        agenda.moves = moves
        return moves

    def _decompose(self, agenda: Agenda, method: GroundMethod) -> Agenda:
        """Return the agenda with a method's subtasks in place of the first task."""
        assert agenda.rest is not None
        found, circle = agenda.rest, self._circle
        own = circle[agenda.task]
        for subtask in reversed(method.subtasks):
            call = 0
            if circle[subtask]:
                call = agenda.call if circle[subtask] == own else agenda.rest.number + 1
            found = self.before(subtask, found, call)
        return found

    def _move(self, agenda: Agenda, method: GroundMethod) -> Move | None:
        """Return the move that begins with a method; None where it cannot lead to a plan, or too far."""
        actions, methods = self.problem.actions, self.problem.methods
        self.effort += 1
        positive = negative = add = delete = 0
        applied: list[GroundMethod] = []
        here = agenda
        while True:
            here = self._decompose(here, method)
            applied.append(method)
            need, absent = here.positive | method.positive, here.negative | method.negative
            if need & absent or need & delete or absent & add:
                return None
            positive |= need & ~add
            negative |= absent & ~delete
            if positive & negative:
                return None
            if here.length > self.longest:
                self.cut = True
                return None
            if here.task in actions:
                erased, made, here = here.leading or self._lead(here)
                delete = (delete | erased) & ~made
                add = add & ~erased | made
            following = methods.get(here.task, ())
            if len(following) != 1 or len(applied) >= _MOST_FORCED:
                return Move(positive, negative, ~delete, add, here.seen, here, tuple(applied))
            method = following[0]

    def _lead(self, agenda: Agenda) -> tuple[int, int, Agenda]:
        """Return what the actions at the head of an agenda delete and add together, and what comes after them."""
        actions = self.problem.actions
        chain = []
        here = agenda
        while here.leading is None and here.task in actions:
            chain.append(here)
            assert here.rest is not None
            here = here.rest
        delete, add, after = here.leading or (0, 0, here)
        self.effort += len(chain)
        for each in reversed(chain):
            action = actions[each.task]
            delete, add = (action.delete & ~action.add | delete) & ~add, action.add & ~delete | add
            each.leading = delete, add, after
        return delete, add, after
