"""Start, resume, cancel, list, show, explain and fork runs: what a command line or a program calls."""

from __future__ import annotations

import concurrent.futures
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from htn.execution.affordability import check_affordable, check_priced
from htn.execution.agent_settings import AgentSettings
from htn.execution.allowance import WorkspaceBudget
from htn.execution.errors import EmptyJournalError, EngineError, PlanRejectedError, WorkspaceBusyError
from htn.execution.journal import Journal
from htn.execution.location import engine_of
from htn.execution.lock import WorkspaceLock
from htn.execution.options import RunOptions
from htn.execution.presence import carrier_of, live_workers, workers_wait
from htn.execution.records import RunRecord
from htn.execution.revision import estimates_of
from htn.execution.runtime import RuntimeReference, load_runtime
from htn.execution.sessions import end_run, next_session
from htn.execution.steps import PlanLike, descendants
from htn.execution.story import StepStory, find_step, why_run
from htn.execution.tracking import ExecutionTracker, RunStatus
from htn.execution.validate import plan_problems
from htn.plan.plan import Step

if TYPE_CHECKING:
    from htn.execution.engine import Engine

__all__ = [
    "RunHandle",
    "StepStory",
    "begin_run",
    "cancel_run",
    "finished_work",
    "fork_run",
    "list_runs",
    "resume_run",
    "show_run",
    "start_run",
    "take_up_run",
    "why_run",
]


WATCH_SECONDS = 0.2
ALONE_SECONDS = 5.0


class RunHandle:
    """A run that this process, or another one, carries out in the background.

    Parameters
    ----------
    engine : Engine or None
        The engine of this process, or None when another process carries the run out.
    workspace : Path
        The workspace.
    run_id : str
        The run.
    session : int
        The session to carry out.
    patient : bool
        Whether a run that was left waiting for a person is not over for this handle.

    Attributes
    ----------
    run_id : str
        The run.
    """

    def __init__(
        self, engine: Engine | None, workspace: Path, run_id: str, session: int, *, patient: bool = True
    ) -> None:
        self.run_id = run_id
        self._workspace = workspace
        self._patient = patient
        self._over = threading.Event()
        self._error: BaseException | None = None
        work, arguments = (self._watch, ()) if engine is None else (self._carry_out, (engine, session))
        threading.Thread(target=work, args=arguments, name=f"run-{run_id}", daemon=True).start()

    def _watch(self) -> None:
        """Wait for the run's end in the journal."""
        try:
            with Journal(self._workspace, readonly=True) as journal:
                seen = time.monotonic()
                while not self._is_over(journal):
                    if carrier_of(journal, self.run_id) is not None or live_workers(journal):
                        seen = time.monotonic()
                    elif time.monotonic() - seen > ALONE_SECONDS:
                        raise EngineError(f"nobody carries out run {self.run_id}: start a worker, or resume the run")
                    time.sleep(WATCH_SECONDS)
        except Exception as error:  # noqa: BLE001 -- raised by `wait`
            self._error = error
        finally:
            self._over.set()

    def _is_over(self, journal: Journal) -> bool:
        if journal.run(self.run_id).finished is not None:
            return True
        return not self._patient and journal.session(self.run_id).outcome == "waiting"

    def _carry_out(self, engine: Engine, session: int) -> None:
        """Wait for the session, go on with another one if it cannot be taken up, and give the engine back."""
        from htn.execution.engine import SessionLostError

        try:
            try:
                engine.carry_out_session(self.run_id, session).result()
            except SessionLostError as lost:
                if lost.taken_over:
                    self._watch()
                    return
                engine.journal.close_session(self.run_id, session, "lost")
                reason = f"the engine's record was left aside: {lost}"
                number = next_session(engine.journal, self.run_id, reason, after=session)
                if number is None:
                    self._watch()
                    return
                engine.carry_out_session(self.run_id, number).result()
        except (Exception, concurrent.futures.CancelledError) as error:  # noqa: BLE001 -- raised by `wait`
            self._error = error
        finally:
            engine.release()
            self._over.set()

    @property
    def done(self) -> bool:
        """Whether it is over."""
        return self._over.is_set()

    def wait(self, timeout: float | None = None) -> RunRecord:
        """Wait until the run is over and return its record.

        Raises
        ------
        TimeoutError
            When it is not over after ``timeout`` seconds; it goes on.
        HtnError
            When it could not be carried on because of the workspace or the engine; it can be resumed.
        """
        if not self._over.wait(timeout):
            raise TimeoutError(f"run {self.run_id} is not over after {timeout:g} s")
        if self._error is not None:
            raise self._error
        with Journal(self._workspace, readonly=True) as journal:
            return journal.run(self.run_id)

    def cancel(self) -> None:
        """Ask for the run to be cancelled."""
        cancel_run(self._workspace, self.run_id)


def begin_run(
    workspace: Path | str,
    plan: PlanLike,
    runtime: RuntimeReference,
    *,
    title: str = "",
    context: Mapping[str, Any] | None = None,
    reuse: Mapping[str, str] | None = None,
    options: RunOptions | None = None,
    run_id: str | None = None,
) -> RunHandle:
    """Start a run in the background of this process.

    Parameters
    ----------
    workspace : Path or str
        Directory of the run's journal and artifacts; created when it is not there.
    plan : PlanLike
        What to carry out.
    runtime : RuntimeReference
        How the agents and the rest are built, here and when the run is resumed.
    title : str
        The question, or what to call the run.
    context : Mapping
        Plain JSON data given to every step; ``estimates`` in it are expected seconds by step id.
    reuse : Mapping
        Artifact hash by step key of work that need not be done again; see `finished_work`.
    options : RunOptions
        Limits.
    run_id : str or None
        An id to use; made up when None.

    Returns
    -------
    RunHandle
        To wait for it or cancel it.

    Raises
    ------
    PlanRejectedError
        When the plan cannot be carried out; nothing is written then.
    BudgetTooSmallError
        When the limits hold not even a first step and what ends the run; likewise.
    WorkspaceBusyError
        When another process carries out runs in the workspace.
    """
    return _begin(
        Path(workspace),
        document=plan.to_json(),
        steps=tuple(plan.steps),
        runtime=runtime,
        title=title,
        context=context or {},
        reuse=reuse or {},
        options=options or RunOptions(),
        run_id=run_id,
        forked_from=None,
    )


def start_run(
    workspace: Path | str,
    plan: PlanLike,
    runtime: RuntimeReference,
    *,
    title: str = "",
    context: Mapping[str, Any] | None = None,
    reuse: Mapping[str, str] | None = None,
    options: RunOptions | None = None,
    run_id: str | None = None,
) -> str:
    """Carry out a plan to its end and return the run's id; `begin_run` explains the parameters."""
    handle = begin_run(
        workspace, plan, runtime, title=title, context=context, reuse=reuse, options=options, run_id=run_id
    )
    handle.wait()
    return handle.run_id


def _begin(
    workspace: Path,
    *,
    document: Mapping[str, Any],
    steps: tuple[Step, ...],
    runtime: RuntimeReference,
    title: str,
    context: Mapping[str, Any],
    reuse: Mapping[str, str],
    options: RunOptions,
    run_id: str | None,
    forked_from: str | None,
) -> RunHandle:
    built = load_runtime(runtime)
    estimates = estimates_of(built, steps, context)
    shared = WorkspaceBudget.of(workspace)
    options = replace(options, budget=shared.for_run(options.budget))
    problems = plan_problems(steps, built, built.agents(), finished=reuse)
    if problems:
        raise PlanRejectedError(problems)
    costs = context.get("costs") or {}
    if shared.limits_money or options.budget.money is not None:
        check_priced(steps, costs)
    check_affordable(steps, options.budget, costs, estimates, reuse)
    AgentSettings.of_workspace(workspace)  # settings that are wrong are said before anything is written
    chosen = run_id or time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + secrets.token_hex(3)
    handed_over = workers_wait(workspace)
    # A run that waits for a person holds no worker's place: it is left, and goes on when there is an answer.
    limits = replace(options, wait=False) if handed_over else options

    def record(journal: Journal) -> int:
        with journal.transaction(durable=True):
            journal.create_run(
                chosen,
                title=title,
                runtime=runtime.to_json(),
                context=context,
                options=asdict(limits),
                forked_from=forked_from,
            )
            revision = journal.add_plan(chosen, document=document, estimates=estimates, reason="the first plan")
            journal.adopt_plan(chosen, revision)
            return journal.open_session(chosen, revision=revision, reuse=reuse)

    if handed_over:
        with Journal(workspace) as journal:
            session = record(journal)
        return _handed_over(workspace, chosen, session, patient=options.wait)
    engine = _engine(workspace)
    try:
        session = record(engine.journal)
    except BaseException:
        engine.release()
        raise
    return RunHandle(engine, workspace, chosen, session)


def _engine(workspace: Path) -> Engine:
    from htn.execution.engine import Engine

    return Engine.acquire(workspace)


def _handed_over(workspace: Path, run_id: str, session: int, *, patient: bool = True) -> RunHandle:
    """Put a session on the queue of the workers, and watch it from here."""
    from htn.execution.engine import hand_over

    address = engine_of(workspace)
    assert address is not None
    hand_over(address, run_id, session)
    return RunHandle(None, workspace, run_id, session, patient=patient)


def take_up_run(workspace: Path | str, run_id: str) -> RunHandle:
    """Resume a run in the background of this process.

    One that was left waiting for approvals goes on with those that were given, and waits for the others.

    A run whose process died goes on where it was: only steps that were in hand are tried again. One that failed or was
    cancelled starts another session: finished steps are recognised by their keys, the others are tried again. A
    completed run is left as it is.

    Raises
    ------
    UnknownRunError
        When the workspace has no such run.
    WorkspaceBusyError
        When another process carries out runs in the workspace.
    """
    folder = Path(workspace)
    with Journal(folder, readonly=True) as journal:
        if journal.run(run_id).status == "completed":
            return RunHandle(None, folder, run_id, 0)
    if engine_of(folder) is not None:
        return _take_up_for_team(folder, run_id)
    engine = _engine(folder)
    try:
        run = engine.journal.run(run_id)
        session = engine.journal.session(run_id)
        number = session.session
        if not engine.has_in_hand(run_id, number):
            engine.journal.clear_cancel(run_id)
            if session.outcome is not None or run.status not in ("running", "waiting"):
                reason = f"resumed after it was {run.status}"
                number = next_session(engine.journal, run_id, reason, after=number) or number
            else:
                engine.journal.event(run_id, "run_resumed", {"session": number})
    except BaseException:
        engine.release()
        raise
    return RunHandle(engine, folder, run_id, number)


def _take_up_for_team(folder: Path, run_id: str) -> RunHandle:
    """Have workers go on with a run, or do it here where there are none; one that somebody carries out is watched."""
    with Journal(folder) as journal:
        run, session = journal.run(run_id), journal.session(run_id)
        if carrier_of(journal, run_id) is not None:
            return RunHandle(None, folder, run_id, session.session)
        journal.clear_cancel(run_id)
        number, handed_over = session.session, workers_wait(folder)
        if session.outcome is None and not handed_over:
            # Its record is on the queue, from which this process takes nothing.
            journal.take_away(run_id, number)
            journal.close_session(run_id, number, "left")
        if session.outcome is not None or not handed_over:
            reason = f"resumed after it was {run.status}"
            number = next_session(journal, run_id, reason, after=number) or journal.session(run_id).session
        else:
            journal.event(run_id, "run_resumed", {"session": number})
    if handed_over:
        return _handed_over(folder, run_id, number)
    return RunHandle(_engine(folder), folder, run_id, number)


def resume_run(workspace: Path | str, run_id: str) -> RunRecord:
    """Resume a run, carry it out to its end and return its record; see `take_up_run`."""
    return take_up_run(workspace, run_id).wait()


def cancel_run(workspace: Path | str, run_id: str) -> RunRecord:
    """Cancel a run, in whatever process it is carried out.

    A running one stops handing out steps within a fraction of a second; steps in hand are given some seconds to end,
    and what they produce is kept. One that nobody carries out is cancelled at once. One that is over is left as it is.

    Raises
    ------
    UnknownRunError
        When the workspace has no such run.
    """
    with Journal(workspace, readonly=True) as journal:
        journal.run(run_id)
    with Journal(workspace) as journal:
        run = journal.run(run_id)
        if run.finished is not None:
            return run
        journal.request_cancel(run_id)
        journal.event(run_id, "cancel_requested")
        if journal.database.shared:
            if carrier_of(journal, run_id) is None:
                end_run(journal, run_id, "cancelled")
            return journal.run(run_id)
        lock = WorkspaceLock(workspace)
        try:
            lock.acquire()
        except WorkspaceBusyError:
            return journal.run(run_id)  # whoever carries out runs here looks for the request
        try:
            end_run(journal, run_id, "cancelled")
        finally:
            lock.release()
        return journal.run(run_id)


def list_runs(workspace: Path | str) -> list[RunRecord]:
    """Return the runs of a workspace, the latest first; a workspace without a journal has none."""
    try:
        with Journal(workspace, readonly=True) as journal:
            return journal.runs()
    except EmptyJournalError:
        return []


def show_run(workspace: Path | str, run_id: str) -> RunStatus:
    """Return where a run stands, from the journal alone."""
    with ExecutionTracker(workspace, run_id) as tracker:
        return tracker.status()


def finished_work(workspace: Path | str, run_id: str) -> dict[str, str]:
    """Return the artifact hash by step key of everything that finished in a run, for ``reuse``."""
    with Journal(workspace, readonly=True) as journal:
        journal.run(run_id)
        return journal.finished_keys(run_id)


def fork_run(workspace: Path | str, run_id: str, from_step: str, *, title: str | None = None) -> RunHandle:
    """Start another run of the same plan that does a step, and all that depends on it, again.

    Parameters
    ----------
    workspace, run_id
        The run to start from, which is left as it is.
    from_step : str
        Node id of the step, or the beginning of one.
    title : str or None
        Title of the new run; that of the old one by default.

    Returns
    -------
    RunHandle
        The new run; the other steps' artifacts are reused.
    """
    with Journal(workspace, readonly=True) as journal:
        run, plan = journal.run(run_id), journal.plan(run_id)
        step = find_step(plan.steps, run_id, from_step)
        again = {item.key for item in plan.steps if item.id in descendants(plan.steps, step.id)}
        reuse = {key: artifact for key, artifact in journal.finished_keys(run_id).items() if key not in again}
    return _begin(
        Path(workspace),
        document=plan.document,
        steps=plan.steps,
        runtime=RuntimeReference.from_json(run.runtime),
        title=run.title if title is None else title,
        context=run.context,
        reuse=reuse,
        options=RunOptions.from_json(run.options),
        run_id=None,
        forked_from=run_id,
    )
