"""The plan as the coordinator sees it: plain step records, made from any plan and kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

__all__ = [
    "PlanLike",
    "StepLike",
    "StepRecord",
    "descendants",
    "freeze",
    "records_of",
    "steps_from_json",
    "steps_to_json",
]


class StepLike(Protocol):
    """What the coordinator reads of a step."""

    @property
    def id(self) -> str:
        """Stable node id."""

    @property
    def key(self) -> str:
        """Content key: operator and version, arguments, keys of the input artifacts."""

    @property
    def task(self) -> str:
        """Operator name."""

    @property
    def args(self) -> tuple[Any, ...]:
        """The operator's arguments."""

    @property
    def capability(self) -> str:
        """What is asked of the agent."""

    @property
    def description(self) -> str:
        """One sentence for people."""

    @property
    def dependencies(self) -> tuple[str, ...]:
        """Ids of the steps that must finish before."""

    @property
    def causal(self) -> tuple[str, ...]:
        """Ids of the steps whose result it uses."""

    @property
    def criteria(self) -> tuple[str, ...]:
        """Names of the criteria that its artifact must meet."""

    @property
    def deferred(self) -> bool:
        """Whether it stands for a compound task still to be decomposed."""


class PlanLike(Protocol):
    """What the coordinator reads of a plan."""

    @property
    def steps(self) -> Sequence[StepLike]:
        """Steps in a valid order."""

    def to_json(self) -> Mapping[str, Any]:
        """Return the plan as JSON data."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step of a plan, as plain data; the attributes are those of `StepLike`."""

    id: str
    key: str
    task: str
    args: tuple[Any, ...]
    capability: str
    description: str = ""
    dependencies: tuple[str, ...] = ()
    causal: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    deferred: bool = False


def freeze(value: Any) -> Any:
    """Turn JSON arrays back into the tuples that arguments are made of."""
    return tuple(freeze(item) for item in value) if isinstance(value, (list, tuple)) else value


def records_of(steps: Iterable[StepLike]) -> tuple[StepRecord, ...]:
    """Return the steps of any plan as records, in the plan's order."""
    return tuple(
        StepRecord(
            id=step.id,
            key=step.key,
            task=step.task,
            args=freeze(step.args),
            capability=step.capability,
            description=step.description,
            dependencies=tuple(step.dependencies),
            causal=tuple(step.causal),
            criteria=tuple(step.criteria),
            deferred=bool(step.deferred),
        )
        for step in steps
    )


def steps_to_json(steps: Iterable[StepRecord]) -> list[dict[str, Any]]:
    """Return step records as JSON data."""
    return [asdict(step) for step in steps]


def steps_from_json(data: Iterable[Mapping[str, Any]]) -> tuple[StepRecord, ...]:
    """Read step records from JSON data, arrays becoming tuples.

    Examples
    --------
    >>> step = StepRecord("n1", "k1", "count", (("account", "Acme"),), "count")
    >>> steps_from_json(steps_to_json([step])) == (step,)
    True
    """
    return tuple(StepRecord(**{name: freeze(value) for name, value in item.items()}) for item in data)


def descendants(steps: Sequence[StepRecord], step_id: str) -> frozenset[str]:
    """Return a step and all steps that depend on it, directly or not.

    Parameters
    ----------
    steps : sequence of StepRecord
        The plan's steps.
    step_id : str
        Where to start.

    Returns
    -------
    frozenset of str
        Ids, ``step_id`` included.
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
