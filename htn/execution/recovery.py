"""What is done about a failed step: a table from the class of the failure to what is tried, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from htn.execution.failures import FailureClass

__all__ = ["RECOVERY_TABLE", "PlanRecovery", "RecoveryAction", "Rule", "Strategy"]


class Strategy(StrEnum):
    """What can be done about a failed step."""

    RETRY = "retry"
    ANOTHER_AGENT = "another_agent"
    REPLAN = "replan"
    GIVE_PARTIAL = "give_partial"


@dataclass(frozen=True, slots=True)
class Rule:
    """What may be tried for a class of failure; giving a partial result is always the last resort.

    Attributes
    ----------
    retries : int
        How often the same agent tries again.
    backoff : float
        Seconds before the first retry; doubled each time.
    another_agent : bool
        Whether another capable agent is asked.
    replan : bool
        Whether the plan is decomposed again from the failed step.
    why : str
        One sentence for people.
    """

    retries: int
    backoff: float
    another_agent: bool
    replan: bool
    why: str


RECOVERY_TABLE: Mapping[FailureClass, Rule] = MappingProxyType(
    {
        FailureClass.DATA_UNAVAILABLE: Rule(
            0, 0.0, False, True, "The data is the same for every agent; another method may use other data."
        ),
        FailureClass.AGENT_TIMEOUT: Rule(
            1, 1.0, True, True, "One slow answer may be chance; then a faster agent or a simpler method."
        ),
        FailureClass.CRITERION_UNMET: Rule(
            0, 0.0, True, True, "The same agent would give the same artifact; another one or another method may not."
        ),
        FailureClass.RATE_LIMITED: Rule(
            5, 2.0, True, False, "The agent will answer later; a different plan would meet the same limit."
        ),
        FailureClass.SERVER_ERROR: Rule(3, 1.0, True, True, "Faults of a service pass, mostly within seconds."),
        FailureClass.MALFORMED_OUTPUT: Rule(
            2, 0.0, True, True, "A model may answer well the next time; a program will not, but then another agent may."
        ),
        FailureClass.MODEL_REFUSAL: Rule(0, 0.0, True, True, "A refusal is repeated; a local analyst does not refuse."),
        FailureClass.BUDGET_EXCEEDED: Rule(0, 0.0, False, True, "Only a cheaper method helps."),
        FailureClass.CAPABILITY_GONE: Rule(
            0, 0.0, True, True, "The agent cannot be used now; another one, or a method without it, can."
        ),
        FailureClass.HUMAN_REFUSED: Rule(
            0, 0.0, False, True, "A person's no is final for this step, not for the question."
        ),
        FailureClass.UNKNOWN: Rule(0, 0.0, True, True, "What nobody foresaw is not repeated with the same agent."),
    }
)


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
        Longest wait before a retry, in seconds.
    table : Mapping
        Rule for each class of failure.

    Examples
    --------
    >>> recovery = PlanRecovery()
    >>> recovery.decide(FailureClass.RATE_LIMITED, tries=1, others=0, replans=0).delay
    2.0
    >>> recovery.decide(FailureClass.HUMAN_REFUSED, tries=1, others=2, replans=0).strategy
    <Strategy.REPLAN: 'replan'>
    """

    def __init__(
        self,
        *,
        max_replans: int = 5,
        max_delay: float = 60.0,
        table: Mapping[FailureClass, Rule] = RECOVERY_TABLE,
    ) -> None:
        self.max_replans = max_replans
        self.max_delay = max_delay
        self._table = table

    def decide(
        self, failure: FailureClass, *, tries: int, others: int, replans: int, retry_after: float | None = None
    ) -> RecoveryAction:
        """Return what to do about a failure.

        Parameters
        ----------
        failure : FailureClass
            Its class.
        tries : int
            How often this agent tried this step, the failed try included.
        others : int
            How many capable agents have not tried it.
        replans : int
            How often the run was decomposed again so far.
        retry_after : float or None
            Seconds that the other side asked to wait.

        Returns
        -------
        RecoveryAction
            The first of retry, another agent, replan and give partial that the rule and the limits allow.
        """
        rule = self._table[failure]
        if tries <= rule.retries:
            delay = rule.backoff * 2.0 ** (tries - 1) if retry_after is None else retry_after
            delay = min(max(delay, 0.0), self.max_delay)
            return RecoveryAction(Strategy.RETRY, delay, f"{failure}: try {tries} of {rule.retries + 1}. {rule.why}")
        if rule.another_agent and others > 0:
            return RecoveryAction(Strategy.ANOTHER_AGENT, 0.0, f"{failure}: {others} more could do it. {rule.why}")
        if rule.replan and replans < self.max_replans:
            return RecoveryAction(Strategy.REPLAN, 0.0, f"{failure}: decompose again without this step. {rule.why}")
        if rule.replan:
            return RecoveryAction(
                Strategy.GIVE_PARTIAL, 0.0, f"{failure}: the limit of {self.max_replans} replans is reached."
            )
        return RecoveryAction(Strategy.GIVE_PARTIAL, 0.0, f"{failure}: nothing more can be tried. {rule.why}")
