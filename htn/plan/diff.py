"""The difference between two plans: kept, removed, added, reordered."""

from __future__ import annotations

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
        lines = [f"{len(self.kept)} steps kept"]
        for sign, steps in (("-", self.removed), ("+", self.added), ("~", self.reordered)):
            lines.extend(f"{sign} {step.description or step.task}" for step in steps)
        return "\n".join(lines)


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
    1 steps kept
    - put a
    + put c
    """
    old_by_key, new_by_key = _by_key(old), _by_key(new)
    shared = old_by_key.keys() & new_by_key.keys()
    kept = tuple(step for step in new.steps if _place(step, new, new_by_key) in shared)
    return Difference(
        kept,
        tuple(step for step in old.steps if _place(step, old, old_by_key) not in shared),
        tuple(step for step in new.steps if _place(step, new, new_by_key) not in shared),
        tuple(
            new_by_key[place]
            for place in new_by_key
            if place in shared and _needs(old, old_by_key, place, shared) != _needs(new, new_by_key, place, shared)
        ),
    )


Place = tuple[str, int]


def _by_key(plan: Plan) -> dict[Place, Step]:
    """Return the steps by content key and occurrence, in plan order."""
    found: dict[Place, Step] = {}
    for step in plan.steps:
        occurrence = 0
        while (step.key, occurrence) in found:
            occurrence += 1
        found[step.key, occurrence] = step
    return found


def _place(step: Step, plan: Plan, by_key: dict[Place, Step]) -> Place:
    occurrence = 0
    while by_key[step.key, occurrence] is not step:
        occurrence += 1
    return step.key, occurrence


def _needs(plan: Plan, by_key: dict[Place, Step], place: Place, shared: set[Place]) -> set[Place]:
    needed = set()
    for before in by_key[place].dependencies:
        found = _place(plan.by_id[before], plan, by_key)
        if found in shared:
            needed.add(found)
    return needed
