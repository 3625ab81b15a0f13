"""One try at one step: ask the agent, check what it hands back, store it and write it down before anything else."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from htn.execution.admission import Place
from htn.execution.agent import Agent, InputArtifact, StepRequest, StepResult, carried_out
from htn.execution.allowance import Allowance, Entry, Refusal
from htn.execution.artifacts import ArtifactStore
from htn.execution.criteria import CriterionResult, evaluate, unmet
from htn.execution.failures import FailureClass, StepError, classify
from htn.execution.journal import Journal
from htn.execution.meter import Meter
from htn.execution.records import Attempt
from htn.execution.runtime import Runtime
from htn.execution.turns import JournalTurns, Turns
from htn.model.values import thaw
from htn.plan.plan import Step

__all__ = ["Assignment", "Carrier", "Input"]

MESSAGE_LIMIT = 2000
DEAR_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Input:
    """An artifact that a step uses: which step produced it, for which capability, and its hash."""

    step_id: str
    capability: str
    artifact: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """A step given to an agent for one try.

    Attributes
    ----------
    step : Step
        The step.
    session, attempt, launch : int
        Stretch of the run, number of the try within it, and how often that stretch was launched.
    agent : str
        Who is to try.
    decision : Mapping
        Why that agent.
    inputs : tuple of Input
        What the step uses.
    most, aside : Mapping
        What the try may use, and what must be left for the steps that end the run, by resource.
    allowed : bool
        Whether a person has allowed more than the limits.
    """

    step: Step
    session: int
    attempt: int
    agent: str
    decision: Mapping[str, Any]
    inputs: tuple[Input, ...]
    launch: int = 0
    most: Mapping[str, float] = field(default_factory=dict)
    aside: Mapping[str, float] = field(default_factory=dict)
    allowed: bool = False


class Carrier:
    """Carries out assignments of one run; called in worker threads, several at once.

    Parameters
    ----------
    run_id : str
        The run.
    context : Mapping
        Plain data of the run, given to every step.
    journal : Journal
        Where attempts are written.
    store : ArtifactStore
        Where artifacts are stored.
    runtime : Runtime
        The application's criteria, checks and observations.
    agents : Mapping
        Agents by name.
    """

    def __init__(
        self,
        run_id: str,
        context: Mapping[str, Any],
        journal: Journal,
        store: ArtifactStore,
        runtime: Runtime,
        agents: Mapping[str, Agent],
    ) -> None:
        self._run_id = run_id
        self._context = context
        self._journal = journal
        self._store = store
        self._runtime = runtime
        self._agents = agents
        self._allowance = Allowance(journal)
        self._meters: dict[tuple[str, int, int], Meter] = {}

    def carry_out(self, assignment: Assignment, place: Place | None) -> dict[str, Any]:
        """Try a step and return what came of it, small enough to be recorded.

        The place is the agent's that was waited for; None when all were kept by calls that were given up on, which
        fails the step. An agent that does not answer in time keeps its place until it does, so its capacity holds.

        A failure is a result as well: ``status`` is ``finished`` with ``artifact`` and ``type``, or ``failed`` with
        ``failure`` and ``message``, and with ``criteria``, those that were not met; where all of these are wishes,
        ``partial`` has the artifact. ``charged`` is what the run's account is to be charged; ``refused`` says of which
        of the workspace's limits too little is left, when that is why the agent was not asked. When the step finished
        in this run before, that artifact is returned and the agent is not asked: the process died after writing it down
        and before the engine recorded it.

        Raises
        ------
        JournalError, ArtifactError
            When the workspace cannot be used; that is no outcome of the step, and ends the session.
        """
        meter = self._meter(assignment)
        before = self._journal.finished(self._run_id, assignment.step.key)
        if before is not None:
            return {**_finished(before), **_charged(meter.settle(before.usage, 0.0))}
        inputs = tuple(self._input(item) for item in assignment.inputs)
        attempt, refusal = self._begin(assignment, meter)
        if refusal is not None:
            return self._refused(attempt, refusal)
        self._meters[_identity(attempt)] = meter
        turns = JournalTurns(self._journal, self._store, attempt)
        try:
            result = self._ask(assignment, inputs, turns, place)
        except (Exception, SystemExit) as error:  # noqa: BLE001 -- whatever an agent raises is an outcome of the step
            failure = classify(error)
            meter.failed(failure, told=bool(turns.asked))
            attempt = replace(attempt, usage=meter.priced(turns.usage))
            return self._fail(attempt, failure, _sentence(error), retry_after=_retry_after(error))
        usage = {name: value for name, value in asdict(result.usage).items() if value}
        attempt = replace(attempt, type=result.type, usage=meter.priced(usage))
        return self._accept(attempt, assignment.step, result, inputs)

    def _refused(self, attempt: Attempt, refusal: Refusal) -> dict[str, Any]:
        """Record that too little is left for a try; one that may begin later is no try yet."""
        told: dict[str, Any] = {
            "status": "failed",
            "failure": str(FailureClass.BUDGET_EXCEEDED),
            "message": str(refusal),
        }
        if not refusal.later:
            told = self._fail(attempt, FailureClass.BUDGET_EXCEEDED, str(refusal))
        return {**told, "refused": {"resource": refusal.resource, "left": refusal.left, "later": refusal.later}}

    def _meter(self, assignment: Assignment) -> Meter:
        step, agent = assignment.step, assignment.agent
        entry = Entry(self._run_id, step.id, assignment.session, assignment.attempt, assignment.launch)
        return Meter(
            self._allowance,
            entry,
            assignment.most,
            lambda usage: self._runtime.money(step, agent, usage, self._context),
        )

    def _settled(self, attempt: Attempt) -> dict[str, Any]:
        """Settle what a try had set aside, in the transaction that records its end; return what is told of it."""
        meter = self._meters.pop(_identity(attempt), None)
        if meter is None:  # it was refused
            return {}
        return _charged(meter.settle(attempt.usage, max((attempt.finished or 0.0) - (attempt.started or 0.0), 0.0)))

    def _begin(self, assignment: Assignment, meter: Meter) -> tuple[Attempt, Refusal | None]:
        attempt = Attempt(
            run_id=self._run_id,
            step_id=assignment.step.id,
            key=assignment.step.key,
            session=assignment.session,
            attempt=assignment.attempt,
            status="running",
            agent=assignment.agent,
            started=time.time(),
            decision=assignment.decision,
        )
        step = assignment.step
        detail = {
            "key": step.key,
            "task": step.task,
            "args": thaw(step.args),
            "capability": step.capability,
            "inputs": [item.artifact for item in assignment.inputs],
            "why": assignment.decision.get("reason", ""),
        }
        with self._journal.transaction():
            refusal = meter.reserve(assignment.aside, allowed=assignment.allowed)
            if refusal is None:
                self._journal.write_attempt(attempt)
                self._event("step_started", attempt, detail)
        return attempt, refusal

    def _ask(
        self, assignment: Assignment, inputs: tuple[InputArtifact, ...], turns: Turns, place: Place | None
    ) -> StepResult:
        step = assignment.step
        request = StepRequest(
            run_id=self._run_id,
            step_id=step.id,
            step_key=self._effect_key(step),
            task=step.task,
            args=step.args,
            capability=step.capability,
            inputs=inputs,
            context=self._context,
            attempt=assignment.attempt,
            turns=turns,
        )
        agent = self._agents[assignment.agent]
        seconds = self._runtime.timeout(step)
        if seconds is None:
            return carried_out(agent, request)
        late = f"{agent.name} did not answer within {seconds:g} s"
        if place is None:
            raise TimeoutError(f"{late}, being busy with earlier steps")
        return _within(seconds, lambda: carried_out(agent, request), place, late)

    def _effect_key(self, step: Step) -> str:
        """Return what effects of a step are known by outside: another key each time that they were undone."""
        undone = self._journal.times_retracted(self._run_id, step.key)
        return f"{step.key}.{undone}" if undone else step.key

    def _input(self, item: Input) -> InputArtifact:
        stored = self._store.get(item.artifact)
        return InputArtifact(item.step_id, item.capability, stored.type, stored.hash, stored.document)

    def _accept(
        self, attempt: Attempt, step: Step, result: StepResult, inputs: tuple[InputArtifact, ...]
    ) -> dict[str, Any]:
        """Check an artifact, and store it if it is good."""
        try:
            wrong = self._runtime.validate(step, result)
            if wrong is not None:
                return self._fail(attempt, FailureClass.MALFORMED_OUTPUT, wrong)
            verdicts = evaluate(self._runtime.criteria(step, inputs, self._context), result.document)
            attempt = replace(attempt, criteria=tuple(verdict.to_json() for verdict in verdicts))
            missing = unmet(verdicts)
            usable = all(verdict.met or verdict.wished for verdict in verdicts)
            facts = tuple(self._runtime.observe(step, result)) if usable else ()
        except Exception as error:  # noqa: BLE001 -- the application's checks fail the step, not the run
            return self._fail(attempt, FailureClass.UNKNOWN, f"the result could not be checked: {_sentence(error)}")
        if missing is not None:
            return self._miss(replace(attempt, facts=facts), result, verdicts, missing, usable=usable)
        attempt = replace(attempt, status="finished", finished=time.time(), facts=facts)
        detail = {
            "type": result.type,
            "usage": attempt.usage,
            "criteria": {verdict.name: verdict.missing is None for verdict in verdicts},
            "prompts": list(result.prompts),
        }
        with self._journal.transaction(durable=_dear(attempt)):
            try:
                artifact = self._store.put(result.type, result.document)
            except (TypeError, ValueError) as error:
                return self._fail(attempt, FailureClass.MALFORMED_OUTPUT, f"the result is not JSON data: {error}")
            attempt = replace(attempt, artifact=artifact)
            self._journal.write_attempt(attempt)
            charged = self._settled(attempt)
            self._event("step_finished", attempt, detail, artifact=artifact)
        return {**_finished(attempt), **_used(attempt, len(result.prompts)), **charged}

    def _miss(
        self, attempt: Attempt, result: StepResult, verdicts: Iterable[CriterionResult], missing: str, *, usable: bool
    ) -> dict[str, Any]:
        """Record an artifact that misses criteria; one that misses wishes only is stored, should it be accepted."""
        unmet_ones = [verdict.name for verdict in verdicts if not verdict.met]
        told: dict[str, Any] = {"criteria": unmet_ones}
        with self._journal.transaction(durable=_dear(attempt)):
            if usable:
                try:
                    artifact = self._store.put(result.type, result.document)
                except (TypeError, ValueError) as error:
                    return self._fail(attempt, FailureClass.MALFORMED_OUTPUT, f"the result is not JSON data: {error}")
                partial = {"artifact": artifact, "type": result.type, "attempt": attempt.attempt}
                told["partial"] = {**partial, "criteria": unmet_ones, "missing": missing[:MESSAGE_LIMIT]}
            return {**self._fail(attempt, FailureClass.CRITERION_UNMET, missing), **told}

    def _fail(
        self, attempt: Attempt, failure: FailureClass, message: str, *, retry_after: float | None = None
    ) -> dict[str, Any]:
        message = message[:MESSAGE_LIMIT]
        attempt = replace(attempt, status="failed", finished=time.time(), failure=str(failure), message=message)
        with self._journal.transaction(durable=_dear(attempt)):
            charged = self._settled(attempt)
            self._journal.write_attempt(attempt)
            self._event("step_failed", attempt, {"usage": attempt.usage}, failure=str(failure), message=message)
        told = {"status": "failed", "failure": str(failure), "message": message, "retry_after": retry_after}
        return {**told, **_used(attempt), **charged}

    def _event(self, kind: str, attempt: Attempt, detail: Mapping[str, Any], **more: Any) -> None:
        payload = {"step": attempt.step_id, "attempt": attempt.attempt, "agent": attempt.agent, **more}
        self._journal.event(self._run_id, kind, payload, detail=detail)


def _finished(attempt: Attempt) -> dict[str, Any]:
    """Return what is recorded of a finished try; whether it observed anything, the coordinator has to know."""
    told = {"status": "finished", "artifact": attempt.artifact, "type": attempt.type}
    return {**told, "observed": True} if attempt.facts else told


def _charged(amounts: Mapping[str, float]) -> dict[str, Any]:
    return {"charged": dict(amounts)} if amounts else {}


def _identity(attempt: Attempt) -> tuple[str, int, int]:
    return (attempt.step_id, attempt.session, attempt.attempt)


def _used(attempt: Attempt, requests: int = 1) -> dict[str, Any]:
    """Return what a try used of what is allowed per minute; nothing for one that asked no model."""
    tokens = sum(attempt.usage.get(name) or 0 for name in ("input_tokens", "output_tokens"))
    return {"used": {"requests": max(requests, 1), "tokens": tokens}} if tokens else {}


def _dear(attempt: Attempt) -> bool:
    """Whether a try was worth a wait for the disk: tokens were paid for it, or it took long."""
    paid = any(attempt.usage.get(name) for name in ("input_tokens", "output_tokens"))
    return bool(paid) or (attempt.finished or 0.0) - (attempt.started or 0.0) >= DEAR_SECONDS


def _sentence(error: BaseException) -> str:
    text = str(error).strip()
    return text if isinstance(error, StepError) and text else f"{type(error).__name__}: {text}".rstrip(": ")


def _retry_after(error: BaseException) -> float | None:
    value = getattr(error, "retry_after", None)
    return float(value) if isinstance(value, (int, float)) else None


def _within(seconds: float, call: Callable[[], StepResult], place: Place, late: str) -> StepResult:
    """Call in a thread of its own and stop waiting after some seconds; a late answer is thrown away."""
    outcome: list[StepResult | BaseException] = []
    done = threading.Event()

    def work() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001 -- handed to the thread that waits
            outcome.append(error)
        finally:
            done.set()
            if place.handed_on:
                place.give_back()

    # A daemon, so that an agent that hangs does not keep the process from ending; it sees what this thread does.
    context = contextvars.copy_context()
    threading.Thread(target=lambda: context.run(work), daemon=True, name="agent-call").start()
    if not done.wait(seconds):
        place.hand_on()
        if done.is_set():  # just now, and it may not have seen that
            place.give_back()
        raise TimeoutError(late)
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]
