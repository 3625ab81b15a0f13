"""The append-only record of runs: what was planned, tried, chosen, produced and decided. Read without the engine."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from htn.execution.audit import AuditLog
from htn.execution.canonical import canonical_json, content_hash
from htn.execution.database import Database
from htn.execution.errors import JournalError, UnknownRunError
from htn.execution.location import engine_of
from htn.execution.records import Attempt, Event, PlanRecord, RunRecord, SessionRecord
from htn.execution.redaction import load_redactor
from htn.execution.sqlite_database import SqliteDatabase

__all__ = ["Journal"]

FINISHED_STATUSES = ("completed", "failed", "cancelled")

# Decisions and the ends of things are on disk before anything else happens; other events reach it together with the
# next one that is.
DECISIONS = frozenset(
    {
        "approval_answered",
        "approval_requested",
        "cancel_requested",
        "limit_near",
        "partial_accepted",
        "plan_changed",
        "plan_constrained",
        "recovery",
        "recovery_decided",
        "replan_failed",
        "replanned",
        "run_created",
        "run_finished",
        "run_left",
        "step_abandoned",
        "step_retracted",
    }
)

_WRITE_ATTEMPT = """
INSERT INTO steps(run_id, step_id, session, attempt, key, status, agent, started, finished, artifact, type, usage,
                  failure, message, decision, criteria, facts)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(run_id, step_id, session, attempt) DO UPDATE SET
    key = excluded.key, status = excluded.status, agent = excluded.agent, started = excluded.started,
    finished = excluded.finished, artifact = excluded.artifact, type = excluded.type, usage = excluded.usage,
    failure = excluded.failure, message = excluded.message, decision = excluded.decision,
    criteria = excluded.criteria, facts = excluded.facts
"""


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _maybe(value: Any) -> str | None:
    """JSON of a value, nothing for an empty one: most steps have no facts and no failure."""
    return _compact(value) if value else None


class Journal:
    """The journal of a workspace.

    Parameters
    ----------
    workspace : Path or str
        The workspace's directory; the journal is its file ``runs.sqlite``, or in the PostgreSQL database that the
        workspace is set to use (`htn.execution.location`).
    readonly : bool
        Open for reading only.
    application : str
        What a connection to PostgreSQL is called there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Journal(folder) as journal:
    ...     journal.create_run("r1", title="How is the pipeline?", runtime={"factory": "m:f", "config": {}}, context={})
    ...     journal.run("r1").status
    'running'
    """

    FILE_NAME = "runs.sqlite"

    def __init__(self, workspace: Path | str, *, readonly: bool = False, application: str = "htn") -> None:
        self.workspace = Path(workspace)
        address = engine_of(self.workspace)
        self.database: Database
        if address is None:
            self.database = SqliteDatabase(self.workspace / self.FILE_NAME, readonly=readonly)
        else:
            from htn.execution.postgres_database import PostgresDatabase  # needs a package that files do not

            self.database = PostgresDatabase(address, readonly=readonly, application=application)
        try:
            redactor = load_redactor(self.workspace)
            self._audit = None if readonly else AuditLog(self.database, redactor, self.workspace)
        except BaseException:
            self.database.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        """Write what the block writes in one commit; a durable one is on disk when the block ends."""
        if not durable or self.database.in_transaction:
            with self.database.transaction():
                yield
            return
        with self.database.durable():
            yield
            head = None if self._audit is None else self._audit.head()
        if self._audit is not None and head is not None:
            self._audit.write_head(head)

    def audit(self, run_id: str, kind: str, content: Mapping[str, Any]) -> None:
        """Append to the audit record, with secrets and configured personal data taken out."""
        if self._audit is None:
            raise JournalError(f"{self.workspace}: the journal is open for reading only")
        self._audit.append(run_id, kind, content)

    # ---------------------------------------------------------------------------------------------------------- runs
    def create_run(
        self,
        run_id: str,
        *,
        title: str,
        runtime: Mapping[str, Any],
        context: Mapping[str, Any],
        options: Mapping[str, Any] | None = None,
        forked_from: str | None = None,
    ) -> None:
        """Record a new run, without a plan yet."""
        written = (_compact(runtime), _compact(context), _compact(options or {}))
        with self.transaction(durable=True):
            self.database.execute(
                "INSERT INTO runs(run_id, title, created, runtime, context, options, status, revision, forked_from)"
                " VALUES (?, ?, ?, ?, ?, ?, 'running', 0, ?)",
                (run_id, title, time.time(), *written, forked_from),
            )
            content = {"title": title, "runtime": runtime, "options": options or {}, "forked_from": forked_from}
            self.audit(run_id, "run_created", {**content, "context": content_hash(json.loads(written[1]))})

    def set_status(self, run_id: str, status: str, result: Mapping[str, Any] | None = None) -> None:
        """Record the status of a run, with its result when it is over."""
        finished = time.time() if status in FINISHED_STATUSES else None
        self.database.execute(
            "UPDATE runs SET status = ?, finished = ?, result = ? WHERE run_id = ?",
            (status, finished, None if result is None else canonical_json(result), run_id),
        )

    def mark_waiting(self, run_id: str, *, waiting: bool) -> None:
        """Record that a run in hand waits for a person and nothing else, or goes on."""
        before, after = ("running", "waiting") if waiting else ("waiting", "running")
        self.database.execute("UPDATE runs SET status = ? WHERE run_id = ? AND status = ?", (after, run_id, before))

    def request_cancel(self, run_id: str) -> None:
        """Record that a run is to be cancelled; whoever carries it out looks for this."""
        self.database.execute(
            "UPDATE runs SET cancel_requested = ? WHERE run_id = ? AND cancel_requested IS NULL", (time.time(), run_id)
        )

    def clear_cancel(self, run_id: str) -> None:
        """Forget a request to cancel, because the run is taken up again."""
        self.database.execute("UPDATE runs SET cancel_requested = NULL WHERE run_id = ?", (run_id,))

    def cancel_requested(self, run_id: str) -> bool:
        """Whether a run is to be cancelled."""
        row = self.database.row("SELECT cancel_requested FROM runs WHERE run_id = ?", (run_id,))
        return row is not None and row[0] is not None

    def run(self, run_id: str) -> RunRecord:
        """Return a run.

        Raises
        ------
        UnknownRunError
            When the workspace has no such run; the message names the latest ones.
        """
        row = self.database.row("SELECT * FROM runs WHERE run_id = ?", (run_id,))
        if row is None:
            known = [item[0] for item in self.database.rows("SELECT run_id FROM runs ORDER BY created DESC LIMIT 3")]
            hint = f"the latest runs are {', '.join(known)}" if known else "there are no runs yet"
            raise UnknownRunError(f"there is no run {run_id!r} in {self.workspace}: {hint}")
        return RunRecord.of(row)

    def runs(self, latest: int | None = None) -> list[RunRecord]:
        """Return all runs, or only so many of the latest; the latest first."""
        query = "SELECT * FROM runs ORDER BY created DESC, rowid DESC"
        if latest is None:
            return [RunRecord.of(row) for row in self.database.rows(query)]
        return [RunRecord.of(row) for row in self.database.rows(f"{query} LIMIT ?", (latest,))]

    def unfinished_runs(self) -> list[RunRecord]:
        """Return the runs that are not over, the earliest first."""
        rows = self.database.rows("SELECT * FROM runs WHERE finished IS NULL ORDER BY created, rowid")
        return [RunRecord.of(row) for row in rows]

    # --------------------------------------------------------------------------------------------------------- plans
    def add_plan(
        self,
        run_id: str,
        *,
        document: Mapping[str, Any],
        estimates: Mapping[str, float],
        reason: str,
        origin: str | None = None,
    ) -> int:
        """Record a revision of a run's plan and return its number; `adopt_plan` puts it in force.

        ``origin`` names the call of the decomposer that it came from; see `revision_from`.
        """
        with self.transaction():
            row = self.database.row("SELECT coalesce(max(revision), 0) + 1 FROM plans WHERE run_id = ?", (run_id,))
            revision = int(row[0]) if row is not None else 1
            self.database.execute(
                "INSERT INTO plans(run_id, revision, created, reason, document, estimates, origin)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    run_id,
                    revision,
                    time.time(),
                    reason,
                    _compact(document),
                    _compact(estimates),
                    origin,
                ),
            )
            digest = content_hash(json.loads(_compact(document)))
            self.audit(run_id, "plan_recorded", {"revision": revision, "reason": reason, "plan": digest})
        return revision

    def revision_from(self, run_id: str, origin: str) -> int | None:
        """Return the revision that a call of the decomposer gave, when it was written down, or None."""
        row = self.database.row("SELECT revision FROM plans WHERE run_id = ? AND origin = ?", (run_id, origin))
        return None if row is None else int(row[0])

    def adopt_plan(self, run_id: str, revision: int) -> None:
        """Record which revision is in force."""
        self.database.execute("UPDATE runs SET revision = ? WHERE run_id = ?", (revision, run_id))

    def plan(self, run_id: str, revision: int | None = None) -> PlanRecord:
        """Return a revision of a run's plan, by default the one in force.

        Raises
        ------
        UnknownRunError
            When there is no such run or revision.
        """
        wanted = self.run(run_id).revision if revision is None else revision
        row = self.database.row("SELECT * FROM plans WHERE run_id = ? AND revision = ?", (run_id, wanted))
        if row is None:
            raise UnknownRunError(f"run {run_id!r} has no plan of revision {wanted}")
        return PlanRecord.of(row)

    def plans(self, run_id: str) -> list[PlanRecord]:
        """Return all revisions of a run's plan, the first one first."""
        rows = self.database.rows("SELECT * FROM plans WHERE run_id = ? ORDER BY revision", (run_id,))
        return [PlanRecord.of(row) for row in rows]

    # ------------------------------------------------------------------------------------------------------ sessions
    def open_session(self, run_id: str, *, revision: int, reuse: Mapping[str, str]) -> int:
        """Record a new stretch of carrying out a run: the plan and the finished work that it starts from."""
        with self.transaction():
            row = self.database.row("SELECT coalesce(max(session), 0) + 1 FROM sessions WHERE run_id = ?", (run_id,))
            session = int(row[0]) if row is not None else 1
            self.database.execute(
                "INSERT INTO sessions(run_id, session, revision, started, launches, reuse) VALUES (?, ?, ?, ?, 0, ?)",
                (run_id, session, revision, time.time(), _compact(reuse)),
            )
        return session

    def launch_session(self, run_id: str, session: int) -> int:
        """Count a launch of a session and return which one it is; on disk when this returns.

        From then on, this journal does not write any more once the session is launched by somebody else.
        """
        launch = self.take_away(run_id, session)
        self.database.hold(run_id, session, launch)
        return launch

    def take_away(self, run_id: str, session: int) -> int:
        """Have whoever carries out a session write no more, by counting another launch; return which one it is."""
        with self.database.durable():
            self.database.alone(f"session {run_id}.{session}")
            self.database.execute(
                "UPDATE sessions SET launches = launches + 1 WHERE run_id = ? AND session = ?", (run_id, session)
            )
            return self.session(run_id, session).launches

    def close_session(self, run_id: str, session: int, outcome: str) -> None:
        """Record how a session ended."""
        self.database.execute(
            "UPDATE sessions SET outcome = ? WHERE run_id = ? AND session = ?", (outcome, run_id, session)
        )

    def session(self, run_id: str, session: int | None = None) -> SessionRecord:
        """Return a session of a run, by default the last one.

        Raises
        ------
        UnknownRunError
            When there is none.
        """
        row = self.database.row(
            "SELECT * FROM sessions WHERE run_id = ? AND session = coalesce(?,"
            " (SELECT max(session) FROM sessions WHERE run_id = ?))",
            (run_id, session, run_id),
        )
        if row is None:
            raise UnknownRunError(f"run {run_id!r} was never started")
        return SessionRecord.of(row)

    def has_session(self, run_id: str) -> bool:
        """Whether a run was ever started."""
        return self.database.row("SELECT 1 FROM sessions WHERE run_id = ? LIMIT 1", (run_id,)) is not None

    def lost_in_a_row(self, run_id: str) -> int:
        """Return how many of the latest sessions of a run were lost, one after the other, and finished nothing."""
        rows = self.database.rows(
            "SELECT outcome, (SELECT count(*) FROM steps WHERE steps.run_id = sessions.run_id"
            " AND steps.session = sessions.session AND steps.status = 'finished') AS done"
            " FROM sessions WHERE run_id = ? ORDER BY session DESC",
            (run_id,),
        )
        return next((place for place, row in enumerate(rows) if row[0] != "lost" or row[1]), len(rows))

    # --------------------------------------------------------------------------------------------------------- steps
    def write_attempt(self, attempt: Attempt) -> None:
        """Record an attempt as it stands now; a later record of the same attempt replaces it."""
        self.database.write(
            _WRITE_ATTEMPT,
            (
                attempt.run_id,
                attempt.step_id,
                attempt.session,
                attempt.attempt,
                attempt.key,
                attempt.status,
                attempt.agent,
                attempt.started,
                attempt.finished,
                attempt.artifact,
                attempt.type,
                _maybe(attempt.usage),
                attempt.failure,
                attempt.message,
                _maybe(attempt.decision),
                _maybe(attempt.criteria),
                _maybe(attempt.facts),
            ),
        )

    def finished(self, run_id: str, key: str) -> Attempt | None:
        """Return the attempt that finished a step key in a run, or None."""
        row = self.database.row(
            "SELECT * FROM steps WHERE run_id = ? AND key = ? AND status = 'finished' LIMIT 1", (run_id, key)
        )
        return None if row is None else Attempt.of(row)

    def retract(self, run_id: str, key: str) -> list[Attempt]:
        """Take finished work back, because it is undone, and return the attempts as they were."""
        rows = self.database.rows(
            "SELECT * FROM steps WHERE run_id = ? AND key = ? AND status IN ('finished', 'reused')", (run_id, key)
        )
        self.database.execute(
            "UPDATE steps SET status = 'retracted', artifact = NULL"
            " WHERE run_id = ? AND key = ? AND status IN ('finished', 'reused')",
            (run_id, key),
        )
        return [Attempt.of(row) for row in rows]

    def times_retracted(self, run_id: str, key: str) -> int:
        """Return how often work was taken back in a run."""
        row = self.database.row(
            "SELECT count(*) FROM steps WHERE run_id = ? AND key = ? AND status = 'retracted'", (run_id, key)
        )
        return 0 if row is None else int(row[0])

    def retracted_keys(self, run_id: str) -> set[str]:
        """Return the keys of work that was taken back and not done again since."""
        rows = self.database.rows("SELECT DISTINCT key FROM steps WHERE run_id = ? AND status = 'retracted'", (run_id,))
        return {row["key"] for row in rows} - set(self.finished_keys(run_id))

    def finished_anywhere(self, key: str, artifact: str) -> Attempt | None:
        """Return an attempt of any run that finished a step key with this artifact, or None."""
        row = self.database.row(
            "SELECT * FROM steps WHERE key = ? AND status = 'finished' AND artifact = ? LIMIT 1", (key, artifact)
        )
        return None if row is None else Attempt.of(row)

    def finished_keys(self, run_id: str) -> dict[str, str]:
        """Return the artifact hash of every step key that finished in a run, reused ones included."""
        rows = self.database.rows(
            "SELECT key, artifact FROM steps WHERE run_id = ? AND status IN ('finished', 'reused') ORDER BY finished",
            (run_id,),
        )
        return {row["key"]: row["artifact"] for row in rows}

    def attempts(self, run_id: str, step_id: str | None = None) -> list[Attempt]:
        """Return the attempts of a run, or of one of its steps, in the order in which they were begun."""
        if step_id is None:
            rows = self.database.rows("SELECT * FROM steps WHERE run_id = ? ORDER BY rowid", (run_id,))
        else:
            rows = self.database.rows(
                "SELECT * FROM steps WHERE run_id = ? AND step_id = ? ORDER BY session, attempt", (run_id, step_id)
            )
        return [Attempt.of(row) for row in rows]

    def latest_tries(self, latest: int) -> list[Attempt]:
        """Return the latest tries in the latest hundred runs that came to an end, the latest first."""
        rows = self.database.rows(
            "SELECT * FROM steps WHERE run_id IN (SELECT run_id FROM runs ORDER BY created DESC LIMIT 100)"
            " AND status IN ('finished', 'failed') AND attempt > 0 ORDER BY rowid DESC LIMIT ?",
            (latest,),
        )
        return [Attempt.of(row) for row in rows]

    # -------------------------------------------------------------------------------------------------------- events
    def event(
        self,
        run_id: str,
        kind: str,
        payload: Mapping[str, Any] | None = None,
        *,
        mark: str | None = None,
        detail: Mapping[str, Any] | None = None,
        shown: Mapping[str, Any] | None = None,
    ) -> None:
        """Append an event, here and to the audit record, which gets the detail too and not what is only shown.

        One with a mark is written only the first time, so that a replay does not repeat it.
        """
        with self.transaction(durable=kind in DECISIONS):
            self.database.alone("audit")  # numbers follow the order in which events can be seen
            statement = "INSERT INTO events(run_id, time, kind, payload, mark) VALUES (?, ?, ?, ?, ?)"
            values = (run_id, time.time(), kind, _compact({**(payload or {}), **(shown or {})}), mark)
            if mark is None:
                self.database.write(statement, values)
            elif not self.database.execute(f"{statement} ON CONFLICT DO NOTHING", values):
                return
            self.audit(run_id, kind, {**(payload or {}), **(detail or {})})

    def events(self, run_id: str, *, after: int = 0, kinds: Collection[str] = ()) -> list[Event]:
        """Return the events of a run with a higher number than ``after``, of all kinds or of some."""
        chosen = f" AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        rows = self.database.rows(
            f"SELECT * FROM events WHERE run_id = ? AND seq > ?{chosen} ORDER BY seq",  # noqa: S608 -- question marks
            (run_id, after, *kinds),
        )
        return [Event.of(row) for row in rows]
