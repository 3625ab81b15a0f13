"""What is done about a failed step: a table from the class of the failure to what is tried, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from htn.execution.failures import FailureClass

__all__ = ["RECOVERY_TABLE", "PlanRecovery", "RetryPrice", "RecoveryAction", "Rule", "RecoveryState", "Strategy"]


class Strategy(StrEnum):
    """What can be done about a failed step, in the order in which it is considered."""

    RETRY = "retry"
    ANOTHER_AGENT = "another_agent"
    ACCEPT_PARTIAL = "accept_partial"
    REPLAN = "replan"
    ASK = "ask"
    ABANDON = "abandon"


@dataclass(frozen=True, slots=True)
class Rule:
    """What may be tried for a class of failure; giving the step up is always the last resort.

    What a failure lets methods test is in `htn.execution.failures.FACTS`.

    Attributes
    ----------
    retries : int
        How often the same agent may try again; whether it is worth it is a question of the price.
    last_retries : int
        How often in all, where nothing can take the step's place: no agent, no other decomposition.
    wished_retries : int
        How often in all, where no other agent is left and an artifact is at hand that misses wishes only.
    backoff : float
        Seconds before the first retry; doubled each time.
    another_agent : bool
        Whether another capable agent is asked.
    accept_partial : bool
        Whether an artifact is taken that meets the minimum but not all that was wished for, also one of an agent
        that tried before.
    replan : bool
        Whether the plan is decomposed again from the failed step.
    ask : bool
        Whether a person is asked before the step is given up, in runs that ask.
    success : float
        Probability that another try by the same agent works, before anything is known of that agent.
    why : str
        One sentence for people.
    """

    retries: int
    last_retries: int
    wished_retries: int
    backoff: float
    another_agent: bool
    accept_partial: bool
    replan: bool
    ask: bool
    success: float
    why: str


RECOVERY_TABLE: Mapping[FailureClass, Rule] = MappingProxyType(
    {
        FailureClass.DATA_UNAVAILABLE: Rule(
            retries=0,
            last_retries=0,
            wished_retries=0,
            backoff=0.0,
            another_agent=False,
            accept_partial=False,
            replan=True,
            ask=True,
            success=0.0,
            why="The data is the same for every agent; another method may use other data.",
        ),
        FailureClass.AGENT_TIMEOUT: Rule(
            retries=2,
            last_retries=4,
            wished_retries=2,
            backoff=1.0,
            another_agent=True,
            accept_partial=True,
            replan=True,
            ask=True,
            success=0.5,
            why="Slow answers pass, mostly; then a faster agent or a simpler method.",
        ),
        FailureClass.CRITERION_UNMET: Rule(
            retries=0,
            last_retries=0,
            wished_retries=1,
            backoff=0.0,
            another_agent=True,
            accept_partial=True,
            replan=True,
            ask=True,
            success=0.3,
            why="The same agent mostly gives the same again; another one or another method may not.",
        ),
        FailureClass.RATE_LIMITED: Rule(
            retries=5,
            last_retries=5,
            wished_retries=5,
            backoff=2.0,
            another_agent=True,
            accept_partial=True,
            replan=False,
            ask=True,
            success=0.9,
            why="The agent will answer later; a different plan would meet the same limit.",
        ),
        FailureClass.SERVER_ERROR: Rule(
            retries=3,
            last_retries=5,
            wished_retries=3,
            backoff=1.0,
            another_agent=True,
            accept_partial=True,
            replan=True,
            ask=True,
            success=0.7,
            why="Faults of a service pass, mostly within seconds.",
        ),
        FailureClass.MALFORMED_OUTPUT: Rule(
            retries=2,
            last_retries=4,
            wished_retries=2,
            backoff=0.0,
            another_agent=True,
            accept_partial=True,
            replan=True,
            ask=True,
            success=0.6,
            why="A model may answer well the next time; a program will not, but then another agent may.",
        ),
        FailureClass.MODEL_REFUSAL: Rule(
            retries=0,
            last_retries=0,
            wished_retries=0,
            backoff=0.0,
            another_agent=True,
            accept_partial=True,
            replan=True,
            ask=True,
            success=0.0,
            why="A refusal is repeated; a local analyst does not refuse.",
        ),
        FailureClass.BUDGET_EXCEEDED: Rule(
            retries=0,
            last_retries=0,
            wished_retries=0,
            backoff=0.0,
            another_agent=False,
            accept_partial=True,
            replan=True,
            ask=True,
            success=0.0,
            why="Only a cheaper method helps, or a person who allows more; what there is already costs nothing.",
        ),
        FailureClass.CAPABILITY_GONE: Rule(
            retries=0,
            last_retries=0,
            wished_retries=0,
            backoff=0.0,
            another_agent=True,
            accept_partial=True,
            replan=True,
            ask=True,
            success=0.0,
            why="The agent cannot be used now; another one, or a method without it, can.",
        ),
        FailureClass.HUMAN_REFUSED: Rule(
            retries=0,
            last_retries=0,
            wished_retries=0,
            backoff=0.0,
            another_agent=False,
            accept_partial=False,
            replan=True,
            ask=False,
            success=0.0,
            why="A person's no is final for this step, not for the question; nobody is asked twice.",
        ),
        FailureClass.UNKNOWN: Rule(
            retries=0,
            last_retries=0,
            wished_retries=0,
            backoff=0.0,
            another_agent=True,
            accept_partial=True,
            replan=True,
            ask=True,
            success=0.0,
            why="What nobody foresaw is not repeated with the same agent.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class RetryPrice:
    """What another try costs beside the next alternative, in expected seconds.

    Attributes
    ----------
    seconds : float
        What one try takes.
    success : float
        Probability that it works.
    alternative : float
        What the next alternative costs: its work, and what it is worth less.
    """

    seconds: float
    success: float
    alternative: float

    def of_retry(self, delay: float) -> float:
        """Return the expected cost of one more try, with the alternative after it should it fail.

        Examples
        --------
        >>> RetryPrice(seconds=10.0, success=0.5, alternative=100.0).of_retry(2.0)
        62.0
        """
        return delay + self.seconds + (1.0 - self.success) * self.alternative


@dataclass(frozen=True, slots=True)
class RecoveryState:
    """All that a decision depends on, beside the class of the failure.

    Attributes
    ----------
    tries : int
        How often this agent tried this step, the failed try included.
    others : int
        How many capable agents have not tried it.
    replans : int
        How often the run was decomposed again so far.
    replannable : bool
        False once the decomposer knew no other way around this step.
    partial : bool
        Whether an artifact is at hand that meets the minimum but not all that was wished for.
    questions : int or None
        How often a person was asked about this step; None in a run that asks nobody.
    retry_after : float or None
        Seconds that the other side asked to wait.
    price : RetryPrice or None
        Of another try; None when nothing is known, and the limits alone decide.
    """

    tries: int = 1
    others: int = 0
    replans: int = 0
    replannable: bool = True
    partial: bool = False
    questions: int | None = None
    retry_after: float | None = None
    price: RetryPrice | None = None


@dataclass(frozen=True, slots=True)
class RecoveryAction:
    """What to do now, after how many seconds, and the sentence that says why."""

    strategy: Strategy
    delay: float
    reason: str


class PlanRecovery:
    """Decides what is done about a failed step; a pure function of what it is told.

    Parameters
    ----------
    max_replans : int
        How often a run may be decomposed again because of failures.
    max_delay : float
        Longest wait before a retry, in seconds, where the other side does not say how long.
    max_asked_delay : float
        Longest wait that the other side may ask for, in seconds; where it asks for more, the step is not tried again.
    max_questions : int
        How often a person is asked about one step.
    table : Mapping
        Rule for each class of failure.

    Examples
    --------
    >>> recovery = PlanRecovery()
    >>> recovery.decide(FailureClass.RATE_LIMITED, RecoveryState()).delay
    2.0
    >>> recovery.decide(FailureClass.HUMAN_REFUSED, RecoveryState(others=2)).strategy
    <Strategy.REPLAN: 'replan'>
    """

    def __init__(
        self,
        *,
        max_replans: int = 5,
        max_delay: float = 60.0,
        max_asked_delay: float = 900.0,
        max_questions: int = 3,
        table: Mapping[FailureClass, Rule] = RECOVERY_TABLE,
    ) -> None:
        self.max_replans = max_replans
        self.max_delay = max_delay
        self.max_asked_delay = max_asked_delay
        self.max_questions = max_questions
        self._table = table

    def rule(self, failure: FailureClass) -> Rule:
        """Return the rule for a class."""
        return self._table[failure]

    def decide(self, failure: FailureClass, now: RecoveryState) -> RecoveryAction:
        """Return what to do about a failure: the first strategy that the rule, the limits and the price allow.

        Parameters
        ----------
        failure : FailureClass
            Its class.
        now : RecoveryState
            What was tried, and what can be.
        """
        rule = self._table[failure]
        notes = []
        most = self._most_retries(rule, now)
        if now.tries <= most:
            delay = self._delay(rule, now)
            dear = self._too_long(delay) or _too_dear(delay, now.price)
            if dear is None:
                said = f"try {now.tries} of {most + 1} failed. {rule.why}{_worth(delay, now.price)}"
                return RecoveryAction(Strategy.RETRY, delay, f"{failure}: {said}")
            notes.append(dear)
        strategy, said = self._other_than_retry(rule, now)
        return RecoveryAction(strategy, 0.0, " ".join([f"{failure}: {said}", *notes, rule.why]))

    def _delay(self, rule: Rule, now: RecoveryState) -> float:
        if now.retry_after is not None:  # to ask again earlier is to be refused again
            return max(now.retry_after, 0.0)
        return min(rule.backoff * 2.0 ** (now.tries - 1), self.max_delay)

    def _too_long(self, delay: float) -> str | None:
        if delay <= max(self.max_delay, self.max_asked_delay):
            return None
        return f"Another try would have to wait {delay:.3g} s, the longest wait is {self.max_asked_delay:.3g} s."

    def _most_retries(self, rule: Rule, now: RecoveryState) -> int:
        """Return how often the agent may try again, by what else can still give what the step is for."""
        if rule.another_agent and now.others > 0:
            return rule.retries
        if rule.accept_partial and now.partial:
            return rule.wished_retries
        return rule.retries if self._may_replan(rule, now) else rule.last_retries

    def _may_replan(self, rule: Rule, now: RecoveryState) -> bool:
        return rule.replan and now.replannable and now.replans < self.max_replans

    def _other_than_retry(self, rule: Rule, now: RecoveryState) -> tuple[Strategy, str]:
        if rule.another_agent and now.others > 0:
            return Strategy.ANOTHER_AGENT, f"{now.others} more could do it."
        if rule.accept_partial and now.partial:
            return Strategy.ACCEPT_PARTIAL, "what there is meets the minimum, and is taken with its gap named."
        if self._may_replan(rule, now):
            return Strategy.REPLAN, "decompose again without this step."
        if rule.ask and now.questions is not None and now.questions < self.max_questions:
            return Strategy.ASK, "nothing else is left, so a person decides."
        if rule.replan and now.replannable:
            return Strategy.ABANDON, f"the limit of {self.max_replans} replans is reached."
        return Strategy.ABANDON, "nothing more can be tried."


def _too_dear(delay: float, price: RetryPrice | None) -> str | None:
    """Return why another try does not pay, or None when it does."""
    if price is None or price.of_retry(delay) <= price.alternative:
        return None
    return (
        f"Another try would cost {price.of_retry(delay):.3g} s on average, the alternative {price.alternative:.3g} s."
    )


def _worth(delay: float, price: RetryPrice | None) -> str:
    if price is None:
        return ""
    return f" Another try costs {price.of_retry(delay):.3g} s on average, the alternative {price.alternative:.3g} s."
