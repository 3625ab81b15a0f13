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

from collections.abc import Iterator
from typing import Any

from htn.model.record import Record
from htn.planning.blame import show_task
from htn.planning.replan.draft import Item, from_path, tops_of
from htn.planning.replan.problem import Proposal, RepairProblem, Tried
from htn.planning.replan.remains import task_of
from htn.planning.replan.walk import Break, Walk

__all__ = ["Local"]


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
        work = _Work(problem, self)
        if not work.run():
            return None
        count = work.repairs
        why = f"{count} part{'s' if count > 1 else ''} decomposed again" if count else "everything pending still holds"
        return Proposal(work.walk.items, self.name, why)


class _Work:
    def __init__(self, problem: RepairProblem, policy: Local) -> None:
        self.problem = problem
        self.policy = policy
        self.walk: Walk = problem.walk()
        self.again: frozenset[str] = frozenset()
        self.repairs = 0
        self._until = problem.decomposer.nodes + policy.effort

    def run(self) -> bool:
        for forced in self.problem.forced:
            broken = Break(0, None, forced, "it failed")
            if not self._go_up(forced, broken, first=(frozenset((forced,)),)):
                return False
        while (found := self.walk.go()) is not None:
            if not self._repair(found):
                return False
        return True

    def _repair(self, broken: Break) -> bool:
        above: Any = broken.begun
        if broken.item is not None:
            above = broken.item.above if broken.item.leaf else broken.item
        while isinstance(above, Item):
            if above.node is None:
                return False  # found by the decomposer just now, and not what the domain says: its functions differ
            if self._pending(above, broken):
                return True
            above = above.above
        return self._go_up(above, broken)

    def _go_up(self, begun: str | None, broken: Break, first: tuple[frozenset[str], ...] = ()) -> bool:
        """Try the begun tasks from one up to its root: what remains of it, then all of it anew."""
        while begun is not None:
            for again in first or self._choices(begun):
                if self._begun(begun, again, broken):
                    return True
            begun, first = self.problem.remains.tree[begun].parent, ()
        return False

    def _choices(self, begun: str) -> Iterator[frozenset[str]]:
        remains = self.problem.remains
        below = remains.below(begun)
        kept = frozenset(self.again & below)
        if remains.is_begun(begun):
            yield kept
            covered = set().union(*(remains.below(identity) for identity in kept))
            wrong = [part for part in self.problem.wrong_parts() if part in below and part not in covered]
            if wrong:
                yield kept.union(wrong)
        yield frozenset((begun,))

    def _pending(self, item: Item, broken: Break) -> bool:
        """Decompose a pending task again."""
        walk = self.walk
        place = walk.items.index(item)
        walk.back(place)
        gone = [number >= place and other.is_below(item) for number, other in enumerate(walk.items)]
        return self._search(place, gone, [item.task], [(item.above, item.position)], show_task(item.task), broken)

    def _begun(self, begun: str, again: frozenset[str], broken: Break) -> bool:
        """Decompose what remains of a begun task, or all of it."""
        remains, walk = self.problem.remains, self.walk
        below = remains.below(begun)
        tree = remains.tree
        if begun in again:
            node = tree[begun]
            siblings = tree.roots if node.parent is None else tree[node.parent].children
            tasks: Any = [task_of(node)]
            tops: list[tuple[Any, int]] = [(node.parent, siblings.index(begun))]
            at = tops[0]
            gone = [item.begun_above in below or _top(item) == at for item in walk.items]
        else:
            network = remains.under(begun, again)
            tasks, tops = network.tasks, tops_of(network, remains)
            gone = [item.begun_above in below for item in walk.items]
        place = next((number for number, is_gone in enumerate(gone) if is_gone), None)
        if place is None:
            place = 0  # nothing of it is pending: it was finished, and is done anew before everything else
        walk.back(place)
        name = show_task(tree[begun].whole)
        scope = f"{name} anew" if begun in again else f"what remains of {name}"
        if not self._search(place, gone, tasks, tops, scope, broken):
            return False
        self.again = frozenset(self.again - below | again)
        return True

    def _search(self, place: int, gone: list[bool], tasks: Any, tops: Any, scope: str, broken: Break) -> bool:
        problem, decomposer = self.problem, self.problem.decomposer
        before = decomposer.nodes
        allowed = min(self.policy.least + self.policy.share * sum(gone), self._until - before)
        path = decomposer.first(self.walk.state, tasks, allowed) if allowed > 0 else None
        problem.tried.append(Tried(scope, path is not None, decomposer.nodes - before))
        if path is None:
            return False
        where = broken.item.task if broken.item is not None else problem.remains.tree[broken.begun or ""].whole
        because = f"{show_task(where)}: {broken.reason}"
        self.walk.replace(place, gone, from_path(path, tops, because))
        self.repairs += 1
        return True


def _top(item: Item) -> tuple[Any, int]:
    """Return what the highest item above an item is below, and its position there."""
    while isinstance(item.above, Item):
        item = item.above
    return item.above, item.position
