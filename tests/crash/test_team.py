"""Workers on PostgreSQL are killed, frozen and cut off from the server: runs go on, and nothing is done twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from htn.execution.approvals import ApprovalPolicy, waiting_approvals
from htn.execution.audit import verify_audit
from htn.execution.journal import Journal
from htn.execution.location import chosen_engine
from htn.execution.options import RunOptions
from htn.execution.presence import live_workers
from htn.execution.runs import RunHandle, begin_run, cancel_run, show_run
from tests.crash.harness import ROOT, Trial, new_trial
from tests.execution.team import WorkerProcess, until
from tests.execution.toy import lines
from tests.postgres import Server, find_binaries

pytestmark = pytest.mark.crash

OPTIONS = RunOptions(max_delay=0.05)
CAPACITY = 3


@pytest.fixture
def engine(postgres: str) -> Iterator[str]:
    """Have this process use an empty PostgreSQL database."""
    with chosen_engine(postgres):
        yield postgres


def _begin(trial: Trial, run_id: str = "r1", options: RunOptions = OPTIONS) -> RunHandle:
    return begin_run(trial.workspace, trial.plan, trial.runtime, run_id=run_id, options=options)


def _carrier(trial: Trial, *workers: WorkerProcess, run_id: str = "r1") -> WorkerProcess:
    """Return the worker that carries a run out."""
    pid = until(lambda: show_run(trial.workspace, run_id).pid, what="a worker taking the run")
    return next(worker for worker in workers if worker.process.pid == pid)


def _until_finished(trial: Trial, steps: int) -> None:
    until(lambda: len(trial.finished()) >= steps, what=f"step {steps}")


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Carry out the same plan undisturbed, in files of its own; only read by those who compare with it."""
    with chosen_engine("sqlite"):
        calm = new_trial(tmp_path_factory.mktemp("calm"), 3, 6, capacity=CAPACITY)
        calm.finish()
    return calm


def _check(trial: Trial, calm: Trial, begun_before: int, finished_before: set[str], carriers: int) -> None:
    """The results are the undisturbed run's, nothing finished was begun again, nothing finished twice."""
    with chosen_engine("sqlite"):
        expected = calm.artifacts()
    assert trial.status() == "completed"
    assert trial.artifacts() == expected
    begun = [line.removeprefix("begin:") for line in lines(trial.log)[begun_before:] if line.startswith("begin:")]
    assert not finished_before.intersection(begun), "a step that was finished was begun again"
    with Journal(trial.workspace, readonly=True) as journal:
        attempts = [attempt for attempt in journal.attempts("r1") if attempt.status == "finished"]
    assert max(Counter(attempt.key for attempt in attempts).values()) == 1, "a step has two results"
    repeated = Counter(trial.executions()) - Counter(calm.executions())
    assert repeated.total() <= carriers * CAPACITY * 2, "more than the steps in hand were repeated"
    assert verify_audit(trial.workspace).intact


def test_run_of_a_killed_worker_is_taken_over(tmp_path: Path, engine: str, calm: Trial):
    """Of two workers the one that carries the run out is killed; the other finishes it, and replays what was done."""
    trial = new_trial(tmp_path / "team", 3, 6, seconds=0.05, capacity=CAPACITY)
    with WorkerProcess(engine, trial.workspace, "a") as a, WorkerProcess(engine, trial.workspace, "b") as b:
        a.wait_ready()
        b.wait_ready()
        handle = _begin(trial)
        carrier = _carrier(trial, a, b)
        _until_finished(trial, 4)
        carrier.kill()
        begun, finished = len(lines(trial.log)), trial.finished()
        handle.wait(60)
        _check(trial, calm, begun, finished, carriers=2)
        assert trial.sessions() == 1, "the record was replayed"


def test_frozen_worker_is_replaced_and_does_no_harm_when_it_wakes(tmp_path: Path, engine: str, calm: Trial):
    """Frozen with steps in hand, it is taken for gone; awake again, it drops the run and takes others."""
    trial = new_trial(tmp_path / "team", 3, 6, seconds=0.05, capacity=CAPACITY)
    names = ("a", "b", "c")
    workers = [WorkerProcess(engine, trial.workspace, name) for name in names]
    try:
        for worker in workers:
            worker.wait_ready()
        handle = _begin(trial)
        frozen = _carrier(trial, *workers)
        _until_finished(trial, 4)
        frozen.freeze()
        begun, finished = len(lines(trial.log)), trial.finished()
        until(lambda: len(trial.finished()) > len(finished), what="another worker going on")
        frozen.wake()
        handle.wait(60)
        for worker in workers:
            if worker is not frozen:
                worker.kill()
        # It may have had begun steps to log when it was frozen; what it finished of them was not taken.
        _check(trial, calm, begun, finished, carriers=2)
        with Journal(trial.workspace, readonly=True) as journal:
            until(lambda: [one.name for one in live_workers(journal)] == [frozen.name], what="it being there again")
        assert _begin(trial, "r2").wait(60).status == "completed"
    finally:
        for worker in workers:
            worker.kill()


APPROVE = "import sys; from htn.execution.approvals import answer_step; answer_step(*sys.argv[1:4], yes=True, by='Ann')"


def test_approval_from_elsewhere_lets_another_worker_finish(tmp_path: Path, engine: str, calm: Trial):
    """A run waits, its worker is killed, another process approves while nothing runs; a new worker goes on."""
    trial = new_trial(tmp_path / "team", 3, 6, capacity=CAPACITY)
    options = RunOptions(max_delay=0.05, approval=ApprovalPolicy(operators=("end",)), wait=False)
    with WorkerProcess(engine, trial.workspace, "a") as worker:
        worker.wait_ready()
        assert _begin(trial, options=options).wait(60).status == "waiting"
    begun, finished = len(lines(trial.log)), trial.finished()
    (question,) = waiting_approvals(trial.workspace)
    command = [sys.executable, "-c", APPROVE, str(trial.workspace), "r1", question.step_id]
    subprocess.run(command, cwd=ROOT, check=True, timeout=60, env={**os.environ, "HTN_ENGINE": engine})
    with WorkerProcess(engine, trial.workspace, "b"):
        until(lambda: trial.status() == "completed", what="the run's end")
    _check(trial, calm, begun, finished, carriers=1)
    with Journal(trial.workspace, readonly=True) as journal:
        answered = [event.payload["by"] for event in journal.events("r1", kinds=("approval_answered",))]
    assert answered == ["Ann"]


def test_server_restarts_under_load(tmp_path: Path, calm: Trial):
    """The server crashes and is restarted twice while two workers carry out three runs; all of them complete."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    server = Server(binaries)
    try:
        engine = server.new_database()
        trial = new_trial(tmp_path / "team", 3, 6, seconds=0.05, capacity=CAPACITY)
        with (
            chosen_engine(engine),
            WorkerProcess(engine, trial.workspace, "a") as a,
            WorkerProcess(engine, trial.workspace, "b") as b,
        ):
            a.wait_ready()
            b.wait_ready()
            handles = [_begin(trial, run_id) for run_id in ("r1", "r2", "r3")]
            for number, mode in enumerate(("immediate", "fast"), start=1):
                _until_finished(trial, 4 * number)
                server.restart(mode)
            assert [handle.wait(90).status for handle in handles] == ["completed"] * 3
            with Journal(trial.workspace, readonly=True) as journal:
                results = [journal.finished_keys(run_id) for run_id in ("r1", "r2", "r3")]
                finished = Counter(
                    (attempt.run_id, attempt.key)
                    for run_id in ("r1", "r2", "r3")
                    for attempt in journal.attempts(run_id)
                    if attempt.status == "finished"
                )
            assert max(finished.values()) == 1, "a step has two results"
            assert verify_audit(trial.workspace).intact
        with chosen_engine("sqlite"):
            assert results == [calm.artifacts()] * 3
    finally:
        server.remove()


# What another version may do: it records operations under other names, and one more of them.
OTHER_VERSION = """
from htn.execution.coordinator import Coordinator
from htn.execution.sequence import Sequencer
async def look_back(self, before=Coordinator._look_back):
    await before(self)
    await self._durable.record("what another version looks at", dict)
Coordinator._look_back = look_back
for name in ("submit", "submit_async"):
    def named(self, operation, *rest, before=getattr(Sequencer, name)):
        return before(self, "other " + operation, *rest)
    setattr(Sequencer, name, named)
"""


@pytest.mark.parametrize("killed", [True, False])
def test_workers_of_two_versions_take_runs_over_from_each_other(tmp_path: Path, engine: str, calm: Trial, killed: bool):
    """Killed or told to end, the one that carries a run out is followed by one that records it otherwise.

    The record cannot be replayed, so another session goes on from what is finished: nothing finished is done again.
    """
    trial = new_trial(tmp_path / "team", 3, 6, seconds=0.05, capacity=CAPACITY)
    with (
        WorkerProcess(engine, trial.workspace, "a") as a,
        WorkerProcess(engine, trial.workspace, "b", preamble=OTHER_VERSION) as b,
    ):
        a.wait_ready()
        b.wait_ready()
        handle = _begin(trial)
        carrier = _carrier(trial, a, b)
        _until_finished(trial, 4)
        if killed:
            carrier.kill()
        else:
            assert carrier.stop() == 0
        begun, finished = len(lines(trial.log)), trial.finished()
        handle.wait(60)
        _check(trial, calm, begun, finished, carriers=2)
        assert trial.sessions() == 2, "the other version's record was left aside"
        assert _begin(trial, "r2").wait(60).status == "completed"


def test_queue_gives_each_worker_only_what_it_has_places_for(tmp_path: Path, engine: str):
    """With one place, a second run waits until the first is over; cancelling it there needs no worker."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    trial = new_trial(tmp_path / "team", 1, 4, hold={"start": str(pipe)})
    with WorkerProcess(engine, trial.workspace, "a", places=1) as worker:
        worker.wait_ready()
        first = _begin(trial, "r1")
        until(lambda: lines(trial.log), what="the first run's first step")
        second, third = _begin(trial, "r2"), _begin(trial, "r3")
        status = show_run(trial.workspace, "r2")
        assert status.queued
        assert status.sentence.startswith("Waiting for a worker")
        assert cancel_run(trial.workspace, "r3").status == "cancelled"
        assert third.wait(10).status == "cancelled"
        pipe.write_text("go on")
        assert first.wait(60).status == "completed"
        pipe.write_text("go on")
        assert second.wait(60).status == "completed"
        assert worker.stop() == 0


def test_run_that_no_worker_can_carry_on_is_given_up_with_the_reason(tmp_path: Path, engine: str):
    """Its application cannot be imported where the workers are: tried in three sessions, then failed, and said why."""
    trial = new_trial(tmp_path / "team", 1, 4)
    with Journal(trial.workspace) as journal:
        runtime = {"factory": "not_installed_here:build", "config": {}}
        journal.create_run("r1", title="", runtime=runtime, context={})
        revision = journal.add_plan("r1", document=trial.plan.to_json(), estimates={}, reason="first")
        journal.adopt_plan("r1", revision)
        journal.open_session("r1", revision=revision, reuse={})
    with WorkerProcess(engine, trial.workspace, "a"), Journal(trial.workspace, readonly=True) as journal:
        until(lambda: journal.run("r1").finished is not None, what="giving the run up")
        run, session = journal.run("r1"), journal.session("r1")
    assert run.status == "failed"
    assert "'not_installed_here:build' cannot be imported" in run.result["error"]
    assert "cannot be imported" in show_run(trial.workspace, "r1").sentence
    assert session.session == 3
    assert lines(trial.log) == []
