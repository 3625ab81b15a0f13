"""What was tried for each piece of work and how it went: what a decision about a failure is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from htn.execution.failures import FailureClass
from htn.execution.recovery import PlanRecovery, RecoveryState, RetryPrice
from htn.plan.plan import Step

__all__ = ["HANDOVER_SECONDS", "Effort", "Efforts"]

HANDOVER_SECONDS = 60.0
"""What the result of an agent that comes later in the order of preference is worth less."""

PRIOR_TRIES = 2.0
"""How many tries the probability from the table counts for, beside those that were seen."""


@dataclass(slots=True)
class Effort:
    """What was tried for one piece of work, by step key.

    Attributes
    ----------
    attempts : int
        Tries by anybody.
    tries : dict
        Tries by agent.
    tried : set of str
        Agents that are not asked again.
    prefer : str or None
        Who is to be asked next.
    questions : int
        How often a person was asked what to do.
    failure, message, agent : str
        Class of the last failure, the sentence, and whose it was.
    replannable : bool
        False once the decomposer knew no way around it.
    facts : tuple
        The last failure as facts, as (fluent, key, value), for the decomposer.
    criteria : tuple of str
        Those that the last artifact did not meet.
    partial : Mapping or None
        The last artifact that misses no more than wishes: hash, type, unmet criteria and the attempt it came from.
    """

    attempts: int = 0
    tries: dict[str, int] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    prefer: str | None = None
    questions: int = 0
    failure: str = ""
    message: str = ""
    agent: str = ""
    replannable: bool = True
    facts: tuple[tuple[str, Any, Any], ...] = ()
    criteria: tuple[str, ...] = ()
    partial: Mapping[str, Any] | None = None

    def missed(self, result: Mapping[str, Any]) -> None:
        """Take note of a try that failed: what its artifact, if there was one, lacks."""
        self.criteria = tuple(result.get("criteria", ()))
        self.partial = result.get("partial", self.partial)

    def begin_again(self) -> None:
        """Forget who has tried, because a person wants it tried again; the attempts keep their numbers."""
        self.tries.clear()
        self.tried.clear()
        self.prefer = None


class Efforts:
    """The efforts of a session, with the record of each agent.

    Parameters
    ----------
    recovery : PlanRecovery
        What decides.
    worth : float
        Expected seconds that may be spent before a part of the answer is given up instead.
    """

    def __init__(self, recovery: PlanRecovery, worth: float) -> None:
        self._recovery = recovery
        self._worth = worth
        self._efforts: dict[str, Effort] = {}
        self._record: dict[tuple[str, str], tuple[int, int]] = {}

    def of(self, step: Step) -> Effort:
        """Return the effort for the work of a step."""
        return self._efforts.setdefault(step.key, Effort())

    def came_back(self, agent: str, capability: str, *, worked: bool) -> None:
        """Count a try of an agent."""
        right, tries = self._record.get((agent, capability), (0, 0))
        self._record[agent, capability] = right + worked, tries + 1

    def _rate(self, agent: str, capability: str, prior: float) -> float:
        right, tries = self._record.get((agent, capability), (0, 0))
        return (PRIOR_TRIES * prior + right) / (PRIOR_TRIES + tries)

    def price(
        self, failure: FailureClass, step: Step, agent: str, *, seconds: float | None, other: float | None
    ) -> RetryPrice | None:
        """Return the price of another try, or None where nothing is known of how long the step takes.

        The probability that a try works begins with the table's, moves with the agent's record, and falls with every
        try of this very step. The alternative is another agent, or else doing without the result.

        Parameters
        ----------
        failure : FailureClass
            What happened.
        step : Step
            Which step.
        agent : str
            Who would try again.
        seconds : float or None
            What a try is expected to take.
        other : float or None
            Probability that somebody else's try works, from the agents' track record; None when there is nobody.
        """
        if seconds is None:
            return None
        prior = self._recovery.rule(failure).success
        tries = max(self.of(step).tries.get(agent, 0), 1)
        works = self._rate(agent, step.capability, prior) * PRIOR_TRIES / (PRIOR_TRIES + tries - 1)
        alternative = self._worth
        if other is not None:
            alternative = min(seconds + HANDOVER_SECONDS + (1.0 - other) * self._worth, self._worth)
        return RetryPrice(seconds, works, alternative)

    def situation(self, step: Step, agent: str, **known: Any) -> RecoveryState:
        """Return what a decision about a step depends on; ``known`` are the parts that others know."""
        effort = self.of(step)
        tries = max(effort.tries.get(agent, 0), 1)
        return RecoveryState(tries=tries, replannable=effort.replannable, partial=effort.partial is not None, **known)
