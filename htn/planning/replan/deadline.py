"""Repair in time: when what is pending would end, and a repair that ends sooner where that is too late.

Steps that do not depend on each other go on side by side; what depends on what is traced. What is done takes no more
time, what is in flight takes what is left of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from htn.model.record import Record, field
from htn.plan.plan import Plan
from htn.planning.replan.decomposer import OutOfLimits
from htn.planning.replan.draft import Item, whole_plan
from htn.planning.replan.problem import RepairProblem
from htn.planning.replan.scratch import every_repair

if TYPE_CHECKING:
    from htn.model.state import State

__all__ = ["Deadline", "sooner"]


Sooner = tuple[list[Item] | None, str, bool]


class Deadline(Record):
    """Until when a plan is to be done, and how long its steps take.

    Attributes
    ----------
    seconds : float
        From now on.
    durations : callable
        What a task takes, in seconds; a deferred one too.
    left : mapping
        For steps in flight by id, the seconds that each still takes; the whole duration where it is not named.
    effort : int
        How many nodes may be expanded in looking for a repair that ends in time.

    Examples
    --------
    Two reports are written side by side, and bound; when the copier is slow, one is enough:

    >>> from htn.model import Domain, State
    >>> from htn.planning import find_plan
    >>> from htn.planning.replan import replan
    >>> domain = Domain("office")
    >>> @domain.operator
    ... def write(state, report):
    ...     state.written[report] = True
    ...     return state
    >>> @domain.operator
    ... def copy(state, report):
    ...     if not state.written.get(report):
    ...         return False
    ...     state.copied = report
    ...     return state
    >>> both = [("write", "a"), ("write", "b"), ("copy", "a"), ("copy", "b")]
    >>> _ = domain.method("deliver", name="both")(lambda state: both)
    >>> _ = domain.method("deliver", name="one")(lambda state: [("write", "a"), ("copy", "a")])
    >>> plan = find_plan(domain, State(written={}, copied=""), [("deliver",)]).plan
    >>> slow = {"write": 10.0, "copy": 40.0}
    >>> Deadline(60, lambda task: slow[task[0]]).ends(plan)
    90.0
    >>> outcome = replan(domain, plan, deadline=Deadline(60, lambda task: slow[task[0]]))
    >>> outcome.actions, outcome.ends, outcome.missed
    ([('write', 'a'), ('copy', 'a')], 50.0, 0.0)
    >>> late = replan(domain, plan, deadline=Deadline(45, lambda task: slow[task[0]]))
    >>> late.missed, late.proved, late.why
    (5.0, True, 'it ends 5 s late; no repair ends sooner')
    """

    seconds: float
    durations: Callable[[tuple[Any, ...]], float]
    left: Mapping[str, float] = field(factory=dict)
    effort: int = 5_000

    def ends(self, plan: Plan) -> float:
        """Return after how many seconds the last step of a plan ends, when each begins as soon as it can."""
        running = () if plan.history is None else plan.history.running
        end: dict[str, float] = {}
        for step in running:
            end[step.id] = self.left.get(step.id, self.durations((step.task, *step.args)))
        for step in plan.pending:
            begins = max((end.get(before, 0.0) for before in step.dependencies), default=0.0)
            end[step.id] = begins + self.durations((step.task, *step.args))
        return max(end.values(), default=0.0)

    def missed(self, plan: Plan) -> float:
        """Return how many seconds after the deadline a plan ends; 0 when it is in time."""
        return max(0.0, self.ends(plan) - self.seconds)


def sooner(problem: RepairProblem, deadline: Deadline, observed: State, missed: float) -> Sooner:
    """Return the first repair that ends in time, or else the one that ends soonest.

    Parameters
    ----------
    problem : RepairProblem
        What is to be repaired.
    deadline : Deadline
        Until when, and how long steps take.
    observed : State
        The facts now, without what is in flight.
    missed : float
        By how much the repair found so far misses the deadline.

    Returns
    -------
    items : list of Item or None
        The repair; None where none was found that ends sooner than the one there is.
    why : str
        In words.
    proved : bool
        Whether no repair misses the deadline by less.
    """
    best: list[Item] | None = None
    proved, seen = True, set()
    try:
        for items in every_repair(problem, deadline.effort):
            if items is None:
                proved = False
                break
            chosen = tuple((item.task, item.leaf or item.method, item.alternative) for item in items)
            if chosen in seen:
                continue  # another part was begun anew, and the same came of it
            seen.add(chosen)
            drafted = whole_plan(problem.domain, problem.remains, items, observed, problem.findings)
            late = deadline.missed(drafted.plan)
            if late < missed:
                best, missed = items, late
            if not late:
                return items, f"it ends within {deadline.seconds:g} s", True
    except OutOfLimits:
        proved = False
    how = "no repair ends sooner" if proved else f"none that ends sooner was found within {deadline.effort} nodes"
    return best, f"it ends {missed:g} s late; {how}", proved
