"""The default: local first, scratch when little is left, or when local repair gives up within its limit on effort."""

from __future__ import annotations

from htn.model.record import Record, replace
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
    """

    effort: int = 5_000
    little: int = 1
    name = "combined"

    def repair(self, problem: RepairProblem) -> Proposal | None:
        """Return what local repair finds, or else what scratch does; it says which and why."""
        walk = problem.walk()
        left = len(leaves(walk.items))
        if not problem.forced and walk.go() is None:
            return Proposal(walk.items, "local", "everything pending still holds")
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
