"""What the engine needs of a plan, and the few questions that it asks of the graph of its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from htn.plan.plan import Step

__all__ = ["PlanLike", "descendants", "steps_of", "tuples"]


class PlanLike(Protocol):
    """A plan as the engine uses it; `htn.plan.Plan` is one."""

    @property
    def steps(self) -> Sequence[Step]:
        """Steps in a valid order."""

    def to_json(self) -> Mapping[str, Any]:
        """Return the plan as JSON data; its ``steps`` are those of the plan, as `Step.to_json` writes them."""


def steps_of(document: Mapping[str, Any]) -> tuple[Step, ...]:
    """Read the steps of a plan from the plan's document.

    Examples
    --------
    >>> step = Step("n1", "k1", "count", (("account", "Acme"),), "count")
    >>> steps_of({"steps": [step.to_json()]}) == (step,)
    True
    """
    return tuple(Step.from_json(entry) for entry in document["steps"])


def tuples(value: Any) -> Any:
    """Turn JSON arrays back into the tuples that arguments and facts are made of; leave anything else as it is.

    Examples
    --------
    >>> tuples([["count", ["calls", []], 3]])
    (('count', ('calls', ()), 3),)
    """
    return tuple(tuples(item) for item in value) if isinstance(value, (list, tuple)) else value


def descendants(steps: Sequence[Step], step_id: str) -> frozenset[str]:
    """Return a step and all steps that depend on it, directly or not.

    Parameters
    ----------
    steps : sequence of Step
        The plan's steps.
    step_id : str
        Where to start.

    Returns
    -------
    frozenset of str
        Ids, ``step_id`` included.

    Examples
    --------
    >>> chain = [Step("a", "ka", "a", ()), Step("b", "kb", "b", (), dependencies=("a",)), Step("c", "kc", "c", ())]
    >>> sorted(descendants(chain, "a"))
    ['a', 'b']
    """
    dependents: dict[str, list[str]] = {}
    for step in steps:
        for dependency in step.dependencies:
            dependents.setdefault(dependency, []).append(step.id)
    found = {step_id}
    frontier = [step_id]
    while frontier:
        fresh = [child for child in dependents.get(frontier.pop(), ()) if child not in found]
        found.update(fresh)
        frontier.extend(fresh)
    return frozenset(found)
