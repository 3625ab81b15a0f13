"""A small fixed interpreter: the plan is data; steps are handed out as they become ready, and outcomes are settled."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from htn.execution.approvals import GIVE_UP, NO, RETRY, WITHOUT, YES, ApprovalPolicy, Escalation, failure_key
from htn.execution.artifacts import ArtifactStore
from htn.execution.board import Board, Finished, Standing
from htn.execution.carry_out import Assignment, Carrier, Input
from htn.execution.delegation import TaskDelegator
from htn.execution.effort import Efforts
from htn.execution.errors import UnknownRunError
from htn.execution.failures import FailureClass, failure_facts
from htn.execution.gate import Gate
from htn.execution.journal import Journal
from htn.execution.ledger import Ledger
from htn.execution.recovery import PlanRecovery, RecoveryAction, Strategy
from htn.execution.replan_request import ABANDONED, DEFERRED, OBSERVED, FailedStep, Growth, ReplanRequest
from htn.execution.replanning import Ask, ReplanQueue
from htn.execution.revision import finished_steps, revise
from htn.execution.runtime import Runtime
from htn.execution.sequence import Durable, Sequencer
from htn.plan.plan import Step

__all__ = ["Coordinator", "ReplayMismatchError", "RunOptions"]


class ReplayMismatchError(Exception):
    """The engine's record and the journal do not fit; the session is closed and another one starts from the journal."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Limits of a run.

    Attributes
    ----------
    max_replans : int
        How often it may be decomposed again because of failures.
    max_expansions : int
        How often a deferred step may be decomposed.
    growth : Growth
        How often and how much the plan may be adjusted to what its steps find.
    max_delay : float
        Longest wait before a retry, in seconds.
    worth : float
        Expected seconds that may be spent on tries before a part of the answer is given up instead.
    cancel_grace : float
        Seconds that steps in hand are given to end when the run is cancelled.
    budget_seconds : float or None
        Limit on the time that the plan may need at the least; looked at before it starts.
    memory_bytes : float or None
        Limit on the memory that steps in hand are expected to need together, as far as ``costs`` in the run's context
        tell; a step that needs more is carried out alone.
    approval : ApprovalPolicy
        Which steps need approval, and how long an answer is waited for.
    escalation : Escalation
        Whether a person is asked about steps for which nothing else can be tried.
    wait : bool
        Whether the process stays while all that is left waits for approval; otherwise the run is left waiting, and
        goes on when it is resumed.
    """

    max_replans: int = 5
    max_expansions: int = 50
    growth: Growth = field(default_factory=Growth)
    max_delay: float = 60.0
    worth: float = 600.0
    cancel_grace: float = 5.0
    budget_seconds: float | None = None
    memory_bytes: float | None = None
    approval: ApprovalPolicy = field(default_factory=ApprovalPolicy)
    escalation: Escalation = field(default_factory=Escalation)
    wait: bool = True

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RunOptions:
        """Read options from JSON data."""
        approval = ApprovalPolicy.from_json(data.get("approval", {}))
        read = {"growth": Growth(**data.get("growth", {})), "escalation": Escalation(**data.get("escalation", {}))}
        return cls(**{**data, "approval": approval, **read})


@dataclass(frozen=True, slots=True)
class _Tag:
    """What an operation is for: a try, the wait before one, a person's approval or decision, or a replan.

    ``agent`` is who tries; for a decision, what it was asked under.
    """

    kind: str
    step: Step
    agent: str = ""


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
    """

    def __init__(self, journal: Journal, runtime: Runtime, run_id: str, session: int) -> None:
        self._journal = journal
        self._runtime = runtime
        self._run = journal.run(run_id)
        self._session = journal.session(run_id, session)
        self._options = RunOptions.from_json(self._run.options)
        self._store = ArtifactStore(journal)
        self._ledger = Ledger(journal, run_id, session)
        self._agents = tuple(runtime.agents())
        self._delegator = TaskDelegator(self._agents)
        self._recovery = PlanRecovery(max_replans=self._options.max_replans, max_delay=self._options.max_delay)
        agents = {agent.name: agent for agent in self._agents}
        self._carrier = Carrier(run_id, self._run.context, journal, self._store, runtime, agents)
        self._gate = Gate(journal, run_id, self._options.approval, self._options.escalation)
        self._approved: set[str] = set()
        self._asked = 0
        self._finished: dict[str, Finished] = {}
        self._known: dict[str, Step] = {}
        self._efforts = Efforts(self._recovery, self._options.worth)
        self._busy: set[str] = set()
        self._failed: dict[str, str] = {}
        self._in_hand: set[str] = set()
        self._noted: set[str] = set()
        limits = (self._options.max_replans, self._options.max_expansions)
        self._replanning = ReplanQueue(*limits, self._options.growth)
        self._plan = journal.plan(run_id, self._session.revision)
        self._board = Board(())

    async def run(self, durable: Durable) -> dict[str, Any]:
        """Carry the session out to its end and return the run's status and result.

        Raises
        ------
        ReplayMismatchError
            When what was recorded does not fit the journal.
        """
        launch = self._journal.launch_session(self._run.run_id, self._session.session)
        self._sequencer: Sequencer[_Tag] = Sequencer(durable, launch)
        for key, artifact in self._session.reuse.items():
            if self._store.has(artifact):
                self._finished[key] = Finished(artifact, self._store.type_of(artifact))
        self._open_questions = self._ledger.open_questions()
        self._ledger.started(self._plan, self._agents)
        self._adopt(self._session.revision)
        self._look_at_reused()
        stopped: str | None = None
        try:
            self._dispatch()
            while len(self._sequencer):
                arrived = await self._sequencer.next(self._must_stop)
                if arrived is None:
                    stopped = "cancelled" if self._journal.cancel_requested(self._run.run_id) else "waiting"
                    self._ledger.stopping(stopped, len(self._sequencer))
                    break
                self._settle(*arrived)
                self._dispatch()
        finally:
            self._gate.leave()
            late = await self._sequencer.drain(self._options.cancel_grace)
        return self._ledger.ended(self._board, self._failed, self._finished, self._replanning.replans, stopped, late)

    def _must_stop(self) -> bool:
        """Whether the run is to be cancelled, or is to be left because all that is in hand waits for a person."""
        if self._journal.cancel_requested(self._run.run_id):
            return True
        waiting = 0 < len(self._sequencer) == len(self._gate.unanswered)
        self._gate.show(waiting)
        return waiting and not self._options.wait

    # ---------------------------------------------------------------------------------------------------------- plan
    def _adopt(self, revision: int, undone: Iterable[str] = (), why: str = "") -> None:
        """Put a revision of the plan in force; what is finished, in hand or failed is recognised by key.

        Work that the revision undoes is taken back; where the plan still has it, it is given up.
        """
        before = self._plan
        try:
            self._plan = self._journal.plan(self._run.run_id, revision)
        except UnknownRunError as error:
            raise ReplayMismatchError(f"revision {revision} of the plan is recorded but not stored") from error
        self._board = Board(self._plan.steps)
        self._known.update((step.key, step) for step in self._plan.steps)
        self._ledger.adopted(before, self._plan)
        for key in undone:
            if self._finished.pop(key, None) is not None:
                self._ledger.retracted(self._known[key], revision, why)
                if self._board.with_key(key):
                    self._failed[key] = f"undone, because what it was done for was given up: {why}"
        for step in self._plan.steps:
            if step.key in self._finished:
                self._ledger.reused(step, self._finished[step.key])
                self._board.finish(step.id)
            elif step.key in self._busy:
                self._board.run(step.id)
        for step in self._plan.steps:
            if step.key in self._failed and self._board.standing(step.id) is Standing.PENDING:
                self._give_up(step, self._failed[step.key])

    def _dispatch(self) -> None:
        """Hand out every ready step for which an agent is free, in the order of the plan."""
        busy: set[str] = set()
        aside = []
        while (step := self._board.next_ready(busy)) is not None:
            if step.key in self._finished:
                self._ledger.reused(step, self._finished[step.key])
                self._board.finish(step.id)
            elif step.key in self._busy:  # the same work is in hand under another id
                self._board.run(step.id)
            elif step.deferred:
                self._queue_replan(step, DEFERRED, "its inputs are known now")
            elif (asked := self._open_questions.pop(step.key, None)) is not None:
                self._ask_again(step, asked)
            elif (reason := self._needs_approval(step)) is not None:
                self._ask(step, reason)
            elif not self._fits(step):
                aside.append(step)
            elif not self._assign(step):
                aside.append(step)
                if not self._efforts.of(step).tried:  # nobody who could do it is free, whoever asks
                    busy.add(step.capability)
        for step in aside:
            self._board.make_ready(step.id)
        self._next_replan()

    def _fits(self, step: Step) -> bool:
        """Whether there is memory for a step beside those in hand; for one alone there always is."""
        limit = self._options.memory_bytes
        if limit is None or not self._in_hand:
            return True
        costs = self._run.context.get("costs") or {}
        together = [step, *(self._known[key] for key in self._in_hand if key in self._known)]
        return math.fsum(costs.get(each.id, {}).get("memory_bytes") or 0.0 for each in together) <= limit

    def _assign(self, step: Step) -> bool:
        """Give a step to an agent; False when it has to wait for one."""
        effort = self._efforts.of(step)
        decision = self._delegator.choose({step.capability}, tried=effort.tried, prefer=effort.prefer)
        if decision.agent is None:
            if decision.waits:
                return False
            self._recover(step, FailureClass.CAPABILITY_GONE, decision.explain(), "")
            return True
        effort.attempts += 1
        effort.tries[decision.agent] = effort.tries.get(decision.agent, 0) + 1
        assignment = Assignment(
            step=step,
            session=self._session.session,
            attempt=effort.attempts,
            agent=decision.agent,
            decision={**decision.to_json(), "reason": decision.explain()},
            inputs=tuple(self._input(source) for source in step.causal),
        )
        self._delegator.workload.take(decision.agent)
        self._hold(step)
        self._in_hand.add(step.key)
        self._sequencer.submit(
            f"step {step.key} {effort.attempts}",
            _Tag("step", step, decision.agent),
            lambda: self._carrier.carry_out(assignment),
        )
        return True

    def _needs_approval(self, step: Step) -> str | None:
        """Return why a step needs an approval that it does not have yet, or None."""
        if step.key in self._approved:
            return None
        amounts = dict((self._run.context.get("costs") or {}).get(step.id, {}))
        if step.id in self._plan.estimates:
            amounts["seconds"] = self._plan.estimates[step.id]
        return self._runtime.approval(step) or self._options.approval.reason(step, amounts)

    def _ask(self, step: Step, reason: str) -> None:
        """Have a step wait for a person, which holds no agent's place."""
        self._asked += 1
        self._hold(step)
        self._sequencer.submit_async(
            f"approval {step.key} {self._asked}",
            _Tag("approval", step),
            lambda: self._gate.wait(step, reason, lambda: bool(self._board.with_key(step.key))),
        )

    def _input(self, step_id: str) -> Input:
        source = self._board.by_id[step_id]
        return Input(source.id, source.capability, self._finished[source.key].artifact)

    def _hold(self, step: Step) -> None:
        self._busy.add(step.key)
        self._board.run(step.id)

    # ------------------------------------------------------------------------------------------------------ outcomes
    def _settle(self, tag: _Tag, result: Mapping[str, Any], replayed: bool) -> None:
        """Take in the result of an operation."""
        if tag.kind == "replan":
            self._settle_replan(tag.step, result)
        elif tag.kind == "approval":
            self._settle_approval(tag.step, result)
        elif tag.kind == "question":
            self._settle_question(tag.step, tag.agent, result)
        elif tag.kind == "wait":
            self._release(tag.step)
        else:
            self._delegator.workload.release(tag.agent)
            self._in_hand.discard(tag.step.key)
            worked = result["status"] == "finished"
            self._efforts.came_back(tag.agent, tag.step.capability, worked=worked)
            if worked:
                self._settle_finished(tag.step, Finished(result["artifact"], result["type"]), replayed)
                if result.get("observed"):
                    self._replanning.ask(Ask(tag.step, OBSERVED, "it observed something"))
            else:
                failure = FailureClass(result["failure"])
                self._efforts.of(tag.step).missed(result)
                self._recover(tag.step, failure, result["message"], tag.agent, result.get("retry_after"))

    def _settle_approval(self, step: Step, result: Mapping[str, Any]) -> None:
        if result["answer"] == NO:
            self._recover(step, FailureClass.HUMAN_REFUSED, str(result["told"]), "")
            return
        if result["answer"] == YES:
            self._approved.add(step.key)
        self._release(step)  # one that was left or withdrawn is asked again where the plan still has it

    def _settle_finished(self, step: Step, done: Finished, replayed: bool) -> None:
        if replayed and not self._store.has(done.artifact):
            raise ReplayMismatchError(f"the artifact of step {step.id} is recorded but not stored")
        self._finished[step.key] = done
        self._busy.discard(step.key)
        for same in self._board.with_key(step.key):
            if same.id != step.id:
                self._ledger.reused(same, done)
            self._board.finish(same.id)

    def _recover(
        self, step: Step, failure: FailureClass, message: str, agent: str, retry_after: float | None = None
    ) -> None:
        """Do what the recovery table says about a failed step."""
        if not self._board.with_key(step.key):  # the plan in force no longer has it
            self._busy.discard(step.key)
            return
        effort = self._efforts.of(step)
        effort.failure, effort.agent = str(failure), agent
        effort.facts = failure_facts(failure, step, agent=agent, criteria=effort.criteria)
        open_to = self._delegator.choose({step.capability}, tried=effort.tried | {agent})
        others = [candidate.agent for candidate in open_to.candidates if candidate.eligible]
        seconds = self._plan.estimates.get(step.id)
        price = self._efforts.price(failure, step, agent, seconds=seconds, other=others[0] if others else None)
        now = self._efforts.situation(
            step,
            agent,
            others=len(others),
            replans=self._replanning.replans,
            questions=self._questions(step),
            retry_after=retry_after,
            price=price,
        )
        action = self._recovery.decide(failure, now)
        effort.message = message
        if action.strategy is Strategy.ASK:
            self._escalate(step, action)
            return
        self._ledger.recovering(step, effort.attempts, failure, message, action)
        if action.strategy is Strategy.RETRY:
            effort.prefer = agent
            self._wait(step, action.delay, effort.attempts)
        elif action.strategy is Strategy.ANOTHER_AGENT:
            effort.tried.add(agent)
            effort.prefer = None
            self._wait(step, 0.0, effort.attempts)
        elif action.strategy is Strategy.ACCEPT_PARTIAL and effort.partial is not None:
            partial = effort.partial
            done = Finished(partial["artifact"], partial["type"])
            self._ledger.accepted(step, done, partial["attempt"], partial["criteria"])
            self._settle_finished(step, done, replayed=False)
            self._replanning.ask(Ask(step, OBSERVED, "its result was accepted in part"))
        elif action.strategy is Strategy.REPLAN:
            self._queue_replan(step, str(failure), message)
        else:
            self._abandon(step, message)

    def _questions(self, step: Step) -> int | None:
        return self._efforts.of(step).questions if self._options.escalation.ask else None

    def _escalate(self, step: Step, action: RecoveryAction) -> None:
        """Have a person decide about a step for which nothing else can be tried."""
        effort = self._efforts.of(step)
        effort.questions += 1
        key = failure_key(step, self._session.session, effort.questions)
        failure = FailureClass(effort.failure)
        self._ledger.recovering(step, effort.attempts, failure, effort.message, action, question=key)
        self._await_decision(step, key)

    def _ask_again(self, step: Step, asked: Mapping[str, Any]) -> None:
        """Wait on for what an earlier session asked about a step; it is not tried again before that."""
        effort = self._efforts.of(step)
        effort.failure, effort.message = asked["failure"], asked["message"]
        effort.facts = failure_facts(effort.failure, step)
        self._await_decision(step, asked["question"])

    def _await_decision(self, step: Step, key: str) -> None:
        """Have a step wait for what a person says about its failure, which holds no agent's place."""
        self._hold(step)
        reason = self._efforts.of(step).message
        self._sequencer.submit_async(
            f"question {key}",
            _Tag("question", step, key),
            lambda: self._gate.wait(step, reason, lambda: bool(self._board.with_key(step.key)), failure=key),
        )

    def _settle_question(self, step: Step, key: str, result: Mapping[str, Any]) -> None:
        """Do what a person, or the time-out, says about a step that failed."""
        effort = self._efforts.of(step)
        if result["answer"] is None:  # the session ends; the question stays open
            return
        self._ledger.decided(step, key, result["answer"], str(result["told"]))
        message = f"{effort.message} ({result['told']})"
        if result["answer"] == RETRY:
            effort.begin_again()
            self._try_again(step, 0.0)
        elif result["answer"] == WITHOUT and effort.replannable:
            effort.questions = sys.maxsize  # the answer is known, should the decomposer know no way around it
            self._replanning.max_replans += 1  # a person's word counts for more than the limit
            self._queue_replan(step, effort.failure, message)
        elif result["answer"] in (WITHOUT, GIVE_UP):
            self._abandon(step, message)
            if result["answer"] == GIVE_UP:
                self._stop_all(str(result["told"]))
        else:  # withdrawn: the plan does not have the step any more
            self._busy.discard(step.key)

    def _stop_all(self, why: str) -> None:
        """End the run with what there is: nothing more is begun, what is in hand comes to its end."""
        for step in self._board.in_standing(Standing.PENDING):
            if self._board.standing(step.id) is Standing.PENDING:
                self._failed[step.key] = f"not begun: {why}"
                self._give_up(step, self._failed[step.key])

    def _no_other_way(self, step: Step, message: str) -> None:
        """Give up a step that the decomposer knows no way around, unless it is tried again or a person is asked."""
        effort = self._efforts.of(step)
        effort.replannable = False
        if not step.deferred and effort.failure:
            failure = FailureClass(effort.failure)
            now = self._efforts.situation(step, effort.agent, questions=self._questions(step))
            action = self._recovery.decide(failure, now)
            if action.strategy is Strategy.ASK:
                self._escalate(step, action)
                return
            if action.strategy is Strategy.RETRY:
                self._ledger.recovering(step, effort.attempts, failure, effort.message, action)
                effort.prefer = effort.agent
                self._try_again(step, action.delay)
                return
        self._abandon(step, message)

    def _try_again(self, step: Step, seconds: float) -> None:
        """Take back that a step has failed: there is no way around it."""
        self._failed.pop(step.key, None)
        self._replanning.forget(step)
        self._wait(step, seconds, self._efforts.of(step).attempts)

    def _wait(self, step: Step, seconds: float, attempt: int) -> None:
        """Make a step ready again, after a wait that holds no agent's place."""
        if seconds > 0.0:
            self._hold(step)
            wait = f"wait {step.key} {attempt}"
            self._sequencer.submit_async(wait, _Tag("wait", step), lambda: asyncio.sleep(seconds))
            return
        self._release(step)

    def _release(self, step: Step) -> None:
        """Make work that was held ready again."""
        self._busy.discard(step.key)
        for same in self._board.with_key(step.key):
            self._board.make_ready(same.id)

    def _abandon(self, step: Step, message: str) -> None:
        """Give the work up: what depends on it is skipped, everything else goes on."""
        self._busy.discard(step.key)
        self._failed[step.key] = message
        for same in self._board.with_key(step.key):
            self._give_up(same, message)
        self._replanning.ask(Ask(step, ABANDONED, message))

    def _give_up(self, step: Step, message: str) -> None:
        skipped = self._board.fail(step.id)
        self._ledger.abandoned(step, message, skipped)

    # ------------------------------------------------------------------------------------------------------- replans
    def _queue_replan(self, step: Step, trigger: str, message: str) -> None:
        """Have the decomposer called from a step; one call at a time, while other steps go on."""
        self._hold(step)
        failed = None if trigger == DEFERRED else FailedStep(step, trigger, self._efforts.of(step).facts)
        self._replanning.ask(Ask(step, trigger, message), failed)

    def _look_at_reused(self) -> None:
        """Have what is pending looked at, where finished work that is reused observed something."""
        for step in reversed(self._plan.steps) if self._session.reuse else ():
            done = self._finished.get(step.key)
            attempt = None if done is None else self._journal.finished_anywhere(step.key, done.artifact)
            if attempt is not None and attempt.facts:
                self._replanning.ask(Ask(step, OBSERVED, "it observed something before"))
                return

    def _next_replan(self) -> None:
        while (ask := self._replanning.next()) is not None:
            if ask.holds and not self._board.with_key(ask.step.key):  # an earlier change of the plan took it out
                self._busy.discard(ask.step.key)
            elif self._replanning.reached(ask):
                self._no_other_way(ask.step, f"{ask.message} (the limit on decomposing again is reached)")
            else:
                self._replan(ask)

    def _replan(self, ask: Ask) -> None:
        step, number = ask.step, self._replanning.begin(ask)
        if ask.holds:
            self._ledger.replanning(step, number, ask.trigger, ask.message)
            if ask.trigger != DEFERRED:
                self._failed[step.key] = ask.message
        plan, known, finished = self._plan, dict(self._known), dict(self._finished)
        running = self._board.in_standing(Standing.RUNNING)
        told = ReplanRequest(
            plan=plan.document,
            trigger=ask.trigger,
            step=step,
            message=ask.message,
            failures=tuple(self._replanning.failures.values()),
            running=tuple(item.id for item in running if item.key in self._in_hand),
            given_up=tuple(item.id for item in self._board.in_standing(Standing.FAILED, Standing.SKIPPED)),
            estimates=plan.estimates,
            growth=self._options.growth,
            adjusted=self._replanning.adjusted,
        )
        origin = f"{self._session.session}:{number}:{plan.revision}:{step.key}"

        def body() -> dict[str, Any]:
            done = tuple(finished_steps(self._journal, self._run.run_id, known, finished))
            first = len(self._journal.plan(self._run.run_id, 1).steps)
            request = replace(told, finished=done, first_steps=first)
            context = self._run.context
            return revise(self._journal, self._runtime, self._agents, context, plan, request=request, origin=origin)

        self._sequencer.submit(f"replan {number}", _Tag("replan", step), body)

    def _settle_replan(self, step: Step, result: Mapping[str, Any]) -> None:
        revision = result["revision"]
        ask = self._replanning.end(changed=revision is not None)
        message = str(result.get("message", ""))
        if ask.holds:
            self._busy.discard(step.key)
        if revision is not None:
            if ask.trigger == DEFERRED:
                self._failed[step.key] = "decomposing it again left it open"
            self._adopt(int(revision), result.get("undone", ()), ask.message)
            if ask.trigger == OBSERVED:  # there may be more to it
                self._replanning.ask(Ask(step, OBSERVED, ask.message))
        elif ask.holds:
            self._no_other_way(step, self._failed.get(step.key) or message)
            self._ledger.not_replanned(step, self._replanning.number, message)
        elif message or result.get("notes"):
            notes = [*result.get("notes", ()), *([message] if message else [])]
            self._note(step, [note for note in notes if note not in self._noted])

    def _note(self, step: Step, notes: list[str]) -> None:
        """Record what was seen after an observation and not acted upon, each thing once."""
        self._noted.update(notes)
        if notes:
            self._ledger.noted(step, self._replanning.number, notes)
