"""Opening another session of a run from what is finished, and ending a run that nobody carries out."""

from __future__ import annotations

from typing import Any

from htn.execution.allowance import Allowance
from htn.execution.journal import Journal

__all__ = ["end_run", "fail_run", "next_session"]


def next_session(journal: Journal, run_id: str, reason: str, *, after: int) -> int | None:
    """Open a session that starts from what the journal says is finished.

    Parameters
    ----------
    journal : Journal
        The journal.
    run_id : str
        The run.
    reason : str
        Why there is another one.
    after : int
        The session that it follows.

    Returns
    -------
    int or None
        Its number, or None when somebody else opened one first.
    """
    with journal.transaction():
        journal.database.alone(f"sessions of {run_id}")
        last = journal.session(run_id)
        if last.session != after:
            return None
        run = journal.run(run_id)
        kept, undone = {**last.reuse, **journal.finished_keys(run_id)}, journal.retracted_keys(run_id)
        reuse = {key: artifact for key, artifact in kept.items() if key not in undone}
        session = journal.open_session(run_id, revision=run.revision, reuse=reuse)
        journal.set_status(run_id, "running")
        journal.event(run_id, "session_opened", {"session": session, "reason": reason, "reused": len(reuse)})
    return session


def end_run(journal: Journal, run_id: str, status: str, message: str = "") -> None:
    """End a run that nobody carries out; whoever thinks that they do writes no more."""
    session = journal.session(run_id).session
    with journal.transaction(durable=True):
        journal.take_away(run_id, session)
        Allowance(journal).settle_lost(run_id, session + 1, 0)
        if journal.session(run_id, session).outcome is None:
            journal.close_session(run_id, session, status)
        result: dict[str, Any] = {"final": None, "missing": [], "replans": 0, **({"error": message} if message else {})}
        journal.set_status(run_id, status, result)
        told = {"message": message} if message else {}
        journal.event(run_id, "run_finished", {"status": status, "missing": [], "in_hand": 0, **told})


def fail_run(journal: Journal, run_id: str, message: str) -> None:
    """End a run that cannot be carried on."""
    end_run(journal, run_id, "failed", message)
