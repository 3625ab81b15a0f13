"""Named tasks are decomposed again although they still hold: what is known now may give them a better method."""

from __future__ import annotations

from htn.model.record import Record
from htn.planning.replan.draft import Item
from htn.planning.replan.local import Local, Work
from htn.planning.replan.problem import Proposal, RepairProblem
from htn.planning.replan.walk import Break

__all__ = ["Again"]


class Again(Record):
    """The decomposer's first choice for some tasks now; the rest is repaired locally.

    Where the first choice is what the plan holds already, the plan stays as it is.

    Attributes
    ----------
    nodes : tuple of str
        Ids of pending or begun tasks. What stands below one that is decomposed again is not looked at by itself.
    because : str
        Why, as a sentence's end.
    effort : int
        How many nodes may be expanded in all.
    """

    nodes: tuple[str, ...]
    because: str = "it is asked for again"
    effort: int = 5_000
    name = "again"

    def repair(self, problem: RepairProblem) -> Proposal | None:
        """Return the plan with these tasks decomposed again; None where the rest cannot be repaired."""
        work = Work(problem, Local(effort=self.effort))
        if not work.run():
            return None
        fresh = 0
        highest = problem.remains.highest(self.nodes)
        for identity in (node.id for node in problem.remains.processed if node.id in highest):
            fresh += self._once_more(problem, work, identity)
            if not work.run():
                return None
        count = f"{fresh} task{'' if fresh == 1 else 's'} decomposed again"
        return Proposal(work.walk.items, self.name, f"{count}: {self.because}" if fresh else "no task could be")

    def _once_more(self, problem: RepairProblem, work: Work, identity: str) -> bool:
        remains = problem.remains
        if remains.is_begun(identity):
            return work.anew(identity, Break(0, None, identity, self.because))
        item = _standing(work, identity)
        if item is None or item.leaf or item.method == "deferred":
            return False
        return work.pending(item, Break(work.walk.items.index(item), item, None, self.because))


def _standing(work: Work, identity: str) -> Item | None:
    """Return the item of a node, unless it was decomposed again already."""
    return next((item for item in work.walk.items if item.node is not None and item.node.id == identity), None)
