"""What a repair changed, step by step, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from htn.model.record import Record
from htn.plan.plan import Step
from htn.planning.replan.draft import Drafted, Item
from htn.planning.replan.problem import RepairProblem

__all__ = ["Change", "Changes", "changes"]


class Change(Record):
    """What became of one step.

    Attributes
    ----------
    kind : str
        ``"kept"``, ``"removed"``, ``"added"`` or ``"reordered"``; of finished steps ``"finished"``, ``"wrong"`` (what
        it brought about no longer holds) or ``"abandoned"`` (the task that it was done for is done anew); ``"running"``
        of those in flight that go on.
    step : Step
        Of the new plan; of the old one where it was removed or abandoned.
    reason : str
        Why.
    """

    kind: str
    step: Step
    reason: str


class Changes(Record):
    """What became of every step.

    Attributes
    ----------
    steps : tuple of Change
        Finished ones first, then those in flight, those of the new plan in order, and the removed.
    """

    steps: tuple[Change, ...]

    def of(self, *kinds: str) -> tuple[Change, ...]:
        """Return the changes of some kinds."""
        return tuple(change for change in self.steps if change.kind in kinds)

    @property
    def kept(self) -> tuple[Change, ...]:
        """Pending steps that are pending still, reordered ones included."""
        return self.of("kept", "reordered")

    @property
    def removed(self) -> tuple[Change, ...]:
        """Steps that were pending and are not part of the new plan."""
        return self.of("removed")

    @property
    def added(self) -> tuple[Change, ...]:
        """Steps that were not pending before."""
        return self.of("added")

    @property
    def reordered(self) -> tuple[Change, ...]:
        """Kept steps that wait for other kept steps than before."""
        return self.of("reordered")

    @property
    def empty(self) -> bool:
        """Whether what is pending is as it was."""
        return not self.of("removed", "added", "reordered")

    def to_text(self) -> str:
        """Return what changed as lines: ``-`` removed, ``+`` added, ``~`` reordered, ``!`` finished and wrong."""
        lines = [f"{len(self.kept)} step{'' if len(self.kept) == 1 else 's'} kept"]
        signs = {"removed": "-", "added": "+", "reordered": "~", "wrong": "!", "abandoned": "!"}
        for kind, sign in signs.items():
            lines.extend(
                f"{sign} {change.step.description or change.step.task} ({change.reason})" for change in self.of(kind)
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from htn.views.difference import difference_html

        return difference_html(
            [{"kind": c.kind, "what": c.step.description or c.step.task, "reason": c.reason} for c in self.steps]
        )


Place = tuple[object, int]


def _places(steps: Sequence[Step]) -> dict[str, Place]:
    seen: Counter[object] = Counter()
    found: dict[str, Place] = {}
    for step in steps:
        whole = (step.task, step.args)
        found[step.id] = (whole, seen[whole])
        seen[whole] += 1
    return found


def changes(problem: RepairProblem, drafted: Drafted, items: Sequence[Item]) -> Changes:
    """Return what became of each step of the old plan, and of each of the new one.

    Pending steps are the same when they carry out the same task, counted in the order of the plan.
    """
    old, remains, plan = problem.remains.plan, problem.remains, drafted.plan
    item_of = dict(zip(drafted.ids, items, strict=True))
    pending = [step for step in old.steps if remains.is_pending(step.id)]
    before, after = _places(pending), _places(plan.pending)
    old_at = {place: old.by_id[identity] for identity, place in before.items()}
    shared = set(before.values()) & set(after.values())
    found = [*_finished(problem, drafted)]
    for step in plan.pending:
        place, item = after[step.id], item_of[step.id]
        if place not in shared:
            found.append(Change("added", step, item.because or "it is part of what was decomposed again"))
            continue
        was = old_at[place]
        if _needs(was, before, shared) != _needs(step, after, shared):
            found.append(Change("reordered", step, item.because or "what it waits for has changed"))
        elif item.because:
            found.append(Change("kept", step, f"decomposed again, and needed as before ({item.because})"))
        elif was.key != step.key:
            found.append(Change("kept", step, "its inputs come from elsewhere"))
        else:
            found.append(Change("kept", step, "its inputs are as they were"))
    why = {(item.above, item.position): item.because for item in items if not isinstance(item.above, Item)}
    gone = [step for step in pending if before[step.id] not in shared]
    found.extend(Change("removed", step, _removed(problem, step, why, items)) for step in gone)
    return Changes(tuple(found))


def _needs(step: Step, places: Mapping[str, Place], shared: set[Place]) -> set[Place]:
    return {places[before] for before in step.dependencies if before in places} & shared


def _removed(problem: RepairProblem, step: Step, why: Mapping[Any, str], items: Sequence[Item]) -> str:
    """Return why a step is gone: that it failed, or why what it was part of was decomposed again."""
    if problem.failed is not None and problem.failed.id == step.id:
        return "it failed"
    tree = problem.remains.tree
    kept = {item.node.id for item in items if item.node is not None}
    for above in tree.ancestors(step.id):
        siblings = tree.roots if above.parent is None else tree[above.parent].children
        reason = why.get((above.parent, siblings.index(above.id)))
        if reason:
            return reason
        if above.id in kept:
            break
    return next((item.because for item in items if item.because), "it is not needed any more")


def _finished(problem: RepairProblem, drafted: Drafted) -> Iterator[Change]:
    old, wrong = problem.remains.plan, problem.findings.wrong
    for identity in problem.remains.done:
        name = drafted.renamed.get(identity)
        step = old.by_id[identity] if name is None else drafted.plan.by_id[name]
        if identity in wrong:
            facts = ", ".join(f"{fluent}[{key!r}]" if key != () else fluent for fluent, key in wrong[identity])
            yield Change("wrong", step, f"{facts} is no longer what it made it")
        elif name is None:
            yield Change("abandoned", step, "the task that it was done for is done anew")
        else:
            yield Change("finished", step, "what it brought about was not undone")
    for identity in problem.remains.running:
        yield Change("running", drafted.plan.by_id[drafted.renamed[identity]], "it is in flight, and goes on")
