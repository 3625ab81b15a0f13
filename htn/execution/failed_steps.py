"""What is done about steps that fail: another try, another agent, a part, a person, another plan, or nothing more."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from htn.execution.approvals import CHANGE, GIVE_UP, RETRY, WITHOUT, failure_key
from htn.execution.board import Finished
from htn.execution.delegation import TaskDelegator
from htn.execution.failures import FailureClass, failure_facts
from htn.execution.gate import Gate
from htn.execution.recovery import RecoveryAction, Strategy
from htn.execution.replan_request import OBSERVED
from htn.execution.replanning import Ask
from htn.execution.run_state import RunState, Tag
from htn.execution.wishes import wishes_from_json
from htn.plan.plan import Step

__all__ = ["FailedSteps"]


class FailedSteps:
    """Does what the recovery table says about failed steps.

    Parameters
    ----------
    state : RunState
        The run.
    delegator : TaskDelegator
        Who else could do a step.
    gate : Gate
        Where a person is asked.
    """

    def __init__(self, state: RunState, delegator: TaskDelegator, gate: Gate) -> None:
        self._state = state
        self._delegator = delegator
        self._gate = gate

    def recover(
        self, step: Step, failure: FailureClass, message: str, agent: str, retry_after: float | None = None
    ) -> None:
        """Do what the recovery table says about a failed step."""
        if not self._state.board.with_key(step.key):  # the plan in force no longer has it
            self._state.busy.discard(step.key)
            return
        effort = self._state.efforts.of(step)
        effort.failure, effort.agent = str(failure), agent
        effort.facts = failure_facts(failure, step, agent=agent, criteria=effort.criteria)
        open_to = self._delegator.choose({step.capability}, tried=effort.tried | {agent} | self._state.left_out_agents)
        others = [candidate.chance for candidate in open_to.candidates if candidate.eligible]
        seconds = self._state.plan.estimates.get(step.id)
        price = self._state.efforts.price(failure, step, agent, seconds=seconds, other=max(others, default=None))
        now = self._state.efforts.situation(
            step,
            agent,
            others=len(others),
            replans=self._state.replanning.counted,
            questions=self._questions(step),
            retry_after=retry_after,
            price=price,
        )
        action = self._state.recovery.decide(failure, now)
        effort.message = message
        self._do(step, action)

    def _do(self, step: Step, action: RecoveryAction) -> None:
        effort = self._state.efforts.of(step)
        if action.strategy is Strategy.ASK:
            self._escalate(step, action)
            return
        self._state.ledger.recovering(step, effort.attempts, FailureClass(effort.failure), effort.message, action)
        if action.strategy is Strategy.RETRY:
            effort.prefer = effort.agent
            self._state.try_again(step, action.delay)
        elif action.strategy is Strategy.ANOTHER_AGENT:
            effort.tried.add(effort.agent)
            effort.prefer = None
            self._state.try_again(step, 0.0)
        elif action.strategy is Strategy.ACCEPT_PARTIAL and effort.partial is not None:
            partial = effort.partial
            done = Finished(partial["artifact"], partial["type"])
            self._state.ledger.accepted(step, done, partial["attempt"], partial["criteria"], partial["missing"])
            self._state.finish(step, done)
            self._state.replanning.ask(Ask(step, OBSERVED, "its result was accepted in part"))
        elif action.strategy is Strategy.REPLAN:
            self._state.queue_replan(step, effort.failure, effort.message)
        else:
            self._state.abandon(step, effort.message)

    def no_other_way(self, step: Step, message: str) -> None:
        """Give up a step that the decomposer knows no way around, unless it is tried again or a person is asked."""
        effort = self._state.efforts.of(step)
        effort.replannable = False
        if not step.deferred and effort.failure:
            now = self._state.efforts.situation(step, effort.agent, questions=self._questions(step))
            action = self._state.recovery.decide(FailureClass(effort.failure), now)
            if action.strategy in (Strategy.ASK, Strategy.RETRY):
                self._do(step, action)
                return
        self._state.abandon(step, message)

    def _questions(self, step: Step) -> int | None:
        return self._state.efforts.of(step).questions if self._state.options.escalation.ask else None

    def _escalate(self, step: Step, action: RecoveryAction) -> None:
        """Have a person decide about a step for which nothing else can be tried."""
        effort = self._state.efforts.of(step)
        effort.questions += 1
        key = failure_key(step, self._state.session.session, effort.questions)
        failure = FailureClass(effort.failure)
        self._state.ledger.recovering(step, effort.attempts, failure, effort.message, action, question=key)
        self._await_decision(step, key)

    def ask_again(self, step: Step, asked: Mapping[str, Any]) -> None:
        """Wait on for what an earlier session asked about a step; it is not tried again before that."""
        effort = self._state.efforts.of(step)
        effort.failure, effort.message = asked["failure"], asked["message"]
        effort.facts = failure_facts(effort.failure, step)
        self._await_decision(step, asked["question"])

    def _await_decision(self, step: Step, key: str) -> None:
        """Have a step wait for what a person says about its failure, which holds no agent's place."""
        self._state.hold(step)
        reason = self._state.efforts.of(step).message
        self._state.sequencer.submit_async(
            f"question {key}",
            Tag("question", step, key),
            lambda: self._gate.wait(step, reason, lambda: bool(self._state.board.with_key(step.key)), failure=key),
        )

    def settle(self, step: Step, key: str, result: Mapping[str, Any]) -> None:
        """Do what a person, or the time-out, says about a step that failed."""
        effort = self._state.efforts.of(step)
        if result["answer"] is None:  # the session ends; the question stays open
            return
        self._state.ledger.decided(step, key, result["answer"], str(result["told"]))
        message = f"{effort.message} ({result['told']})"
        if result["answer"] == RETRY:
            if effort.failure == FailureClass.BUDGET_EXCEEDED:
                self._state.spending.allow(step)
            effort.begin_again()
            self._state.try_again(step, 0.0)
        elif result["answer"] == CHANGE:
            effort.begin_again()
            wishes = wishes_from_json(result["wishes"])
            self._state.constrain(step, key, wishes, str(result["told"]), effort.failure)
        elif result["answer"] == WITHOUT and effort.replannable:
            effort.questions = sys.maxsize  # the answer is known, should the decomposer know no way around it
            self._state.queue_replan(step, effort.failure, message, counts=False)
        elif result["answer"] in (WITHOUT, GIVE_UP):
            self._state.abandon(step, message)
            if result["answer"] == GIVE_UP:
                self._state.stop_all(str(result["told"]))
        else:  # withdrawn: the plan does not have the step any more
            self._state.busy.discard(step.key)
