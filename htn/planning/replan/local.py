"""Local repair: the failed node, then the tasks above it, only as far up as needed; what breaks later likewise.

The rest of the plan is replayed from the observed state. Where it breaks, the innermost task that the break is part of
is decomposed again from the state reached there; then the one above it, and so on. Begun tasks keep their finished
subtasks as long as the others can be done; then they are done anew as a whole.

References
----------
Zaidins, P., Roberts, M., Nau, D. (2023). Implicit dependency detection for HTN plan repair. HPlan.
Goldman, R., Kuter, U., Freedman, R. (2020). Stable plan repair for state-space HTN planning. HPlan.
"""

from __future__ import annotations

import math
from typing import Any

from htn.model.record import Record
from htn.planning.blame import show_task
from htn.planning.replan.draft import Item, from_path, tops_of
from htn.planning.replan.problem import Proposal, RepairProblem, Tried, leaves
from htn.planning.replan.remains import Network, task_of
from htn.planning.replan.walk import Break, Walk

__all__ = ["Local", "Work"]


class Local(Record):
    """As little as possible is decomposed again.

    Attributes
    ----------
    effort : int
        How many nodes may be expanded in all.
    least, share : int
        One search may expand ``least`` nodes and ``share`` for each item that it replaces.
    """

    effort: int = 5_000
    least: int = 64
    share: int = 8
    name = "local"

    def repair(self, problem: RepairProblem) -> Proposal | None:
        """Return the rest of the plan with what broke decomposed again; None where that leads nowhere."""
        return self.cheaper(problem, math.inf)

    def cheaper(self, problem: RepairProblem, most: float) -> Proposal | None:
        """Return the same; None as soon as a part was decomposed again and the whole costs as much as is given."""
        work = Work(problem, self)
        if not work.run(most):
            return None
        count = work.repairs
        why = f"{count} part{'s' if count > 1 else ''} decomposed again" if count else "everything pending still holds"
        return Proposal(work.walk.items, self.name, why)


class Work:
    """A repair in the making: a walk through what is pending, and what is put in the place of what broke.

    Parameters
    ----------
    problem : RepairProblem
        What is to be repaired.
    policy : Local
        How much may be tried.

    Attributes
    ----------
    walk : Walk
        What is pending, as far as it is repaired.
    repairs : int
        How many parts were decomposed again.
    """

    def __init__(self, problem: RepairProblem, policy: Local) -> None:
        self.problem = problem
        self.policy = policy
        self.walk: Walk = problem.walk()
        self.again: frozenset[str] = frozenset()
        self.repairs = 0
        self._until = problem.decomposer.nodes + policy.effort

    def run(self, most: float = math.inf) -> bool:
        """Repair what breaks, to the end; False where that leads nowhere, or makes the whole cost so much."""
        for forced in self.problem.forced:
            if not self._go_up(forced, Break(0, None, forced, "it failed"), forced=True):
                return False
        while (found := self.walk.go()) is not None:
            if not self._repair(found):
                return False
            if most < math.inf and sum(map(self.problem.costs, leaves(self.walk.items))) >= most:
                return False
        return True

    def _repair(self, broken: Break) -> bool:
        above: Any = broken.begun
        if broken.item is not None:
            above = broken.item.above if broken.item.leaf else broken.item
        while isinstance(above, Item):
            if above.node is None:
                return False  # found by the decomposer just now, and not what the domain says: its functions differ
            if self.pending(above, broken):
                return True
            above = above.above
        return self._go_up(above, broken)

    def _go_up(self, begun: str | None, broken: Break, *, forced: bool = False) -> bool:
        """Try the begun tasks from one up to its root: what remains of it, then all of it anew."""
        while begun is not None:
            choices = [frozenset((begun,))] if forced else self._choices(begun)
            if any(self._begun(begun, again, broken) for again in choices):
                return True
            begun, forced = self.problem.remains.tree[begun].parent, False
        return False

    def _choices(self, begun: str) -> list[frozenset[str]]:
        """Return what of a begun task may be done anew: what is so already, with what is wrong, all of it."""
        remains = self.problem.remains
        below = remains.below(begun)
        kept = frozenset(self.again & below)
        choices = [kept] if remains.is_begun(begun) else []
        covered = set().union(*(remains.below(identity) for identity in kept))
        wrong = [part for part in self.problem.wrong_parts() if part not in covered]
        # All that is wrong is done anew, or nothing of it.
        if choices and wrong and below.issuperset(wrong):
            choices.append(kept.union(wrong))
        return [again for again in (*choices, frozenset((begun,))) if self.problem.keeps_running(again)]

    def pending(self, item: Item, broken: Break) -> bool:
        """Decompose a pending task again, from the state that the walk reaches before it."""
        walk = self.walk
        place = walk.items.index(item)
        walk.back(place)
        gone = [number >= place and other.is_below(item) for number, other in enumerate(walk.items)]
        fresh = self._search(gone, [item.task], [(item.above, item.position)], show_task(item.task), broken)
        if fresh is None:
            return False
        walk.replace(place, gone, fresh)
        return True

    def anew(self, begun: str, broken: Break) -> bool:
        """Decompose all of a begun task again."""
        return self._begun(begun, frozenset((begun,)), broken)

    def _begun(self, begun: str, again: frozenset[str], broken: Break) -> bool:
        """Decompose what remains of a begun task, or all of it."""
        remains, walk = self.problem.remains, self.walk
        below = remains.below(begun)
        name = show_task(remains.tree[begun].whole)
        if begun in again:
            return self._anew(begun, below, f"{name} anew", broken)
        network = remains.under(begun, again)
        if self._hopeless(network, broken):
            return False
        gone = [item.begun_above in below for item in walk.items]
        place = walk.back_to_first(gone)
        fresh = self._search(gone, network.tasks, tops_of(network, remains), f"what remains of {name}", broken)
        if fresh is None:
            return False
        walk.replace(place, gone, fresh)
        self.again = frozenset(self.again - below | again)
        return True

    def _anew(self, begun: str, below: set[str], scope: str, broken: Break) -> bool:
        """Decompose all of a begun task; the choices above it stand."""
        remains, walk = self.problem.remains, self.walk
        node = remains.tree[begun]
        at = (node.parent, remains.position[begun])
        gone = [item.begun_above in below or _top(item) == at for item in walk.items]
        place = walk.back_to_first(gone)
        fresh = self._search(gone, [task_of(node)], [at], scope, broken)
        if fresh is None:
            return False
        walk.replace(place, gone, fresh)
        self.again = frozenset(self.again - below | {begun})
        return True

    def _hopeless(self, network: Network, broken: Break) -> bool:
        """Whether the step that is not possible would come first again, in the same state."""
        item = broken.item
        if item is None or not item.leaf or item.node is None or network.slots[0] is not item.node:
            return False
        return isinstance(network.tasks, list)

    def _search(self, gone: list[bool], tasks: Any, tops: Any, scope: str, broken: Break) -> list[Item] | None:
        """Return the items of the first decomposition from the state that the walk has reached."""
        problem, decomposer = self.problem, self.problem.decomposer
        before = decomposer.nodes
        allowed = min(self.policy.least + self.policy.share * sum(gone), self._until - before)
        path = decomposer.first(self.walk.state, tasks, allowed) if allowed > 0 else None
        problem.tried.append(Tried(scope, path is not None, decomposer.nodes - before))
        if path is None:
            return None
        where = broken.item.task if broken.item is not None else problem.remains.tree[broken.begun or ""].whole
        self.repairs += 1
        return from_path(path, tops, f"{show_task(where)}: {broken.reason}")


def _top(item: Item) -> tuple[Any, int]:
    """Return what the highest item above an item is below, and its position there."""
    while isinstance(item.above, Item):
        item = item.above
    return item.above, item.position
