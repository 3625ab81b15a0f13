"""The decomposer: from a domain, a state and a task list to an outcome."""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Set
from typing import Any

from htn.model.arity import task_problem
from htn.model.collecting import collecting_paused
from htn.model.domain import Domain
from htn.model.errors import DomainError
from htn.model.goals import MultiGoal
from htn.model.network import TaskNetwork, tasks_in
from htn.model.state import State
from htn.planning.blame import show_task
from htn.planning.cover import Cover
from htn.planning.limits import Limits, Meter
from htn.planning.outcome import InvalidDomain, LimitReached, Outcome, Solved, Statistics, Unsolvable
from htn.planning.search import Search, Solution
from htn.planning.table import Constraints, Table

__all__ = ["find_plan", "find_plan_async", "find_plans"]

_FIRST_COLLECTION = 1 << 15
"""The pause of the search at which garbage is first looked for: after some two million nodes."""
_EVERY = 16
"""How many pauses of the search pass between two turns given to other coroutines."""


def find_plan(
    domain: Domain,
    state: State,
    tasks: Any,
    *,
    limits: Limits | None = None,
    constraints: Constraints | None = None,
    seed: int | None = None,
    verify_goals: bool = True,
    patience: int | None = None,
    hasty: bool = False,
    cover: Cover | None = None,
) -> Outcome:
    """Decompose a task list into a plan.

    Parameters
    ----------
    domain : Domain
        What can be done, and how.
    state : State
        The facts at the start; not changed.
    tasks : list or TaskNetwork
        What is to be done: tasks, goals and multigoals.
    limits : Limits, optional
        How much the search may take.
    constraints : Constraints, optional
        Methods and tasks ruled out, methods preferred.
    seed : int, optional
        Shuffles the order in which methods are tried; without it they are tried as declared. The same seed gives the
        same plan, whatever PYTHONHASHSEED is, unless the domain iterates over sets.
    verify_goals : bool
        Whether a goal must hold once its method's subtasks are done.
    patience : int, optional
        How many steps back are taken before dead ends and cycles are remembered; a few by default. The memory costs a
        little at every task; 0 switches it on at the start, which pays where tasks recur without end.
    hasty : bool
        With a patience of 0: look first where recursion is cut early, which finds some plan soon, though not always
        the first in the order of methods; then everywhere.
    cover : Cover, optional
        For compiled problems: which conditions that are due later nothing that remains can bring about.

    Returns
    -------
    Outcome
        `Solved`, `Unsolvable`, `LimitReached` or `InvalidDomain`.

    Examples
    --------
    >>> domain = Domain("travel")
    >>> @domain.operator
    ... def walk(state, who, to):
    ...     state.location[who] = to
    ...     return state
    >>> @domain.method("travel")
    ... def on_foot(state, who, to):
    ...     return [("walk", who, to)]
    >>> outcome = find_plan(domain, State(location={"me": "home"}), [("travel", "me", "park")])
    >>> outcome.status, outcome.actions
    ('solved', [('walk', 'me', 'park')])
    >>> find_plan(domain, State(location={}), [("travle", "me", "park")]).problems
    ("the task list holds the unknown task 'travle'; did you mean 'travel'?",)
    """
    how: dict[str, Any] = {"patience": patience, "hasty": hasty, "cover": cover}
    session = _Session(domain, state, tasks, limits, constraints, seed, verify_goals, **how)
    due = _FIRST_COLLECTION
    with collecting_paused():
        for count, _ in enumerate(session.advance()):
            if count >= due:
                # Domains may leave cycles behind; at ever longer intervals, clearing them up costs little in all.
                gc.collect()
                due *= 2
    return session.outcome


def find_plans(
    domain: Domain,
    state: State,
    tasks: Any,
    *,
    limits: Limits | None = None,
    constraints: Constraints | None = None,
    seed: int | None = None,
    verify_goals: bool = True,
    cover: Cover | None = None,
) -> Iterator[Outcome]:
    """Yield every decomposition as `Solved`, then one outcome that says why there are no more.

    A plan that passes twice through the same configuration (state and remaining tasks) is left out: where there is one,
    there are infinitely many.

    Yields
    ------
    Outcome
        Any number of `Solved`, then `Unsolvable` (no further plan), `LimitReached` or `InvalidDomain`.

    Examples
    --------
    >>> domain = Domain("drinks")
    >>> for name in ("coffee", "tea"):
    ...     _ = domain.operator(name=name)(lambda state: state)
    >>> @domain.method("drink")
    ... def any_drink(state):
    ...     yield [("coffee",)]
    ...     yield [("tea",)]
    >>> [outcome.actions for outcome in find_plans(domain, State(), [("drink",)]) if outcome]
    [[('coffee',)], [('tea',)]]
    """
    session = _Session(domain, state, tasks, limits, constraints, seed, verify_goals, every=True, cover=cover)
    given: set[object] = set()
    for solved in session.advance():
        if solved is None:
            continue
        # Tasks that come to nothing can be decomposed in any order: the same decomposition, met more than once.
        tree = solved.tree
        same = (tree.order, frozenset((node.id, node.alternative) for node in tree.nodes.values()))
        if same not in given:
            given.add(same)
            yield solved
    yield session.outcome


async def find_plan_async(
    domain: Domain,
    state: State,
    tasks: Any,
    *,
    limits: Limits | None = None,
    constraints: Constraints | None = None,
    seed: int | None = None,
    verify_goals: bool = True,
) -> Outcome:
    """Decompose a task list while other coroutines go on; otherwise as `find_plan`."""
    import asyncio  # 40 ms that commands need not wait for

    session = _Session(domain, state, tasks, limits, constraints, seed, verify_goals)
    for count, _ in enumerate(session.advance()):
        if count % _EVERY == 0:
            await asyncio.sleep(0)
    return session.outcome


class _Session:
    """One search with its limits and its outcome."""

    def __init__(
        self,
        domain: Domain,
        state: State,
        tasks: Any,
        limits: Limits | None,
        constraints: Constraints | None,
        seed: int | None,
        verify_goals: bool,
        *,
        every: bool = False,
        patience: int | None = None,
        hasty: bool = False,
        cover: Cover | None = None,
    ) -> None:
        limits = limits or Limits()
        self._domain, self._state, self._every = domain, state, every
        self._meter = Meter(limits)
        self._search: Search | None = None
        self.outcome: Outcome = Unsolvable("nothing was tried")
        problems = _misplaced(domain, state, tasks)
        if not problems:
            self._tasks = tasks if isinstance(tasks, TaskNetwork) else list(tasks)
            found = (task_problem(domain, task) for task in tasks_in(self._tasks))
            problems = tuple(f"the task list holds {problem}" for problem in found if problem)
        if problems:
            self.outcome = InvalidDomain(problems)
            return
        try:
            table = Table(domain, constraints or Constraints(), seed)
            key: Callable[[Any], Hashable] | None = getattr(state, "_key_of", None)
            self._search = Search(
                table,
                state,
                self._tasks,
                remember=not every,
                verify_goals=verify_goals,
                key=key,
                patience=patience,
                hasty=hasty,
                most_nodes=limits.nodes,
                cover=cover,
            )
        except DomainError as error:
            self.outcome = InvalidDomain((str(error),), error)

    def advance(self) -> Iterator[Solved | None]:
        """Search; yield None at every pause, and each plan when all are wanted."""
        search = self._search
        if search is None:
            return
        try:
            for event in search.run():
                if event is None:
                    limit = self._meter.reached(search.nodes)
                    if limit is not None:
                        self.outcome = LimitReached(limit, self._reason(search), statistics=self._statistics(search))
                        return
                    yield None
                    continue
                solved = self._solved(search, event)
                if not self._every:
                    self.outcome = solved
                    return
                yield solved
        except DomainError as error:
            self.outcome = InvalidDomain((str(error),), error, statistics=self._statistics(search))
            return
        self.outcome = Unsolvable(self._reason(search), statistics=self._statistics(search))

    def _solved(self, search: Search, event: Solution) -> Solved:
        final = event.state.copy()
        return Solved(
            self._domain, self._state.copy(), final, self._tasks, event.path, statistics=self._statistics(search)
        )

    def _statistics(self, search: Search) -> Statistics:
        return Statistics(self._meter.seconds, search.nodes, search.backtracks, search.dead_ends, search.cuts)

    @staticmethod
    def _reason(search: Search) -> str:
        failure = search.deepest
        if failure is None or not failure.task:
            return ""
        operator = search.table.domain.operators.get(failure.task[0])
        if operator is not None and not failure.reason:
            from htn.model.lint import never_returns_state

            forgotten = never_returns_state(operator)
            if forgotten:
                return f"{show_task(failure.task)}: {forgotten}"
        return f"{show_task(failure.task)}: {failure.reason or 'it does not apply'}"


def _misplaced(domain: Any, state: Any, tasks: Any) -> tuple[str, ...]:
    """Return what is wrong with the kinds of things that a planner call was given."""
    if not isinstance(domain, Domain):
        return (f"the domain is a {type(domain).__name__}: call find_plan(domain, state, tasks)",)
    if not isinstance(state, State):
        return (f"the state is a {type(state).__name__}: make one with State(location={{'me': 'home'}})",)
    if isinstance(tasks, MultiGoal) or (isinstance(tasks, tuple) and tasks and isinstance(tasks[0], str)):
        return (f"the task list is the single task {show_task(tasks)}: put it in a list, [{tasks!r}]",)
    if not isinstance(tasks, (TaskNetwork, Iterable)) or isinstance(tasks, (Mapping, Set, str)):
        return (f"the task list is a {type(tasks).__name__}: give a list of tasks or a TaskNetwork",)
    return ()
