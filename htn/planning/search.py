"""The search: one iterative depth-first decomposition with an explicit stack and complete backtracking.

Tasks are taken from an agenda in order. A primitive task changes the state through its trail; a compound one is
replaced by the subtasks of a method; a network lets every branch that may go on go first in turn. When something
refuses, the newest choice with something left is taken again, after the changes since it were taken back.

What keeps this complete and finite where the configurations (state and agenda) are finite:

* A configuration met again below itself is cut: whatever can be reached from it can be reached from its first visit.
* A configuration whose every alternative failed is a dead end and not entered again, unless a cut below it refers to
  something above it (the bookkeeping is that of strongly connected components).
* A task met again below itself in the same state, with more to be done afterwards each time, is cut at a bound; if the
  search ends with such cuts and no plan, the bound is doubled and the search repeated.
* On request a hasty round comes first: a task that recurs directly below itself in one state is tried once in each
  such recursion, what is wanted later is expected of the tasks whose arguments name it, and cuts do not keep dead ends
  from being remembered. Path finding by recursion takes linear time
  that way, and plans can be lost; so when the round ends without a plan after such a cut, the others follow.

All of this costs nothing until it is needed: it is switched on once the search has failed often enough, or is seen to
come back to where it was (Brent's test: the configuration at a power of two is compared with those that follow).

References
----------
Nau, D. et al. (2003). SHOP2: an HTN planning system. JAIR 20. (Partially ordered progression.)
Brent, R. P. (1980). An improved Monte Carlo factorization algorithm. BIT 20. (Cycle detection.)
Tarjan, R. (1972). Depth-first search and linear graph algorithms. SIAM J. Comput. 1. (Low links.)
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Hashable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from htn.model.domain import Method
from htn.model.goals import MULTIGOAL, holds, unmet
from htn.model.network import TaskNetwork, tasks_in
from htn.model.refusal import Refusal, reason_of
from htn.model.state import State, unchanged, undo
from htn.planning.agenda import VERIFY, Cell, Suspended, candidates, fold, push, push_sequence, resume
from htn.planning.blame import blame, check_operator_result, check_subtasks, show_task, unknown_task
from htn.planning.cover import Cover, cover_cells
from htn.planning.memory import AgendaNumbers, StateDigest
from htn.planning.table import COMPOUND, EXCLUDED, GOAL, NETWORK_KIND, PRIMITIVE, VERIFY_KIND, Table

__all__ = ["Failure", "Search", "Solution"]

_PAUSE = 64
_PATIENCE = 32
_FIRST_TORTOISE = 1024
_PROBE = 256
_NEVER = 1 << 60
_ENDED = object()
_UNCOVERED = "nothing that remains can bring about what is still wanted"


class Failure(NamedTuple):
    """Why the search had to go back.

    Attributes
    ----------
    task : tuple
        The task that could not be done.
    cause : str, Refusal, False, None or tuple
        What is known of why: words, what a function refused with, or what was tried (as in `Solution`). It is put into
        words only when it is asked for; most failures are never looked at.
    """

    task: Any
    cause: Any

    @property
    def reason(self) -> str:
        """The reason in words; empty when there is none."""
        cause = self.cause
        if isinstance(cause, str):
            return cause
        return _nothing_left(cause) if isinstance(cause, tuple) else reason_of(cause)


class Solution(NamedTuple):
    """A way from the task list to an empty agenda.

    Attributes
    ----------
    path : list
        What was processed, in order: the cell of a primitive task, or for a decomposition the tuple
        ``(cell, method, alternative, subtasks, tried, digest)``, where ``tried`` is None or the linked list
        ``(method name, alternative, failure, whether it refused at once, earlier)``; one that refused at once has what
        it refused with in the failure's place. The method is None for a goal that held already, and for a deferred task
        the string ``"deferred"``.
    state : State
        The state reached; valid until the search goes on.
    """

    path: list[Any]
    state: State


class Search:
    """One search for decompositions of a task list.

    Parameters
    ----------
    table : Table
        What task names mean.
    state : State
        The initial state; it is copied.
    tasks : list or TaskNetwork
        What is to be done.
    remember : bool
        Whether dead ends are remembered; off when every decomposition is wanted.
    verify_goals : bool
        Whether a goal must hold once its method's subtasks are done.
    key : callable or None
        Makes values hashable for the memory, for domains whose values are mutable.
    patience : int or None
        How many steps back are taken before the memory is switched on; 0 from the start, None as many as usual.
    hasty : bool
        Whether a hasty round comes first; only with the memory on from the start.
    most_nodes : int or None
        After more tasks than this it pauses at every one, for whoever counts them.
    cover : Cover or None
        Which conditions that are due later nothing that remains can bring about; for sequences of tasks.

    Attributes
    ----------
    nodes, backtracks, cuts : int
        Tasks processed, steps back, configurations cut because they were met again below themselves.
    deepest : Failure or None
        The failure met furthest along.
    """

    def __init__(
        self,
        table: Table,
        state: State,
        tasks: Any,
        *,
        remember: bool = True,
        verify_goals: bool = True,
        key: Callable[[Any], Hashable] | None = None,
        patience: int | None = None,
        hasty: bool = False,
        most_nodes: int | None = None,
        cover: Cover | None = None,
    ) -> None:
        self.table = table
        self.state = state.tracked()
        self.tasks = tasks
        self.remember = remember
        self.verify_goals = verify_goals
        self.nodes = self.backtracks = self.cuts = 0
        self.deepest: Failure | None = None
        self._deepest_length = -1
        self._cover = cover
        self._key = key
        self._stop = _NEVER if most_nodes is None else most_nodes + 1
        self._patience = _PATIENCE if patience is None else patience
        self._digest = StateDigest(self.state, key) if remember and patience == 0 else None
        self._numbers = AgendaNumbers(key)
        self._dead: set[Any] = set()
        self._bound = 1
        self._hasty = hasty and self._digest is not None
        self._once: set[Any] = set()  # in the hasty round: (state, task, outermost call) of recurring tasks
        self._bounded = self._again = False

    @property
    def dead_ends(self) -> int:
        """How many dead ends are remembered."""
        return len(self._dead)

    def run(self) -> Generator[Solution | None, None, str]:
        """Yield every solution, and None now and then so that the caller can look at the clock.

        Returns
        -------
        str
            ``"exhausted"``: there is no further solution.

        Raises
        ------
        DomainError
            When a function of the domain returns something unusable or raises an exception.
        """
        previous = 0
        while True:
            self._bounded = self._again = False
            for event in self._round():
                if event is None or previous == 0 or self._nesting(event.path) >= previous:
                    yield event
            if self._again:
                continue
            if not self._bounded:
                return "exhausted"
            if self._hasty:
                self._hasty = False
                self._dead.clear()
                self._once.clear()
                continue
            # Every plan needs finitely many nested repetitions, so some round finds it.
            previous, self._bound = self._bound, self._bound * 2

    def _nesting(self, path: list[Any]) -> int:
        """Return how often, at most, a task stands below itself in the same state along a path."""
        return max((_repetitions(path, entry[0], entry[5]) for entry in path if len(entry) == 6), default=0)

    def _seen_in_recursion(self, path: list[Any], cell: Cell, digest: int, suspended: Suspended | None) -> bool:
        """Whether the task was met before below the same outermost call, in the same state; note that it was met."""
        outermost, name = cell, cell[0][0]
        while outermost[2] >= 0:
            entry = path[outermost[2]]
            if entry[5] != digest or entry[0][0][0] != name:
                break
            outermost = entry[0]
        if outermost is cell:
            return False
        met = (digest, self._numbers.task(cell[0]), self._numbers.of(outermost, suspended))
        if met in self._once:
            return True
        self._once.add(met)
        return False

    def _initial(self) -> Cell | None:
        if isinstance(self.tasks, TaskNetwork):
            return push(self.tasks, None, -1)
        return push_sequence(list(self.tasks), None, -1)

    def _alternative(self, method: Method, task: Any, index: int, buffer: Any) -> tuple[Any, Any]:
        """Return one alternative of a method that yields them, and those listed ahead.

        The first is taken from a fresh generator and the generator dropped: one that was left waiting would see the
        state change under its loops. Later ones are listed ahead, ever more at a time, from the same state again. A
        method that says it can be left waiting is.
        """
        function = method.function
        if method.resumable:
            waiting = function(self.state, *task[1:]) if index == 0 else buffer
            return next(waiting, _ENDED), waiting
        if index == 0:
            return next(function(self.state, *task[1:]), _ENDED), None
        if buffer is None or index >= buffer[0] + len(buffer[1]):
            if buffer is not None and len(buffer[1]) < buffer[2]:
                return _ENDED, buffer
            size = max(8, 2 * index)
            buffer = (index, list(islice(function(self.state, *task[1:]), index, index + size)), size)
            if not buffer[1]:
                return _ENDED, buffer
        return buffer[1][index - buffer[0]], buffer

    def _round(self) -> Iterator[Solution | None]:
        state = self.state
        trail: list[Any] = state._trail
        undo(trail, 0)  # what an earlier round did before its first choice
        if self._digest is not None:
            self._digest.go_back(0, 0, 0)
        entries, exceptions = self.table.entries, bool(self.table.exceptions)
        excludes = self.table.excludes
        verify_goals = self.verify_goals
        numbers, dead, bound = self._numbers, self._dead, self._bound
        path: list[Any] = []
        stack: list[Any] = []
        lows: list[int] = []  # per frame: the highest frame that a cut below it refers to
        open_: dict[Any, int] = {}  # configurations on the stack
        visits: dict[Any, int] = {}  # how often a (state, task) is on the stack
        watch = StateDigest(state, self._key) if not self.remember else self._digest
        digest: StateDigest | None = watch  # None while the memory is off
        tortoise: Any = None
        tortoise_mark, tortoise_digest, tortoise_next, probe_next = 0, -1, _FIRST_TORTOISE, 0
        probes = random.Random(_PROBE)
        nodes = self.nodes
        pause_at = min(nodes + _PAUSE, self._stop)
        agenda, suspended = self._initial(), None
        cover = self._cover
        if cover is not None and self._hasty and cover.hasty is not None:
            cover = cover.hasty
        loose = cover is not self._cover  # it may rule out too much
        lacking = 0  # the conditions watched by the cover that do not hold
        if cover is not None:
            watched, covered, lacking = cover.actions, cover.cells, cover.unmet(state)
            agenda = cover_cells(agenda, cover)
        failure: Failure | None = None
        task: Any = ()
        method: Any = None
        low = _NEVER
        acted = False  # inside a network, an action was carried out and a goal is to be verified before others go on

        while True:
            if nodes >= pause_at:
                pause_at = min(nodes + _PAUSE, self._stop)
                self.nodes = nodes
                yield None
            if failure is None:
                if suspended is not None and (agenda is None or (agenda is suspended.stop and agenda[0][0] != VERIFY)):
                    agenda = resume(agenda, suspended)
                    suspended = suspended.outer
                    continue
                if agenda is None:
                    self.nodes = nodes
                    yield Solution(list(path), state)
                    failure = Failure((), "another plan was asked for")
                    continue
                nodes += 1
                cell = agenda
                task, rest = cell[0], cell[1]
                try:
                    kind, options, deferral = entries[task[0]]
                except (KeyError, TypeError, IndexError):
                    raise unknown_task(self.table, task, cell, path) from None
                if exceptions and kind != NETWORK_KIND:
                    kind, options, deferral = self.table.meaning(task)
                try:
                    if kind == PRIMITIVE:
                        result = options(state, *task[1:])
                        if result is state:
                            path.append(cell)
                            agenda = rest
                            if cover is not None:
                                change = watched[task]
                                lacking = cover.unmet(state) if change is None else lacking & change[0] | change[1]
                                if rest is not None and lacking & rest[4]:
                                    failure = Failure(task, _UNCOVERED)
                                    self._bounded |= loose
                                continue
                            if suspended is not None:
                                agenda, suspended = fold(rest, suspended)
                                acted = suspended is not None
                            continue
                        if result is None or result is False or type(result) is Refusal:
                            failure = Failure(task, result)
                        else:
                            failure = check_operator_result(task, result)
                    elif kind == COMPOUND and deferral is None:
                        pass  # the commonest case: choose among its methods, below
                    elif kind == NETWORK_KIND:
                        options = candidates(task[1])
                    elif kind == VERIFY_KIND:
                        missing = unmet(state, task[1]) if verify_goals else None
                        if not missing:
                            agenda = rest
                            if acted:
                                agenda, suspended = fold(rest, suspended)
                                acted = suspended is not None
                            elif suspended is not None and cell is suspended.stop:
                                suspended = suspended._replace(stop=rest)
                            continue
                        failure = Failure(task[1], f"its method did not bring about {missing[0]!r}")
                    elif kind == EXCLUDED:
                        failure = Failure(task, "excluded")
                    elif kind == GOAL and task[0] != MULTIGOAL and holds(state, task):
                        path.append((cell, None, 0, (), None, None))
                        agenda = rest
                        continue
                    elif deferral is not None and not deferral.known(state, *task[1:]):
                        result = deferral.predict(state, *task[1:])
                        if result is state:
                            path.append((cell, "deferred", 0, (), None, None))
                            agenda = rest
                            if suspended is not None:
                                agenda, suspended = fold(rest, suspended)
                                acted = suspended is not None
                            continue
                        failure = check_operator_result(task, result)
                except Exception as error:
                    raise blame(error, task, None, state, self.table.domain) from error
                if failure is None:
                    mark, length = len(trail), len(path)
                    position = skip = 0
                    buffer = tried = key = visit = None
                    if digest is not None and (kind != NETWORK_KIND or len(options) > 1):
                        now = digest.now()
                        key = (now, numbers.of(cell, suspended))
                        if key in dead:
                            failure = Failure(task, "known to lead nowhere from here")
                        elif key in open_:
                            self.cuts += 1
                            failure = Failure(task, "it came back to where it was")
                            if not self._hasty:
                                lows[-1] = min(lows[-1], open_[key])
                        elif kind != NETWORK_KIND:
                            visit = (now, numbers.task(task))
                            if visits.get(visit, 0) >= bound and _repetitions(path, cell, now) >= bound:
                                self._bounded = True
                                failure = Failure(task, "nested in itself without getting anywhere")
                                if not self._hasty:
                                    lows[-1] = -1
                            elif self._hasty and self._seen_in_recursion(path, cell, now, suspended):
                                self._bounded = True
                                failure = Failure(task, "tried before in this recursion")
                        low = _NEVER
                    elif kind != NETWORK_KIND:
                        if length >= tortoise_next:
                            tortoise, tortoise_mark, tortoise_next = task, mark, 2 * length
                            tortoise_digest = -1
                            if self._key is not None and not all(isinstance(item[0], dict) for item in trail):
                                # Changes inside large values: the trail cannot tell when they come to nothing.
                                watch = watch or StateDigest(state, self._key)
                                tortoise_digest = watch.now()
                            probe_next = length + 1
                        elif length >= probe_next and task == tortoise:
                            # At irregular distances: at regular ones a cycle could be stepped over for ever.
                            probe_next = length + 1 + probes.randrange(2 * _PROBE)
                            if watch is None or tortoise_digest < 0:
                                back = unchanged(trail, tortoise_mark)
                            else:
                                back = watch.now() == tortoise_digest
                            if back:
                                # Begin again with the memory on: the frames made so far could not be cut.
                                undo(trail, 0)
                                self._digest, self._again, self.nodes = StateDigest(state, self._key), True, nodes
                                return
                first = True
            else:
                self.backtracks += 1
                if len(path) > self._deepest_length:
                    self._deepest_length, self.deepest = len(path), failure
                if digest is None and self.backtracks >= self._patience:
                    watch = digest = self._digest = watch or StateDigest(state, self._key)
                    lows = [_NEVER] * len(stack)
                if not stack:
                    self.nodes = nodes
                    return
                head, position, skip, buffer, tried, taken = stack.pop()
                cell, suspended, mark, length, kind, options, saved, key, visit, lacking = head
                if digest is not None:
                    low = lows.pop()
                task, rest = cell[0], cell[1]
                if len(trail) > mark:
                    undo(trail, mark)
                    if watch is not None:
                        watch.go_back(mark, *saved)
                del path[length:]
                if kind != NETWORK_KIND:
                    tried = (*taken, failure, False, tried)
                last, failure, first, acted = failure, None, False, False

            if failure is not None:
                continue

            # Choose: the first option from `position` on that does not refuse.
            chosen: Any = None
            if kind == NETWORK_KIND:
                if position < len(options):
                    index = options[position]
                    chosen = task[1][index].agenda
                    position += 1
                    more = position < len(options)
                    name, number = "", index
            else:
                try:
                    while position < len(options):
                        method = options[position]
                        if method.generates:
                            chosen, buffer = self._alternative(method, task, skip, buffer)
                            if chosen is _ENDED:
                                chosen = None
                                position, skip, buffer = position + 1, 0, None
                                continue
                            name, number = method.name, skip
                            skip += 1
                            more = True
                        else:
                            chosen = method.function(state, *task[1:])
                            name, number = method.name, 0
                            position += 1
                            more = position < len(options)
                        if excludes and type(chosen) in (list, TaskNetwork):
                            without = self.table.ruled_out(tasks_in(chosen))
                            chosen = chosen if without is None else Refusal(f"{show_task(without)} is excluded")
                        if chosen is None or chosen is False or type(chosen) is Refusal:
                            tried = (name, number, chosen, True, tried)
                            chosen = None
                            if number % _PAUSE == _PAUSE - 1:  # it may go on yielding refusals for ever
                                self.nodes = nodes
                                yield None
                            continue
                        break
                except Exception as error:
                    raise blame(error, task, method, state, self.table.domain) from error
            if chosen is None:
                depth = len(stack)
                if not first and key is not None:
                    del open_[key]
                    if visit is not None:
                        visits[visit] -= 1
                    if low >= depth:
                        low = _NEVER
                        if self.remember:
                            dead.add(key)
                if lows and not first:
                    lows[-1] = min(lows[-1], low)
                failure = Failure(task, tried or "it has no method") if first else last
                continue

            if more or key is not None:
                if first:
                    if key is not None:
                        open_[key] = len(stack)
                        if visit is not None:
                            visits[visit] = visits.get(visit, 0) + 1
                    saved = (0, 0) if watch is None else (watch.position, watch.value)
                    head = (cell, suspended, mark, length, kind, options, saved, key, visit, lacking)
                stack.append((head, position, skip, buffer, tried, (name, number)))
                if digest is not None:
                    lows.append(low if key is not None or not first else _NEVER)
            if kind == NETWORK_KIND:
                suspended = Suspended(task[1], index, rest, chosen[1], suspended)
                agenda = chosen
                continue
            here = len(path)
            path.append((cell, method, number, chosen, tried, None if key is None else key[0]))
            if kind == GOAL:
                rest = ((VERIFY, task), rest, here, -1)
            if type(chosen) is list:
                agenda = rest
                if cover is not None:
                    mask = 0 if rest is None else rest[4]
                    for place in range(len(chosen) - 1, -1, -1):
                        subtask = chosen[place]
                        kept, due = covered[subtask]
                        mask = mask & kept | due
                        agenda = (subtask, agenda, here, place, mask)
                    if lacking & mask:
                        failure = Failure(task, _UNCOVERED)
                        self._bounded |= loose
                    continue
                for place in range(len(chosen) - 1, -1, -1):
                    subtask = chosen[place]
                    if type(subtask) is TaskNetwork:
                        agenda = push_sequence(chosen, rest, here)
                        break
                    agenda = (subtask, agenda, here, place)
            elif type(chosen) is TaskNetwork:
                agenda = push(chosen, rest, here)
            else:
                raise check_subtasks(task, method, chosen)


def _repetitions(path: list[Any], cell: Cell, digest: int | None) -> int:
    """Return how many ancestors of a cell have its task in the state of the given digest."""
    count, parent, task = 0, cell[2], cell[0]
    while parent >= 0:
        entry = path[parent]
        if entry[5] == digest and entry[0][0] == task:
            count += 1
        parent = entry[0][2]
    return count


def _nothing_left(tried: Any) -> str:
    """Return in words that no method applied, given what was tried."""
    reasons = []
    while tried is not None:
        name, _, failure, refused, tried = tried
        reason = reason_of(failure) if refused else failure.reason
        reasons.append(f"{name}: {reason or 'does not apply'}")
    return "no method applies (" + "; ".join(reversed(reasons)) + ")"
