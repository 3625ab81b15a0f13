"""Where every step of the plan in force stands, and which ones are ready: bookkeeping without time or threads."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from htn.plan.plan import Step

__all__ = ["Board", "Finished", "Standing"]


class Standing(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finished:
    """What finished work left: the hash and the type name of its artifact."""

    artifact: str
    type: str


class Board:
    """The steps of a plan, what each one waits for, and which ones are ready.

    A step is ready when all steps that it depends on are finished; one that failed or was skipped never counts.
    Steps are ready in the order of the plan.

    Parameters
    ----------
    steps : iterable of Step
        The plan's steps.

    Examples
    --------
    >>> first, second = Step("a", "ka", "a", (), "a"), Step("b", "kb", "b", (), "b", dependencies=("a",))
    >>> board = Board([first, second])
    >>> [step.id for step in board.ready("a")]
    ['a']
    >>> board.finish("a")
    >>> [step.id for step in board.ready("b")]
    ['b']
    """

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps = tuple(steps)
        self.by_id: Mapping[str, Step] = {step.id: step for step in self.steps}
        self._place = {step.id: place for place, step in enumerate(self.steps)}
        self._standing = dict.fromkeys(self.by_id, Standing.PENDING)
        self._open = {step.id: len(set(step.dependencies)) for step in self.steps}
        self._dependents: dict[str, list[str]] = {step.id: [] for step in self.steps}
        self._with_key: dict[str, list[str]] = {}
        self._ready: dict[str, list[int]] = {}
        for step in self.steps:
            self._with_key.setdefault(step.key, []).append(step.id)
            for dependency in dict.fromkeys(step.dependencies):
                self._dependents[dependency].append(step.id)
        for step in self.steps:
            if not step.dependencies:
                self.make_ready(step.id)

    @property
    def final(self) -> Step | None:
        """The last step of the plan, whose artifact is the answer."""
        return self.steps[-1] if self.steps else None

    def standing(self, step_id: str) -> Standing:
        """Return where a step stands."""
        return self._standing[step_id]

    def in_standing(self, *standings: Standing) -> list[Step]:
        """Return the steps that stand so, in the order of the plan."""
        return [step for step in self.steps if self._standing[step.id] in standings]

    def with_key(self, key: str) -> list[Step]:
        """Return the steps with a content key; equal keys are equal work."""
        return [self.by_id[step_id] for step_id in self._with_key.get(key, ())]

    def make_ready(self, step_id: str) -> None:
        """Put a pending step among the ready ones."""
        self._standing[step_id] = Standing.PENDING
        heapq.heappush(self._ready.setdefault(self.by_id[step_id].capability, []), self._place[step_id])

    def ready(self, capability: str) -> list[Step]:
        """Return the ready steps that ask for a capability, in the order of the plan."""
        waiting = [self.steps[place] for place in sorted(set(self._ready.get(capability, ())))]
        return [step for step in waiting if self._standing[step.id] is Standing.PENDING]

    def next_ready(self, blocked: Iterable[str] = ()) -> Step | None:
        """Take the first ready step in the order of the plan, leaving out capabilities whose agents are all busy."""
        without = set(blocked)
        while True:
            heads = [heap[0] for capability, heap in self._ready.items() if heap and capability not in without]
            if not heads:
                return None
            step = self.steps[min(heads)]
            heapq.heappop(self._ready[step.capability])
            if self._standing[step.id] is Standing.PENDING:  # one that was skipped meanwhile is left out here
                return step

    def run(self, step_id: str) -> None:
        """Record that a step is being carried out."""
        self._standing[step_id] = Standing.RUNNING

    def finish(self, step_id: str) -> None:
        """Record that a step is finished, which may make others ready."""
        if self._standing[step_id] is Standing.FINISHED:
            return
        self._standing[step_id] = Standing.FINISHED
        for dependent in self._dependents[step_id]:
            self._open[dependent] -= 1
            if self._open[dependent] == 0 and self._standing[dependent] is Standing.PENDING:
                self.make_ready(dependent)

    def fail(self, step_id: str) -> list[Step]:
        """Record that a step cannot be done, and return the steps that are skipped because of it."""
        self._standing[step_id] = Standing.FAILED
        skipped = []
        frontier = [step_id]
        while frontier:
            for dependent in self._dependents[frontier.pop()]:
                if self._standing[dependent] is Standing.PENDING:
                    self._standing[dependent] = Standing.SKIPPED
                    skipped.append(self.by_id[dependent])
                    frontier.append(dependent)
        return skipped
