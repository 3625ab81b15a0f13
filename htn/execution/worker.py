"""A worker of a team: takes runs from the queue, and looks after those of workers that are gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from pathlib import Path

from htn.execution.approvals import TIME_OUT, approvals_of, settle_approval
from htn.execution.engine import Engine
from htn.execution.errors import EngineError, JournalError
from htn.execution.location import engine_of
from htn.execution.postgres_database import PostgresDatabase
from htn.execution.presence import carrier_of
from htn.execution.records import RunRecord, SessionRecord
from htn.execution.sessions import fail_run, next_session

__all__ = ["Worker"]

ROUND_SECONDS = 0.5
GONE_SECONDS = 2.0  # how long a run must look abandoned: between two steps of a handing over it may for a moment
LOST_SESSIONS = 3


class Worker:
    """Carries out runs that others start, until it is told to stop.

    Several may run on as many machines as wanted. Each looks, twice a second, for unfinished runs that nobody carries
    out: those whose worker died or froze are put on the queue again; those that were left waiting for a person go on
    when everything is answered, or the time to answer is over.

    Parameters
    ----------
    workspace : Path or str
        The workspace, set to a PostgreSQL database.
    name : str
        A name that stays the same when this worker is started again; made up from the machine's when empty.
    places : int
        How many runs it carries out at once; the latest value given to any worker holds for all.
    tell : callable
        Called with sentences for people.

    Raises
    ------
    EngineError
        When the workspace has no such database, or it cannot be used.
    """

    def __init__(
        self,
        workspace: Path | str,
        *,
        name: str = "",
        places: int = 4,
        tell: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        address = engine_of(workspace)
        if address is None:
            raise EngineError("workers need runs in PostgreSQL; give --engine postgresql://HOST/DATABASE")
        self._engine = Engine.acquire(Path(workspace), worker=name, places=places)
        self._tell = tell
        self._suspects: dict[Hashable, float] = {}
        presence = self._engine.presence
        assert presence is not None
        self.name = presence.name
        self._turns = PostgresDatabase(address, application=presence.application)

    def run(self, stop: threading.Event, *, grace: int = 0) -> int:
        """Work until told to stop; what is in hand then is given some seconds to end, and is left to the others.

        Returns
        -------
        int
            How many runs were put on the queue again because nobody carried them out.
        """
        looked_after = 0
        away = False
        try:
            while not stop.wait(ROUND_SECONDS):
                try:
                    looked_after += self.look_after()
                    away = False
                except JournalError as error:
                    self._suspects.clear()  # nothing was seen meanwhile
                    if not away:
                        self._tell(f"{error}; trying again")
                    away = True
        finally:
            self._turns.close()
            self._engine.release(grace=grace)
        return looked_after

    def look_after(self) -> int:
        """Put on the queue what nobody carries out; one worker at a time does so. Return how many runs it was."""
        with self._turns.transaction():
            return self._look_around() if self._turns.alone_now("looking after") else 0

    def _look_around(self) -> int:
        journal = self._engine.journal
        unfinished = journal.unfinished_runs()
        sessions = {run.run_id: journal.session(run.run_id) for run in unfinished if journal.has_session(run.run_id)}
        records = self._engine.records([(session.run_id, session.session) for session in sessions.values()])
        suspects, self._suspects = self._suspects, {}
        changed = 0
        for run in unfinished:
            session = sessions.get(run.run_id)
            if session is not None:
                record = records.get((run.run_id, session.session))
                changed += self._look_after(run, session, record, suspects)
        return changed

    def _look_after(
        self, run: RunRecord, session: SessionRecord, record: tuple[str, str] | None, suspects: dict[Hashable, float]
    ) -> bool:
        """Do what one run needs, once it has needed it for a while."""
        if session.outcome == "waiting":
            return self._answered(run.run_id) and self._go_on(run.run_id, session.session, "everything is answered")
        status = "" if record is None else record[0]
        if status in ("ENQUEUED", "DELAYED") and session.outcome is None:
            return False
        if carrier_of(self._engine.journal, run.run_id) is not None:
            return False
        now = time.monotonic()
        suspect = (run.run_id, session.session, record)
        since = self._suspects[suspect] = suspects.get(suspect, now)
        if now - since < GONE_SECONDS and not self._was_mine(record):
            return False
        if session.outcome is None and record is None:
            self._engine.enqueue(run.run_id, session.session)
        elif session.outcome is None and status == "PENDING":
            self._tell(f"run {run.run_id} is taken over from {record[1] if record else 'nobody'}")
            self._engine.take_over(run.run_id, session.session)
        else:
            return self._replace(run.run_id, session.session)
        return True

    def _was_mine(self, record: tuple[str, str] | None) -> bool:
        """Whether an earlier start of this worker has a session: it is dead, or this one had not got its name."""
        presence = self._engine.presence
        assert presence is not None
        return record is not None and record[1] != presence.executor and record[1].startswith(f"{self.name}/")

    def _answered(self, run_id: str) -> bool:
        """Whether no question of a run is open, having answered by default what nobody did in time."""
        journal = self._engine.journal
        left = 0
        for question in approvals_of(journal, run_id, open_only=True):
            if question.deadline is not None and time.time() > question.deadline:
                settle_approval(journal, question, question.fallback, TIME_OUT)
            else:
                left += 1
        return left == 0

    def _go_on(self, run_id: str, session: int, reason: str) -> bool:
        number = next_session(self._engine.journal, run_id, reason, after=session)
        if number is not None:
            self._engine.enqueue(run_id, number)
        return number is not None

    def _replace(self, run_id: str, session: int) -> bool:
        """Go on with another session where the record of one cannot be replayed, unless that happened too often."""
        journal = self._engine.journal
        if journal.session(run_id, session).outcome is None:
            journal.close_session(run_id, session, "lost")
        if journal.lost_in_a_row(run_id) < LOST_SESSIONS:
            return self._go_on(run_id, session, "the session before could not be carried on")
        whys = [event.payload["message"] for event in journal.events(run_id, kinds=("session_broken",))]
        fail_run(journal, run_id, whys[-1] if whys else "it could not be carried on")
        self._tell(f"run {run_id} is given up after {LOST_SESSIONS} sessions that could not be carried on")
        return True
