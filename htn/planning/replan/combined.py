"""The default: local first, scratch when little is left, or when local repair gives up within its limit on effort."""

from __future__ import annotations

from htn.model.record import Record, replace
from htn.planning.blame import show_task
from htn.planning.replan.local import Local
from htn.planning.replan.problem import Proposal, RepairProblem, leaves
from htn.planning.replan.scratch import Scratch

__all__ = ["Combined"]


class Combined(Record):
    """Local repair where it pays, and scratch where it does not.

    Attributes
    ----------
    effort : int
        How many nodes local repair may expand.
    little : int
        So many pending steps, at most, are few: decomposing them all costs no more than looking for the part to mend.
        On rovers, satellite and openstacks 1 was best; with 0, what local repair tries in vain can cost most of it all.
    look : int
        How many nodes may be expanded to find another way than a step that failed and may succeed when it is tried
        again (`Attempts`).
    gain : float
        What another way must save at least to be taken then, as a share of what the failed step is expected to cost:
        the estimate is rough, and to change a plan has its price.
    """

    effort: int = 5_000
    little: int = 1
    look: int = 8
    gain: float = 0.2
    name = "combined"

    def repair(self, problem: RepairProblem) -> Proposal | None:
        """Return what local repair finds, or else what scratch does; it says which and why."""
        walk = problem.walk()
        left = len(leaves(walk.items))
        if not problem.forced and walk.go() is None:
            return self._weighed(problem, Proposal(walk.items, "local", "everything pending still holds"))
        if left <= self.little:
            found = Scratch().repair(problem)
            why = f"{left} step{'' if left == 1 else 's'} left"
            return None if found is None else replace(found, why=f"{why}: {found.why}")
        found = Local(effort=self.effort).repair(problem)
        if found is not None:
            return found
        asked = len(problem.tried)
        found = Scratch().repair(problem)
        if found is None:
            return None
        return replace(found, why=f"local repair found nothing in {asked} searches: {found.why}")

    def _weighed(self, problem: RepairProblem, again: Proposal) -> Proposal:
        """Return the plan as it is, or one without the step that failed where that is expected to cost less."""
        failed = problem.failed
        if failed is None or not failed.is_leaf or not problem.uncertain:
            return again
        once_more = sum(map(problem.costs, leaves(again.items)))
        least = self.gain * problem.costs(failed.whole)
        with problem.decomposer.without(failed.whole):
            other = Local(effort=self.look).cheaper(problem, once_more - least)
        name = show_task(failed.whole)
        if other is None:
            return replace(again, why=f"{name} is tried again: no cheaper way was found within {self.look} nodes")
        cost = sum(map(problem.costs, leaves(other.items)))
        return replace(other, why=f"{name} is avoided: {cost:.4g} is expected, {once_more:.4g} with it")
