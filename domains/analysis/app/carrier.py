"""A process that carries out what waits in a workspace; no browser session's end ends it.

The application starts one when there is something to do, and it leaves when there is nothing more. One at a time is
enough: it has several runs in hand at once, so that a run that waits for a person's approval holds up no other.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from domains.analysis.app.waiting import FOLDER, Waiting, drop, refuse, waiting
from htn.execution.errors import EmptyJournalError, UnknownRunError, WorkspaceBusyError
from htn.execution.lock import WorkspaceLock
from htn.model.errors import HtnError

if TYPE_CHECKING:
    from htn.execution.runs import RunHandle

__all__ = ["carry_out_waiting", "ensure_carrier"]

LOOK_S = 0.2
LINGER_S = 5.0
"""Seconds that it stays with nothing to do; one that finds another in place waits a little longer before it leaves."""

_started: list[subprocess.Popen[bytes]] = []  # kept, so that their ends are noticed


class _CarrierLock(WorkspaceLock):
    """The lock by which carriers know of each other; the one on the workspace is held only while runs are in hand."""

    FILE_NAME = "carrier.lock"


def ensure_carrier(workspace: Path) -> None:
    """Start a process for what waits in a workspace, unless one is there."""
    _started[:] = [process for process in _started if process.poll() is None]
    if _CarrierLock(workspace).holder() is not None:
        return
    root = Path(__file__).resolve().parents[3]
    with open(workspace / FOLDER / "carrier.log", "ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "domains.analysis.app.carrier", str(workspace.resolve())],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _started.append(process)


def carry_out_waiting(workspace: Path, linger: float = LINGER_S, sleep: Callable[[float], None] = time.sleep) -> None:
    """Carry out what waits until nothing is left to do; return at once while another process does so."""
    lock = _CarrierLock(workspace)
    patience = time.monotonic() + 2 * linger
    while True:  # the one in place may just be leaving, and not see what was put down last
        try:
            lock.acquire()
            break
        except WorkspaceBusyError:
            if not waiting(workspace) or time.monotonic() > patience:
                return
            sleep(LOOK_S)
    try:
        _carry_out(workspace, linger, sleep)
    finally:
        lock.release()


def _carry_out(workspace: Path, linger: float, sleep: Callable[[float], None]) -> None:
    in_hand: dict[str, RunHandle] = {}
    busy_until = time.monotonic() + linger
    while True:
        left = [entry for entry in waiting(workspace) if not _taken(workspace, entry, in_hand)]
        for run_id in [run_id for run_id, handle in in_hand.items() if handle.done]:
            _over(workspace, run_id, in_hand.pop(run_id))
        if in_hand or left:
            busy_until = time.monotonic() + linger
        elif time.monotonic() > busy_until:
            return
        sleep(LOOK_S)


def _taken(workspace: Path, entry: Waiting, in_hand: dict[str, RunHandle]) -> bool:
    """Take something in hand, or note why that cannot be; False when another process carries out runs here."""
    if entry.run_id in in_hand and not in_hand[entry.run_id].done:
        drop(workspace, entry.run_id)
        return True
    try:
        in_hand[entry.run_id] = _begin(workspace, entry)
    except WorkspaceBusyError:
        return False
    except HtnError as error:
        refuse(workspace, entry.run_id, str(error))
        return True
    except Exception as error:  # noqa: BLE001 -- one that cannot be read must not stop the others
        refuse(workspace, entry.run_id, f"it cannot be carried out ({type(error).__name__}: {error})")
        return True
    drop(workspace, entry.run_id)
    return True


def _begin(workspace: Path, entry: Waiting) -> RunHandle:
    from domains.analysis.analysis_plan import AnalysisPlan
    from domains.analysis.planner import EstatePlanner
    from htn.execution.approvals import ApprovalPolicy
    from htn.execution.journal import Journal
    from htn.execution.options import RunOptions
    from htn.execution.runs import show_run, take_up_run
    from htn.model.errors import InputError

    if entry.plan is None:
        return take_up_run(workspace, entry.run_id)
    try:
        show_run(workspace, entry.run_id)
    except (UnknownRunError, EmptyJournalError):
        pass
    else:  # it was begun, and the process ended before the note of it was taken away
        return take_up_run(workspace, entry.run_id)
    plan = AnalysisPlan.from_json(entry.plan)
    planner = EstatePlanner(workspace, additions=plan.additions)
    verdict = planner.check(plan)
    if not verdict.startswith("sound"):
        raise InputError(f"the plan does not fit this version's methods; plan again ({verdict})")
    options = RunOptions(approval=ApprovalPolicy.from_json(entry.approval))
    handle = planner.run(plan, options=options, run_id=entry.run_id)
    with Journal(workspace) as journal, journal.transaction(durable=True):
        journal.event(entry.run_id, "plan_approved", {"by": entry.by}, mark="plan_approved")
    return handle


def _over(workspace: Path, run_id: str, handle: RunHandle) -> None:
    try:
        handle.wait(0)
    except HtnError as error:
        refuse(workspace, run_id, str(error))


if __name__ == "__main__":
    carry_out_waiting(Path(sys.argv[1]))
