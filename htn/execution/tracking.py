"""Says where a run stands: in words, as progress by expected work, and how long it will take, all from the journal."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from htn.execution.approvals import Approval, approvals_of
from htn.execution.journal import Journal
from htn.execution.outlook import Outlook, outlook
from htn.execution.presence import carrier_of, live_workers
from htn.execution.progress import Forecast, forecast
from htn.execution.records import Attempt, Event, PlanRecord, RunRecord
from htn.execution.run_budget import most_amounts, used_amounts
from htn.execution.spending import limits_reached, most_of_steps
from htn.execution.turns import SAID
from htn.plan.plan import Step

__all__ = ["ExecutionTracker", "LimitStatus", "RunStatus", "StepStatus"]


@dataclass(frozen=True, slots=True)
class StepStatus:
    """Where a step stands.

    Attributes
    ----------
    id, task, description : str
        The step.
    status : str
        pending, waiting (for a person), running, interrupted, recovering, finished, reused, failed or skipped.
    agent : str or None
        Who carries it out, or did.
    estimated, actual : float or None
        Expected seconds, and those that it took or has taken so far.
    attempts : int
        How often it was tried.
    message : str or None
        Why it failed, was skipped or needs approval; while it runs, what its agent said last that it is doing.
    artifact, type : str or None
        What it produced.
    choices : tuple of str
        What may be answered, when it waits for a person.
    """

    id: str
    task: str
    description: str
    status: str
    agent: str | None
    estimated: float | None
    actual: float | None
    attempts: int
    message: str | None
    artifact: str | None
    type: str | None
    choices: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ("finished", "reused", "failed", "skipped")


@dataclass(frozen=True, slots=True)
class LimitStatus:
    """Where a run stands with one of its limits.

    Attributes
    ----------
    resource : str
        What is limited.
    limit, used, reserved : float
        The limit, what was used, and what is set aside for steps in hand.

    Examples
    --------
    >>> print(LimitStatus("tokens", 200_000, 12_345, 0), "-", LimitStatus("seconds", 60, 1.2345, 0))
    12,345 of 200,000 tokens - 1.23 of 60 seconds
    """

    resource: str
    limit: float
    used: float
    reserved: float

    def __str__(self) -> str:
        used, limit = (f"{each:,.0f}" if each >= 100 else f"{each:.3g}" for each in (self.used, self.limit))
        return f"{used} of {limit} {self.resource.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class RunStatus:
    """Where a run stands.

    Attributes
    ----------
    run : RunRecord
        The run's record.
    steps : tuple of StepStatus
        The steps of the plan in force.
    progress : float
        Share of the expected work that is settled, from 0 to 1.
    elapsed : float
        Seconds since the run was started, or that it took.
    eta_seconds : float or None
        Seconds that it will still take, when something is known to say so from: in the middle.
    pid : int or None
        The process that carries out the run, or any run where all are in the workspace's own files.
    queued : bool
        Whether no process carries it out now, but there are workers that will.
    sentence : str
        The status in plain words.
    eta_interval : tuple of float or None
        Between how many seconds that lies in eight runs of ten; it narrows as steps end.
    limits : tuple of LimitStatus
        What the run may use, by resource, with what it used and has set aside.
    """

    run: RunRecord
    steps: tuple[StepStatus, ...]
    progress: float
    elapsed: float
    eta_seconds: float | None
    pid: int | None
    sentence: str
    queued: bool = False
    eta_interval: tuple[float, float] | None = None
    limits: tuple[LimitStatus, ...] = ()

    @property
    def interrupted(self) -> bool:
        """Whether it is not over, but no process carries it out, and none will by itself."""
        return self.run.finished is None and self.pid is None and not self.queued

    @property
    def waiting(self) -> tuple[StepStatus, ...]:
        """The steps that wait for a person."""
        return tuple(step for step in self.steps if step.status == "waiting")

    @property
    def missing(self) -> tuple[Mapping[str, Any], ...]:
        """What could not be done, or in part only, with the reasons: steps of the plan, those that repairs left out."""
        result = self.run.result
        return (*result.get("missing", ()), *result.get("left_out", ()), *result.get("in_part", ()))

    def to_json(self) -> dict[str, Any]:
        """Return the status as JSON data."""
        return {
            "run": asdict(self.run),
            "steps": [asdict(step) for step in self.steps],
            "progress": self.progress,
            "elapsed": self.elapsed,
            "eta_seconds": self.eta_seconds,
            "eta_interval": None if self.eta_interval is None else list(self.eta_interval),
            "limits": [asdict(limit) for limit in self.limits],
            "pid": self.pid,
            "interrupted": self.interrupted,
            "queued": self.queued,
            "sentence": self.sentence,
        }

    def _repr_html_(self) -> str:
        from htn.views.outcome import run_html

        return run_html(self.to_json())


class ExecutionTracker:
    """Follows a run from any process, without the engine.

    Parameters
    ----------
    workspace : Path or str
        The workspace's directory.
    run_id : str
        The run.

    Raises
    ------
    UnknownRunError
        When the workspace has no such run.
    """

    def __init__(self, workspace: Path | str, run_id: str) -> None:
        self.run_id = run_id
        self._journal = Journal(workspace, readonly=True)
        self._plan: PlanRecord | None = None
        self._outlook = Outlook()
        try:
            self._journal.run(run_id)
        except BaseException:
            self._journal.close()
            raise

    def __enter__(self) -> ExecutionTracker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def status(self) -> RunStatus:
        """Return where the run stands now."""
        run = self._journal.run(self.run_id)
        plan = self._plan_in_force(run)
        now = time.time() if run.finished is None else run.finished
        pid = carrier_of(self._journal, self.run_id) if run.finished is None else None
        queued = pid is None and run.finished is None and bool(live_workers(self._journal))
        steps = self._steps(run, plan, now, alive=pid is not None)
        ahead = self._forecast(plan, steps)
        eta, interval = (0.0, None) if run.finished is not None else self._time_left(run, plan, steps, ahead)
        sentence = _sentence(run, steps, ahead.progress, eta, pid, queued=queued)
        elapsed = max(now - run.created, 0.0)
        limits = self._limits(run, steps, elapsed)
        return RunStatus(run, steps, ahead.progress, elapsed, eta, pid, sentence, queued, interval, limits)

    def plan(self) -> PlanRecord:
        """Return the plan in force now."""
        return self._plan_in_force(self._journal.run(self.run_id))

    def spent(self) -> dict[str, float]:
        """Return what the run used so far, by resource: tokens, money where it is known, steps."""
        used: dict[str, float] = {}
        for attempt in self._journal.attempts(self.run_id):
            if attempt.attempt > 0 and attempt.finished is not None:
                for name, amount in used_amounts(attempt.usage, {}).items():
                    used[name] = used.get(name, 0.0) + amount
        return used

    def _plan_in_force(self, run: RunRecord) -> PlanRecord:
        """Return the plan, read once for each revision: it is the largest document of a run and never changes."""
        if self._plan is None or self._plan.revision != run.revision:
            self._plan = self._journal.plan(self.run_id, run.revision)
        return self._plan

    def _steps(self, run: RunRecord, plan: PlanRecord, now: float, *, alive: bool) -> tuple[StepStatus, ...]:
        attempts: dict[tuple[str, str], list[Attempt]] = {}  # a replan may keep an id and change the work
        by_key: dict[str, Attempt] = {}
        for attempt in self._journal.attempts(run.run_id):
            attempts.setdefault((attempt.step_id, attempt.key), []).append(attempt)
            if attempt.artifact is not None and (attempt.key not in by_key or attempt.status == "finished"):
                by_key[attempt.key] = attempt
        abandoned = self._abandoned()
        asked = approvals_of(self._journal, run.run_id, open_only=True) if run.finished is None else []
        questions = {question.key.partition("#")[0]: question for question in asked}
        doing = self._doing() if alive else {}
        standing = (
            _step_status(
                step,
                attempts.get((step.id, step.key), []),
                _own(attempts.get((step.id, step.key), [])) or by_key.get(step.key),
                plan.estimates.get(step.id),
                abandoned.get(step.key),
                questions.get(step.key),
                now,
                over=run.finished is not None,
                alive=alive,
            )
            for step in plan.steps
        )
        return tuple(
            replace(step, message=doing.get(step.id)) if step.status == "running" else step for step in standing
        )

    def _doing(self) -> dict[str, str]:
        """Return what the agent of each step said last that it is doing, in its present try."""
        doing: dict[str, str] = {}
        for event in self._journal.events(self.run_id, kinds=("step_started", SAID)):
            told = event.payload
            if event.kind == SAID:
                doing[told["step"]] = f"{told['doing']}: {told['said']}" if told.get("said") else told["doing"]
            else:
                doing.pop(told["step"], None)
        return doing

    def _abandoned(self) -> dict[str, str]:
        """Return why work was given up since the last session was opened, by step key."""
        given_up: dict[str, str] = {}
        for event in self._journal.events(self.run_id, kinds=("session_opened", "step_abandoned")):
            if event.kind == "session_opened":
                given_up.clear()
            else:
                given_up[event.payload["key"]] = event.payload["message"]
        return given_up

    def _time_left(
        self, run: RunRecord, plan: PlanRecord, steps: Sequence[StepStatus], ahead: Forecast
    ) -> tuple[float | None, tuple[float, float] | None]:
        """Return the seconds left, in the middle and in eight runs of ten."""
        costs = most_of_steps(self._journal, run.run_id, run.context, plan.revision)
        running = {step.id: step.actual or 0.0 for step in steps if step.status == "running"}
        settled = {step.id: step.actual if step.status == "finished" else None for step in steps if step.settled}
        left = self._outlook.seconds(
            (plan.revision, frozenset(running), frozenset(settled)),
            lambda: outlook(
                plan.steps,
                plan.estimates,
                {step: float(each["seconds"]) for step, each in costs.items() if each.get("seconds")},
                finished=settled,
                running=running,
                places=self._places(),
            ),
        )
        return (ahead.seconds_left, None) if left is None else (left[1], (left[0], left[2]))

    def _limits(self, run: RunRecord, steps: Sequence[StepStatus], elapsed: float) -> tuple[LimitStatus, ...]:
        """Return what the run may use, with what it used and has set aside."""
        limits = {name: limit for name, limit in run.options.get("budget", {}).items() if limit is not None}
        if not limits:
            return ()
        used = {**self.spent(), "seconds": elapsed, **run.result.get("budget", {}).get("used", {})}
        costs = most_of_steps(self._journal, run.run_id, run.context, run.revision)
        held = [most_amounts(costs.get(step.id, {})) for step in steps if step.status == "running"]
        return tuple(
            LimitStatus(
                name,
                limit,
                used.get(name, 0.0),
                0.0 if name == "seconds" else sum(amounts.get(name, 0.0) for amounts in held),
            )
            for name, limit in limits.items()
            if name != "replans"
        )

    def _places(self) -> dict[str, int]:
        started = self._journal.events(self.run_id, kinds=("run_started",))
        return dict(started[-1].payload["places"]) if started else {}

    def _forecast(self, plan: PlanRecord, steps: Sequence[StepStatus]) -> Forecast:
        return forecast(
            plan.steps,
            plan.estimates,
            done={step.id: step.actual for step in steps if step.settled},
            running={step.id: step.actual or 0.0 for step in steps if step.status == "running"},
            measured=frozenset(step.id for step in steps if step.status == "finished"),
            places=self._places(),
        )

    def intermediate(self) -> dict[str, tuple[str, str]]:
        """Return type name and artifact hash of what finished steps produced so far, by step id."""
        return {step.id: (step.type or "", step.artifact) for step in self.status().steps if step.artifact is not None}

    def new_events(self, after: int = 0) -> list[Event]:
        """Return the events with a higher number than ``after``."""
        return self._journal.events(self.run_id, after=after)

    async def events(self, *, after: int = 0, interval: float = 0.1) -> AsyncIterator[Event]:
        """Yield events as they are written, until the run is over.

        Parameters
        ----------
        after : int
            Number of the last event that is known already.
        interval : float
            Seconds between two looks into the journal.
        """
        while True:
            over = self._journal.run(self.run_id).finished is not None  # asked first, so that no last event is missed
            for event in self.new_events(after):
                after = event.seq
                yield event
            if over:
                return
            await asyncio.sleep(interval)

    def json_lines(self, after: int = 0) -> Iterator[str]:
        """Yield the events so far as lines of JSON, for machines."""
        for event in self.new_events(after):
            yield json.dumps(event.to_json(), ensure_ascii=True)


def _own(attempts: Sequence[Attempt]) -> Attempt | None:
    """Return the attempt that gave a step its artifact under its own id; carried out counts before reused."""
    gave = [attempt for attempt in attempts if attempt.artifact is not None]
    return min(gave, key=lambda attempt: attempt.status, default=None)  # "finished" comes before "reused"


def _step_status(
    step: Step,
    attempts: Sequence[Attempt],
    produced: Attempt | None,
    estimated: float | None,
    abandoned: str | None,
    question: Approval | None,
    now: float,
    *,
    over: bool,
    alive: bool,
) -> StepStatus:
    tries = [attempt for attempt in attempts if attempt.attempt > 0]
    last = attempts[-1] if attempts else None
    shown = produced or last
    if produced is not None:
        status = "reused" if produced.status == "reused" else "finished"
    elif abandoned is not None:
        status = "failed"
    elif question is not None:
        status = "waiting"
    elif last is None or last.status == "retracted":
        status = "pending"
    elif last.status == "running":
        status = "running" if alive else "interrupted"
    elif last.status == "failed":
        status = "failed" if over else "recovering"
    else:
        status = last.status
    actual = None
    if shown is not None and shown.started is not None and shown.attempt > 0:
        actual = max((shown.finished or now) - shown.started, 0.0)
    message = abandoned or (None if last is None else last.message)
    if status == "waiting" and question is not None:
        message = f"step {step.id} waits for {question.wanted}: {question.reason}"
    return StepStatus(
        id=step.id,
        task=step.task,
        description=step.description,
        status=status,
        agent=None if shown is None else shown.agent,
        estimated=estimated,
        actual=actual,
        attempts=len(tries),
        message=None if produced is not None else message,
        artifact=None if produced is None else produced.artifact,
        type=None if produced is None else produced.type,
        choices=question.choices if status == "waiting" and question is not None else (),
    )


def _sentence(
    run: RunRecord,
    steps: Sequence[StepStatus],
    progress: float,
    eta: float | None,
    pid: int | None,
    *,
    queued: bool = False,
) -> str:
    done = sum(step.status in ("finished", "reused") for step in steps)
    missing = [step.description or step.task for step in steps if step.status in ("failed", "skipped")]
    lacking = f"; missing: {', '.join(missing)}" if missing else ""
    in_part = [item["description"] or item["task"] for item in run.result.get("in_part", ())]
    lacking += f"; in part: {', '.join(in_part)}" if in_part else ""
    lacking += limits_reached(run.result.get("budget", {}))
    if run.status == "completed":
        return f"Completed: {done} of {len(steps)} steps done{lacking}."
    if run.status == "failed" and run.result.get("error"):
        return f"Failed: it could not be carried on with {done} of {len(steps)} steps done: {run.result['error']}"
    if run.status == "failed":
        return f"Failed: the final step could not be done; {done} of {len(steps)} steps are done{lacking}."
    if run.status == "cancelled":
        return f"Cancelled with {done} of {len(steps)} steps done; it can be resumed."
    asked = [(step.description or step.task).rstrip(".") for step in steps if step.status == "waiting"]
    if run.status == "waiting" and asked:
        then = "" if pid is not None or queued else "; answer, and resume it to go on"
        what = "a decision" if any("retry" in step.choices for step in steps) else "approval"
        return f"Waiting for {what}: {'; '.join(asked)}. {done} of {len(steps)} steps are done{then}{lacking}."
    if queued:
        return f"Waiting for a worker, {done} of {len(steps)} steps are done{lacking}."
    if pid is None and run.status == "waiting":
        return f"All approvals are answered, {done} of {len(steps)} steps are done; resume it to go on."
    if pid is None:
        return f"Interrupted with {done} of {len(steps)} steps done; resume it to go on."
    if run.cancel_requested:
        return f"Cancelling: {done} of {len(steps)} steps done, waiting for those in hand."
    active = [step.description or step.task for step in steps if step.status == "running"]
    now = f", now: {'; '.join(active[:3])}" + (f" and {len(active) - 3} more" if len(active) > 3 else "")
    lacking += f"; waiting for approval: {'; '.join(asked)}" if asked else ""
    left = "" if eta is None else f", about {_duration(eta)} left"
    return (
        f"Running: {done} of {len(steps)} steps done, {progress:.0%} of the work{left}{now if active else ''}{lacking}."
    )


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
