"""Where a running plan stands, as the decomposer sees it: what is done, in hand, observed, failed, and what it costs.

Finished work is recognised by its content key, wherever it stands in the plan, and costs nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from htn.execution.replan_request import Fact, ReplanRequest
from htn.model.domain import Domain
from htn.model.state import State
from htn.plan.plan import Plan, Step
from htn.planning.replan.changes import Changes
from htn.planning.replan.problem import Costs
from htn.planning.replan.remains import Remains
from htn.planning.replan.writers import deviations, expected

__all__ = ["Situation", "TaskMost", "TaskPrice"]

TaskPrice = Callable[[tuple[Any, ...], State], float | None]
"""What a primitive task is expected to take in a state; None where that is not known."""

TaskMost = Callable[[tuple[Any, ...], State], Mapping[str, float]]
"""What a primitive task may use at the most in a state, by resource."""


class Situation:
    """A request, joined with its plan.

    Parameters
    ----------
    domain : Domain
        The plan's domain.
    request : ReplanRequest
        What the decomposer was told.
    price : callable or None
        What tasks cost for which the request has no estimate.
    most : callable or None
        What tasks may use at the most of which the request says nothing.

    Attributes
    ----------
    plan : Plan
        The plan in force.
    done : tuple of str
        Ids of its finished steps.
    running : tuple of str
        Ids of its steps in hand.
    observations : dict
        Facts by step id: what finished steps observed, and what failures made known.
    """

    def __init__(
        self, domain: Domain, request: ReplanRequest, price: TaskPrice | None = None, most: TaskMost | None = None
    ) -> None:
        self.plan: Plan = Plan.from_json(request.plan)
        self._domain = domain
        self._request = request
        self._price = price
        self._most = most
        self._finished = {step.key for step in request.finished}
        self._planned = {step.key for step in self.plan.steps}
        done: set[str] = set()
        for step in self.plan.steps:
            if step.key in self._finished and not step.deferred and done.issuperset(step.causal):
                done.add(step.id)
        self.done = tuple(step.id for step in self.plan.steps if step.id in done)
        self.running = tuple(
            step.id
            for step in self.plan.steps
            if step.id in request.running and step.id not in done and done.issuperset(step.causal)
        )
        self.observations = self._observations(done)

    def _observations(self, done: set[str]) -> dict[str, list[Fact]]:
        """Return what was observed, by the step of the plan that it is told with.

        Work that was in hand when the plan left it out may have observed something; so may a step that failed and is
        not part of the plan any more. Such facts are told with the first step that is not done.
        """
        found: dict[str, list[Fact]] = {}
        by_key: dict[str, list[Step]] = {}
        for step in self.plan.steps:
            by_key.setdefault(step.key, []).append(step)
        history = self.plan.history
        told = set() if history is None else {step.key for step in history.abandoned}
        rest = next((step.id for step in self.plan.steps if step.id not in done), None)
        for finished in self._request.finished:
            places = [step.id for step in by_key.get(finished.key, ()) if step.id in done]
            if not places and finished.key not in told and rest is not None:
                places = [rest]
            for place in places:
                found.setdefault(place, []).extend(finished.facts)
        for failure in self._request.failures:
            told_with = failure.step.id if failure.step.id in self.plan.by_id else rest
            if told_with is not None:
                found.setdefault(told_with, []).extend(failure.facts)
        if rest is not None:
            found.setdefault(rest, []).extend(self._request.known)
        return found

    @cached_property
    def remains(self) -> Remains:
        """The plan, divided into what is done and what is not."""
        return Remains(self.plan, self.done, self.running, self.observations)

    @cached_property
    def state(self) -> State:
        """The facts now: what finished steps were predicted to do, overridden by what was observed."""
        return expected(self._domain, self.remains)

    @cached_property
    def own(self) -> set[str]:
        """Keys of finished work that this run carried out itself."""
        return {step.key for step in self._request.finished if step.own}

    @cached_property
    def surprises(self) -> tuple[tuple[str, Any], ...]:
        """The facts that are otherwise than predicted."""
        return deviations(self._domain, self.remains, self.state)

    @cached_property
    def avoided(self) -> set[str]:
        """Keys of steps that must not come (back) into the plan: the one that failed now, and those avoided before.

        Steps that were given up stay in the plan as they are, and do not keep the rest from being repaired.
        """
        keys = {failure.step.key for failure in self._request.failures} - self._planned
        return keys if self._request.failed is None else keys | {self._request.failed.key}

    @property
    def open(self) -> tuple[Step, ...]:
        """The steps that are neither done nor in hand."""
        begun = {*self.done, *self.running}
        return tuple(step for step in self.plan.steps if step.id not in begun)

    @cached_property
    def _free(self) -> set[tuple[Any, ...]]:
        """The tasks that are finished or in hand."""
        begun = {*self.done, *self.running}
        free = {(step.task, *step.args) for step in self.plan.steps if step.id in begun}
        return free | {(step.task, *step.args) for step in self._request.finished}

    @cached_property
    def _known_most(self) -> dict[tuple[Any, ...], Mapping[str, float]]:
        known = self._request.most
        return {(step.task, *step.args): known[step.id] for step in self.plan.steps if step.id in known}

    def most(self, task: tuple[Any, ...]) -> Mapping[str, float]:
        """Return what a task may still use at the most, by resource: nothing where it is finished or in hand."""
        if task in self._free:
            return {}
        if task not in self._known_most:
            told = {} if self._most is None else dict(self._most(task, self.state))
            tokens = told.get("tokens", 0.0)
            if tokens and "money" not in told and self._dearest:
                told["money"] = tokens * self._dearest
            self._known_most[task] = told
        return self._known_most[task]

    @cached_property
    def _dearest(self) -> float:
        """The most that a token of the plan's steps may cost; new steps are taken to be as dear."""
        prices = [each.get("money", 0.0) / each["tokens"] for each in self._request.most.values() if each.get("tokens")]
        return max(prices, default=0.0)

    @cached_property
    def costs(self) -> Costs:
        """What a task still costs: nothing where it is finished or in hand, else the expected seconds."""
        free = self._free
        estimates = self._request.estimates
        known = {(step.task, *step.args): estimates[step.id] for step in self.plan.steps if step.id in estimates}
        usual = sum(known.values()) / len(known) if known else 1.0

        def cost(task: tuple[Any, ...]) -> float:
            if task in free:
                return 0.0
            if task not in known:
                priced = None if self._price is None else self._price(task, self.state)
                known[task] = usual if priced is None else priced
            return known[task]

        return cost

    def expense(self, plan: Plan) -> float:
        """Return what a plan's steps still cost."""
        return sum(self.costs((step.task, *step.args)) for step in plan.steps)

    def told(self, changes: Changes, new: Plan) -> tuple[Mapping[str, str], ...]:
        """Return a repair's changes as data, where finished work counts as such wherever it stands."""
        standing = {step.key for step in new.steps}
        begun = {self.plan.by_id[name].key for name in self.running}
        found = []
        for change in changes.steps:
            kind, step, reason = change.kind, change.step, change.reason
            if kind in ("abandoned", "removed") and step.key in standing:
                continue  # it is told where it stands now
            if kind in ("kept", "added", "reordered") and step.key in self._finished:
                kind, reason = "finished", "its result is there already"
            elif kind == "added" and step.key in begun:
                kind, reason = "kept", "it is in hand, and needed as before"
            elif kind == "added" and step.key in self._planned:
                kind, reason = "kept", f"the same work, decomposed again ({reason})"
            found.append(
                {
                    "kind": kind,
                    "step": step.id,
                    "task": step.task,
                    "description": step.description,
                    "reason": reason,
                }
            )
        return tuple(found)
