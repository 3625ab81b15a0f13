"""Steps that wait for a person: which ones need approval, what was asked, and the first answer, kept in the journal.

A person is asked either before a step whether it may be carried out, or after it failed for good what to do about it.
Both kinds of questions wait, time out and are answered in the same way.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from htn.execution.database import Row
from htn.execution.errors import ApprovalError
from htn.execution.journal import Journal
from htn.execution.story import find_step
from htn.execution.wishes import WISHED, Wish, wishes_from_json
from htn.model.errors import InputError
from htn.plan.plan import Step

__all__ = [
    "Approval",
    "ApprovalPolicy",
    "Escalation",
    "answer_failure",
    "answer_question",
    "answer_step",
    "answer_with_wishes",
    "approvals_of",
    "failure_key",
    "find_approval",
    "moment",
    "request_approval",
    "question_key",
    "settle_approval",
    "waiting_approvals",
    "wishes_of",
]

YES, NO, WITHDRAWN = "yes", "no", "withdrawn"
RETRY, GIVE_UP, WITHOUT = "retry", "give_up", "without"
CHANGE = "change"
TIME_OUT = "time-out"
NOTE_LIMIT = 2000

_VERBS = {
    YES: "approved",
    NO: "refused",
    RETRY: "sent to be tried again",
    GIVE_UP: "made the end of the run",
    WITHOUT: "left out",
    CHANGE: "answered with a change of the plan",
}


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """Which steps of a run need approval, apart from those whose operator says so.

    What a step is expected to take is what nine in ten such steps stay below, where estimates say so.

    Attributes
    ----------
    operators : tuple of str
        Operators whose steps need it.
    above : Mapping
        By resource, the expected amount above which a step needs it: ``seconds`` by the plan's estimates, others such
        as ``money`` as the run's context has them under ``costs``, by step id and resource. ``tokens`` are those read
        and written together. Where tokens are used and nobody knows what they cost, a limit on money asks too.
    timeout : float or None
        Seconds after which a question is answered by ``fallback``; None waits for ever.
    fallback : str
        ``yes`` or ``no``.

    Examples
    --------
    >>> step = Step("n1", "k1", "send", ())
    >>> ApprovalPolicy(operators=("send",)).reason(step, {})
    'the run was started so that send needs approval'
    >>> ApprovalPolicy(above={"seconds": 60}).reason(step, {"seconds": 90.0})
    'it is expected to take 90 seconds, more than 60'
    """

    operators: tuple[str, ...] = ()
    above: Mapping[str, float] = field(default_factory=dict)
    timeout: float | None = None
    fallback: str = NO

    def __post_init__(self) -> None:
        if self.fallback not in (YES, NO):
            raise InputError(f"the answer by default is yes or no, not {self.fallback!r}")
        amounts = [*self.above.values(), *(() if self.timeout is None else (self.timeout,))]
        if not all(math.isfinite(amount) and amount >= 0 for amount in amounts):
            raise InputError("time-outs and amounts above which approval is needed are numbers from 0")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ApprovalPolicy:
        """Read a policy from JSON data."""
        return cls(**{**data, "operators": tuple(data.get("operators", ()))})

    def reason(self, step: Step, amounts: Mapping[str, float]) -> str | None:
        """Return why a step needs approval, or None."""
        if step.task in self.operators:
            return f"the run was started so that {step.task} needs approval"
        parts = [amounts[name] for name in ("input_tokens", "output_tokens") if name in amounts]
        known = {"tokens": math.fsum(parts), **amounts}
        for resource, limit in sorted(self.above.items()):
            amount = known.get(resource, 0.0)
            if amount > limit:
                return f"it is expected to take {amount:g} {resource}, more than {limit:g}"
            if resource == "money" and resource not in known and known["tokens"] > 0:
                return f"what its {known['tokens']:g} tokens cost is not known, and may be more than {limit:g}"
        return None


@dataclass(frozen=True, slots=True)
class Escalation:
    """Whether a person is asked about a step for which nothing else can be tried.

    Attributes
    ----------
    ask : bool
        Whether anybody is there to ask.
    timeout : float or None
        Seconds after which a question is answered by ``fallback``; None waits for ever.
    fallback : str
        ``retry``: try it again; ``without``: go on without it; ``give_up``: end the run with what there is.
    """

    ask: bool = False
    timeout: float | None = None
    fallback: str = WITHOUT

    def __post_init__(self) -> None:
        if self.fallback not in (RETRY, GIVE_UP, WITHOUT):
            raise InputError(f"what holds without an answer is retry, without or give_up, not {self.fallback!r}")
        if self.timeout is not None and not (math.isfinite(self.timeout) and self.timeout >= 0):
            raise InputError("a time-out is a number of seconds from 0")


def failure_key(step: Step, session: int, number: int) -> str:
    """Return what a question about a failed step is kept under: each is asked once, unlike that for its approval."""
    return f"{step.key}#{session}.{number}"


def question_key(journal: Journal, run_id: str, step: Step) -> str:
    """Return what the question for a step's approval is kept under: another one after each change that was made.

    An answer that asked for a change of the plan is no approval of what the plan still has then.
    """
    asked = [found for found in approvals_of(journal, run_id) if found.step_key == step.key and "#" not in found.key]
    if not asked:
        return step.key
    last = max(asked, key=lambda found: found.number)
    made = {event.payload["question"] for event in journal.events(run_id, kinds=(WISHED,))}
    return f"{step.key}@{last.number + 1}" if last.answer == CHANGE and last.key in made else last.key


@dataclass(frozen=True, slots=True)
class Approval:
    """A question to a person, and its answer.

    Attributes
    ----------
    run_id, step_id, key : str
        The step that waits.
    reason : str
        Why it needs approval, or what went wrong with it.
    requested : float
        When it was asked, in seconds since the epoch.
    deadline : float or None
        When the answer by default holds.
    fallback : str
        That answer.
    answer : str or None
        One of ``choices``, ``change`` when the plan was to be otherwise, ``withdrawn`` when the plan changed and the
        step is gone, or None while it is open.
    by, note : str or None
        Who answered, and what they wrote.
    answered : float or None
        When.
    """

    run_id: str
    step_id: str
    key: str
    reason: str
    requested: float
    deadline: float | None
    fallback: str
    answer: str | None
    by: str | None
    note: str | None
    answered: float | None

    @classmethod
    def of(cls, row: Row) -> Approval:
        """Read a row of ``approvals``."""
        return cls(**{name: row[name] for name in cls.__slots__})

    def to_json(self) -> dict[str, Any]:
        """Return the question as JSON data."""
        return asdict(self)

    @property
    def step_key(self) -> str:
        """Key of the step's content."""
        return self.key.partition("#")[0].partition("@")[0]

    @property
    def number(self) -> int:
        """How often its approval was asked for before."""
        return int(self.key.partition("@")[2] or 0)

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be answered: a step that failed is not approved, but tried again, done without, or the end.

        Either may be answered with a change of the plan besides (`answer_with_wishes`).
        """
        return (RETRY, GIVE_UP, WITHOUT) if "#" in self.key else (YES, NO)

    @property
    def wanted(self) -> str:
        """What the step waits for, in words."""
        return "a decision on its failure" if "#" in self.key else "approval"

    def told(self) -> str:
        """Return the answer in words.

        Examples
        --------
        >>> Approval("r", "n1", "k", "why", 0.0, None, "no", "no", "ann", "too dear", 0.0).told()
        'refused by ann on 1970-01-01 00:00:00 UTC: too dear'
        """
        if self.answer is None or self.answered is None:
            return "not answered yet"
        verb = _VERBS.get(self.answer, "withdrawn")
        return f"{verb} by {self.by} on {moment(self.answered)}" + (f": {self.note}" if self.note else "")


def moment(when: float) -> str:
    """Return a moment in words.

    Examples
    --------
    >>> moment(0.0)
    '1970-01-01 00:00:00 UTC'
    """
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(when))


def find_approval(journal: Journal, run_id: str, key: str) -> Approval | None:
    """Return the question about a step key of a run, answered or not, or None."""
    return next((found for found in approvals_of(journal, run_id) if found.key == key), None)


def approvals_of(journal: Journal, run_id: str | None = None, *, open_only: bool = False) -> list[Approval]:
    """Return the questions of a run, or of all runs, in the order in which they were asked."""
    if not journal.database.has_table("approvals"):
        return []
    rows = journal.database.rows(
        "SELECT * FROM approvals WHERE (? IS NULL OR run_id = ?) AND NOT (? AND answer IS NOT NULL)"
        " ORDER BY requested, rowid",
        (run_id, run_id, open_only),
    )
    return [Approval.of(row) for row in rows]


def request_approval(
    journal: Journal,
    run_id: str,
    step: Step,
    reason: str,
    policy: ApprovalPolicy | Escalation,
    *,
    key: str | None = None,
) -> Approval:
    """Ask about a step, unless that was done before; a question that was withdrawn is asked again.

    ``key`` is the step's own for its approval, and that of `failure_key` when it failed.
    """
    now, kept = time.time(), step.key if key is None else key
    deadline = None if policy.timeout is None else now + policy.timeout
    with journal.transaction(durable=True):
        asked = journal.database.execute(
            "INSERT INTO approvals(run_id, key, step_id, reason, requested, deadline, fallback)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT(run_id, key) DO UPDATE SET step_id = excluded.step_id,"
            " reason = excluded.reason, requested = excluded.requested, deadline = excluded.deadline,"
            " answer = NULL, by = NULL, note = NULL, answered = NULL WHERE approvals.answer = 'withdrawn'",
            (run_id, kept, step.id, reason, now, deadline, policy.fallback),
        )
        if asked:
            payload = {"step": step.id, "key": kept, "reason": reason, "deadline": deadline}
            journal.event(run_id, "approval_requested", {**payload, "fallback": policy.fallback})
    found = find_approval(journal, run_id, kept)
    assert found is not None
    return found


def settle_approval(
    journal: Journal,
    approval: Approval,
    answer: str,
    by: str,
    note: str = "",
    *,
    wishes: Sequence[Wish] = (),
    approves: bool = False,
) -> bool:
    """Record an answer with who and when, and what they want changed; False when somebody else was first."""
    with journal.transaction(durable=True):
        first = journal.database.execute(
            "UPDATE approvals SET answer = ?, by = ?, note = ?, answered = ? WHERE run_id = ? AND key = ?"
            " AND answer IS NULL",
            (answer, by, note or None, time.time(), approval.run_id, approval.key),
        )
        if first:
            payload = {"step": approval.step_id, "key": approval.key, "answer": answer, "by": by, "note": note}
            wanted = {"wishes": [wish.to_json() for wish in wishes], "approves": approves} if wishes else {}
            journal.event(approval.run_id, "approval_answered", {**payload, **wanted})
    return bool(first)


def wishes_of(journal: Journal, approval: Approval) -> tuple[tuple[Wish, ...], bool]:
    """Return what an answer wants changed, and whether it approves the step besides, should the plan still have it."""
    for event in reversed(journal.events(approval.run_id, kinds=("approval_answered",))):
        if event.payload["key"] == approval.key:
            return wishes_from_json(event.payload.get("wishes", ())), bool(event.payload.get("approves"))
    return (), False


def waiting_approvals(workspace: Path | str, run_id: str | None = None) -> list[Approval]:
    """Return the open questions of the runs that are not over, or of one run."""
    with Journal(workspace, readonly=True) as journal:
        going_on = {run.run_id for run in journal.runs() if run.finished is None}
        return [found for found in approvals_of(journal, run_id, open_only=True) if found.run_id in going_on]


def answer_step(
    workspace: Path | str, run_id: str, step_id: str, *, yes: bool, by: str, note: str = ""
) -> tuple[Approval, bool]:
    """Answer for a step that waits, whether or not a process carries the run out.

    Parameters
    ----------
    workspace, run_id
        The run.
    step_id : str
        Id of the step, the beginning of it, or its task when only one step has it.
    yes : bool
        Whether the step may be carried out.
    by : str
        Who answers.
    note : str
        What they want to say.

    Returns
    -------
    (Approval, bool)
        The question with the answer that holds, and whether it is this one; False when the same was said before.

    Raises
    ------
    ApprovalError
        When the step does not wait, was answered otherwise, or the time to answer is over; nothing is changed.
    """
    return _answer(workspace, run_id, step_id, YES if yes else NO, by=by, note=note)


def answer_failure(
    workspace: Path | str, run_id: str, step_id: str, answer: str, *, by: str, note: str = ""
) -> tuple[Approval, bool]:
    """Say what to do about a step that failed for good: retry, without or give_up; apart from that as `answer_step`."""
    if answer not in (RETRY, GIVE_UP, WITHOUT):
        raise ApprovalError(f"the answer about a failed step is retry, without or give_up, not {answer!r}")
    return _answer(workspace, run_id, step_id, answer, by=by, note=note)


def answer_question(
    workspace: Path | str, question: Approval, answer: str, *, by: str, note: str = ""
) -> tuple[Approval, bool]:
    """Answer a question with one of its choices, of whichever kind it is; apart from that as `answer_step`."""
    if answer not in question.choices:
        raise ApprovalError(f"step {question.step_id} waits for {' or '.join(question.choices)}, not for {answer}")
    return _answer(workspace, question.run_id, question.step_id, answer, by=by, note=note)


def answer_with_wishes(
    workspace: Path | str,
    run_id: str,
    step_id: str,
    wishes: Sequence[Wish],
    *,
    by: str,
    note: str = "",
    approves: bool = False,
) -> tuple[Approval, bool]:
    """Say that the plan is to be otherwise; apart from that as `answer_step`.

    The run has its decomposer called under these wishes. A step that the plan still has then is asked about again,
    unless the answer ``approves`` it. `htn.execution.alternatives.preview` says before what would come of it.
    """
    if not wishes:
        raise ApprovalError(
            "say what is to be otherwise: a method to prefer or to do without, or an agent to leave out"
        )
    return _answer(workspace, run_id, step_id, CHANGE, by=by, note=note, wishes=tuple(wishes), approves=approves)


def _answer(
    workspace: Path | str,
    run_id: str,
    step_id: str,
    answer: str,
    *,
    by: str,
    note: str,
    wishes: tuple[Wish, ...] = (),
    approves: bool = False,
) -> tuple[Approval, bool]:
    if not by.strip():
        raise ApprovalError("an answer needs the name of who gives it")
    if len(note) > NOTE_LIMIT:
        raise ApprovalError(f"the note has {len(note)} characters, {NOTE_LIMIT} are the most")
    with Journal(workspace, readonly=True) as journal:
        journal.run(run_id)
    with Journal(workspace) as journal:
        step = find_step(journal.plan(run_id).steps, run_id, step_id)
        asked = _question(journal, run_id, step, answer)
        late = asked.deadline is not None and time.time() > asked.deadline
        if late and settle_approval(journal, asked, asked.fallback, TIME_OUT):
            raise ApprovalError(
                f"step {step.id}: the time to answer is over, and the answer by default holds: {asked.fallback}"
            )
        mine = not late and settle_approval(journal, asked, answer, by.strip(), note, wishes=wishes, approves=approves)
        holds = find_approval(journal, run_id, asked.key)
        assert holds is not None
        if holds.answer != answer or (not mine and wishes_of(journal, holds)[0] != wishes):
            raise ApprovalError(f"step {step.id} was {holds.told()}; the first answer holds and nothing was changed")
        return holds, mine


def _question(journal: Journal, run_id: str, step: Step, answer: str) -> Approval:
    """Return the last question about a step to which this could be an answer."""
    about = [item for item in approvals_of(journal, run_id) if item.step_key == step.key]
    standing = [item for item in about if item.answer != WITHDRAWN]
    fitting = [item for item in standing if answer in (*item.choices, CHANGE)]
    if fitting:
        return next((item for item in fitting if item.answer is None), fitting[-1])
    if any(item.answer is None for item in standing):
        choices = " or ".join(standing[-1].choices)
        raise ApprovalError(f"step {step.id} waits for {choices}, not for {answer}")
    waiting = [found.step_id for found in approvals_of(journal, run_id, open_only=True)]
    rest = f"those that do are {', '.join(waiting)}" if waiting else "nothing in this run does"
    raise ApprovalError(f"step {step.id} does not wait for approval; {rest}")
