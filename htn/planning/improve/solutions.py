"""From a solution as a search gives it to cheaper ones of the same kind: of domains, and of ground problems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from htn.model.domain import Domain, Method
from htn.model.ground import GroundProblem, GroundStep
from htn.model.network import TaskNetwork, tasks_in
from htn.model.state import State
from htn.planning.improve.ground_space import GroundSpace
from htn.planning.improve.run import Run
from htn.planning.improve.space import Option, Space, UnsuitableError
from htn.planning.improve.state_space import StateSpace
from htn.planning.improve.windows import Windows
from htn.planning.search import Solution

__all__ = ["Improved", "improve_path", "improve_steps", "solution_of"]


class Improved(NamedTuple):
    """A better solution.

    Attributes
    ----------
    solution : Solution or list of GroundStep
        Of the kind that was given.
    cost : int
        What its actions cost together.
    length : int
        How many actions it has; those that stand for a goal do not count.
    """

    solution: Any
    cost: int
    length: int


def improve_path(
    domain: Domain,
    state: State,
    tasks: Any,
    path: list[Any],
    *,
    cost: Callable[[Any], int] | None = None,
    subtasks: Mapping[str, Collection[Iterable[str]]] | None = None,
) -> Generator[Improved | None, None, str]:
    """Yield ever cheaper solutions, and None at pauses.

    Parameters
    ----------
    domain : Domain
        The domain.
    state : State
        The facts at the start; not changed.
    tasks : list or TaskNetwork
        What is to be done.
    path : list
        What the search found: `Solution.path` or `Solved.path`.
    cost : callable, optional
        What a primitive task costs, a whole number that is not negative; 1 by default.
    subtasks : mapping, optional
        For every compound task's name, the names of the subtasks of each of its methods. Without them nothing is known
        of what a task costs before it is decomposed, and the search is much wider.

    Returns
    -------
    str
        ``"exhausted"`` when it is proved that no solution is cheaper than the last, else ``"gave up"``.

    Examples
    --------
    >>> from htn.planning import find_plan
    >>> domain = Domain("travel")
    >>> @domain.operator
    ... def walk(state, to):
    ...     state.at["me"] = to
    ...     return state
    >>> @domain.method("go")
    ... def by_the_shop(state, to):
    ...     return [("walk", "shop"), ("walk", to)]
    >>> @domain.method("go")
    ... def directly(state, to):
    ...     return [("walk", to)]
    >>> start, tasks = State(at={"me": "home"}), [("go", "park")]
    >>> found = find_plan(domain, start, tasks)
    >>> [better.length for better in improve_path(domain, start, tasks, found.path) if better]
    [1]
    """
    try:
        space = StateSpace(domain, state, tasks, cost=cost, subtasks=subtasks)
        windows = _windows(space, [(_place(entry), _option(space, entry)) for entry in path])
        improvements = windows.improvements()
        replays = True
        while True:
            try:
                run = next(improvements)
            except StopIteration as end:
                return str(end.value) if replays and space.complete else "gave up"
            if run is None:
                yield None
                continue
            solution = solution_of(domain, state, run)
            if solution is None:
                # What a method does depends on more than which facts hold: on the order in which they came.
                replays = False
            else:
                yield Improved(solution, run.cost, _length(task[0] for task in run.actions()))
    except UnsuitableError:
        return "gave up"
    except Exception:  # noqa: BLE001  (a function of the domain fails where no search came before: the plan stays good)
        return "gave up"


def improve_steps(problem: GroundProblem, steps: Sequence[GroundStep]) -> Generator[Improved | None, None, str]:
    """Yield ever cheaper solutions of a ground problem, and None at pauses.

    Parameters
    ----------
    problem : GroundProblem
        The problem.
    steps : sequence of GroundStep
        A solution. Where the order of subtasks is open and it interleaves them, it is only improved if it is still one
        when they are done in the order listed.

    Returns
    -------
    str
        ``"exhausted"`` when it is proved that no solution is cheaper than the last, else ``"gave up"``.
    """
    space = GroundSpace(problem)
    options = [None if step.method is None else Option(step.method, step.method.subtasks) for step in steps]
    windows = _windows(
        space, [((step.parent, step.position), option) for step, option in zip(steps, options, strict=True)]
    )
    improvements = windows.improvements()
    while True:
        try:
            run = next(improvements)
        except StopIteration as end:
            return str(end.value) if space.complete else "gave up"
        if run is None:
            yield None
        else:
            yield Improved(_steps(run), run.cost, _length(problem.tasks[task][0] for task in run.actions()))


def _windows(space: Space, entries: Sequence[tuple[tuple[int, int], Option | None]]) -> Windows:
    """Return the improvement of a solution given as places in the tree and options."""
    children: dict[int, list[tuple[int, int]]] = {}
    for number, ((parent, position), _) in enumerate(entries):
        children.setdefault(parent, []).append((position, number))
    decisions: list[Option] = []
    waiting = [-1]
    while waiting:
        number = waiting.pop()
        option = entries[number][1] if number >= 0 else None
        if option is not None:
            decisions.append(option)
        waiting += [child for _, child in sorted(children.get(number, ()), reverse=True)]
    return Windows(space, decisions)


def _length(names: Iterable[str]) -> int:
    return sum(1 for name in names if not name.startswith("#"))


def _place(entry: Any) -> tuple[int, int]:
    cell = entry[0] if len(entry) == 6 else entry
    return cell[2], cell[3]


def _option(space: StateSpace, entry: Any) -> Option | None:
    if len(entry) != 6:
        return None
    _, method, _, subtasks, _, _ = entry
    if not isinstance(method, Method):
        raise UnsuitableError("the plan has goals or deferred tasks")
    return Option(method.name, space.sequence(subtasks, method.name))


def _steps(run: Run) -> list[GroundStep]:
    return [
        GroundStep(task, parent, position, None if option is None else option.method)
        for task, parent, position, option in zip(run.tasks, run.parents, run.positions, run.options, strict=True)
    ]


def solution_of(domain: Domain, initial: State, run: Run) -> Solution | None:
    """Do on the state itself what a run says; return it as the search does, or None where it does not apply."""
    state = initial.tracked()
    path: list[Any] = []
    for task, parent, position, option in zip(run.tasks, run.parents, run.positions, run.options, strict=True):
        cell = (task, None, parent, position)
        if option is None:
            if domain.operators[task[0]].function(state, *task[1:]) is not state:
                return None
            path.append(cell)
            continue
        method = domain.find_method(task[0], option.method)
        made = method.function(state, *task[1:])
        for number, subtasks in enumerate(made if method.generates else [made]):
            if _written(subtasks) == option.subtasks:
                path.append((cell, method, number, subtasks, None, None))
                break
        else:
            return None
    return Solution(path, state)


def _written(subtasks: Any) -> tuple[Any, ...] | None:
    return tuple(tasks_in(subtasks)) if isinstance(subtasks, (TaskNetwork, list)) else None
