"""What a policy is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Protocol

from htn.model.domain import Domain
from htn.model.record import Record, field
from htn.model.state import State
from htn.plan.tree import Node
from htn.planning.blame import show_task
from htn.planning.replan.decomposer import Decomposer
from htn.planning.replan.draft import Item, pending_items
from htn.planning.replan.remains import Remains
from htn.planning.replan.walk import Walk
from htn.planning.replan.writers import Findings

if TYPE_CHECKING:
    from htn.planning.replan.deadline import Deadline

__all__ = ["Costs", "Policy", "Proposal", "RepairProblem", "Tried", "unit_costs"]

Costs = Callable[[tuple[Any, ...]], float]
"""What carrying out a primitive task costs."""


def unit_costs(task: tuple[Any, ...]) -> float:
    """Return 1 for every task."""
    return 1.0


class Tried(Record):
    """One call of the decomposer.

    Attributes
    ----------
    scope : str
        What was decomposed.
    found : bool
        Whether there was a decomposition.
    nodes : int
        Nodes expanded.
    """

    scope: str
    found: bool
    nodes: int


class Proposal(Record):
    """What a policy proposes.

    Attributes
    ----------
    items : list of Item
        What is to be done, in order; empty when nothing is left to do.
    taken : str
        The policy that found it.
    why : str
        Why that one, in words.
    proved : bool
        Whether there is nothing better by the policy's own measure.
    """

    items: list[Item]
    taken: str
    why: str
    proved: bool = False


class RepairProblem(Record):
    """A plan that may no longer fit, and what is known.

    Attributes
    ----------
    domain : Domain
        The domain.
    remains : Remains
        The plan, divided into what is done and what is not.
    observed : State
        The facts now, with what the steps in flight are predicted to bring about.
    failed : Node or None
        What failed.
    findings : Findings
        What of the finished work still holds.
    decomposer : Decomposer
        To be asked; it counts.
    costs : callable
        What a primitive task costs; with attempts known, what it is expected to cost until it succeeds.
    uncertain : bool
        Whether attempts are known: that a step failed is no proof then that it will again.
    deadline : Deadline or None
        Until when the plan is to be done.
    tried : list of Tried
        What was asked of the decomposer.
    """

    domain: Domain
    remains: Remains
    observed: State
    failed: Node | None
    findings: Findings
    decomposer: Decomposer
    costs: Costs = unit_costs
    uncertain: bool = False
    deadline: Deadline | None = None
    tried: list[Tried] = field(factory=list)

    def walk(self) -> Walk:
        """Return a walk through what is pending, at its beginning."""
        items = pending_items(self.domain, self.remains)
        return Walk(self.domain, self.decomposer.table, self.remains, items, self.observed)

    @property
    def forced(self) -> frozenset[str]:
        """The failed node, where it is a task that was begun: it is done anew in any case."""
        if self.failed is None or self.failed.is_leaf or self.remains.is_pending(self.failed.id):
            return frozenset()
        return frozenset((self.failed.id,))

    def wrong_parts(self) -> list[str]:
        """Return the largest finished parts of begun tasks that hold work which is wrong now."""
        found: dict[str, None] = {}
        for step in self.findings.wrong:
            part = step
            for above in self.remains.tree.ancestors(step):
                if not self.remains.is_finished(above.id):
                    break
                part = above.id
            found[part] = None
        return list(found)

    def choices(self) -> Iterator[frozenset[str]]:
        """Yield every set of tasks that may be done anew: what is called *R* in the definition of repair.

        Begun tasks of which none lies below another, the fewest and lowest first, each time without and with the
        finished parts that are wrong now.
        """
        remains, wrong = self.remains, self.wrong_parts()
        begun = [node.id for node in reversed(remains.nodes) if remains.is_begun(node.id)]
        below = _Below(remains)
        seen: set[frozenset[str]] = set()
        for size in range(len(begun) + 1):
            lone = True
            for some in combinations(begun, size):
                if any(a != b and a in below[b] for a in some for b in some):
                    continue
                lone = False
                under = set().union(*(below[identity] for identity in some))
                chosen = {*some, *(self.forced - under)}
                if any(a != b and a in below[b] for a in some for b in self.forced):
                    continue
                for more in ((), wrong):
                    covered = under.union(*(below[identity] for identity in self.forced))
                    whole = remains.highest(chosen.union(part for part in more if part not in covered))
                    if whole not in seen and self.keeps_running(whole):
                        seen.add(whole)
                        yield whole
            if lone:
                return

    def keeps_running(self, again: frozenset[str]) -> bool:
        """Whether nothing that is to be done anew is in flight."""
        tree = self.remains.tree
        return not any(
            step in again or any(above.id in again for above in tree.ancestors(step)) for step in self.remains.running
        )

    def show(self, again: frozenset[str]) -> str:
        """Return in words what is done anew."""
        if not again:
            return "what remains"
        names = (show_task(self.remains.tree[identity].whole) for identity in sorted(again))
        return f"what remains, with {', '.join(names)} done anew"


class _Below(dict[str, set[str]]):
    """What stands below nodes, found when it is asked for."""

    def __init__(self, remains: Remains) -> None:
        super().__init__()
        self._remains = remains

    def __missing__(self, identity: str) -> set[str]:
        found = self[identity] = self._remains.below(identity)
        return found


class Policy(Protocol):
    """One way to choose among repairs."""

    @property
    def name(self) -> str:
        """What it is called."""

    def repair(self, problem: RepairProblem) -> Proposal | None:
        """Return a repair, or None when it has none to propose.

        Raises
        ------
        OutOfLimits
            When the limit on the whole call is reached.
        """


def leaves(items: Sequence[Item]) -> list[tuple[Any, ...]]:
    """Return the steps of a draft as tasks."""
    return [item.task for item in items if item.leaf or item.method == "deferred"]
