"""The members of the portfolio: searches that can be paused, each on the representation that suits it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from htn.portfolio.task import Task

if TYPE_CHECKING:
    from htn.hddl.compile import Compiled
    from htn.hddl.plan_format import Plan
    from htn.model.ground import GroundProblem, GroundStep
    from htn.planning.search import Search, Solution

__all__ = ["Candidate", "Progress", "members"]


class Candidate(NamedTuple):
    """A plan that a member found.

    Attributes
    ----------
    plan : Plan
        In the names of the input.
    member : str
        Who found it.
    improve : callable or None
        Begins a search for cheaper plans that starts from this one; None where there is none.
    """

    plan: Plan
    member: str
    improve: Callable[[], Progress] | None = None


Progress: TypeAlias = Generator[Candidate | None, None, str]
"""A search that takes part: it yields None at every pause and each plan that it finds, and returns ``"exhausted"``
where it proved that there is no plan or none cheaper than its last, else ``"gave up"``."""


def members(task: Task, seed: int | None = None) -> dict[str, Callable[[], Progress]]:
    """Return the members that can take part in solving a task, by name: each begins when it is called."""
    found: dict[str, Callable[[], Progress]] = {
        "lifted": lambda: _lifted(task, seed),
        "restarts": lambda: _restarts(task, seed),
        "layers": lambda: _layers(task),
        "ff": lambda: _guided(task, "ff", seed),
        "add": lambda: _guided(task, "add", seed),
    }
    if task.totally_ordered:
        found["depth-first"] = lambda: _depth_first(task, seed)
        found["tables"] = lambda: _tables(task)
    else:
        found["in-sequence"] = lambda: _in_sequence(task, seed)
        found["networks"] = lambda: _networks(task, seed)
    return found


def _lifted(task: Task, seed: int | None) -> Progress:
    """Search depth-first with the compiled problem; the first plan is its last, those that follow differ in details."""
    compiled = task.compiled
    yield None
    return (yield from _compiled(task, compiled, "lifted", seed))


def _in_sequence(task: Task, seed: int | None) -> Progress:
    """Do one after the other what has no order: incomplete, and mostly enough."""
    compiled = task.in_sequence
    yield None
    yield from _compiled(task, compiled, "in-sequence", seed)
    return "gave up"


def _compiled(task: Task, compiled: Compiled, name: str, seed: int | None) -> Progress:
    search = _search(compiled, seed)
    task.counters[name] = lambda: {
        counter: getattr(search, counter) for counter in ("nodes", "backtracks", "dead_ends", "cuts")
    }
    for event in search.run():
        if event is not None:
            yield _of_path(task, compiled, event, name)
            return "gave up"
        yield None
    return "exhausted"


def _search(compiled: Compiled, seed: int | None) -> Search:
    from htn.planning.search import Search
    from htn.planning.table import Constraints, Table

    table = Table(compiled.domain, Constraints(), seed)
    return Search(table, compiled.state, compiled.tasks, patience=0, hasty=True, cover=compiled.cover)


def _tables(task: Task) -> Progress:
    from htn.planning.ground.tables import Tables

    ground = yield from task.grounded()
    if ground is None:
        return "gave up"
    search = Tables(ground)
    task.counters["tables"] = lambda: {name: getattr(search, name) for name in ("tables", "ends", "items")}
    return (yield from _each(search.run(), lambda steps: _of_steps(ground, steps, "tables")))


def _restarts(task: Task, seed: int | None) -> Progress:
    """Search depth-first in random orders, again and again; partly ordered subtasks one after the other."""
    from htn.planning.restarts import Restarts

    compiled = task.compile(seed=seed or 0, in_sequence=not task.totally_ordered)
    yield None
    search = Restarts(lambda drawn: _search(compiled, drawn), seed=seed or 0)
    task.counters["restarts"] = lambda: {"nodes": search.nodes, "restarts": search.restarts}
    for event in search.run():
        if event is not None:
            yield _of_path(task, compiled, event, "restarts")
            return "gave up"
        yield None
    return "exhausted" if task.totally_ordered else "gave up"


def _of_path(task: Task, compiled: Compiled, solution: Solution, member: str) -> Candidate:
    from htn.hddl.compile.plans import plan_of

    def improve() -> Progress:
        from htn.planning.improve import improve_path

        usual = task.in_sequence
        improving = improve_path(usual.domain, usual.state, usual.tasks, solution.path, subtasks=usual.subtasks)
        return (yield from _each(improving, lambda better: _of_path(task, usual, better.solution, "improve")))

    return Candidate(plan_of(compiled, solution.path), member, None if task.has_costs else improve)


def _guided(task: Task, heuristic: str, seed: int | None) -> Progress:
    from htn.planning.ground.best_first import BestFirst

    ground = yield from task.grounded()
    if ground is None:
        return "gave up"
    search = BestFirst(ground, heuristic=heuristic, seed=seed, lists=task.task_lists(ground))
    task.counters[heuristic] = lambda: {name: getattr(search, name) for name in ("expanded", "generated")}
    return (yield from _each(search.run(), lambda steps: _of_steps(ground, steps, heuristic)))


def _depth_first(task: Task, seed: int | None) -> Progress:
    from htn.planning.ground.depth_first import DepthFirst

    ground = yield from task.grounded()
    if ground is None:
        return "gave up"
    search = DepthFirst(ground, seed=seed)
    task.counters["depth-first"] = lambda: {"nodes": search.nodes}
    return (yield from _each(search.run(), lambda steps: _of_steps(ground, steps, "depth-first")))


def _networks(task: Task, seed: int | None) -> Progress:
    from htn.planning.ground.partial_order import PartialOrder

    ground = yield from task.grounded()
    if ground is None:
        return "gave up"
    search = PartialOrder(ground, seed=seed)
    task.counters["networks"] = lambda: {name: getattr(search, name) for name in ("expanded", "generated")}
    return (yield from _each(search.run(), lambda steps: _of_steps(ground, steps, "networks")))


def _of_steps(ground: GroundProblem, steps: list[GroundStep], member: str) -> Candidate:
    from htn.hddl.ground import plan_of_ground

    def improve() -> Progress:
        from htn.planning.improve import improve_steps

        return _each(improve_steps(ground, steps), lambda better: _of_steps(ground, better.solution, "improve"))

    return Candidate(plan_of_ground(ground, steps), member, improve)


def _layers(task: Task) -> Progress:
    from htn.hddl.sat.search import LayeredSearch, SolverMissingError

    try:
        search = LayeredSearch(task.domain, task.problem)
    except SolverMissingError:
        return "gave up"  # the others do without
    return (yield from _each(search.run(), lambda plan: Candidate(plan, "layers")))


def _each(search: Iterator[Any], candidate: Callable[[Any], Candidate]) -> Progress:
    """Go on with a search, as candidates."""
    while True:
        try:
            found = next(search)
        except StopIteration as stop:
            return str(stop.value)
        yield None if found is None else candidate(found)
