"""What the journal hands back: one frozen record for each kind of row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from htn.execution.database import Row
from htn.execution.steps import steps_of, tuples
from htn.plan.plan import Step

__all__ = ["Attempt", "Event", "PlanRecord", "RunRecord", "SessionRecord"]


def _loads(text: str | None, default: Any) -> Any:
    return default if text is None else json.loads(text)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One execution of a plan.

    Attributes
    ----------
    run_id, title : str
        Its id, and the question or title it was started with.
    created, finished : float
        Seconds since the epoch; ``finished`` is None while it is not over.
    runtime : Mapping
        ``factory`` and ``config`` from which the runtime is rebuilt.
    context, options : Mapping
        Plain data given to the steps, and the limits of the run.
    status : str
        running, waiting, completed, failed or cancelled.
    revision : int
        The plan in force, counted from 1.
    result : Mapping
        What it ended with: the final artifact, and what is missing.
    forked_from : str or None
        The run whose finished work it started from.
    cancel_requested : bool
        Whether somebody asked for it to be cancelled.
    """

    run_id: str
    title: str
    created: float
    finished: float | None
    runtime: Mapping[str, Any]
    context: Mapping[str, Any]
    options: Mapping[str, Any]
    status: str
    revision: int
    result: Mapping[str, Any]
    forked_from: str | None
    cancel_requested: bool

    @classmethod
    def of(cls, row: Row) -> RunRecord:
        """Read a row of ``runs``."""
        return cls(
            run_id=row["run_id"],
            title=row["title"],
            created=row["created"],
            finished=row["finished"],
            runtime=_loads(row["runtime"], {}),
            context=_loads(row["context"], {}),
            options=_loads(row["options"], {}),
            status=row["status"],
            revision=row["revision"],
            result=_loads(row["result"], {}),
            forked_from=row["forked_from"],
            cancel_requested=row["cancel_requested"] is not None,
        )


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """One revision of a run's plan: the plan's own document, its steps, and why it came."""

    run_id: str
    revision: int
    created: float
    reason: str
    document: Mapping[str, Any]
    steps: tuple[Step, ...]
    estimates: Mapping[str, float]

    @classmethod
    def of(cls, row: Row) -> PlanRecord:
        """Read a row of ``plans``."""
        document = _loads(row["document"], {})
        return cls(
            run_id=row["run_id"],
            revision=row["revision"],
            created=row["created"],
            reason=row["reason"],
            document=document,
            steps=steps_of(document),
            estimates=_loads(row["estimates"], {}),
        )


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One stretch of carrying out a run; crashes do not end it, a result does."""

    run_id: str
    session: int
    revision: int
    launches: int
    reuse: Mapping[str, str]
    outcome: str | None

    @classmethod
    def of(cls, row: Row) -> SessionRecord:
        """Read a row of ``sessions``."""
        return cls(
            run_id=row["run_id"],
            session=row["session"],
            revision=row["revision"],
            launches=row["launches"],
            reuse=_loads(row["reuse"], {}),
            outcome=row["outcome"],
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a step, or the note that it was reused or skipped (attempt 0).

    Attributes
    ----------
    run_id, step_id, key : str
        The run, the step's node id and its content key.
    session, attempt : int
        Stretch of the run, and number of the try within it.
    status : str
        running, finished, failed, reused, skipped, or retracted when what it did was undone.
    agent : str or None
        Who carried it out.
    started, finished : float or None
        Seconds since the epoch.
    artifact, type : str or None
        Content hash and type name of what it produced.
    usage : Mapping
        Tokens, seconds and memory.
    failure, message : str or None
        Class of the failure, and the sentence.
    decision : Mapping
        Why this agent: every candidate with the parts of its score.
    criteria : tuple of Mapping
        What each criterion said.
    facts : tuple
        Observations as (fluent, key, value).
    """

    run_id: str
    step_id: str
    key: str
    session: int
    attempt: int
    status: str
    agent: str | None = None
    started: float | None = None
    finished: float | None = None
    artifact: str | None = None
    type: str | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)
    failure: str | None = None
    message: str | None = None
    decision: Mapping[str, Any] = field(default_factory=dict)
    criteria: tuple[Mapping[str, Any], ...] = ()
    facts: tuple[Any, ...] = ()

    @classmethod
    def of(cls, row: Row) -> Attempt:
        """Read a row of ``steps``."""
        return cls(
            run_id=row["run_id"],
            step_id=row["step_id"],
            key=row["key"],
            session=row["session"],
            attempt=row["attempt"],
            status=row["status"],
            agent=row["agent"],
            started=row["started"],
            finished=row["finished"],
            artifact=row["artifact"],
            type=row["type"],
            usage=_loads(row["usage"], {}),
            failure=row["failure"],
            message=row["message"],
            decision=_loads(row["decision"], {}),
            criteria=tuple(_loads(row["criteria"], [])),
            facts=tuples(_loads(row["facts"], [])),
        )


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a run, in the order in which it was written."""

    seq: int
    run_id: str
    time: float
    kind: str
    payload: Mapping[str, Any]

    @classmethod
    def of(cls, row: Row) -> Event:
        """Read a row of ``events``."""
        return cls(row["seq"], row["run_id"], row["time"], row["kind"], _loads(row["payload"], {}))

    def to_json(self) -> dict[str, Any]:
        """Return the event as JSON data."""
        return {"seq": self.seq, "run": self.run_id, "time": self.time, "kind": self.kind, **self.payload}
