"""Outcomes of planning: solved, unsolvable, a limit reached, or an invalid domain; never one in place of another."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from htn.model.collecting import collecting_paused
from htn.model.domain import Domain
from htn.model.errors import DomainError
from htn.model.record import Record, field
from htn.model.state import State

if TYPE_CHECKING:  # a tree is grown when it is asked for
    from htn.plan.plan import Plan
    from htn.plan.tree import Decomposition

__all__ = ["InvalidDomain", "LimitReached", "Outcome", "Solved", "Statistics", "Unsolvable"]


class Statistics(Record):
    """What a search took.

    Attributes
    ----------
    seconds : float
        Wall-clock seconds.
    nodes, backtracks, dead_ends, cuts : int
        Tasks processed, steps back, dead ends remembered, configurations cut as cycles.
    """

    seconds: float = 0.0
    nodes: int = 0
    backtracks: int = 0
    dead_ends: int = 0
    cuts: int = 0


class Outcome(Record):
    """What planning came to. True in conditions only when a plan was found.

    Attributes
    ----------
    statistics : Statistics
        What it took.
    """

    statistics: Statistics = field(factory=Statistics, kw_only=True)
    status = "outcome"

    def __bool__(self) -> bool:
        return isinstance(self, Solved)

    @property
    def told(self) -> tuple[str, ...]:
        """What there is to say beside the status, a sentence each."""
        return ()

    def _repr_html_(self) -> str:
        from htn.views.outcome import outcome_html

        took = {name: getattr(self.statistics, name) for name in ("seconds", "nodes", "backtracks")}
        plan = getattr(self, "plan", None) if self else None
        picture = "" if plan is None else plan._repr_html_()
        return outcome_html(self.status, self.told, took, picture)


class Solved(Outcome):
    """A plan was found; an empty one is a plan too.

    Attributes
    ----------
    domain : Domain
        The domain planned with.
    initial, final : State
        The state before and after.
    """

    status = "solved"
    domain: Domain
    initial: State
    final: State
    tasks: Any = field(repr=False)
    path: list[Any] = field(repr=False)

    @property
    def actions(self) -> list[tuple[Any, ...]]:
        """The primitive tasks in order, as plain tuples."""
        return [entry[0] for entry in self.path if len(entry) != 6]

    @cached_property
    def tree(self) -> Decomposition:
        """The decomposition."""
        from htn.planning.grow import grow

        with collecting_paused():
            return grow(self.domain, self.tasks, self.path)

    @cached_property
    def plan(self) -> Plan:
        """The steps with the dependencies traced by replaying the decomposition."""
        from htn.plan.trace import trace

        with collecting_paused():
            return trace(self.domain, self.initial, self.tree)


class Unsolvable(Outcome):
    """There is no plan: every possibility was tried.

    Attributes
    ----------
    reason : str
        The failure met furthest along, in words.
    """

    status = "unsolvable"
    reason: str

    @property
    def told(self) -> tuple[str, ...]:
        """The failure met furthest along."""
        return (self.reason,)


class LimitReached(Outcome):
    """The search was stopped; whether there is a plan is not known.

    Attributes
    ----------
    limit : str
        Which: ``"seconds"``, ``"nodes"``, ``"memory"`` or ``"cancelled"``.
    reason : str
        The failure met furthest along until then, in words.
    """

    status = "limit reached"
    limit: str
    reason: str = ""

    @property
    def told(self) -> tuple[str, ...]:
        """The limit, and the failure met furthest along until then."""
        return (f"the limit on {self.limit} was reached", *((self.reason,) if self.reason else ()))


class InvalidDomain(Outcome):
    """The domain or the task list is wrong; planning did not begin or could not go on.

    Attributes
    ----------
    problems : tuple of str
        One sentence each.
    error : DomainError or None
        The error behind it, where there is one.
    """

    status = "invalid domain"
    problems: tuple[str, ...]
    error: DomainError | None = field(default=None, repr=False)

    @property
    def told(self) -> tuple[str, ...]:
        """The problems."""
        return self.problems
