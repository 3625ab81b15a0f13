"""What fails across the runs of a workspace, where and how often, what was done about it, and whether that worked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from htn.execution.errors import EmptyJournalError
from htn.execution.failures import FailureClass
from htn.execution.journal import Journal
from htn.execution.records import Event
from htn.execution.recovery import Strategy
from htn.execution.revision import CHANGED

__all__ = ["FAILURE_WORDS", "Failures", "Kind", "failures_of"]

FAILURE_WORDS: Mapping[FailureClass, str] = {
    FailureClass.DATA_UNAVAILABLE: "the data was not there",
    FailureClass.AGENT_TIMEOUT: "no answer in time",
    FailureClass.CRITERION_UNMET: "the result was not good enough",
    FailureClass.RATE_LIMITED: "the service takes no more for now",
    FailureClass.SERVER_ERROR: "the service did not work",
    FailureClass.MALFORMED_OUTPUT: "the result could not be used",
    FailureClass.MODEL_REFUSAL: "the model would not do it",
    FailureClass.BUDGET_EXCEEDED: "a budget was spent",
    FailureClass.CAPABILITY_GONE: "nobody can do it",
    FailureClass.HUMAN_REFUSED: "a person refused",
    FailureClass.UNKNOWN: "it failed in a way that is not known",
}
"""What each class of failure means, in words."""

_KINDS = (
    "step_started",
    "step_finished",
    "step_failed",
    "recovery",
    "recovery_decided",
    "replan_failed",
    "partial_accepted",
    CHANGED,
)
_WORKED, _FAILED, _OPEN = "worked", "failed", "open"


@dataclass(slots=True)
class Kind:
    """Failures of one class, at one capability, by one agent.

    Attributes
    ----------
    failure, capability, agent : str
        What failed where; the agent is empty when nobody could be asked.
    count : int
        How often.
    runs : set of str
        In which runs.
    first, last : float
        When the first and the last of them happened, in seconds since the epoch.
    message : str
        The sentence of the last one.
    before, since : int
        In how many runs of the earlier and of the later half of the time that is looked at.
    halves : tuple of int
        How many runs there were in each half.
    recoveries : Counter
        What was done about them, as (strategy, outcome); the outcome is ``worked``, ``failed`` or ``open``.
    """

    failure: str
    capability: str
    agent: str
    count: int = 0
    runs: set[str] = field(default_factory=set)
    first: float = 0.0
    last: float = 0.0
    message: str = ""
    before: int = 0
    since: int = 0
    halves: tuple[int, int] = (0, 0)
    recoveries: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def trend(self) -> str:
        """Whether more or fewer of the runs have it lately: ``more``, ``fewer``, ``same``; two runs are chance."""
        if abs(self.since - self.before) <= 2 or not all(self.halves):
            return "same"
        rises = self.since * self.halves[0] - self.before * self.halves[1]
        agrees = rises * (self.since - self.before) > 0
        return ("more" if rises > 0 else "fewer") if agrees else "same"

    def to_json(self) -> dict[str, Any]:
        """Return the kind as JSON data."""
        tried = sorted({strategy for strategy, _ in self.recoveries})
        return {
            "failure": self.failure,
            "capability": self.capability,
            "agent": self.agent,
            "count": self.count,
            "runs": sorted(self.runs),
            "first": self.first,
            "last": self.last,
            "message": self.message,
            "trend": {"before": self.before, "since": self.since, "is": self.trend},
            "recovery": {
                strategy: {outcome: self.recoveries[strategy, outcome] for outcome in (_WORKED, _FAILED, _OPEN)}
                for strategy in tried
            },
        }


@dataclass(frozen=True, slots=True)
class Failures:
    """What failed in the runs of a workspace.

    Attributes
    ----------
    kinds : tuple of Kind
        The most frequent first.
    tries : int
        Tries that came to an end in the same time, failed ones included.
    runs : int
        Runs with a try in that time.
    since, until : float
        The time that was looked at.
    """

    kinds: tuple[Kind, ...]
    tries: int
    runs: int
    since: float
    until: float

    @property
    def count(self) -> int:
        """How many tries failed."""
        return sum(kind.count for kind in self.kinds)

    def to_json(self) -> dict[str, Any]:
        """Return the view as JSON data."""
        return {
            "since": self.since,
            "until": self.until,
            "runs": self.runs,
            "tries": self.tries,
            "failed": self.count,
            "kinds": [kind.to_json() for kind in self.kinds],
        }

    def lines(self) -> Iterator[str]:
        """Yield the view in words."""
        if not self.tries:
            yield "Nothing was tried in this time."
            return
        yield (
            f"{_many(self.tries, 'try', 'tries')} in {_many(self.runs, 'run')}, "
            f"{self.count} failed ({self.count / self.tries:.0%})"
        )
        for kind in self.kinds:
            words = FAILURE_WORDS[FailureClass(kind.failure)]
            who = f" by {kind.agent}" if kind.agent else ""
            trend = {"more": ", more of them lately", "fewer": ", fewer of them lately", "same": ""}[kind.trend]
            yield ""
            yield f"{kind.count} x {words}: {kind.capability}{who}, in {_many(len(kind.runs), 'run')}{trend}"
            yield f"    {kind.message}"
            done = [_recovery(strategy, kind.recoveries) for strategy in Strategy if _seen(strategy, kind.recoveries)]
            yield f"    {'; '.join(done) or 'nothing was decided about it'}"


_STRATEGY_WORDS = {
    Strategy.RETRY: "tried again",
    Strategy.ANOTHER_AGENT: "given to another agent",
    Strategy.ACCEPT_PARTIAL: "taken in part",
    Strategy.REPLAN: "planned in another way",
    Strategy.ASK: "put to a person",
    Strategy.ABANDON: "given up",
}


def _many(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"


def _seen(strategy: Strategy, recoveries: Counter[tuple[str, str]]) -> int:
    return sum(recoveries[strategy, outcome] for outcome in (_WORKED, _FAILED, _OPEN))


def _recovery(strategy: Strategy, recoveries: Counter[tuple[str, str]]) -> str:
    times = _seen(strategy, recoveries)
    said = f"{times} x {_STRATEGY_WORDS[strategy]}"
    if strategy is Strategy.ABANDON:
        return said
    open_ones = recoveries[strategy, _OPEN]
    return f"{said}, {recoveries[strategy, _WORKED]} worked" + (f", {open_ones} open" if open_ones else "")


def failures_of(workspace: Path | str, *, since: float = 0.0, until: float) -> Failures:
    """Return what failed in the runs of a workspace.

    Parameters
    ----------
    workspace : Path or str
        The workspace; one without a journal has no failures.
    since, until : float
        Tries that ended between these times are counted, in seconds since the epoch. The trend compares the runs of
        its two halves, from the first failure on where that is later.
    """
    try:
        with Journal(workspace, readonly=True) as journal:
            return _collect(journal, since, until)
    except EmptyJournalError:
        return Failures((), 0, 0, since, until)


def _collect(journal: Journal, since: float, until: float) -> Failures:
    kinds: dict[tuple[str, str, str], Kind] = {}
    ends: dict[str, float] = {}
    tries = 0
    for run in journal.runs():
        if run.created > until or (run.finished is not None and run.finished < since):
            continue
        events = journal.events(run.run_id, kinds=_KINDS)
        ended = [event for event in events if event.kind in ("step_finished", "step_failed")]
        counted = [event for event in ended if since <= event.time <= until]
        tries += len(counted)
        if counted:
            ends[run.run_id] = counted[-1].time
        failed = [(event, later) for event, later in _failed(events) if since <= event.time <= until]
        capabilities = _capabilities(journal, run.run_id) if failed else {}
        for event, later in failed:
            told = event.payload
            name = (told["failure"], capabilities.get(told["step"], ""), told.get("agent") or "")
            kind = kinds.setdefault(name, Kind(*name, first=event.time))
            kind.count += 1
            kind.runs.add(run.run_id)
            kind.first = min(kind.first, event.time)
            if event.time >= kind.last:
                kind.last, kind.message = event.time, told["message"]
            done = _done_about(event, later)
            if done is not None:
                kind.recoveries[done] += 1
    begin = max(since, min((kind.first for kind in kinds.values()), default=since))
    lately = {run for run, end in ends.items() if end >= (begin + until) / 2}
    earlier = {run for run, end in ends.items() if end >= begin} - lately
    for kind in kinds.values():
        kind.before, kind.since = len(kind.runs & earlier), len(kind.runs & lately)
        kind.halves = len(earlier), len(lately)
    ordered = sorted(kinds.values(), key=lambda kind: (-kind.count, kind.failure, kind.capability, kind.agent))
    return Failures(tuple(ordered), tries, len(ends), since, until)


def _failed(events: Sequence[Event]) -> Iterator[tuple[Event, Sequence[Event]]]:
    """Yield each failure with the events after it; one for which nobody was asked is known by what was decided."""
    last: dict[str, str] = {}
    for place, event in enumerate(events):
        told = event.payload
        if event.kind == "step_failed":
            last[told["step"]] = told["failure"]
            yield event, events[place + 1 :]
        elif event.kind == "recovery" and last.get(told["step"]) != told["failure"]:
            last[told["step"]] = told["failure"]
            yield event, events[place:]


def _capabilities(journal: Journal, run_id: str) -> dict[str, str]:
    return {step.id: step.capability for plan in journal.plans(run_id) for step in plan.steps}


def _done_about(failed: Event, later: Sequence[Event]) -> tuple[str, str] | None:
    """Return what was done about a failed try, and how that turned out."""
    step = failed.payload["step"]
    mine = [event for event in later if event.payload.get("step") == step]
    decided = next((event for event in mine if event.kind in ("recovery", "step_started")), None)
    if decided is None or decided.kind == "step_started":  # tried again because the process died before it was decided
        return None
    strategy = Strategy(decided.payload["strategy"])
    after = [event for event in mine if event.seq > decided.seq]
    if strategy in (Strategy.RETRY, Strategy.ANOTHER_AGENT):
        ends = {"step_finished": _WORKED, "partial_accepted": _WORKED, "step_failed": _FAILED}
    elif strategy is Strategy.REPLAN:
        ends = {CHANGED: _WORKED, "replan_failed": _FAILED}
    elif strategy is Strategy.ASK:
        ends = {"recovery_decided": _WORKED}
    else:
        return strategy, _WORKED if strategy is Strategy.ACCEPT_PARTIAL else _FAILED
    return strategy, next((ends[event.kind] for event in after if event.kind in ends), _OPEN)
