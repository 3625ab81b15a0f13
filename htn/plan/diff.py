"""The difference between two plans: kept, removed, added, reordered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from htn.plan.plan import Plan, Step

__all__ = ["Difference", "diff"]


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of the steps.

    Attributes
    ----------
    kept : tuple of Step
        Steps of the new plan that the old one has too, by content.
    removed, added : tuple of Step
        Steps that only the old, only the new plan has.
    reordered : tuple of Step
        Kept steps that depend on other kept steps than before.
    """

    kept: tuple[Step, ...]
    removed: tuple[Step, ...]
    added: tuple[Step, ...]
    reordered: tuple[Step, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.removed or self.added or self.reordered)

    def to_text(self) -> str:
        """Return the difference as lines: ``+`` added, ``-`` removed, ``~`` reordered."""
        lines = [f"{len(self.kept)} step{'' if len(self.kept) == 1 else 's'} kept"]
        for sign, steps in (("-", self.removed), ("+", self.added), ("~", self.reordered)):
            lines.extend(f"{sign} {step.description or step.task}" for step in steps)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from htn.views.difference import difference_html

        moved = {step.id for step in self.reordered}
        rows = [
            {"kind": kind, "what": step.description or step.task}
            for kind, steps in (
                ("added", self.added),
                ("removed", self.removed),
                ("reordered", self.reordered),
                ("kept", tuple(step for step in self.kept if step.id not in moved)),
            )
            for step in steps
        ]
        return difference_html(rows)


def diff(old: Plan, new: Plan) -> Difference:
    """Return what changed from one plan to another; steps are the same when their content keys are.

    Examples
    --------
    >>> from htn.model import Domain, State
    >>> from htn.planning import find_plan
    >>> domain = Domain("d")
    >>> @domain.operator
    ... def put(state, key):
    ...     state.at[key] = True
    ...     return state
    >>> one = find_plan(domain, State(at={}), [("put", "a"), ("put", "b")]).plan
    >>> two = find_plan(domain, State(at={}), [("put", "b"), ("put", "c")]).plan
    >>> print(diff(one, two).to_text())
    1 step kept
    - put a
    + put c
    """
    old_places, new_places = _places(old), _places(new)
    shared = set(old_places.values()) & set(new_places.values())
    before = {old_places[step.id]: _needs(step, old_places, shared) for step in old.steps}
    kept = tuple(step for step in new.steps if new_places[step.id] in shared)
    return Difference(
        kept,
        tuple(step for step in old.steps if old_places[step.id] not in shared),
        tuple(step for step in new.steps if new_places[step.id] not in shared),
        tuple(step for step in kept if before[new_places[step.id]] != _needs(step, new_places, shared)),
    )


Place = tuple[str, int]


def _places(plan: Plan) -> dict[str, Place]:
    """Return for each step's id its content key and how many steps before it have the same one."""
    seen: Counter[str] = Counter()
    found: dict[str, Place] = {}
    for step in plan.steps:
        found[step.id] = (step.key, seen[step.key])
        seen[step.key] += 1
    return found


def _needs(step: Step, places: dict[str, Place], shared: set[Place]) -> set[Place]:
    """Return the kept steps that a step depends on."""
    return {places[before] for before in step.dependencies} & shared
