"""Ramp time: days from a rep's hiring to the first win, those still waiting included."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.analysts.enablement_artifacts import RampTime
from domains.analysis.analysts.prospect_history import last_recorded_day
from domains.analysis.artifacts import Exclusion, Finding
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics.waiting_times import median_wait

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["measure_ramp"]

REPS_FLOOR = 10
_QUERY = (
    "SELECT r.rep, r.hire_date,"
    " (SELECT MIN(o.close_date) FROM opportunities o WHERE o.rep = r.rep AND o.status = 'won') AS first_win"
    " FROM reps r WHERE r.hire_date IS NOT NULL AND (? IS NULL OR r.region = ?) AND (? IS NULL OR r.rep = ?)"
    " ORDER BY r.rep"
)


@capability("measure_ramp", specialist="enablement analyst", output=RampTime)
def measure_ramp(workspace: Workspace, scope: Scope, inputs: Inputs) -> RampTime:
    """Measure the days from hiring to the first win; reps without a win yet count as waiting (Kaplan-Meier).

    Reps who were hired before the records begin are left out: their first win is not in them.
    """
    region, rep = value(scope, "region"), value(scope, "rep")
    rows = workspace.connection.execute(_QUERY, (region, region, rep, rep)).fetchall()
    today = last_recorded_day(workspace)
    begins = workspace.connection.execute(
        "SELECT MIN(COALESCE(created_date, engage_date, close_date)) FROM opportunities"
    ).fetchone()[0]
    if not rows or today is None or begins is None:
        return RampTime(limits=("No hire dates, or no deals, are recorded: ramp time cannot be measured.",))
    start = date.fromisoformat(begins[:10])
    usable = [row for row in rows if date.fromisoformat(row["hire_date"][:10]) >= start]
    early = len(rows) - len(usable)
    exclusions = (
        (Exclusion(what="reps", count=early, reason=f"hired before the records begin ({start})"),) if early else ()
    )
    if not usable:
        said = "Every rep was hired before the records begin, so no first win can be dated from the hiring."
        return RampTime(exclusions=exclusions, limits=(said,))
    waits = [_wait(row["hire_date"], row["first_win"], today) for row in usable]
    return _ramp([item for item in waits if item[0] >= 0], [row["rep"] for row in usable], exclusions)


def _wait(hired: str, first_win: str | None, today: date) -> tuple[int, bool]:
    """Return the days waited, and whether a win ended the wait."""
    end = date.fromisoformat(first_win[:10]) if first_win else today
    return (end - date.fromisoformat(hired[:10])).days, first_win is not None


def _ramp(waits: list[tuple[int, bool]], reps: list[str], exclusions: tuple[Exclusion, ...]) -> RampTime:
    waiting = sum(not ended for _, ended in waits)
    median = median_wait("median days to first win", [days for days, _ in waits], [ended for _, ended in waits])
    if median is not None and len(waits) < REPS_FLOOR:
        # Below the floor the interval's formula cannot be trusted, so none is shown.
        median = median.model_copy(update={"low": None, "high": None, "level": None})
    few = len(waits) < REPS_FLOOR
    shown = (
        "no rep has won yet"
        if median is None
        else (
            "half of them have not won yet"
            if median.value is None
            else f"half of them had a first win within {median.value:.0f} days"
        )
    )
    interval = (
        f" [{median.low:.0f} to {median.high:.0f}]"
        if median and median.low is not None and median.high is not None
        else ""
    )
    finding = Finding(
        claim=f"Of {len(waits):,} reps hired within the records, {shown}{interval}; {waiting:,} are still waiting.",
        strength="descriptive",
        numbers=(median,) if median else (),
        citations=(cite_rows("reps", reps),),
        note=f"Fewer than {REPS_FLOOR} reps: shown, nothing is concluded from it." if few else "",
        title="How long new reps take to a first win",
    )
    return RampTime(
        median_days=median, reps=len(waits), still_waiting=waiting, findings=(finding,), exclusions=exclusions
    )
