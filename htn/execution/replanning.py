"""What is to be asked of the decomposer while a plan runs: one call at a time, within the limits of the run."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from htn.execution.replan_request import ABANDONED, BUDGET, DEFERRED, OBSERVED, FailedStep, Growth
from htn.execution.wishes import Wish
from htn.plan.plan import Step

__all__ = ["Ask", "ReplanQueue"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of the decomposer to come.

    Attributes
    ----------
    step : Step
        The step that failed, is open, or observed something.
    trigger : str
        The class of the failure, `DEFERRED`, `OBSERVED`, `ABANDONED`, `BUDGET` or `CONSTRAINED`.
    message : str
        In words.
    wishes : tuple of Wish
        What a person wants otherwise.
    question : str
        What they were asked under.
    counts : bool
        Whether it counts against the limit; what a person wants, and what ends a run in order, does not.
    """

    step: Step
    trigger: str
    message: str
    wishes: tuple[Wish, ...] = ()
    question: str = ""
    counts: bool = True

    @property
    def holds(self) -> bool:
        """Whether the step waits for the answer."""
        return self.trigger not in (OBSERVED, ABANDONED, BUDGET)


@dataclass(slots=True)
class ReplanQueue:
    """The calls to come, and how often there were any of each kind.

    Failures and open steps come first; one look at what was observed then covers all observations until then.

    Attributes
    ----------
    max_replans, max_expansions : int
        How often failures and open steps may have the decomposer called.
    growth : Growth
        How much may be adjusted when nothing forces it.
    failures : dict
        Every step that the decomposer was told of as failed and that is not tried again, by key, the last one last.
    replans, expansions, looks : int
        Calls because of failures, of open steps, and of observations and steps given up.
    counted : int
        Those because of failures that count against the limit.
    adjusted, undone : int
        Changes that came of observations, and of steps given up.
    current : Ask or None
        The call that is being answered.
    """

    max_replans: int
    max_expansions: int
    growth: Growth
    failures: dict[str, FailedStep] = field(default_factory=dict)
    replans: int = 0
    counted: int = 0
    expansions: int = 0
    looks: int = 0
    adjusted: int = 0
    undone: int = 0
    current: Ask | None = None
    _waiting: deque[Ask] = field(default_factory=deque)
    _look: Ask | None = None

    @property
    def number(self) -> int:
        """How many calls there were."""
        return self.replans + self.expansions + self.looks

    def ask(self, ask: Ask, failed: FailedStep | None = None) -> None:
        """Put a call last; with it the failure that it is because of.

        Calls that no step waits for are left out when too many of them have changed the plan: one change may be the
        cause of the next, without end.
        """
        if failed is not None:
            self.failures.pop(ask.step.key, None)
            self.failures[ask.step.key] = failed
        if ask.trigger == OBSERVED:
            self._look = ask if self.adjusted < self.growth.adjustments + self.max_expansions else None
        elif ask.trigger == BUDGET:  # what is left is spent better the sooner
            self._waiting.appendleft(ask)
        elif ask.holds or self.undone < self.max_expansions:
            self._waiting.append(ask)

    def asks_for(self, trigger: str) -> bool:
        """Whether such a call is being answered or to come."""
        return any(ask is not None and ask.trigger == trigger for ask in (self.current, *self._waiting))

    def forget(self, step: Step) -> None:
        """Take a failure back, because the step is tried again."""
        self.failures.pop(step.key, None)

    def next(self) -> Ask | None:
        """Take the next call; None while there is none, or one is being answered."""
        if self.current is not None:
            return None
        if self._waiting:
            return self._waiting.popleft()
        look, self._look = self._look, None
        return look

    def reached(self, ask: Ask) -> bool:
        """Whether the limit on such calls is reached."""
        if ask.trigger == DEFERRED:
            return self.expansions >= self.max_expansions
        return ask.holds and ask.counts and self.counted >= self.max_replans

    def begin(self, ask: Ask) -> int:
        """Note that a call is made, and return its number."""
        self.current = ask
        if ask.trigger == DEFERRED:
            self.expansions += 1
        elif ask.holds:
            self.replans += 1
            self.counted += ask.counts
        else:
            self.looks += 1
        return self.number

    def end(self, *, changed: bool) -> Ask:
        """Note that the call was answered, and return it."""
        ask, self.current = self.current, None
        if ask is None:
            raise RuntimeError("no call of the decomposer is being answered")
        if changed and ask.trigger == OBSERVED:
            self.adjusted += 1
        elif changed and ask.trigger == ABANDONED:
            self.undone += 1
        return ask
