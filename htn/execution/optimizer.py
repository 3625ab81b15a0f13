"""What results tell about the plan becomes facts; methods answer them, and nothing else changes a plan.

A table of detectors turns artifacts into facts of one fluent, ``noticed[(detector, subject)]``. A method that tests one
says what is to be done about it; the tasks with such a method are decomposed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from htn.execution.replan_request import Fact
from htn.model.domain import Domain
from htn.model.goals import MULTIGOAL, MultiGoal
from htn.model.state import State
from htn.plan.plan import Step
from htn.plan.recording import WHOLE, Reads, recording
from htn.plan.tree import Node
from htn.planning.replan.remains import Remains

__all__ = ["NOTICED", "Detector", "PlanOptimizer", "Trigger"]

NOTICED = "noticed"
"""The fluent of what detectors found: (detector's name, subject) -> what was measured."""

_ALTERNATIVES = 16
"""So many alternatives of a method are asked for in looking at what it reads."""


class Trigger(StrEnum):
    """What kind of thing was noticed."""

    COMPLEXITY = "complexity above a threshold"
    INSUFFICIENT = "insufficient data"
    UNEXPECTED = "unexpected pattern"
    REDUNDANT = "redundancy"


def _last_argument(step: Step) -> Any:
    return step.args[-1] if step.args else ()


@dataclass(frozen=True, slots=True)
class Detector:
    """One thing that results may tell.

    Attributes
    ----------
    name : str
        What methods call it.
    trigger : Trigger
        What kind of thing it is.
    types : tuple of str
        Types of the artifacts that it looks at; none named: all.
    look : callable
        ``look(step, document)`` returns what was measured, or None when there is nothing to notice.
    says : str
        A sentence's beginning with ``{value}``: what was noticed.
    about : callable
        What it is about, from the step: its last argument unless stated.
    """

    name: str
    trigger: Trigger
    types: tuple[str, ...]
    look: Callable[[Step, Mapping[str, Any]], Any]
    says: str
    about: Callable[[Step], Any] = _last_argument


class PlanOptimizer:
    """Turns results into facts, and says which tasks these concern.

    Parameters
    ----------
    detectors : iterable of Detector
        What is looked for.

    Examples
    --------
    >>> few = Detector("few_calls", Trigger.INSUFFICIENT, ("Calls",),
    ...                lambda step, found: found["n"] if found["n"] < 30 else None, "only {value} calls")
    >>> optimizer = PlanOptimizer([few])
    >>> facts = optimizer.facts(Step("n1", "k1", "fetch", ("Acme",)), "Calls", {"n": 12})
    >>> facts
    (('noticed', ('few_calls', 'Acme'), 12),)
    >>> optimizer.explain(facts[0])
    'only 12 calls (insufficient data)'
    """

    def __init__(self, detectors: Iterable[Detector] = ()) -> None:
        self._detectors = {detector.name: detector for detector in detectors}

    @property
    def detectors(self) -> Sequence[Detector]:
        """The table, in order."""
        return tuple(self._detectors.values())

    def facts(self, step: Step, kind: str, document: Mapping[str, Any]) -> tuple[Fact, ...]:
        """Return what is to be noticed in an artifact of some type, as facts."""
        found = []
        for detector in self._detectors.values():
            if not detector.types or kind in detector.types:
                value = detector.look(step, document)
                if value is not None:
                    found.append((NOTICED, (detector.name, detector.about(step)), value))
        return tuple(found)

    def noticed(self, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        """Return those facts that come from detectors."""
        return tuple(fact for fact in facts if fact[0] == NOTICED and fact[1][0] in self._detectors)

    def explain(self, fact: Fact) -> str:
        """Return in words what was noticed."""
        detector = self._detectors[fact[1][0]]
        return f"{detector.says.format(value=fact[2])} ({detector.trigger})"

    def concerned(
        self, domain: Domain, remains: Remains, state: State, facts: Iterable[Fact]
    ) -> dict[tuple[str, Any], tuple[str, ...]]:
        """Return for each fact, as (fluent, key), the unfinished tasks that have a method which tests it.

        Facts that nothing unfinished tests are left out.

        Parameters
        ----------
        domain : Domain
            The plan's domain.
        remains : Remains
            The plan, divided into what is done and what is not.
        state : State
            The facts now.
        facts : iterable of (str, object, object)
            What is known now.
        """
        wanted = list(dict.fromkeys((fluent, key) for fluent, key, _ in facts))
        found: dict[tuple[str, Any], tuple[str, ...]] = {}
        if not wanted:
            return found
        reads: Reads = {}
        watched = recording(state, reads)
        for node in remains.nodes:
            if node.is_leaf or node.kind == "goal" or remains.is_finished(node.id):
                continue
            reads.clear()
            _ask_all(domain, node, watched)
            for fact in wanted:
                if any((fact[0], key) in reads for key in (fact[1], WHOLE, ())):
                    found[fact] = (*found.get(fact, ()), node.id)
        return found


def _ask_all(domain: Domain, node: Node, state: State) -> None:
    """Let every method of a task read what it reads."""
    whole = node.kind == "multigoal"
    methods = domain.multigoal_methods if whole else domain.methods.get(node.task, ())
    args = (MultiGoal.from_facts(node.args[0]),) if node.task == MULTIGOAL else node.args
    for method in methods:
        try:
            result = method.function(state, *args)
            if method.generates:
                for _ in islice(result, _ALTERNATIVES):
                    pass
        except Exception:  # noqa: BLE001, S112  (a method may stumble here; what it has read until then is noted)
            continue
