"""A small fixed interpreter: the plan is data; steps are handed out as they become ready, and outcomes are settled."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from htn.execution.admission import Admission, Place, SharedPlaces
from htn.execution.agent_settings import AgentSettings
from htn.execution.allowance import Allowance
from htn.execution.approvals import CHANGE, NO, YES
from htn.execution.board import Finished
from htn.execution.carry_out import Assignment, Carrier, Input
from htn.execution.delegation import TaskDelegator
from htn.execution.failed_steps import FailedSteps
from htn.execution.failures import FailureClass
from htn.execution.gate import Gate
from htn.execution.journal import Journal
from htn.execution.rates import Rates
from htn.execution.replan_request import DEFERRED, OBSERVED
from htn.execution.replanning import Ask
from htn.execution.replans import Replans
from htn.execution.run_clock import RunClock
from htn.execution.run_state import ReplayMismatchError, RunState, Tag
from htn.execution.runtime import Runtime
from htn.execution.sequence import Durable, Sequencer
from htn.execution.telemetry import step_attempt
from htn.execution.track_record import TrackRecord, past_record
from htn.execution.wishes import wishes_from_json
from htn.plan.plan import Step

__all__ = ["Coordinator"]


class Coordinator:
    """Carries out one session of a run.

    Everything that it decides depends only on the plan, the agents and the order in which results arrive, which the
    sequencer repeats on replay; what it writes to the journal is marked, so that a replay writes it once.

    Parameters
    ----------
    journal : Journal
        Where the run is recorded.
    runtime : Runtime
        What the application gives.
    run_id, session
        What to carry out.
    durable : Durable
        Where results are recorded.
    places : SharedPlaces or None
        The agents' places in this process, where other runs share them.
    """

    def __init__(
        self,
        journal: Journal,
        runtime: Runtime,
        run_id: str,
        session: int,
        durable: Durable,
        places: SharedPlaces | None = None,
    ) -> None:
        self._journal = journal
        self._runtime = runtime
        self._durable = durable
        agents = tuple(runtime.agents())
        self._launch = journal.launch_session(run_id, session)
        self._clock = RunClock()
        sequencer: Sequencer[Tag] = Sequencer(durable, self._launch, self._clock)
        self._state = RunState(journal, runtime, agents, run_id, session, sequencer)
        self._clock.advance(self._state.spending.account.clock)
        Allowance(journal).settle_lost(run_id, session, self._launch)
        self._delegator = TaskDelegator(agents)
        by_name = {agent.name: agent for agent in agents}
        self._carrier = Carrier(run_id, self._state.run.context, journal, self._state.store, runtime, by_name)
        settings = AgentSettings.of_workspace(journal.workspace)
        capacity = {agent.name: agent.capacity for agent in agents}
        self._admission = Admission(run_id, places or SharedPlaces(), settings, Rates(journal.database), capacity)
        self._priorities = {agent.name: settings.priority(agent) for agent in agents}
        self._gate = Gate(journal, run_id, self._state.options.approval, self._state.options.escalation)
        self._failed_steps = FailedSteps(self._state, self._delegator, self._gate)
        self._replans = Replans(self._state, self._failed_steps)
        self._approved: set[str] = set()
        self._asked = 0
        self._open_questions: dict[str, Mapping[str, Any]] = {}

    async def run(self) -> dict[str, Any]:
        """Carry the session out to its end and return the run's status and result.

        Raises
        ------
        ReplayMismatchError
            When what was recorded does not fit the journal.
        """
        state, sequencer = self._state, self._state.sequencer
        await self._look_back()
        self._open_questions = state.ledger.open_questions()
        state.ledger.started(state.plan, state.agents)
        state.adopt(state.session.revision)
        self._replans.look_at_reused()
        stopped: str | None = None
        try:
            self._dispatch()
            while len(sequencer):
                arrived = await sequencer.next(self._must_stop)
                if arrived is None:
                    stopped = "cancelled" if self._cancel_requested() else "waiting"
                    state.ledger.stopping(stopped, len(sequencer))
                    break
                self._settle(*arrived)
                self._dispatch()
        finally:
            self._gate.leave()
            self._admission.leave()
            late = await sequencer.drain(state.options.cancel_grace)
        done = (state.board, state.failed, state.finished, state.replanning.replans)
        return state.ledger.ended(*done, stopped, late, state.spending.outcome())

    async def _look_back(self) -> None:
        """Take in how agents did in past runs: as it was when the session began, also when it is replayed."""

        def body() -> dict[str, Any]:
            return {"record": past_record(self._journal).to_json(), "priority": self._priorities}

        known = await self._durable.record("past record of agents", body)
        self._delegator.learn(TrackRecord.from_json(known["record"]), known["priority"])

    def _cancel_requested(self) -> bool:
        return self._journal.cancel_requested(self._state.run.run_id)

    def _must_stop(self) -> bool:
        """Whether the run is to be cancelled, or is to be left because all that is in hand waits for a person."""
        if self._cancel_requested():
            return True
        waiting = 0 < len(self._state.sequencer) == len(self._gate.unanswered)
        self._gate.show(waiting)
        self._clock.stand_still(waiting)
        return waiting and not self._state.options.wait

    # ------------------------------------------------------------------------------------------------------ dispatch
    def _dispatch(self) -> None:
        """Hand out every ready step for which an agent is free, in the order of the plan."""
        busy: set[str] = set()
        aside, dear = [], []
        self._state.spending.watch()
        while (step := self._state.board.next_ready(busy)) is not None:
            if step.key in self._state.finished:
                self._state.ledger.reused(step, self._state.finished[step.key])
                self._state.board.finish(step.id)
            elif step.key in self._state.busy:  # the same work is in hand under another id
                self._state.board.run(step.id)
            elif step.deferred:
                self._state.queue_replan(step, DEFERRED, "its inputs are known now")
            elif (asked := self._open_questions.pop(step.key, None)) is not None:
                self._failed_steps.ask_again(step, asked)
            elif (reason := self._needs_approval(step)) is not None:
                self._ask(step, reason)
            elif not self._state.spending.fits(step):
                dear.append(step)
            elif not self._fits(step):
                aside.append(step)
            elif not self._assign(step):
                aside.append(step)
                if not self._state.efforts.of(step).tried:  # nobody who could do it is free, whoever asks
                    busy.add(step.capability)
        self._state.spending.leave_out(dear)
        for step in (*aside, *dear):
            if step.key not in self._state.busy:
                self._state.board.make_ready(step.id)
        self._replans.next()

    def _fits(self, step: Step) -> bool:
        """Whether there is memory for a step beside those in hand; for one alone there always is."""
        limit = self._state.options.memory_bytes
        if limit is None or not self._state.in_hand:
            return True
        together = [step, *(self._state.known[key] for key in self._state.in_hand if key in self._state.known)]
        return math.fsum(self._state.spending.costs(each).get("memory_bytes") or 0.0 for each in together) <= limit

    def _assign(self, step: Step) -> bool:
        """Give a step to an agent; False when it has to wait for one."""
        effort = self._state.efforts.of(step)
        tried = effort.tried | self._state.left_out_agents
        seconds = self._state.plan.estimates.get(step.id)
        decision = self._delegator.choose({step.capability}, tried=tried, prefer=effort.prefer, seconds=seconds)
        if decision.agent is None:
            if decision.waits:
                return False
            self._failed_steps.recover(step, FailureClass.CAPABILITY_GONE, decision.explain(), "")
            return True
        effort.attempts += 1
        effort.tries[decision.agent] = effort.tries.get(decision.agent, 0) + 1
        assignment = Assignment(
            step=step,
            session=self._state.session.session,
            attempt=effort.attempts,
            agent=decision.agent,
            decision={**decision.to_json(), "reason": decision.explain()},
            inputs=tuple(self._input(source) for source in step.causal),
            launch=self._launch,
            most=self._state.spending.reserve(step),
            aside=self._state.spending.aside(step),
            allowed=self._state.spending.allows(step),
        )
        self._delegator.workload.take(decision.agent)
        self._state.hold(step)
        self._state.in_hand.add(step.key)
        name, tag = f"step {step.key} {effort.attempts}", Tag("step", step, decision.agent)
        # Which of the two it is, a replay need not repeat: what is recorded is the same.
        if self._admission.is_open(decision.agent):
            self._state.sequencer.submit(name, tag, lambda: self._begin_now(assignment))
        else:
            self._state.sequencer.submit_async(name, tag, lambda: self._let_in(assignment))
        return True

    def _begin_now(self, assignment: Assignment) -> dict[str, Any]:
        seconds = self._runtime.timeout(assignment.step)
        return self._admission.carry_out_now(assignment.agent, seconds, lambda place: self._try(assignment, place))

    async def _let_in(self, assignment: Assignment) -> dict[str, Any]:
        """Carry a step out once there is a place for it, and what it is expected to use is allowed."""
        costs = (self._state.run.context.get("costs") or {}).get(assignment.step.id, {})
        tokens = math.fsum(costs.get(name) or 0.0 for name in ("input_tokens", "output_tokens"))
        seconds = self._runtime.timeout(assignment.step)
        return await self._admission.carry_out(
            assignment.agent, tokens, seconds, lambda place: self._try(assignment, place)
        )

    def _try(self, assignment: Assignment, place: Place | None) -> dict[str, Any]:
        """Carry a step out, in a worker thread, and have it reported."""
        run, session, step = self._state.run.run_id, self._state.session.session, assignment.step
        what = {"id": step.id, "task": step.task, "capability": step.capability, "attempt": assignment.attempt}
        with step_attempt(run, session, assignment.agent, what) as call:
            result = self._carrier.carry_out(assignment, place)
            call.error = result.get("failure", "")
        return result

    def _needs_approval(self, step: Step) -> str | None:
        """Return why a step needs an approval that it does not have yet, or None."""
        if step.key in self._approved:
            return None
        amounts = dict(self._state.spending.costs(step))
        if step.id in self._state.plan.estimates:
            amounts["seconds"] = self._state.plan.estimates[step.id]
        return self._runtime.approval(step) or self._state.options.approval.reason(step, amounts)

    def _ask(self, step: Step, reason: str) -> None:
        """Have a step wait for a person, which holds no agent's place."""
        self._asked += 1
        self._state.hold(step)
        self._state.sequencer.submit_async(
            f"approval {step.key} {self._asked}",
            Tag("approval", step),
            lambda: self._gate.wait(step, reason, lambda: bool(self._state.board.with_key(step.key))),
        )

    def _input(self, step_id: str) -> Input:
        source = self._state.board.by_id[step_id]
        return Input(source.id, source.capability, self._state.finished[source.key].artifact)

    # ------------------------------------------------------------------------------------------------------ outcomes
    def _settle(self, tag: Tag, result: Mapping[str, Any], replayed: bool) -> None:
        """Take in the result of an operation."""
        self._state.spending.tick(result)
        if tag.kind == "replan":
            self._replans.settle(tag.step, result)
        elif tag.kind == "approval":
            self._settle_approval(tag.step, result)
        elif tag.kind == "question":
            self._failed_steps.settle(tag.step, tag.agent, result)
        elif tag.kind == "wait":
            self._state.release(tag.step)
        else:
            self._delegator.workload.release(tag.agent)
            self._state.in_hand.discard(tag.step.key)
            self._state.spending.settle(tag.step, result)
            if "refused" in result:
                self._state.spending.refused(tag.step, result["message"], result["refused"])
                return
            worked = result["status"] == "finished"
            self._state.efforts.came_back(tag.agent, tag.step.capability, worked=worked)
            self._delegator.record.add(tag.agent, tag.step.capability, worked=worked, failure=result.get("failure"))
            if worked:
                self._finish(tag.step, Finished(result["artifact"], result["type"]), replayed)
                if result.get("observed"):
                    self._state.replanning.ask(Ask(tag.step, OBSERVED, "it observed something"))
            else:
                failure = FailureClass(result["failure"])
                self._state.efforts.of(tag.step).missed(result)
                self._failed_steps.recover(tag.step, failure, result["message"], tag.agent, result.get("retry_after"))

    def _finish(self, step: Step, done: Finished, replayed: bool) -> None:
        if replayed and not self._state.store.has(done.artifact):
            raise ReplayMismatchError(f"the artifact of step {step.id} is recorded but not stored")
        self._state.finish(step, done)

    def _settle_approval(self, step: Step, result: Mapping[str, Any]) -> None:
        if result["answer"] == NO:
            self._failed_steps.recover(step, FailureClass.HUMAN_REFUSED, str(result["told"]), "")
            return
        if result["answer"] == YES or result.get("approves"):
            self._approved.add(step.key)
        if result["answer"] == CHANGE:
            wishes = wishes_from_json(result["wishes"])
            self._state.constrain(step, result["question"], wishes, str(result["told"]))
            return
        self._state.release(step)  # one that was left or withdrawn is asked again where the plan still has it
